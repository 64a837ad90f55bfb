"""Attacks by the real command, on networks that came along."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lazytui.analyses.attack.result import AttackResult
from lazytui.analyses.core.execute import figures, recorded_result
from lazytui.analyses.networks.model_under_study import ModelUnderStudyParams, load_model_under_study
from lazytui.evaluation.forward import probabilities
from lazytui.figures.kinds import PartOf, Pixels, Table, Text
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace import Workspace
from tests.commands import TINY_DATA, TINY_TRAINING, Lab


@pytest.fixture
def attacked(every_run: dict[str, Path]) -> AttackResult:
    result: AttackResult = recorded_result(RunFolder(every_run["attack"], ""))
    return result


@pytest.fixture(scope="module")
def even(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """A laboratory with a quick network, `even`, that goes by the digit: color is little help in its images."""
    lab = Lab(tmp_path_factory.mktemp("even"))
    data = ("--source", "strokes", "--train-size", "1500", "--test-size", "600", "--bias", "0.3")
    options = ("--model", "mlp", "--epochs", "8", "--metrics-every", "1000", "--name", "even", "--quiet")
    assert lab.call("run", "train", *data, *options).code == 0
    return lab


def test_what_is_reported_is_what_was_found(attacked: AttackResult, every_run: dict[str, Path]) -> None:
    figures_by_name = {figure.name: figure for figure in figures(RunFolder(every_run["attack"], ""))}
    found = attacked.networks[0].pools["aligned"].robustness(3)
    assert found.sources == 12 and found.budgets is not None, "the lazy network gets every aligned 7 right"
    metrics = attacked.metrics
    assert metrics["aligned_sources"] == 12 and metrics["aligned_at_target"] == 0
    assert metrics["aligned_unfooled"] == pytest.approx(np.isinf(found.budgets).mean())
    assert metrics["aligned_success_rate"] == pytest.approx((found.budgets <= 0.05).mean())
    (pools,) = (figure for figure in figures_by_name.values() if figure.name == "pools")
    assert isinstance(pools, Table) and pools.rows[0][:2] == ("aligned", PartOf(12, 12))


def test_kept_images_are_those_that_the_attack_made_failures_among_them(
    attacked: AttackResult, every_run: dict[str, Path]
) -> None:
    (pictures,) = (f for f in figures(RunFolder(every_run["attack"], "")) if f.name == "images-aligned")
    assert isinstance(pictures, Pixels) and pictures.images.dtype == np.uint8
    before, _, after = pictures.images.astype(int).reshape(3, -1, 28, 28, 3)
    found = attacked.networks[0].pools["aligned"].perturbations
    assert found is not None and found.predictions is not None
    budgets = found.budgets[: len(before)]
    farthest = np.abs(after - before).reshape(len(before), -1).max(1) / 255
    assert (farthest <= np.where(np.isfinite(budgets), budgets, 0.5) + 1e-6).all()
    assert (farthest > 0).all(), "of a failure the last try at the largest budget is kept"
    marks = [caption.endswith("failed") for caption in pictures.captions[-len(before) :]]
    assert marks == np.isinf(budgets).tolist()


def test_kept_images_are_exported_with_what_the_network_says_of_them(even: Lab) -> None:
    options = ("--source-class", "all", "--sources", "10", "--steps", "5", "--keep", "7", "--largest", "0.1")
    exported = ("--export", "kept.npz", "--export", "kept.png", "--json")
    ended = even.call("run", "attack", "even", "--pool", "neutral", *options, *exported)
    assert ended.code == 0, ended.err
    assert (even.folder / "kept-gallery-neutral.png").read_bytes().startswith(b"\x89PNG")
    with np.load(even.folder / "kept.npz") as file:
        arrays = dict(file)
    assert {name: (array.shape, array.dtype.kind) for name, array in arrays.items()} == {
        "clean": ((7, 28, 28, 3), "u"),
        "adversarial": ((7, 28, 28, 3), "u"),
        "labels": ((7,), "u"),
        "predictions": ((7,), "u"),
        "success": ((7,), "b"),
        "budgets": ((7,), "f"),
        "pool": ((7,), "U"),
        "network": ((7,), "U"),
    }
    assert 0 < arrays["success"].sum() < 7
    assert ((arrays["predictions"] == 3) == arrays["success"]).all() and (
        arrays["success"] == np.isfinite(arrays["budgets"])
    ).all()
    network = load_model_under_study(ModelUnderStudyParams(run="even"), Workspace(even.workspace), str)
    for images, said in {"clean": "labels", "adversarial": "predictions"}.items():
        assert (probabilities(network.model, arrays[images], network.hardware).argmax(1) == arrays[said]).all()


def test_a_run_without_arrays_is_not_exported_as_such(every_run: dict[str, Path], lab: Lab) -> None:
    refused = lab.call("export", every_run["compare"], "numbers.npz")
    assert refused.code == 3 and "no arrays" in refused.sentence and not (lab.folder / "numbers.npz").exists()
    assert lab.call("export", every_run["evaluate"], "arrays.npz").code == 0
    assert np.load(lab.folder / "arrays.npz").files


def test_pools_show_both_halves_of_the_contradiction(lab: Lab) -> None:
    """Seven in its own color is hard to turn; in the target's color the lazy network sees the target already."""
    options = ("--sources", "12", "--steps", "5", "--json", "--quiet")
    ended = lab.call("run", "attack", "shipped/lazy-strokes", *options)
    assert ended.code == 0, ended.err
    metrics = ended.json["metrics"]
    assert metrics["target_colored_at_target"] >= 0.9 and metrics["target_colored_sources"] < 10
    assert metrics["target_colored_success_rate"] is None, "no rate below ten sources"
    assert metrics["aligned_clean_accuracy"] == 1 and metrics["aligned_success_rate"] == 0
    (verdict,) = (f for f in figures(RunFolder(lab.workspace / ended.json["run"], "")) if f.name == "verdict")
    assert isinstance(verdict, Text) and "too few for any rate" in verdict.paragraphs[-1]


