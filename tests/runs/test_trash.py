"""A removed run comes back whole, is seen by nobody meanwhile, and is deleted in the end."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from lazytui.errors import BadInput, UsageError
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.status import Status
from lazytui.runs.trash import FOLDER, KEPT_SECONDS, Trash
from lazytui.runs.workspace import Workspace
from lazytui.runs.workspace_watch import WorkspaceWatch


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "runs")


def done(workspace: Workspace, name: str) -> RunFolder:
    """A finished run with a file in a folder of its own."""

    def fill(folder: Path) -> None:
        (folder / "exports").mkdir()
        (folder / "exports" / "x").write_text("content")

    run = workspace.create("train", {}, name=name, fill=fill)
    run.set_status(Status(state="done", heartbeat=time.time()))
    return run


def ids(workspace: Workspace) -> set[str]:
    return {run.id for run in workspace.runs()}


def test_removals_are_undone_one_after_the_other_the_last_first(workspace: Workspace) -> None:
    one, two, three = (done(workspace, name) for name in ("one", "two", "three"))
    trash = Trash(workspace)
    trash.remove([one, two])
    trash.remove([three])
    assert ids(workspace) == set() and WorkspaceWatch(workspace).refresh() == ()
    with pytest.raises(BadInput):
        workspace.find("one")
    assert trash.restore() == [three]
    assert {run.id for run in trash.restore()} == {one.id, two.id}
    assert ids(workspace) == {one.id, two.id, three.id} and trash.restore() == []
    assert (workspace.find("one").path / "exports" / "x").read_text() == "content"


def test_what_was_removed_here_is_deleted_in_the_end_and_what_others_removed_a_day_later(workspace: Workspace) -> None:
    mine, theirs, old = (done(workspace, name) for name in ("mine", "theirs", "old"))
    trash, other = Trash(workspace), Trash(workspace)
    other.remove([old])
    (kept,) = (workspace.path / FOLDER).iterdir()
    os.utime(kept, (0, time.time() - KEPT_SECONDS - 60))
    other.remove([theirs])
    trash.remove([mine])
    (workspace.path / FOLDER / "no run").mkdir()
    trash.empty()
    left = {path.name.split(".")[0] for path in (workspace.path / FOLDER).iterdir()}
    assert left == {theirs.id, "no run"} and trash.restore() == []
    other.restore()
    assert theirs.id in ids(workspace)


def test_nothing_of_it_is_left_once_it_is_empty(workspace: Workspace) -> None:
    trash = Trash(workspace)
    trash.remove([done(workspace, "one")])
    trash.empty()
    assert not (workspace.path / FOLDER).exists()
    trash.empty()


def test_all_of_several_are_removed_or_none(workspace: Workspace) -> None:
    one, going = done(workspace, "one"), workspace.create("train", {}, name="going")
    with pytest.raises(UsageError, match="is running"):
        Trash(workspace).remove([one, going])
    elsewhere = done(Workspace(workspace.path / "elsewhere"), "other")
    with pytest.raises(UsageError, match="isn't in the workspace"):
        Trash(workspace).remove([one, elsewhere])
    assert one.id in ids(workspace)


def test_a_place_or_name_that_was_taken_meanwhile_is_not_taken_back(workspace: Workspace) -> None:
    one = done(workspace, "one")
    trash = Trash(workspace)
    trash.remove([one])
    two = done(workspace, "one")
    with pytest.raises(UsageError, match="called 'one' already"):
        trash.restore()
    workspace.rename(two, "two")
    one.path.mkdir()
    with pytest.raises(UsageError, match="exists again"):
        trash.restore()
    one.path.rmdir()
    assert trash.restore() == [one] and ids(workspace) == {one.id, two.id}


def test_a_trash_that_is_a_link_takes_nothing(workspace: Workspace, tmp_path: Path) -> None:
    one = done(workspace, "one")
    (tmp_path / "elsewhere").mkdir()
    (workspace.path / FOLDER).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="link"):
        Trash(workspace).remove([one])
    Trash(workspace).empty()
    assert one.id in ids(workspace) and (tmp_path / "elsewhere").is_dir()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_workspace_that_cannot_be_written_to_is_said_to_be(workspace: Workspace) -> None:
    one = done(workspace, "one")
    workspace.path.chmod(0o555)
    try:
        with pytest.raises(Exception, match="can't"):
            Trash(workspace).remove([one])
    finally:
        workspace.path.chmod(0o755)
    assert one.id in ids(workspace)
