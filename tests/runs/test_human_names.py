"""What people call a run, as lists and sentences have it."""

from __future__ import annotations

from pathlib import Path

import pytest

from lazytui.runs.human_names import human_name, name_of_reference, name_of_run
from lazytui.runs.workspace import Workspace
from lazytui.runs.workspace_watch import run_line, shipped_lines

RECORDED = {"method": "jtt", "model": "gap-cnn", "epochs": 2, "seed": 1}


def test_a_sentence_has_the_name_that_a_list_has(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    run = workspace.create("train", RECORDED)
    line = run_line(run)
    assert name_of_run(run) == human_name(line) == "jtt · gap-cnn · 2 epochs · seed 1"
    assert name_of_reference(run.reference, [*shipped_lines(), line]) == human_name(line)
    run.set_name("mine")
    assert name_of_run(run) == "mine"


@pytest.mark.parametrize(
    ("reference", "name"),
    [
        ("shipped/gone", "gone"),
        ("20261122-1100-train-gap-cnn-erm-kccc", "gap-cnn-erm-kccc"),
        ("/else/where", "/else/where"),
    ],
)
def test_one_that_is_gone_is_called_what_is_left_of_its_lasting_name(reference: str, name: str) -> None:
    assert name_of_reference(reference, shipped_lines()) == name


def test_an_analysis_names_its_network_without_the_date(tmp_path: Path) -> None:
    run = Workspace(tmp_path).create("evaluate", {"run": "20261122-1100-train-gap-cnn-erm-kccc"})
    assert name_of_run(run) == "evaluate of gap-cnn-erm-kccc"
