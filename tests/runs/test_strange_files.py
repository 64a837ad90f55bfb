"""Run folders in which something else lies where a file belongs: each costs its own run, and nothing else."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lazytui.runs.workspace import Workspace, shipped_runs
from tests.commands import Lab
from tests.files.test_reading import STRANGE

GUARD = 300.0
"""Seconds after which a command that waits for a pipe is ended; it says nothing about how long one takes."""

OF_A_TRAINING = (
    "run.json",
    "status.json",
    "name",
    "result.json",
    "arrays.safetensors",
    "model.safetensors",
    "events.jsonl",
    "resume.pt",
    "longer.pt",
    "output.log",
    "traceback.txt",
    "stop",
    "pause",
    ".claim",
    "exports",
    "report.html",
    "weights-at-00000010.safetensors",
)

_COMMANDS = """if True:
    import io, json, resource, sys
    from contextlib import redirect_stderr, redirect_stdout
    from lazytui.__main__ import main
    resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))
    ended = []
    for arguments in json.load(sys.stdin):
        out, err = io.StringIO(), io.StringIO()
        sys.argv = ["lazytui", *arguments]
        with redirect_stdout(out), redirect_stderr(err):
            try:
                main()
                code = 0
            except SystemExit as end:
                code = end.code or 0
        ended.append([code, out.getvalue(), err.getvalue()])
    json.dump(ended, sys.stdout)
"""


def commands(lab: Lab, *asked: tuple[str, ...]) -> list[tuple[int, str, str]]:
    """Each command's exit code and what it said, in one process that may not wait or fill the memory."""
    done = subprocess.run(
        [sys.executable, "-c", _COMMANDS],
        input=json.dumps(asked),
        cwd=lab.folder,
        env=lab.environment(),
        capture_output=True,
        text=True,
        timeout=GUARD,
    )
    assert done.returncode == 0, done.stderr
    return [(code, out, err) for code, out, err in json.loads(done.stdout)]


def shipped(name: str, folder: Path) -> None:
    (source,) = (run.path for run in shipped_runs() if run.id == name)
    shutil.copytree(source, folder)


@pytest.mark.parametrize("kind", STRANGE)
def test_what_lies_where_a_file_belongs_costs_one_run(lab: Lab, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped("lazy-strokes", lab.workspace / "good")
    for number, file in enumerate(OF_A_TRAINING):
        run = lab.workspace / f"bad-{number}"
        shipped("lazy-strokes", run)
        (run / file).unlink(missing_ok=True)
        monkeypatch.chdir(run)
        STRANGE[kind](run / file)
    listed, compared, *shown = commands(
        lab,
        ("runs", "list", "--json"),
        ("run", "compare", "--json", "--quiet"),
        *(("runs", "show", f"bad-{number}", "--json") for number in range(len(OF_A_TRAINING))),
        *(
            ("export", f"bad-{number}", "x.json")
            for number in range(len(OF_A_TRAINING))
            if OF_A_TRAINING[number] in {"result.json", "arrays.safetensors"}
        ),
    )
    assert (listed[0], compared[0]) == (0, 0), listed[2] + compared[2]
    rows = {row["run"]: row for row in json.loads(listed[1])}
    assert rows["good"]["status"] == "done" and rows["good"]["metrics"]["easy_accuracy"] > 0.9
    for code, _, err in shown:
        assert code in {0, 3} and "Traceback" not in err and err.count("\n") <= 1, err


@pytest.mark.parametrize("kind", ["pipe", "socket", "folder", "huge"])
def test_weights_and_autoencoders_that_are_no_files_are_told(
    lab: Lab, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped("lazy-strokes", lab.workspace / "training")
    shipped("sae-lazy-strokes", lab.workspace / "features")
    for run, file in (("training", "model.safetensors"), ("features", "labels.json")):
        monkeypatch.chdir(lab.workspace / run)
        (lab.workspace / run / file).unlink(missing_ok=True)
        STRANGE[kind](lab.workspace / run / file)
    evaluated, features, one = commands(
        lab,
        ("run", "evaluate", "training", "--quiet"),
        ("features", "list", "features"),
        ("runs", "show", "training", "--json"),
    )
    assert evaluated[0] == 3 and "model.safetensors can't be read" in evaluated[2], evaluated
    assert features[0] == 3 and "labels.json is damaged and can't be read" in features[2], features
    assert one[0] == 0


def test_one_record_that_no_analysis_takes_costs_one_run(lab: Lab) -> None:
    shipped("lazy-strokes", lab.workspace / "good")
    for number, change in enumerate(
        ({"texture": [["uniform"]]}, {"method": ["jtt"]}, {"palette": {}}, {"seed": 10**400}, {"train_size": []})
    ):
        run = lab.workspace / f"bad-{number}"
        shipped("lazy-strokes", run)
        record = json.loads((run / "run.json").read_text())
        (run / "run.json").write_text(json.dumps({**record, "params": {**record["params"], **change}}))
    listed, compared, *shown = commands(
        lab,
        ("runs", "list", "--json"),
        ("run", "compare", "--json", "--quiet"),
        *(("runs", "show", f"bad-{number}") for number in range(5)),
    )
    assert listed[0] == 0 and len(json.loads(listed[1])) == 6
    assert compared[0] == 0, compared[2]
    for code, _, err in shown:
        assert code == 3 and err.count("\n") == 1, err
    assert Workspace(lab.workspace).find("good").record.kind == "train"
