"""Full and read-only disks, real ones: one sentence, and what was there stays whole."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from lazytui.errors import BadInput
from lazytui.files.writing import write_atomic
from lazytui.runs import progress_report as report
from lazytui.runs.events import EventLog
from lazytui.runs.workspace import Workspace
from tests.commands import TINY_DATA, TRAINING, Lab, finish, last_step, read_events, wait_until
from tests.conftest import FinishedTraining


def mounted(folder: Path, options: str) -> None:
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], capture_output=True)
    if done.returncode:
        pytest.skip("file systems can't be mounted here")


@contextmanager
def disk(folder: Path, size: str) -> Iterator[Path]:
    try:
        mounted(folder, f"size={size}")
    except FileNotFoundError:
        pytest.skip("there is no mount command here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    with disk(tmp_path / "disk", "64k") as folder:
        yield folder


@pytest.fixture
def larger_disk(tmp_path: Path) -> Iterator[Path]:
    with disk(tmp_path / "disk", "16m") as folder:
        yield folder


def test_a_full_disk_leaves_the_old_file(small_disk: Path) -> None:
    write_atomic(small_disk / "file", "old")
    with pytest.raises(BadInput, match="the disk is full"):
        write_atomic(small_disk / "file", bytes(200_000))
    assert (small_disk / "file").read_text() == "old"
    assert [path.name for path in small_disk.iterdir()] == ["file"]


def test_a_run_is_created_whole_or_not_at_all(small_disk: Path) -> None:
    workspace = Workspace(small_disk / "runs")
    with pytest.raises(BadInput, match="the disk is full"):
        workspace.create("train", {"long": "x" * 200_000})
    assert workspace.runs() == [] and not list(workspace.path.glob(".*"))


def test_a_training_on_a_disk_that_stays_full_says_so(
    lab: Lab, small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report, "ROOM_SECONDS", 0.3)
    failed = lab.call("run", "train", *TINY_DATA, "--model", "cnn3", "--workspace", small_disk)
    assert failed.code == 3
    assert failed.last.endswith("can't be written: the disk is full.")
    (listed,) = lab.call("runs", "list", "--json", "--workspace", small_disk).json
    assert (listed["status"], listed["error"]) == ("failed", failed.last.removeprefix("lazytui: "))
    assert not list(small_disk.glob("*/.*.tmp"))


def test_a_training_waits_for_a_disk_that_is_full_for_a_moment(
    finished_training: FinishedTraining, larger_disk: Path
) -> None:
    """The disk fills up under it, and has room again as soon as it has said that it waits."""
    lab = Lab(larger_disk)
    training = lab.start(*TRAINING, "--json")
    assert training.stderr is not None
    run = lab.only_run()
    wait_until(lambda: last_step(run) >= 0, training)
    filler = larger_disk / "filler"
    fill(filler)
    heard = next(line for line in training.stderr if "the disk is full" in line)
    assert "for free space" in heard
    filler.unlink()
    done = finish(training)
    assert done.code == 0, done.err
    assert done.json["metrics"] | {"seconds": 0} == finished_training.finished.json["metrics"] | {"seconds": 0}
    assert read_events(run / "events.jsonl")[1] == 0, "no line is torn"


def fill(file: Path) -> None:
    """Leave no room at all."""
    with suppress(OSError), file.open("wb", buffering=0) as writing:
        while True:
            writing.write(bytes(1 << 16))


def test_an_event_log_on_a_full_disk_is_one_sentence(small_disk: Path) -> None:
    log = EventLog(small_disk / "events.jsonl")
    with closing(log), pytest.raises(BadInput, match="the disk is full"):
        log.append("note", text="x" * 200_000)


def test_a_read_only_workspace_is_one_sentence(lab: Lab, small_disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    refused = lab.run("run", "train", *TINY_DATA, "--workspace", small_disk)
    assert (refused.code, refused.sentence) == (3, f"{small_disk} can't be written: the file system is read-only.")


def test_nothing_is_left_where_writing_fails(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(BadInput, match="it is a folder"):
        write_atomic(tmp_path / "folder", "text")
    with pytest.raises(BadInput, match="the folder doesn't exist"):
        write_atomic(tmp_path / "nowhere" / "file", "text")
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_a_link_is_replaced_and_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("kept")
    (tmp_path / "link").symlink_to("precious")
    write_atomic(tmp_path / "link", "new")
    assert (tmp_path / "precious").read_text() == "kept"
    assert (tmp_path / "link").read_text() == "new" and not (tmp_path / "link").is_symlink()


def test_threads_that_write_at_once_leave_whole_files_with_the_usual_rights(tmp_path: Path) -> None:
    (tmp_path / "usual").touch()

    def write(letter: str) -> None:
        for _ in range(100):
            write_atomic(tmp_path / "file", letter * 10_000)

    threads = [threading.Thread(target=write, args=(letter,)) for letter in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    content = (tmp_path / "file").read_text()
    assert len(content) == 10_000 and len(set(content)) == 1
    (tmp_path / "later").touch()
    assert (tmp_path / "file").stat().st_mode == (tmp_path / "usual").stat().st_mode
    assert (tmp_path / "later").stat().st_mode == (tmp_path / "usual").stat().st_mode
