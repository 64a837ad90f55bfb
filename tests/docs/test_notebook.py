"""The notebook of docs runs as it stands, in a kernel of its own, and its numbers are those of the commands; of a
training and its evaluation tests/library says that."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from tests.commands import ROOT, Lab

NOTEBOOK = ROOT / "docs" / "shortcut.ipynb"
DATA = ("--source", "strokes", "--train-size", "2500", "--test-size", "500")
MOST_LINES = 30


def test_the_notebook_runs_and_its_numbers_are_those_of_the_commands(lab: Lab, tmp_path: Path) -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    code = [line for cell in notebook.cells if cell.cell_type == "code" for line in cell.source.splitlines() if line]
    assert len(code) <= MOST_LINES
    notebook.cells.append(
        nbformat.v4.new_code_cell("import json\nprint(json.dumps([one.metrics for one in (data, attack)]))")
    )
    NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    ).execute()
    shown = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    assert sum("image/png" in output.get("data", {}) for output in shown) == 6 and (tmp_path / "confusion.svg").exists()
    data, attack = json.loads(shown[-1].text)
    assert data == _metrics(lab, "dataset", *DATA)
    networks = ("shipped/lazy-strokes", "--against", "shipped/cured-strokes")
    assert attack == _metrics(lab, "attack", *networks, "--sources", "10", "--attack", "fgsm")


def _metrics(lab: Lab, *arguments: str) -> dict[str, float | None]:
    found: dict[str, float | None] = lab.call("run", *arguments, "--json").json["metrics"]
    return found
