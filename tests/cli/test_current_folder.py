"""Modules that lie in the current folder: none of them runs, however a run is started."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from lazytui.app.shell.session import Session, save
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.status import Status
from lazytui.runs.workspace import Workspace
from tests.app.terminal import app_on_terminal
from tests.commands import TINY_TRAINING, Lab, last_step, wait_until

pytestmark = pytest.mark.usefixtures("fresh_processes")

MODULES = ("torch", "numpy", "random", "json", "psutil", "pydantic", "runpy", "sitecustomize")
AT_THE_START = ("contextlib", "functools", "warnings", "types")
"""Modules that Python itself takes from there, before anything of ours runs, where `python -m` is typed."""

DATASET = ("run", "dataset", "--source", "strokes", "--train-size", "100", "--test-size", "100")
RECIPE = ("run", "recipe", "e-gap-cnn-1", "--seeds", "0", "--source", "strokes", "--train-size", "100")


@pytest.fixture
def trapped(lab: Lab) -> Lab:
    """A laboratory in whose folder modules lie that say so when they run."""
    lay(lab, MODULES)
    return lab


def lay(lab: Lab, modules: Iterable[str]) -> None:
    for module in modules:
        (lab.folder / f"{module}.py").write_text(f"open('sprung', 'a').write('{module} ')")


def sprung(lab: Lab) -> str:
    file = lab.folder / "sprung"
    return file.read_text() if file.exists() else ""


def runs_of(lab: Lab, kind: str) -> list[Path]:
    runs = Workspace(lab.workspace).readable_runs() if lab.workspace.exists() else []
    return [run.path for run in runs if run.record.kind == kind]


def wait_for_state(lab: Lab, kind: str, state: str) -> RunFolder:
    """Return the newest run of a kind once it is in that state; fail as soon as it has failed."""

    def is_there() -> bool:
        states = [RunFolder(run, run.name).status.state for run in runs_of(lab, kind)]
        assert not {"failed", "interrupted"} & {*states}
        return states[-1:] == [state]

    wait_until(is_there)
    run = runs_of(lab, kind)[-1]
    return RunFolder(run, run.name)


def test_commands_leave_modules_of_the_current_folder_alone(trapped: Lab) -> None:
    for command in ((*RECIPE, "--test-size", "100"), ("run", "study", *TINY_TRAINING, "--seeds", "0")):
        more = ("--methods", "focal", "--no-plain", "--model", "mlp") if "study" in command else ()
        ended = trapped.run(*command, *more, "--quiet")
        assert ended.code == 0, ended.err
        assert sprung(trapped) == "", command
    assert len(runs_of(trapped, "train")) == 2, "each in a process of its own"


def test_runs_in_the_background_leave_modules_of_the_current_folder_alone(trapped: Lab) -> None:
    assert trapped.run(*DATASET, "--detach").code == 0
    run = wait_for_state(trapped, "dataset", "done")
    run.set_status(Status(state="stopped", heartbeat=0.0))
    assert trapped.run("runs", "resume", run.id, "--detach").code == 0
    wait_for_state(trapped, "dataset", "done")
    story = ("run", "story", "--train-size", "1000", "--test-size", "1000", "--detach")
    assert trapped.run(*story).code == 0
    wait_until(lambda: any(last_step(run) > 0 for run in runs_of(trapped, "train")))
    assert trapped.run("runs", "stop", "latest").code == 0
    wait_for_state(trapped, "story", "stopped")
    assert sprung(trapped) == ""


def test_the_app_leaves_modules_of_the_current_folder_alone(trapped: Lab) -> None:
    trapped.workspace.mkdir()
    small = {"source": "strokes", "train_size": 100, "test_size": 100}
    save(Session(screen="dataset", forms={"dataset": small}), trapped.workspace)
    with app_on_terminal(trapped) as shown:
        shown.wait_for("--train-size 100")
        lay(trapped, AT_THE_START)
        shown.type("g")
        run = wait_for_state(trapped, "dataset", "done")
        run.set_status(Status(state="stopped", heartbeat=0.0))
        shown.type("9")
        shown.wait_for("stopped", "p resumes it")
        shown.type("p")
        wait_for_state(trapped, "dataset", "done")
        assert shown.leave() == 0
    assert sprung(trapped) == ""
