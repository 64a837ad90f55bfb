"""The NVIDIA GPUs that this process may use, found without torch and without touching any."""

from __future__ import annotations

import os
import shutil
import subprocess

VISIBLE = "CUDA_VISIBLE_DEVICES"
"""The variable by which CUDA knows which GPUs a process may use, in which order."""

_PATIENCE = 20.0


def visible_gpus() -> list[str]:
    """As `CUDA_VISIBLE_DEVICES` names them: what it says in this process, else all that nvidia-smi lists."""
    if VISIBLE in os.environ:
        return _named(os.environ[VISIBLE])
    program = shutil.which("nvidia-smi")
    if program is None:
        return []
    command = [program, "--query-gpu=index", "--format=csv,noheader"]
    try:
        listed = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return []
    return [line.strip() for line in listed.splitlines() if line.strip().isdigit()]


def _named(text: str) -> list[str]:
    """As CUDA reads it: everything from the first that isn't there (-1) on counts for nothing.

    >>> _named("2,0"), _named(""), _named("1,-1,0")
    (['2', '0'], [], ['1'])
    """
    names = []
    for name in text.split(","):
        if not name.strip() or name.strip().startswith("-"):
            break
        names.append(name.strip())
    return names
