"""The number of processor cores available."""

from __future__ import annotations

import math
import os
from pathlib import Path


def cores() -> int:
    """Cores that this process may use, by its CPU affinity and its control group."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text().split()
        return min(allowed, math.ceil(int(quota) / int(period)))
    except (OSError, ValueError):
        return allowed
