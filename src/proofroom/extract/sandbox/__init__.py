"""The sandbox in which everything that touches hostile bytes runs: namespaces, Landlock, seccomp, limits."""

from proofroom.extract.sandbox.launch import Form, Layers, Sandbox, probe

__all__ = ["Form", "Layers", "Sandbox", "probe"]
