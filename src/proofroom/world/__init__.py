"""World: an invented leak with known truth, for the demo, for tests, and for every figure of accuracy."""

from proofroom.world.make import WorldSummary, make

__all__ = ["WorldSummary", "make"]
