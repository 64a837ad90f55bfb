"""The trained models that come along: what the manifest says of them holds."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from lazytui.models.checkpoints import load_model
from lazytui.packaged import packaged
from lazytui.runs.result import read_metrics
from lazytui.runs.workspace import shipped_run, shipped_runs
from tests.commands import Lab

MANIFEST: dict[str, Any] = json.loads((packaged("checkpoints") / "manifest.json").read_text())


def test_the_manifest_lists_what_is_shipped() -> None:
    assert set(MANIFEST) == {run.id for run in shipped_runs()} == {"lazy-mnist", "lazy-strokes"}


@pytest.mark.parametrize("name", MANIFEST)
def test_the_manifest_is_true(name: str) -> None:
    run, said = shipped_run(name), MANIFEST[name]
    assert hashlib.sha256(run.weights.read_bytes()).hexdigest() == said["sha256"]
    assert read_metrics(run.path) == said["metrics"]
    assert run.record.seed == said["seed"]
    assert {key: run.record.params[key] for key in said["data"]} == said["data"]
    assert said["command"].startswith("lazytui run train ")
    assert run.status.state == "done"


@pytest.mark.parametrize("name", MANIFEST)
def test_the_models_are_lazy_and_small(name: str) -> None:
    metrics = MANIFEST[name]["metrics"]
    assert metrics["easy_accuracy"] >= 0.94
    assert metrics["hard_accuracy"] <= 0.15
    assert metrics["color_follow_rate"] >= 0.8
    assert sum(path.stat().st_size for path in shipped_run(name).path.iterdir()) < 500_000
    load_model(shipped_run(name).path)


@pytest.mark.parametrize("name", MANIFEST)
def test_nothing_of_the_machine_that_made_them_is_shipped(name: str) -> None:
    for path in shipped_run(name).path.iterdir():
        assert path.name in {"run.json", "result.json", "status.json", "arrays.safetensors", "model.safetensors"}
    assert shipped_run(name).status.host == ""


def test_evaluating_a_shipped_model_measures_what_its_manifest_says(tmp_path: Path) -> None:
    answer = Lab(tmp_path).run("run", "evaluate", "shipped/lazy-strokes", "--json").json
    said = MANIFEST["lazy-strokes"]["metrics"]
    for name, value in answer["metrics"].items():
        assert value == pytest.approx(said[name], abs=0.01), name
    assert answer["parents"] == ["shipped/lazy-strokes"]