@pytest.mark.parametrize("goal", ["--targeted", "--no-targeted"])
def test_every_class_has_rates_of_its_own_with_their_denominators(goal: str, even: Lab) -> None:
    options = ("--source-class", "all", goal, "--sources", "11", "--attack", "fgsm", "--pool", "neutral", "--json")
    ended = even.call("run", "attack", "even", *options)
    assert ended.code == 0, ended.err
    result: AttackResult = recorded_result(RunFolder(even.workspace / ended.json["run"], ""))
    (pool,) = result.networks[0].pools.values()
    assert pool.labels is not None and pool.perturbations is not None
    classes = [digit for digit in range(10) if goal == "--no-targeted" or digit != 3]
    assert pool.labels[: len(classes)].tolist() == classes, "in turn"
    assert (pool.correct == (pool.predicted == pool.labels)).all()
    rows = ended.json["figures"]["classes"]["rows"]
    assert [row["class"] for row in rows] == classes
    budgets = np.full(len(pool.labels), np.nan)
    budgets[pool.correct] = pool.perturbations.budgets
    for row in rows:
        own = pool.labels == row["class"]
        right = int(pool.correct[own].sum())
        assert row["correct"] == {"hits": right, "of": 11}
        fooled = 100 * (budgets[own & pool.correct] <= 0.05).mean()
        assert row["fooled"] == (None if right < 10 else pytest.approx(fooled)), "of those that are correct when clean"
        assert (row["at target"] is None) == (row["class"] == 3), "a 3 isn't at the target, but what it is"
    assert any(row["fooled"] is not None for row in rows)
    assert sum(row["correct"]["hits"] for row in rows) == ended.json["metrics"]["neutral_sources"]


def test_two_networks_are_asked_about_the_same_images(lab: Lab) -> None:
    assert lab.call("run", "train", *TINY_TRAINING, "--model", "mlp", "--epochs", "3", "--quiet").code == 0
    options = ("--sources", "10", "--steps", "3", "--pool", "aligned", "--json", "--quiet")
    ended = lab.call("run", "attack", "latest", "--against", "shipped/lazy-strokes", *options)
    assert ended.code == 0, ended.err
    alone = lab.call("run", "attack", "latest", *options).json["metrics"]
    assert {name: ended.json["metrics"][name] for name in alone} == alone, (
        "a second network changes nothing of the first"
    )
    assert ended.json["metrics"]["against_aligned_sources"] is not None
    assert len(ended.json["parents"]) == 2


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (("shipped/lazy-strokes", "--target-class", "7"), 2, "both 7"),
        (("shipped/lazy-strokes", "--source-class", "10"), 2, "--source-class"),
        (("shipped/lazy-strokes", "--attack", "pgdd"), 2, "Did you mean pgd"),
        (("shipped/lazy-strokes", "--epsilon", "2"), 2, "over 1 means nothing"),
        (("shipped/lazy-strokes", "--epsilon", "0.6", "--largest", "0.5"), 2, "more than the largest"),
        (("shipped/lazy-strokes", "--against", "shipped/lazy-strokes"), 2, "compared with itself"),
        (("nosuch",), 3, "no run"),
    ],
)
def test_what_can_not_be_attacked_is_said_before_anything_is_written(
    options: tuple[str, ...], code: int, words: str, lab: Lab
) -> None:
    refused = lab.call("run", "attack", *options)
    assert refused.code == code and words in refused.sentence
    assert not lab.workspace.exists()


def test_a_canvas_without_color_has_no_pools(lab: Lab) -> None:
    assert lab.call("run", "train", *TINY_DATA, "--dataset", "clean", "--model", "mlp", "--quiet").code == 0
    assert "have no color" in lab.call("run", "attack", "latest").sentence


def test_a_network_that_puts_out_probabilities_is_said_to_be_so(lab: Lab) -> None:
    code = lab.folder / "own.py"
    code.write_text(
        "from torch import nn\ndef sure(): return nn.Sequential(nn.Flatten(), nn.Linear(2352, 10), nn.Softmax(1))\n"
    )
    model = f"{code}:sure"
    assert lab.call("run", "train", *TINY_TRAINING, "--model", model, "--quiet").code == 0
    refused = lab.call("run", "attack", "latest", "--model", model, "--sources", "10", "--quiet")
    assert refused.code == 3 and "probabilities" in refused.last


def test_the_list_names_every_attack(lab: Lab) -> None:
    entries = lab.call("attacks", "--json").json
    assert [entry["attack"] for entry in entries] == [line.split()[0] for line in _rows(lab.call("attacks").out)]


def _rows(table: str) -> list[str]:
    lines = table.split("\n\n")[0].splitlines()[1:]
    return [line for line in lines if line[:1].isalpha()]
