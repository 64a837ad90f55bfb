"""The guides to adding something, done: their files and edits are applied to a copy of the package, whose tests run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.commands import ROOT

GUIDES = sorted((ROOT / "docs").glob("adding-*.md"))

_FILE = re.compile(r"^```python\n# (\S+/\S+\.py)\n(.*?)^```$", re.M | re.S)
_EDIT = re.compile(r"^```diff\n--- (\S+)\n(.*?)^```$", re.M | re.S)
_COPIED = (
    *("__init__.py", "commands.py", "conftest.py", "fork_server.py", "rewritten_assertions.py", "signals.py"),
    "free_ports.py",
    "one_node_slurm.py",
    "training/methods/contexts.py",
)


def test_the_guides_can_be_followed(tmp_path: Path) -> None:
    """All in one copy and one process, since each needs torch."""
    _copy_project(tmp_path)
    tests = [test for guide in GUIDES for test in _follow(guide.read_text(), tmp_path)]
    assert tests
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-n0", "-p", "no:cacheprovider", *tests],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _copy_project(folder: Path) -> None:
    """What a test needs. Bytecode comes along, so that nothing is compiled again."""
    shutil.copytree(ROOT / "lazytui", folder / "lazytui")
    for name in _COPIED:
        (folder / "tests" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / "tests" / name, folder / "tests" / name)
    shutil.copy2(ROOT / "pyproject.toml", folder / "pyproject.toml")
    for shared in ("assets", "checkpoints"):
        (folder / shared).symlink_to(ROOT / shared)


def _follow(guide: str, folder: Path) -> list[str]:
    """Write a guide's files and make its edits; the tests among the files."""
    files = dict(_FILE.findall(guide))
    for name, text in files.items():
        assert not (folder / name).exists(), f"{name} is there already"
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    for name, edits in _EDIT.findall(guide):
        for edit in edits.split("@@\n"):
            _edit(folder / name, edit.splitlines())
    return [name for name in files if name.startswith("tests/")]


def _edit(file: Path, edit: list[str]) -> None:
    """Lines with a blank in front are there, those with a minus go, those with a plus come."""
    before = "".join(f"{line[1:]}\n" for line in edit if not line.startswith("+"))
    after = "".join(f"{line[1:]}\n" for line in edit if not line.startswith("-"))
    text = file.read_text()
    assert text.count(before) == 1, f"{file.name} has no such lines (or has them twice):\n{before}"
    file.write_text(text.replace(before, after))
