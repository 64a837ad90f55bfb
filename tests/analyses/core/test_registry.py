"""What every analysis owes its users: a command that teaches, a run folder, figures without torch, and exports."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from lazytui.analyses import SUMMARIES, analysis
from lazytui.analyses.core.execute import figures, recorded_result
from lazytui.data.params import LEFT_OUT, DatasetParams
from lazytui.figures.kinds import Pixels
from lazytui.runs.results.saved_result import ARRAYS_FILE, RESULT_FILE, save_result
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace import Workspace
from tests.commands import read_json
from tests.conftest import COMMANDS


def test_every_analysis_is_run_by_these_tests() -> None:
    assert list(COMMANDS) == list(SUMMARIES)


@pytest.mark.parametrize("kind", SUMMARIES)
def test_every_option_teaches(kind: str) -> None:
    fields = analysis(kind).params.model_fields
    assert SUMMARIES[kind].endswith(".")
    assert [name for name, field in fields.items() if not (field.description or "").endswith(".")] == []


def test_params_and_figures_load_without_torch() -> None:
    program = (
        "import sys; from lazytui.analyses import SUMMARIES, analysis; [analysis(kind) for kind in SUMMARIES]; "
        "sys.exit(bool({'torch', 'torchvision', 'textual', 'matplotlib'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0


LIGHTNESS = re.compile(r"\b(bright|dark|light|pale)(er|est)?\b")


@pytest.mark.parametrize("kind", SUMMARIES)
def test_a_run_is_a_folder_that_says_all(kind: str, every_run: dict[str, Path]) -> None:
    folder = every_run[kind]
    record, result = read_json(folder / "run.json"), read_json(folder / "result.json")
    assert record["kind"] == kind
    params = analysis(kind).params
    asked, may_lack = params.model_validate(record["params"]), {*getattr(params, "OPTIONS", ())}
    if issubclass(params, DatasetParams):
        may_lack |= LEFT_OUT
    expected = [name for name in params.model_fields if name not in may_lack or getattr(asked, name) is not None]
    assert sorted(record["params"]) == sorted(expected), "every field, but for the options of what wasn't chosen"
    assert read_json(folder / "status.json")["state"] == "done"
    assert result["metrics"]


@pytest.mark.parametrize("kind", SUMMARIES)
def test_figures_have_names_of_their_own(kind: str, every_run: dict[str, Path]) -> None:
    folder = every_run[kind]
    names = [figure.name for figure in figures(Workspace(folder.parent).find(folder.name))]
    assert names
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("kind", SUMMARIES)
def test_what_is_said_of_a_figure_is_true_on_a_light_and_on_a_dark_page(kind: str, every_run: dict[str, Path]) -> None:
    """Scales run the other way there; images alone have the same colors on both."""
    folder = every_run[kind]
    for figure in figures(Workspace(folder.parent).find(folder.name)):
        said = " ".join((getattr(figure, "note", ""), *getattr(figure, "paragraphs", ())))
        assert isinstance(figure, Pixels) or not LIGHTNESS.search(said), said


def test_export_writes_every_medium_without_torch(every_run: dict[str, Path], tmp_path: Path) -> None:
    """Pages of PDF, which take long, of one kind only, and text in color, whose modules are those of plain text. A
    story's page is made of what its chapters' pages are."""
    suffixes = dict.fromkeys(SUMMARIES, (".html", ".txt", ".json")) | {"ask": (".pdf", ".ansi"), "story": (".json",)}
    files = {kind: [tmp_path / f"{kind}{suffix}" for suffix in wanted] for kind, wanted in suffixes.items()}
    program = (
        "import json, sys; from lazytui.cli import app\n"
        "for asked in json.load(sys.stdin): app(['export', *asked], standalone_mode=False)\n"
        "sys.exit('torch' in sys.modules)"
    )
    asked = [[str(every_run[kind]), *map(str, wanted)] for kind, wanted in files.items()]
    done = subprocess.run([sys.executable, "-c", program], input=json.dumps(asked), text=True, cwd=tmp_path)
    assert done.returncode == 0
    assert all(file.stat().st_size > 500 for wanted in files.values() for file in wanted)


@pytest.mark.parametrize("kind", SUMMARIES)
def test_what_was_read_is_written_again_to_the_byte(kind: str, every_run: dict[str, Path], tmp_path: Path) -> None:
    run = RunFolder(every_run[kind], "")
    save_result(tmp_path, analysis(kind).write(recorded_result(run)))
    for file in (RESULT_FILE, ARRAYS_FILE):
        if (run.path / file).exists():
            assert (tmp_path / file).read_bytes() == (run.path / file).read_bytes()
