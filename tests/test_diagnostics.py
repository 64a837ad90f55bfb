"""Mistakes of ours: one sentence that names a traceback file, or the error itself while debugging; and the log."""

from __future__ import annotations

import logging
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from lazytui.analyses.train import figures as train
from tests.commands import ROOT, Lab, read_json

SHOW = ("runs", "show", "shipped/lazy-strokes")


@pytest.fixture
def broken_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistake in a figure's code."""
    monkeypatch.setattr(train, "metric_table", lambda *_: {}["x"])


@pytest.fixture
def quiet_after() -> Iterator[None]:
    """What --verbose began ends with the test."""
    logger = logging.getLogger("lazytui")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LAZYTUI_VERBOSE", "")
        yield
    for handler in list(logger.handlers):
        logger.removeHandler(handler)
        handler.close()
    logger.setLevel(logging.NOTSET)
    logger.propagate = True


@pytest.mark.usefixtures("broken_figures")
def test_a_mistake_in_a_figure_is_an_internal_error_with_a_traceback(lab: Lab) -> None:
    for _ in range(2):
        failed = lab.call(*SHOW)
        assert (failed.code, failed.out) == (1, "")
        found = re.fullmatch(r"Internal error \(KeyError: 'x'\); traceback in (\S+)", failed.sentence)
        assert found, failed.sentence
        path = Path(found[1])
        assert path.parent == lab.workspace / "errors" and re.fullmatch(r"\d{8}-\d{4}-KeyError\.txt", path.name)
        assert path.read_text().endswith("KeyError: 'x'\n") and "test_diagnostics.py" in path.read_text()
    assert lab.call("runs", "list", "--json").json == []


@pytest.mark.usefixtures("broken_figures")
def test_of_a_workspace_of_the_command_the_traceback_lies_there(lab: Lab) -> None:
    failed = lab.call(*SHOW, "--workspace", "elsewhere")
    assert f"traceback in {Path('elsewhere') / 'errors'}" in failed.sentence
    assert list((lab.folder / "elsewhere" / "errors").iterdir())


@pytest.mark.usefixtures("broken_figures")
def test_where_the_workspace_cannot_be_written_the_traceback_is_kept_all_the_same(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    lab.workspace.write_text("no folder")
    failed = lab.call(*SHOW, "--workspace", str(lab.workspace))
    (kept,) = tmp_path.glob("lazytui-*KeyError.txt")
    assert failed.code == 1 and str(kept) in failed.sentence and "KeyError" in kept.read_text()


@pytest.mark.usefixtures("broken_figures")
def test_while_debugging_every_error_is_raised(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAZYTUI_DEBUG", "1")
    with pytest.raises(KeyError, match="x"):
        lab.call(*SHOW)
    with pytest.raises(Exception, match="no run 'nosuch'"):
        lab.call("runs", "show", "nosuch")
    assert not (lab.workspace / "errors").exists()


def test_a_mistake_while_a_run_goes_fails_the_run(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    from lazytui.analyses.dataset import analysis as dataset

    monkeypatch.setattr(dataset, "measure_dataset", lambda *_: {}["x"])
    command = ("run", "dataset", "--source", "strokes", "--train-size", "60", "--test-size", "60", "--quiet")
    failed = lab.call(*command)
    run = lab.only_run()
    assert failed.code == 1
    assert failed.sentence == f"Internal error (KeyError: 'x'); traceback in {run / 'traceback.txt'}"
    assert read_json(run / "status.json")["error"] == "Internal error (KeyError: 'x')"
    monkeypatch.setenv("LAZYTUI_DEBUG", "1")
    with pytest.raises(KeyError):
        lab.call(*command)


@pytest.mark.usefixtures("quiet_after")
def test_verbose_writes_a_log_and_nothing_is_written_without(lab: Lab) -> None:
    log = lab.workspace / "lazytui.log"
    assert lab.call(*SHOW).code == 0 and not log.exists()
    shown = lab.call("--verbose", *SHOW)
    assert (shown.code, shown.err) == (0, lab.call(*SHOW).err)
    assert "DEBUG lazytui.analyses.core.execute: figures of shipped/lazy-strokes" in log.read_text()


def test_whoever_catches_any_error_says_why() -> None:
    caught = re.compile(r"except (\(.*\b)?(Base)?Exception\b.*|except:.*")
    for path in (ROOT / "lazytui").rglob("*.py"):
        for line in filter(caught.search, path.read_text(encoding="utf-8").splitlines()):
            assert "#" in line or "except BaseException" in line, f"{path}: {line}"
