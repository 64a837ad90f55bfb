"""`lazytui runs` and `lazytui export`: looking after runs, also after hostile ones."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lazytui.runs.status import Status
from lazytui.runs.workspace import Workspace
from tests.commands import Lab, read_json
from tests.conftest import FinishedTraining

EVIL = "\x1b]0;owned\x07\x1b[2J\x9b31m[bold]x[/bold]\u202e\r\n{evil}"
RAW = ("\x1b", "\x07", "\x9b", "\u202e", "\r")


def assert_harmless(*texts: str) -> None:
    for text in texts:
        assert not [mark for mark in RAW if mark in text]
        assert "Traceback" not in text


@pytest.fixture
def copied(finished_training: FinishedTraining, lab: Lab) -> Path:
    """A finished run of one's own, to damage."""
    run = lab.workspace / finished_training.folder.name
    run.mkdir(parents=True)
    for file in finished_training.folder.iterdir():
        if file.is_file():
            (run / file.name).write_bytes(file.read_bytes())
    return run


def test_an_empty_workspace_says_how_to_begin(lab: Lab) -> None:
    listed = lab.call("runs", "list")
    assert (listed.code, listed.err) == (0, "")
    assert "No runs in" in listed.out and "lazytui run story" in listed.out
    assert lab.call("runs", "list", "--json").json == []


def test_runs_are_listed_shown_renamed_and_removed(copied: Path, lab: Lab) -> None:
    listed = lab.call("runs", "list")
    assert listed.code == 0 and copied.name in listed.out and "reference" in listed.out and "done" in listed.out
    (entry,) = lab.call("runs", "list", "--json").json
    assert (entry["run"], entry["status"], entry["kind"]) == (copied.name, "done", "train")
    assert entry["bytes"] == sum(file.stat().st_size for file in copied.iterdir())
    shown = lab.call("runs", "show", "reference")
    assert (shown.code, shown.err) == (0, "")
    assert "Accuracy while it trains" in shown.out and "batch_size" in shown.out
    assert lab.call("runs", "show", "latest", "--json").json["metrics"] == entry["metrics"]
    assert lab.call("runs", "rename", "reference", "mine").code == 0
    refused = lab.call("runs", "rename", "mine", "latest")
    assert refused.code == 2 and "can't be a run's name" in refused.sentence
    unsure = lab.run("runs", "remove", "mine")
    assert unsure.code == 1 and copied.exists(), "nobody answered yes"
    assert lab.call("runs", "remove", "mine", "mine", "--yes").code == 0
    assert not copied.exists() and lab.call("runs", "list", "--json").json == []


@pytest.mark.parametrize("command", ["show", "follow", "stop", "resume", "remove"])
def test_a_run_that_does_not_exist_is_bad_input(copied: Path, lab: Lab, command: str) -> None:
    refused = lab.call("runs", command, "referense")
    assert (refused.code, refused.out) == (3, "")
    assert refused.sentence.startswith("There is no run 'referense'. Did you mean reference")
    refused = lab.call("runs", command, str(lab.folder))
    assert refused.code == 3 and "isn't a run" in refused.sentence
    assert copied.exists()


@pytest.mark.usefixtures("copied")
def test_several_files_of_every_kind_are_exported(lab: Lab) -> None:
    done = lab.call("export", "latest", "all.html", "all.txt", "all.ansi", "all.json", "all.svg", "all.png")
    assert done.code == 0, done.err
    assert done.out == "" and done.err.count("wrote ") >= 6
    written = {file.name for file in lab.folder.iterdir() if file.is_file()}
    assert {"all.html", "all.txt", "all.ansi", "all.json", "all-accuracy.svg", "all-accuracy.png"} <= written
    assert lab.call("export", "latest", "one.csv", "--figure", "accuracy").code == 0
    assert (lab.folder / "one.csv").read_text().count("\n") > 5
    for arguments, code, sentence in (
        (("x.png", "--figure", "accuracyy"), 2, "There is no figure 'accuracyy'. Did you mean accuracy?"),
        (("x.gif",), 2, "'.gif'"),
        (("x",), 2, "no suffix"),
        (("x.csv",), 2, "--figure"),
        (("nowhere/x.svg",), 3, "the folder doesn't exist"),
    ):
        refused = lab.call("export", "latest", *arguments)
        assert refused.code == code and sentence in refused.sentence
        together = lab.call("export", "latest", "x.svg", *arguments)
        assert together.code == code and sentence in together.sentence
    (lab.folder / "x.html").mkdir()
    assert lab.call("export", "latest", "x.txt", "x.html").code == 3
    (lab.folder / "x.html").rmdir()
    assert not [file for file in lab.folder.iterdir() if file.name.startswith("x")], "all of them or none"


