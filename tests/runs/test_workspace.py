"""The workspace: how runs are named, found, renamed and removed, and what is no run."""

from __future__ import annotations

import errno
import os
import signal
from pathlib import Path

import pytest

from lazytui.errors import BadInput, LazytuiError, UsageError
from lazytui.runs.jobs import start_detached
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.status import Status
from lazytui.runs.workspace import Workspace, shipped_runs
from tests.commands import Lab, read_json


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "runs")


def ended(run: RunFolder) -> RunFolder:
    run.set_status(Status(state="done", heartbeat=0.0))
    return run


def create(workspace: Workspace, kind: str = "train", **options: object) -> RunFolder:
    return ended(workspace.create(kind, {"seed": 0}, **options))  # type: ignore[arg-type]


def test_a_run_is_found_by_everything_that_names_it(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = create(workspace, label="gap-cnn-erm", name="first")
    create(workspace, kind="evaluate")
    monkeypatch.chdir(tmp_path)
    token = run.id.rsplit("-", 1)[1]
    for reference in (run.id, run.id[:-2], token, "first", str(run.path), f"runs/{run.id}", f"./runs/{run.id}/"):
        assert workspace.find(reference).path.resolve() == run.path, reference
    monkeypatch.chdir(run.path)
    assert workspace.find(".").path.resolve() == run.path


def test_an_id_that_is_taken_is_drawn_again(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = iter(["a", "a", "b", "c"])
    monkeypatch.setattr("lazytui.runs.workspace._new_id", lambda *_: next(ids))
    assert create(workspace).id == "a"
    (workspace.path / ".b.new").mkdir()  # another process is about it
    assert create(workspace).id == "c"


def test_a_run_around_us_is_removed_by_any_of_its_names(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    run = create(workspace)
    monkeypatch.chdir(run.path)
    assert workspace.find(".").id == run.id
    workspace.remove(workspace.find("."))
    assert workspace.runs() == []


def test_a_run_whose_removal_a_kill_cut_short_goes_at_the_next(workspace: Workspace) -> None:
    """And nothing else that a person keeps there."""
    left, made_long_ago, made_now, gone = (create(workspace) for _ in range(4))
    left.path.rename(workspace.path / f".{left.id}.removed")
    for run in (made_long_ago, made_now):
        run.path.rename(workspace.path / f".{run.id}.new")
    os.utime(workspace.path / f".{made_long_ago.id}.new", (0, 0))
    (workspace.path / ".mine.removed").mkdir()
    workspace.remove(gone)
    assert {path.name for path in workspace.path.iterdir()} == {".mine.removed", f".{made_now.id}.new"}


def test_a_run_that_cannot_be_removed_stays_in_sight(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    run = create(workspace)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "")

    monkeypatch.setattr("lazytui.runs.workspace.remove_tree", refuse)  # root, who may run this, may remove anything
    with pytest.raises(BadInput, match="permission is denied"):
        workspace.remove(run)
    assert [one.id for one in workspace.runs()] == [run.id]


def test_what_lies_where_a_file_of_the_workspace_belongs_is_named(workspace: Workspace) -> None:
    run = create(workspace)
    (workspace.path / ".naming").mkdir()
    with pytest.raises(BadInput, match=r"/runs/\.naming can't be written: it is a folder"):
        workspace.rename(run, "mine")
    run.set_status(Status(state="stopped", heartbeat=0.0))
    run.stop_file.mkdir()
    with pytest.raises(BadInput, match=rf"{run.id}/stop can't be written: it is a folder"):
        start_detached(run, workspace)


def test_latest_is_the_latest_of_the_kinds_that_fit(workspace: Workspace) -> None:
    with pytest.raises(BadInput, match=r"No run in .* yet"):
        workspace.find("latest")
    trained = create(workspace)
    evaluated = create(workspace, kind="evaluate")
    assert workspace.find("latest").id == evaluated.id
    assert workspace.find("latest", kinds=("train",)).id == trained.id
    with pytest.raises(BadInput, match="No run of dataset"):
        workspace.find("latest", kinds=("dataset",))


def test_a_run_of_another_kind_is_refused(workspace: Workspace) -> None:
    run = create(workspace, kind="dataset")
    with pytest.raises(BadInput, match=r"is a run of 'dataset'; one of train is needed\."):
        workspace.find(run.id, kinds=("train",))


def test_a_name_that_nobody_has_is_refused_with_the_newest_of_the_kinds_that_fit(workspace: Workspace) -> None:
    runs = [create(workspace, name=f"net{n}") for n in range(6)]
    dissected = create(workspace, kind="sae")
    with pytest.raises(BadInput, match=r"^There is no run 'zzz'\. Available: .* and \d more\.$") as raised:
        workspace.find("zzz", kinds=("train",))
    assert f": net5, {runs[5].id}, net4" in str(raised.value)
    assert dissected.id not in str(raised.value)
    assert "shipped/sae" not in str(raised.value)


def test_a_name_that_fits_several_runs_is_refused_with_all_of_them(workspace: Workspace) -> None:
    runs = [create(workspace) for _ in range(3)]
    with pytest.raises(BadInput, match=r"'2' matches 3 runs: ") as raised:
        workspace.find("2")
    assert all(run.id in str(raised.value) for run in runs)


def test_an_exact_name_beats_a_beginning(workspace: Workspace) -> None:
    short, _long = create(workspace, name="grl"), create(workspace, name="grl-2")
    other = create(workspace)
    workspace.rename(other, other.id[:4])
    assert workspace.find("grl").id == short.id
    assert workspace.find(other.id[:4]).id == other.id


def test_nearest_names_are_offered(workspace: Workspace) -> None:
    create(workspace, name="baseline")
    with pytest.raises(BadInput, match=r"There is no run 'basline'\. Did you mean baseline"):
        workspace.find("basline")
    with pytest.raises(BadInput, match="There is no shipped model 'lazzy'"):
        workspace.find("shipped/lazzy")
    with pytest.raises(BadInput, match="There is no shipped model"):
        workspace.find("shipped/../../runs")


def test_nothing_refers_to_no_run(workspace: Workspace) -> None:
    create(workspace)
    with pytest.raises(UsageError, match="can't be empty"):
        workspace.find("")


@pytest.mark.skipif(not shipped_runs(), reason="no trained model came along in this checkout")
def test_shipped_models_are_runs(workspace: Workspace) -> None:
    for run in shipped_runs():
        found = workspace.find(run.reference, kinds=(run.record.kind,))
        learned = {"train": found.weights, "sae": found.autoencoder}.get(found.record.kind)
        assert learned is None or learned.is_file()
        assert found.status.state == "done" and found.has_result
        assert workspace.reference(found) == run.reference
        for change in (workspace.remove, lambda run: workspace.rename(run, "mine")):
            with pytest.raises(UsageError, match="isn't in the workspace"):
                change(found)


def test_what_names_a_run_from_now_on(workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = create(workspace, name="mine")
    monkeypatch.chdir(tmp_path)
    assert workspace.reference(workspace.find("latest")) == run.id
    assert workspace.reference(workspace.find(f"runs/{run.id}")) == run.id
    elsewhere = create(Workspace(tmp_path / "others"))
    assert workspace.reference(workspace.find(f"others/{elsewhere.id}")) == str(elsewhere.path)


@pytest.mark.parametrize(
    "name",
    ["", " ", "latest", "shipped", "-x", ".x", "a b", "a/b", "../x", "a\n", "é", "a" * 61, "\x1b[31m", "a\u202eb"],
)
def test_names_that_cannot_be_typed_safely_are_refused(workspace: Workspace, name: str) -> None:
    run = create(workspace)
    with pytest.raises(UsageError, match="can't be a run's name"):
        workspace.rename(run, name)
    with pytest.raises(UsageError, match="can't be a run's name"):
        workspace.create("train", {}, name=name)
    assert run.name is None
    assert [entry.name for entry in workspace.path.iterdir()] == [run.id]


def test_a_name_belongs_to_one_run(workspace: Workspace) -> None:
    first, second = create(workspace, name="mine"), create(workspace)
    for taken in ("mine", first.id):
        with pytest.raises(UsageError, match="already"):
            workspace.rename(second, taken)
        with pytest.raises(UsageError, match="already"):
            workspace.create("train", {}, name=taken)
    workspace.rename(second, "yours")
    workspace.rename(first, "mine")
    assert (first.name, second.name) == ("mine", "yours")
    assert len(workspace.runs()) == 2


RACE = """
import multiprocessing, pathlib, sys
from lazytui.errors import UsageError
from lazytui.runs.workspace import Workspace

workspace = Workspace(pathlib.Path("runs"))
unnamed = [workspace.create("train", {}) for _ in range(4)]
together = multiprocessing.Barrier(8)

def take(number):
    together.wait()
    try:
        if number < 4:
            workspace.rename(unnamed[number], "mine")
        else:
            workspace.create("train", {}, name="mine")
    except UsageError as error:
        assert "Another run is called 'mine' already" in str(error)
        sys.exit(2)

context = multiprocessing.get_context("fork")
processes = [context.Process(target=take, args=(number,)) for number in range(8)]
for process in processes:
    process.start()
for process in processes:
    process.join()
print(sorted(process.exitcode for process in processes))
"""


def test_of_processes_that_give_one_name_at_the_same_time_one_does(lab: Lab) -> None:
    raced = lab.python(RACE)
    assert raced.out == f"{[0] + 7 * [2]}\n", raced.err
    runs = Workspace(lab.workspace).runs()
    assert [run.name for run in runs if run.name] == ["mine"]
    assert [path for path in lab.workspace.glob(".*") if path.is_dir()] == [], "whoever was refused left nothing"


KILLED = """
import os, pathlib, signal
from lazytui.runs.workspace import Workspace

workspace = Workspace(pathlib.Path("runs"))
run = workspace.create("train", {})
with workspace._naming("mine"):
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_name_that_a_killed_process_was_about_to_give_is_free(lab: Lab) -> None:
    assert lab.python(KILLED).code == -signal.SIGKILL
    assert create(Workspace(lab.workspace), name="mine").name == "mine"


def test_a_name_file_with_something_else_in_it_is_no_name(workspace: Workspace) -> None:
    run = create(workspace)
    for content in (b"\x1b[31mred", b"\xff\xfe", b"a" * 10_000_000, b"../../etc"):
        (run.path / "name").write_bytes(content)
        assert run.name is None


def test_remove_takes_a_run_and_nothing_else(workspace: Workspace, tmp_path: Path) -> None:
    going, done, kept = (create(workspace) for _ in range(3))
    going.set_status(workspace.create("train", {}).status)
    with pytest.raises(UsageError, match="is running; stop it first"):
        workspace.remove(going)
    outside = create(Workspace(tmp_path / "others"))
    with pytest.raises(UsageError, match="isn't in the workspace"):
        workspace.remove(workspace.find(str(outside.path)))
    with pytest.raises(UsageError, match="isn't in the workspace"):
        workspace.rename(workspace.find(str(outside.path)), "mine")
    workspace.remove(done)
    assert not done.path.exists() and kept.path.exists() and outside.path.exists() and going.path.exists()
    assert not list(workspace.path.glob(".*"))


def test_a_link_to_a_run_is_not_followed_by_remove(workspace: Workspace, tmp_path: Path) -> None:
    outside = create(Workspace(tmp_path / "others"))
    workspace.path.mkdir()
    (workspace.path / "link").symlink_to(outside.path)
    with pytest.raises(UsageError, match="is a link to a run elsewhere"):
        workspace.remove(workspace.find("link"))
    assert outside.weights.parent.is_dir() and (workspace.path / "link").is_symlink()


def test_removing_a_run_removes_links_in_it_and_not_what_they_point_to(workspace: Workspace, tmp_path: Path) -> None:
    run = create(workspace)
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "file").write_text("kept")
    (run.path / "exports").symlink_to(precious)
    workspace.remove(run)
    assert not run.path.exists() and (precious / "file").read_text() == "kept"


@pytest.mark.parametrize("linked", ["events.jsonl", "resume.pt", ".claim", "output.log", "stop", "result.json"])
def test_a_run_folder_with_a_link_in_it_is_refused(workspace: Workspace, tmp_path: Path, linked: str) -> None:
    run = create(workspace)
    precious = tmp_path / "precious"
    precious.write_text("kept")
    (run.path / linked).symlink_to(precious)
    with pytest.raises(BadInput, match=rf"contains a symbolic link \('{linked}'\)"):
        _ = workspace.find(run.id).record
    assert precious.read_text() == "kept"


def test_what_is_no_run_says_so(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"isn't a run: it has no run\.json"):
        workspace.find(str(tmp_path))
    with pytest.raises(BadInput, match="isn't a run"):
        workspace.find(str(tmp_path / "nowhere"))
    create(workspace)
    (workspace.path / "notes").mkdir()
    (workspace.path / "readme.txt").write_text("hello")
    (workspace.path / "loop").symlink_to("loop")
    (workspace.path / ".hidden").mkdir()
    (workspace.path / ".hidden" / "run.json").write_text("{}")
    assert len(workspace.runs()) == 1


@pytest.mark.parametrize("content", ["", "{", "[]", '{"kind": "train"}', 100_000 * "[", '{"kind":"a","created":NaN}'])
def test_a_damaged_record_is_reported_and_hides_no_other_run(workspace: Workspace, content: str) -> None:
    good, bad = create(workspace), create(workspace)
    (bad.path / "run.json").write_text(content)
    assert {run.id for run in workspace.runs()} == {good.id, bad.id}
    assert [run.id for run in workspace.readable_runs()] == [good.id]
    assert workspace.find("latest").id == good.id
    with pytest.raises(BadInput, match="is damaged"):
        _ = workspace.find(bad.id).record


def test_a_new_run_is_whole(workspace: Workspace) -> None:
    run = workspace.create("train", {"seed": 7, "device": "cpu"}, name="x", parents=["a"], started_by="b")
    record = read_json(run.path / "run.json")
    assert (record["kind"], record["seed"], record["device"]) == ("train", 7, "cpu")
    assert (record["parents"], record["started_by"]) == (["a"], "b")
    assert record["versions"].keys() == {"lazytui", "torch", "numpy"}
    assert run.status.state == "queued" and run.name == "x"
    beside = {entry.name for entry in workspace.path.iterdir()} - {".naming"}
    assert beside == {run.id}, "nothing half-written is left beside it"


@pytest.mark.parametrize("folder", ["file/runs", "file", "/proc/runs", "/dev/null/runs"])
def test_a_workspace_that_cannot_be_written_is_one_sentence(tmp_path: Path, folder: str) -> None:
    (tmp_path / "file").write_text("not a folder")
    workspace = Workspace(tmp_path / folder)
    with pytest.raises(BadInput, match=r"can't be written: [^\n]+\.$"):
        workspace.create("train", {})
    assert workspace.runs() == []
    assert (tmp_path / "file").read_text() == "not a folder"
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


def test_creation_that_fails_half_way_leaves_nothing(workspace: Workspace) -> None:
    with pytest.raises((LazytuiError, ValueError, TypeError)):
        workspace.create("train", {"what": object()})
    with pytest.raises(BadInput, match="no room"):
        workspace.create("train", {}, fill=_no_room)
    assert not workspace.path.exists() or list(workspace.path.iterdir()) == []


def _no_room(folder: Path) -> None:
    (folder / "begun").touch()
    raise BadInput("no room")


def test_latest_is_what_a_person_began_and_not_a_part_of_it(workspace: Workspace) -> None:
    study = create(workspace, kind="study")
    part = create(workspace, started_by=study.id)
    assert workspace.find("latest").id == study.id
    assert workspace.find("latest", kinds=("train",)).id == part.id
    workspace.remove(study)
    assert workspace.find("latest").id == part.id
