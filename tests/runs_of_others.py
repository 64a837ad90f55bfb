"""A workspace into which somebody copied runs that name code."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from lazytui.runs.run_folder import RunFolder
from lazytui.runs.status import Status
from lazytui.runs.workspace import Workspace
from tests.commands import Lab, read_json

NET = """
import pathlib
import torch

pathlib.Path("ran").touch()

def net():
    return torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(2352, 10))
"""


def fill_with_runs_of_others(lab: Lab, features_found: Lab) -> None:
    """A workspace into which somebody else's runs were copied: the training, a cure, names code that lies beside it."""
    shutil.copytree(features_found.workspace, lab.workspace)
    training = Workspace(lab.workspace).find("reference").path
    (training / "evil.py").write_text(NET)
    change(training / "run.json", lambda record: record["params"].update(model=code_of(training), method="focal"))


def change(file: Path, how: Any) -> None:
    content = read_json(file)
    how(content)
    file.write_text(json.dumps(content))


def code_of(training: Path) -> str:
    return f"runs/{training.name}/evil.py:net"


def stopped(lab: Lab, kind: str, params: dict[str, Any]) -> RunFolder:
    run = Workspace(lab.workspace).create(kind, params)
    run.set_status(Status(state="stopped", heartbeat=0.0))
    return run


def hostile_runs(lab: Lab) -> list[RunFolder]:
    """Stopped runs of which each refers to code in its own way."""
    workspace = Workspace(lab.workspace)
    training, features = workspace.find("reference"), workspace.find("found", kinds=("sae",))
    of_it, code = {"run": training.id, "source": "strokes"}, {"model": code_of(training.path)}
    small = {"source": "strokes", "train_size": 1000, "test_size": 1000}
    return [
        *(stopped(lab, kind, of_it) for kind in ("evaluate", "gradcam", "neurons", "sae", "llc", "attack")),
        *(stopped(lab, kind, {**of_it, **code}) for kind in ("evaluate", "gradcam", "attack")),
        stopped(lab, "evaluate", {"run": "shipped/lazy-strokes", "against": training.id, "source": "strokes"}),
        stopped(lab, "sae-experiments", {"sae": features.id}),
        stopped(lab, "sae-experiments", {"sae": features.id, **code}),
        stopped(lab, "compare", {"runs": [training.id]}),
        stopped(lab, "compare", {"runs": [training.id], "plain": False, "attack": "fgsm"}),
        *(stopped(lab, kind, {**small, **code}) for kind in ("train", "study", "story")),
    ]
