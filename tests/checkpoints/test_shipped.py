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
from lazytui.training.methods import METHODS
from tests.commands import Lab

MANIFEST: dict[str, Any] = json.loads((packaged("checkpoints") / "manifest.json").read_text())


LAZY = ("lazy-mnist", "lazy-strokes")
CURED = ("cured-mnist", "cured-strokes")


def test_the_manifest_lists_what_is_shipped() -> None:
    assert set(MANIFEST) == {run.id for run in shipped_runs()} == {*LAZY, *CURED}


@pytest.mark.parametrize("name", MANIFEST)
def test_the_manifest_is_true(name: str) -> None:
    run, said = shipped_run(name), MANIFEST[name]
    assert hashlib.sha256(run.weights.read_bytes()).hexdigest() == said["sha256"]
    assert read_metrics(run.path) == said["metrics"]
    assert run.record.seed == said["seed"]
    assert {key: run.record.params[key] for key in said["data"]} == said["data"]
    assert said["command"].startswith("lazytui run train ")
    assert run.status.state == "done"


@pytest.mark.parametrize("name", LAZY)
def test_the_lazy_models_are_lazy(name: str) -> None:
    metrics = MANIFEST[name]["metrics"]
    assert metrics["easy_accuracy"] >= 0.94
    assert metrics["hard_accuracy"] <= 0.15
    assert metrics["color_follow_rate"] >= 0.8


@pytest.mark.parametrize("name", CURED)
def test_the_cured_models_are_cured_within_the_rules(name: str) -> None:
    metrics, method = MANIFEST[name]["metrics"], METHODS[shipped_run(name).record.params["method"]]
    assert metrics["easy_accuracy"] >= 0.94
    assert metrics["hard_accuracy"] >= 0.9
    assert metrics["color_follow_rate"] <= 0.05
    assert not method.bends and not method.needs, "no color label, no held-out data, no repainting"


@pytest.mark.parametrize("name", MANIFEST)
def test_they_are_small_and_can_be_loaded(name: str) -> None:
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
