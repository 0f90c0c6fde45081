"""World: an invented leak with known truth, for the demo, for tests, and for every figure of accuracy."""

from proofroom.world.make import WorldSummary, make
from proofroom.world.score import Score, score_cells, score_lines, score_search, score_states

__all__ = ["Score", "WorldSummary", "make", "score_cells", "score_lines", "score_search", "score_states"]
