"""What a command must not import: help, lists and exports answer without torch, on any machine."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands import ROOT, Lab
from tests.conftest import FinishedTraining

NEVER = {"torch", "torchvision", "textual"}

PROGRAM = """
import sys
from lazytui.__main__ import main
sys.argv = ["lazytui", *{arguments!r}]
try:
    main()
finally:
    print("\\nMODULES", *sorted({{name.partition(".")[0] for name in sys.modules}}))
"""


def imported(lab: Lab, *arguments: str) -> set[str]:
    ended = lab.python(PROGRAM.format(arguments=arguments))
    assert ended.code == 0, ended.err
    return set(ended.out.rpartition("\nMODULES")[2].split())


@pytest.mark.parametrize(
    "arguments",
    [("--help",), ("methods",), ("methods", "irm"), ("runs", "--help"), ("runs", "list"), ("runs", "list", "--json")],
    ids=" ".join,
)
def test_help_and_lists_import_nothing_heavy(finished_training: FinishedTraining, arguments: tuple[str, ...]) -> None:
    modules = imported(finished_training.lab, *arguments)
    assert not modules & (NEVER | {"numpy", "matplotlib", "sklearn", "plotext"})
    assert "typer" in modules
    if arguments == ("--help",):
        assert "pydantic" not in modules, "no option of an analysis is shown"


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "train", "--help"),
        ("run", "story", "--help"),
        ("runs", "show", "reference"),
        ("runs", "show", "reference", "--json"),
        ("run", "attack", "--help"),
        ("models",),
        ("attacks",),
        ("autoencoders",),
        ("run", "sae", "--help"),
        (
            "export",
            "reference",
            *(f"out/all{suffix}" for suffix in (".html", ".txt", ".ansi", ".json", ".svg", ".png")),
        ),
    ],
    ids=" ".join,
)
def test_finished_runs_are_shown_and_exported_without_torch(
    finished_training: FinishedTraining, arguments: tuple[str, ...]
) -> None:
    (finished_training.lab.folder / "out").mkdir(exist_ok=True)
    assert not imported(finished_training.lab, *arguments) & NEVER


ENGINES_OF_TRAINING = {
    "augmentation",
    "freezing",
    "loop",
    "monitor",
    "resume_state",
    "sparse_head",
    "training_files",
}
"""Modules that are imported when a training begins."""


@pytest.mark.parametrize("package", ["cli", "figures", "runs", "analyses", "training"])
def test_no_module_of_these_packages_imports_torch_by_itself(package: str, lab: Lab) -> None:
    """Analyses and training settings load without torch; engines are imported when the work begins."""
    folder = ROOT / "lazytui" / package
    engines = ENGINES_OF_TRAINING if package == "training" else set()
    names = [_module(file) for file in folder.rglob("*.py") if file.stem not in engines]
    ended = lab.python(f"import importlib, sys\nfor n in {names!r}: importlib.import_module(n)\nprint(*sys.modules)")
    assert ended.code == 0, ended.err
    assert not set(ended.out.split()) & NEVER


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
