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


def test_what_lies_where_a_file_belongs_costs_one_run(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of it in one process, which takes long to start."""
    shipped("lazy-strokes", lab.workspace / "good")
    bad = {
        f"{kind.replace(' ', '-')}-{number}": (kind, file)
        for kind in STRANGE
        for number, file in enumerate(OF_A_TRAINING)
    }
    for name, (kind, file) in bad.items():
        shipped("lazy-strokes", lab.workspace / name)
        put(kind, lab.workspace / name / file, monkeypatch)
    listed, compared, *shown = commands(
        lab,
        ("runs", "list", "--json"),
        ("run", "compare", "--json", "--quiet"),
        *(("runs", "show", name, "--json") for name in bad),
        *(
            ("export", name, "x.json")
            for name, (_, file) in bad.items()
            if file in {"result.json", "arrays.safetensors"}
        ),
    )
    assert (listed[0], compared[0]) == (0, 0), listed[2] + compared[2]
    rows = {row["run"]: row for row in json.loads(listed[1])}
    assert rows["good"]["status"] == "done" and rows["good"]["metrics"]["easy_accuracy"] > 0.9
    for code, _, err in shown:
        assert code in {0, 3} and "Traceback" not in err and err.count("\n") <= 1, err


def put(kind: str, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Something strange in a file's place."""
    file.unlink(missing_ok=True)
    monkeypatch.chdir(file.parent)
    STRANGE[kind](file)


def test_weights_and_autoencoders_that_are_no_files_are_reported(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    kinds = ("pipe", "socket", "folder", "huge")
    for kind in kinds:
        training, features = (lab.workspace / f"{what}-{kind}" for what in ("training", "features"))
        shipped("lazy-strokes", training)
        shipped("sae-lazy-strokes", features)
        put(kind, training / "model.safetensors", monkeypatch)
        put(kind, features / "labels.json", monkeypatch)
    said = commands(
        lab,
        *(("run", "evaluate", f"training-{kind}", "--quiet") for kind in kinds),
        *(("features", "list", f"features-{kind}") for kind in kinds),
        *(("runs", "show", f"training-{kind}", "--json") for kind in kinds),
    )
    for evaluated, features, one in zip(said[:4], said[4:8], said[8:], strict=True):
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
