"""What a command must not import: help, lists and exports answer without torch, on any machine."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands import ROOT, Lab
from tests.conftest import FinishedTraining

NEVER = {"torch", "torchvision", "textual"}

PROGRAM = """
import json, os, sys
from lazytui.__main__ import main
for arguments in {commands!r}:
    sys.argv = ["lazytui", *arguments]
    try:
        main()
    except SystemExit as end:
        assert not end.code, (arguments, end.code)
    modules = sorted({{name.partition(".")[0] for name in sys.modules}})
    os.write(2, f"MODULES {{json.dumps([arguments, modules])}}\\n".encode())
"""


def imported(lab: Lab, *commands: tuple[str, ...]) -> Iterator[tuple[str, set[str]]]:
    """What is there after each command, which one process runs one after the other: what one imported stays."""
    ended = lab.python(PROGRAM.format(commands=commands))
    assert ended.code == 0, ended.err
    lines = [line.removeprefix("MODULES ") for line in ended.err.splitlines() if line.startswith("MODULES ")]
    assert len(lines) == len(commands)
    for arguments, modules in map(json.loads, lines):
        yield " ".join(arguments), set(modules)


def test_help_and_lists_import_nothing_heavy(finished_training: FinishedTraining) -> None:
    for command, modules in imported(
        finished_training.lab,
        ("--help",),
        ("methods",),
        ("methods", "irm"),
        ("runs", "--help"),
        ("runs", "list"),
        ("runs", "list", "--json"),
    ):
        assert not modules & (NEVER | {"numpy", "matplotlib", "sklearn", "plotext"}), command
        assert "typer" in modules
        if command == "--help":
            assert "pydantic" not in modules, "no option of an analysis is shown"


def test_finished_runs_are_shown_and_exported_without_torch(finished_training: FinishedTraining) -> None:
    (finished_training.lab.folder / "out").mkdir(exist_ok=True)
    files = (f"out/all{suffix}" for suffix in (".html", ".txt", ".ansi", ".json", ".svg", ".png"))
    for command, modules in imported(
        finished_training.lab,
        ("run", "train", "--help"),
        ("run", "story", "--help"),
        ("runs", "show", "reference"),
        ("runs", "show", "reference", "--json"),
        ("run", "attack", "--help"),
        ("models",),
        ("attacks",),
        ("autoencoders",),
        ("run", "sae", "--help"),
        ("export", "reference", "--figure", "accuracy,conflicting-ten,metrics", *files),
    ):
        assert not modules & NEVER, command


ENGINES_OF_TRAINING = {
    "augmentation",
    "freezing",
    "loop",
    "monitor",
    "resume_state",
    "sparse_head",
    "speed",
    "static_step",
    "training_files",
}
"""Modules that are imported when a training begins."""


def test_no_module_of_these_packages_imports_torch_by_itself(lab: Lab) -> None:
    """Analyses and training settings load without torch; engines are imported when the work begins."""
    files = [
        file
        for package in ("cli", "figures", "remote", "runs", "analyses", "training")
        for file in (ROOT / "lazytui" / package).rglob("*.py")
        if package != "training" or file.stem not in ENGINES_OF_TRAINING
    ]
    program = f"""
import importlib, sys
for name in {[_module(file) for file in files]!r}:
    importlib.import_module(name)
    assert not {NEVER!r} & sys.modules.keys(), name
"""
    ended = lab.python(program)
    assert ended.code == 0, ended.err


def test_the_app_imports_no_torch_by_itself(lab: Lab) -> None:
    names = [_module(file) for file in (ROOT / "lazytui" / "app").rglob("*.py")]
    ended = lab.python(f"import importlib, sys\nfor n in {names!r}: importlib.import_module(n)\nprint(*sys.modules)")
    assert ended.code == 0, ended.err
    assert not set(ended.out.split()) & {"torch", "torchvision", "matplotlib", "sklearn", "plotext"}


def _module(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def test_the_contracts_of_direction_hold() -> None:
    pytest.importorskip("importlinter")
    ended = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 0, ended.stdout
