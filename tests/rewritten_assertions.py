"""Rewrite the assertions of test files once, on all cores, before test processes start that would each do it all.

It is what pytest does when it first imports a test, and takes one process ten seconds for all of them. What comes out
is kept where pytest looks for it (`__pycache__`), until the file changes.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import pytest
from _pytest.assertion.rewrite import (
    PYC_TAIL,
    _read_pyc,
    _rewrite_test,
    _write_pyc,
    assertstate_key,
    get_cache_dir,
    try_makedirs,
)


def rewrite(files: Iterable[Path], config: pytest.Config) -> None:
    """Those that aren't yet, or were before they changed."""
    wanted = [file for file in sorted(files) if _read_pyc(file, _kept(file)) is None]
    count = min(os.cpu_count() or 1, len(wanted))
    children = [_fork(wanted[first::count], config) for first in range(count)]
    for child in children:
        os.waitpid(child, 0)


def _fork(files: Iterable[Path], config: pytest.Config) -> int:
    """The pid of a process that rewrites them. Where it can't, the test processes do, and say why."""
    if pid := os.fork():
        return pid
    try:
        for file in files:
            if try_makedirs(get_cache_dir(file)):
                status, code = _rewrite_test(file, config)
                _write_pyc(config.stash[assertstate_key], code, status, _kept(file))
    finally:
        os._exit(0)


def _kept(file: Path) -> Path:
    return get_cache_dir(file) / f"{file.stem}{PYC_TAIL}"
