"""Run: the local pool of sandboxed workers; later also an existing cluster."""
