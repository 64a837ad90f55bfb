"""The number of processor cores available, and how processes share them."""

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


def thread_variables(processes: int) -> dict[str, str]:
    """Environment variables of each of so many processes that compute side by side: with more threads than cores they
    take the cores from one another, and take twice the time. What a person has set stays."""
    return {"OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS") or str(max(cores() // processes, 1))}