def test_an_unfinished_run_has_no_figures(lab: Lab) -> None:
    run = Workspace(lab.workspace).create("train", {})
    run.set_status(Status(state="stopped", heartbeat=0.0))
    refused = lab.call("export", "latest", "x.svg")
    assert refused.code == 3
    shown = lab.call("runs", "show", "latest")
    assert shown.code == 0 and "stopped" in shown.out and "lazytui runs resume" in shown.err


def test_damaged_files_are_reported_and_hurt_no_other_run(copied: Path, lab: Lab) -> None:
    damaged = {}
    for file in ("run.json", "status.json", "result.json", "arrays.safetensors", "events.jsonl"):
        damaged[file] = copied.with_name(f"damaged-{file}")
        shutil.copytree(copied, damaged[file])
        (damaged[file] / file).write_bytes(b'{"kind": \xff')
    listed = lab.call("runs", "list", "--json")
    assert listed.code == 0
    states = {entry["run"]: entry["status"] for entry in listed.json}
    bad = {damaged["run.json"].name, damaged["status.json"].name}
    assert states == {run.name: "failed" if run.name in bad else "done" for run in (copied, *damaged.values())}
    for file, run in damaged.items():
        shown = lab.call("runs", "show", run.name)
        assert "Traceback" not in shown.err
        if file in {"run.json", "result.json", "arrays.safetensors"}:
            assert shown.code == 3 and "damaged" in shown.sentence
        else:
            assert shown.code == 0 and run.name in shown.out
    followed = lab.call("runs", "follow", damaged["status.json"].name)
    assert followed.code == 1 and "status.json is missing or damaged" in followed.sentence


@pytest.mark.parametrize(
    "change", [{"facts": {}}, {"metrics": {}}, {"metrics": {"easy_accuracy": "high"}}, {"arrays": ["history_step"]}]
)
def test_a_result_of_another_shape_is_no_traceback(copied: Path, lab: Lab, change: dict[str, object]) -> None:
    result = read_json(copied / "result.json")
    (copied / "result.json").write_text(json.dumps(result | change))
    shown = lab.call("runs", "show", "latest")
    assert shown.code in {0, 3} and "Traceback" not in shown.err


def test_text_from_run_folders_never_reaches_the_terminal_raw(copied: Path, lab: Lab) -> None:
    record, result = read_json(copied / "run.json"), read_json(copied / "result.json")
    record["parents"], record["started_by"], record["versions"] = [EVIL], EVIL, {EVIL: EVIL}
    result["facts"], result["metrics"] = {EVIL: EVIL, **result["facts"]}, {EVIL: 1.0, **result["metrics"]}
    (copied / "run.json").write_text(json.dumps(record))
    (copied / "result.json").write_text(json.dumps(result))
    (copied / "name").write_text(EVIL)
    progress = {"done": 1, "total": 2, "unit": EVIL}
    status = {"state": "done", "heartbeat": time.time(), "error": EVIL, "host": EVIL, "progress": progress}
    (copied / "status.json").write_text(json.dumps(status))
    events = [
        {"kind": "note", "time": 1.0, "text": EVIL},
        {"kind": "metrics", "time": 1.0, "step": 1, "values": {EVIL: 1.0}},
        {"kind": "progress", "time": 1.0, **progress},
        {"kind": EVIL, "time": 1.0},
    ]
    (copied / "events.jsonl").write_text("".join(json.dumps(event) + "\n" for event in events))
    evil_folder = lab.workspace / EVIL.replace("/", "")
    evil_folder.mkdir()
    (evil_folder / "run.json").write_text(json.dumps({**record, "kind": EVIL, "params": {EVIL: EVIL}}))
    for arguments in (
        ("list",), ("list", "--json"), ("show", copied.name), ("show", copied.name, "--json"), ("follow", copied.name),
        ("show", evil_folder), ("resume", evil_folder), ("follow", evil_folder),
    ):  # fmt: skip
        ended = lab.call("runs", *arguments)
        assert_harmless(ended.out, ended.err)
        assert ended.code in {0, 1, 3}, arguments
    unsure = lab.run("runs", "remove", evil_folder)
    assert unsure.code == 1 and evil_folder.exists()
    assert_harmless(unsure.out, unsure.err)
    exported = lab.call("export", copied, "all.txt", "all.html", "all.json")
    assert exported.code == 0, exported.err
    assert_harmless((lab.folder / "all.txt").read_text())
    (copied / "status.json").write_text(json.dumps({**status, "state": "failed"}))
    failed = lab.call("runs", "follow", copied.name)
    assert failed.code == 1
    assert_harmless(failed.out, failed.err)


