"""Keeps the engines quiet, as its import: no telemetry, and one thread; comes before every import of an engine.

onnxruntime reports to its maker unless this variable is set before its first import; the launcher sets it
too. The sandbox would refuse the socket anyway.
"""

from __future__ import annotations

import os

os.environ["ORT_DISABLE_TELEMETRY"] = "1"
for _library in ("OMP_THREAD_LIMIT", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[_library] = "1"
