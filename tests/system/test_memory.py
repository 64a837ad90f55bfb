"""Memory that is freed is used again, and not given to the system and cleared anew each time."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

_FAULTS = """
import resource, sys
import torch
from lazytui.system.memory import keep_freed_memory
if sys.argv[1] == "kept":
    keep_freed_memory()
torch.set_num_threads(1)
def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
def step():
    held = [torch.ones(2_000_000) for _ in range(4)]
for _ in range(3):
    step()
before = faults()
for _ in range(20):
    step()
print(faults() - before)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere the limit isn't kept")
def test_torch_is_not_blamed_where_memory_is_short() -> None:
    program = """if True:
        import resource
        from lazytui.system.torch_import import require_torch
        resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
        require_torch()
    """
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    last = done.stderr.strip().splitlines()[-1]
    assert last == (
        "lazytui.system.memory.OutOfMemory: "
        "Not enough memory to load torch (this process is limited to 1.1 GB by ulimit -v)."
    )


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="what glibc does")
def test_freed_memory_is_used_again_without_faults() -> None:
    # Otherwise glibc chooses what it gives back by what was freed before, which differs from run to run.
    strict = {**os.environ, "MALLOC_MMAP_THRESHOLD_": str(2**17)}
    counted = {}
    for how in ("kept", "freed"):
        command = [sys.executable, "-c", _FAULTS, how]
        done = subprocess.run(command, env=strict, capture_output=True, text=True, check=True)
        counted[how] = int(done.stdout)
    assert counted["kept"] < counted["freed"] / 3, counted