def test_a_run_of_elsewhere_is_read_and_its_code_is_not_run(copied: Path, lab: Lab) -> None:
    foreign = lab.folder / "foreign"
    copied.rename(foreign)
    (foreign / "evil.py").write_text("import pathlib\npathlib.Path('ran').touch()\ndef net(): ...\n")
    record = read_json(foreign / "run.json")
    record["params"]["model"] = "foreign/evil.py:net"
    (foreign / "run.json").write_text(json.dumps(record))
    assert lab.call("runs", "show", "./foreign").code == 0
    evaluated = lab.call("run", "evaluate", "./foreign", "--quiet")
    assert evaluated.code == 3 and "foreign/evil.py:net" in evaluated.sentence
    (foreign / "status.json").write_text('{"state": "stopped", "heartbeat": 1}')
    for command in (("resume",), ("resume", "--detach"), ("remove", "--yes")):
        refused = lab.call("runs", *command, "./foreign")
        assert refused.code == 2 and "foreign isn't in the workspace" in refused.sentence
    assert not (lab.folder / "ran").exists()


def test_ids_lead_nowhere_else(copied: Path, lab: Lab) -> None:
    (lab.folder / "secret").mkdir()
    (lab.folder / "secret" / "run.json").write_text("{}")
    for reference in ("../secret/", "shipped/../../secret", "shipped//etc", "..", "/"):
        refused = lab.call("runs", "remove", reference, "--yes")
        assert refused.code in {2, 3} and refused.sentence
    assert (lab.folder / "secret" / "run.json").exists() and copied.exists()


@pytest.mark.usefixtures("copied")
def test_a_reader_that_leaves_early_is_no_failure_worth_words(lab: Lab) -> None:
    looks = (("runs", "list"), ("runs", "show", "latest", "--json"), ("runs", "follow", "latest"), ("--help",))
    small = ("--source", "strokes", "--train-size", "100", "--test-size", "100", "--quiet", "--name", "unread")
    for arguments in (*looks, ("run", "dataset", *small, "--export", "unread.html")):
        reading, writing = os.pipe()
        os.close(reading)
        try:
            ended = subprocess.run(
                [sys.executable, "-m", "lazytui", *arguments],
                cwd=lab.folder,
                env=lab.environment(),
                stdout=writing,
                stderr=subprocess.PIPE,
                text=True,
            )
        finally:
            os.close(writing)
        assert (ended.returncode, ended.stderr) == (0, ""), arguments
    assert (lab.folder / "unread.html").exists(), "what is asked for besides is done"
    assert lab.call("runs", "show", "unread", "--json").json["status"] == "done"


def test_a_run_that_fails_fails_also_where_nobody_reads_what_it_prints(lab: Lab) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as unread:
        ended = subprocess.run(
            [sys.executable, "-m", "lazytui", "runs", "show", "absent"],
            cwd=lab.folder,
            env=lab.environment(),
            stdout=unread,
            stderr=unread,
        )
    assert ended.returncode == 3


@pytest.mark.usefixtures("copied")
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_output_that_cannot_be_written_is_one_sentence(lab: Lab) -> None:
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [sys.executable, "-m", "lazytui", "runs", "list"],
            cwd=lab.folder,
            env=lab.environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert ended.returncode == 1
    assert ended.stderr.startswith("lazytui: ") and ended.stderr.count("\n") == 1


@pytest.mark.usefixtures("copied")
def test_a_terminal_without_unicode_gets_question_marks(lab: Lab) -> None:
    shown = lab.run("runs", "show", "latest", PYTHONIOENCODING="ascii")
    assert (shown.code, shown.err) == (0, "")
    assert "Accuracy while it trains" in shown.out


@pytest.mark.parametrize("arguments", [("doctor",), ("models",)], ids=" ".join)
def test_what_can_be_listed_is_listed_as_json_too(lab: Lab, arguments: tuple[str, ...]) -> None:
    ended = lab.call(*arguments, "--json")
    assert (ended.code, ended.err) == (0, "")
    assert ended.json
