"""The trained models and finished results that come along: what the manifest says of them holds."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from lazytui.analyses.core.execute import figures, recorded_result
from lazytui.files.package_data import package_folder
from lazytui.models.fingerprint import fingerprint
from lazytui.models.weights_loading import load_model
from lazytui.runs.results.saved_result import load_result, read_metrics
from lazytui.runs.workspace import shipped_run, shipped_runs
from lazytui.sae.saved_sae import ActivationOrigin, load_autoencoder
from lazytui.training.methods import METHODS
from tests.commands import Lab

MANIFEST: dict[str, Any] = json.loads((package_folder("checkpoints") / "manifest.json").read_text())
LEARNED = ("model.safetensors", "autoencoder.safetensors")
KEPT = ("result.json", "arrays.safetensors", *LEARNED)
"""What a run may have found, the later the more it says."""

LAZY = ("lazy-mnist", "lazy-strokes")
CURED = ("cured-mnist", "cured-strokes")
HIDDEN = ("hidden-cue-strokes",)
"""Lazy by what nobody labeled."""
FEATURES = ("sae-lazy-mnist", "sae-lazy-strokes", "sae-cured-strokes")
RESULTS = (
    "attack-lazy-strokes",
    "audit-hidden-cue-strokes",
    "audit-lazy-strokes",
    "compare-strokes",
    "dataset-strokes",
    "evaluate-lazy-and-cured-strokes",
    "evaluate-lazy-strokes",
    "gradcam-lazy-strokes",
    "llc-lazy-strokes",
    "neurons-lazy-strokes",
    "sae-experiments-lazy-strokes",
    "sae-selfcheck",
    "side-by-side-strokes",
    "transfer-lazy-strokes",
)


def test_the_manifest_lists_what_is_shipped() -> None:
    assert set(MANIFEST) == {run.id for run in shipped_runs()} == {*LAZY, *CURED, *HIDDEN, *FEATURES, *RESULTS}


def test_every_result_is_of_a_network_that_is_shipped_and_can_be_drawn() -> None:
    shipped = {run.reference for run in shipped_runs()}
    for name in (*FEATURES, *RESULTS):
        run = shipped_run(name)
        assert set(run.record.parents) <= shipped, name
        assert all(figure.title for figure in figures(run)), name


@pytest.mark.parametrize("name", MANIFEST)
def test_the_manifest_is_true(name: str) -> None:
    run, said = shipped_run(name), MANIFEST[name]
    hashed = next(run.path / file for file in reversed(KEPT) if (run.path / file).exists())
    assert (hashed.name in LEARNED) == (name not in RESULTS)
    assert hashlib.sha256(hashed.read_bytes()).hexdigest() == said["sha256"]
    assert read_metrics(run.path) == said["metrics"]
    assert run.record.seed == said["seed"]
    assert {key: run.record.params[key] for key in said["data"]} == said["data"]
    assert f"{said['command']} ".startswith(f"lazytui run {run.record.kind} ")
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
    assert not method.alters_images and not method.reads, "no color label, no held-out data, no repainting"


def test_the_audits_name_what_their_networks_go_by() -> None:
    """Of the second a frame, which no label describes."""
    for name, properties in (("lazy-strokes", {"hue", "ground hue"}), (*HIDDEN, {"border"})):
        found = recorded_result(shipped_run(f"audit-{name}"))
        assert found.named[0] in properties and found.largest > 0.3
    assert MANIFEST[HIDDEN[0]]["metrics"]["hard_accuracy"] < MANIFEST[HIDDEN[0]]["metrics"]["easy_accuracy"] - 0.3


@pytest.mark.parametrize("name", FEATURES)
def test_the_features_explain_nearly_all_with_few_at_work_and_few_dead(name: str) -> None:
    """A cured network says more in as many dimensions, of digits in place of colors."""
    metrics, lazy = MANIFEST[name]["metrics"], "lazy" in name
    assert metrics["unexplained_variance"] <= (0.01 if lazy else 0.1)
    assert metrics["l0"] <= 16
    assert metrics["dead_share"] <= 0.05
    assert (metrics["color_features"] > metrics["digit_features"]) is lazy


@pytest.mark.parametrize("name", [*LAZY, *CURED, *HIDDEN])
def test_they_are_small_and_can_be_loaded(name: str) -> None:
    assert sum(path.stat().st_size for path in shipped_run(name).path.iterdir()) < 500_000
    load_model(shipped_run(name).path)


@pytest.mark.parametrize("name", FEATURES)
def test_features_are_opened_in_the_network_that_they_are_of(name: str) -> None:
    run = shipped_run(name)
    assert sum(path.stat().st_size for path in run.path.iterdir()) < 2_000_000
    network = load_model(shipped_run(run.record.params["run"].removeprefix("shipped/")).path)
    layer, positions = run.record.params["layer"], run.record.params["positions"]
    model = load_autoencoder(run.autoencoder, ActivationOrigin(fingerprint(network), layer, positions))
    assert model.features == 64 and model.dimensions == 128


def test_no_image_of_mnist_is_shipped() -> None:
    for run in shipped_runs():
        kept = load_result(run.path).arrays
        if "mnist" in run.id:
            assert "conflicting_images" not in kept
            assert "evidence_images" not in kept or not kept["evidence_images"].size


@pytest.mark.parametrize("name", MANIFEST)
def test_nothing_of_the_machine_that_made_them_is_shipped(name: str) -> None:
    for path in shipped_run(name).path.iterdir():
        assert path.name in {"run.json", "result.json", "status.json", "arrays.safetensors", *LEARNED}
    assert shipped_run(name).status.host == ""


def test_evaluating_a_shipped_model_measures_what_its_manifest_says(tmp_path: Path) -> None:
    answer = Lab(tmp_path).call("run", "evaluate", "shipped/lazy-strokes", "--json").json
    said = MANIFEST["lazy-strokes"]["metrics"]
    for name, value in answer["metrics"].items():
        assert value == pytest.approx(said[name], abs=0.01), name
    assert answer["parents"] == ["shipped/lazy-strokes"]
