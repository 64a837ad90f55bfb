"""Attacks, probes, concepts, transfer and comparisons of images that come from elsewhere: three classes and two grounds
at 16 x 16 pixels, and the same without any attribute."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lazytui.analyses.attack.live import AttackSession
from lazytui.analyses.attack.live_figures import attack_figures, headline
from lazytui.analyses.attack.live_question import AttackQuestion, other_classes
from lazytui.analyses.attack.params import AttackParams
from lazytui.analyses.attack.pool_choice import pools_of
from lazytui.analyses.core.execute import figures, recorded_params, recorded_result
from lazytui.data.content import Content
from lazytui.errors import UsageError
from lazytui.figures.kinds import Figure, Matrix, Table, Text
from lazytui.runs.workspace import Workspace
from tests.commands import Finished, Lab

BIRDS = ("heron", "owl", "wren")
COLORS = np.array([[200, 60, 60], [60, 200, 60], [60, 60, 200]], np.uint8)
GROUNDS = ("land", "water")
WATER = np.array([0.8, 0.2, 0.5])
"""How often a bird of each class is on water: herons most often, owls seldom."""

QUICK = ("--device", "cpu", "--json", "--quiet")


def part(count: int, *, grounds: bool) -> dict[str, Any]:
    """Squares in the color of their class on a dark ground, which is brighter where it is water."""
    random = np.random.default_rng(count)
    labels = np.arange(count) % len(BIRDS)
    water = (random.random(count) < WATER[labels]).astype(np.int64)
    images = random.integers(0, 40, (count, 16, 16, 3)).astype(np.uint8)
    images += (60 * water).astype(np.uint8)[:, None, None, None]
    images[:, 5:11, 5:11] = COLORS[labels][:, None, None] + random.integers(0, 30, (count, 6, 6, 3)).astype(np.uint8)
    found = {"x": images, "y": np.array(BIRDS)[labels]}
    return found | ({"a": np.array(GROUNDS)[water]} if grounds else {})


@pytest.fixture(scope="module")
def birds(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """With trained networks `grounds`, whose images have a known ground, and `plain`, whose haven't."""
    lab = Lab(tmp_path_factory.mktemp("birds"))
    for name, grounds in (("grounds", True), ("plain", False)):
        file = lab.folder / f"{name}.npz"
        arrays = {
            f"{kind}_{split}": values
            for split, count in (("train", 240), ("test", 210))
            for kind, values in part(count, grounds=grounds).items()
        }
        np.savez(file, **arrays)
        data = ("--source", f"npz:{file}", "--batch-size", "16", "--metrics-every", "1000", "--epochs", "3")
        ended = lab.call("run", "train", *data, "--model", "mlp", "--name", name, *QUICK)
        assert ended.code == 0, ended.err
    return lab


def shown(lab: Lab, ended: Finished) -> dict[str, Figure]:
    """The figures of a run as it was reopened, by name."""
    assert ended.code == 0, ended.err
    return {figure.name: figure for figure in figures(Workspace(lab.workspace).find(ended.json["run"]))}


def text(figure: Figure) -> str:
    assert isinstance(figure, Text)
    return " ".join(figure.paragraphs)


def test_pools_are_the_test_images_that_have_the_value(birds: Lab) -> None:
    asked = ("run", "attack", "grounds", "--sources", "10", "--attack", "fgsm", "--source-class", "heron")
    ended = birds.call(*asked, "--target-class", "1", *QUICK)
    figures_by_name = shown(birds, ended)
    run = Workspace(birds.workspace).find(ended.json["run"])
    params, result = recorded_params(run), recorded_result(run)
    assert (params.source_class, params.target_class) == ("heron", "owl")  # type: ignore[attr-defined]
    assert set(result.networks[0].pools) == {"aligned", "neutral", "target-colored"}
    aligned = result.networks[0].pools["aligned"].perturbations
    assert aligned is not None and aligned.clean.shape[1:] == (16, 16, 3)
    assert (aligned.clean[:, 0, 0].mean(1) > 59).all(), "herons that are attacked as aligned ones are on water"
    assert "Minimal perturbation of a heron, to owl" in text(figures_by_name["verdict"])
    channels, images = figures_by_name["channels"], figures_by_name["images-aligned"]
    assert isinstance(channels, Table) and "energy beside" not in [column.name for column in channels.columns]
    assert any(caption.startswith(("owl 0", "heron, failed")) for caption in images.captions)  # type: ignore[attr-defined]


def test_without_an_attribute_all_images_are_one_pool(birds: Lab) -> None:
    asked = ("run", "attack", "plain", "--sources", "10", "--attack", "fgsm", "--source-class", "all")
    figures_by_name = shown(birds, birds.call(*asked, *QUICK))
    classes = figures_by_name["classes"]
    assert isinstance(classes, Table) and [row[:2] for row in classes.rows] == [
        ("neutral", "heron"),
        ("neutral", "wren"),
    ]
    refused = birds.call(*asked, "--pool", "aligned")
    assert refused.code == 2 and "no pool aligned: use neutral;" in refused.sentence
    refused = birds.call("run", "attack", "plain", "--source-class", "owls")
    assert refused.code == 2 and refused.sentence == "There is no class 'owls'. Did you mean owl?"


def test_one_image_is_attacked_here_and_live(birds: Lab) -> None:
    asked = ("run", "attack-image", "grounds", "--source-class", "wren", "--target-class", "owl", "--budgets", "2")
    ended = birds.call(*asked, "--steps", "3", *QUICK)
    figures_by_name = shown(birds, ended)
    recorded = recorded_params(Workspace(birds.workspace).find(ended.json["run"]))
    assert recorded.pool == "neutral", "no ground goes with wrens"  # type: ignore[attr-defined]
    assert "the network says " in text(figures_by_name["verdict"])
    probabilities = figures_by_name["probabilities"]
    assert isinstance(probabilities, Matrix) and probabilities.column_labels == BIRDS
    refused = birds.call(*asked, "--pool", "drawn")
    assert refused.code == 2 and "no pool drawn: use neutral or target-colored;" in refused.sentence
    session = AttackSession(Workspace(birds.workspace))
    params = recorded_params(Workspace(birds.workspace).find("grounds"))
    content = params.content  # type: ignore[attr-defined]
    assert isinstance(content, Content)
    herons = asked_of("grounds").in_content(content)
    assert pools_of(herons, content) == ("aligned", "neutral", "target-colored")
    question = AttackQuestion(asked_of("grounds"), "neutral").of_network(asked_of("grounds", steps=2), content)
    *_, answer = session.answers(question)
    assert answer.refused == "" and len(attack_figures(answer)) == 3
    assert headline(answer).startswith("neutral heron, source 1 of 70, to an owl: pgd within")
    wrens = replace(question, pool="aligned").with_params(other_classes(question.params, content, source=1))
    assert (wrens.params.source_class, wrens.pool) == ("wren", "neutral")


def asked_of(run: str, **options: Any) -> Any:
    return AttackParams(run=run, **options)


@pytest.mark.parametrize("name", ["grounds", "plain"])
def test_layers_and_classes_show_label_and_attribute(name: str, birds: Lab) -> None:
    has_ground = name == "grounds"
    ended = birds.call("run", "probes", name, "--samples", "200", *QUICK)
    figures_by_name = shown(birds, ended)
    cues = ["class", "attribute"] if has_ground else ["class"]
    probes = figures_by_name["probes"]
    assert isinstance(probes, Matrix) and list(probes.column_labels[: len(cues)]) == cues
    assert ended.json["metrics"]["digit_accuracy"] > 0.9
    assert (ended.json["metrics"]["color_accuracy"] is None) is not has_ground
    assert ("by chance 50% and 33.3%" if has_ground else "by chance 33.3%") in text(figures_by_name["verdict"])
    ended = birds.call("run", "concepts", name, "--samples", "10", "--runs", "3", *QUICK)
    figures_by_name = shown(birds, ended)
    assert ("colors" in figures_by_name) == has_ground
    matrix = figures_by_name["digits"]
    assert isinstance(matrix, Matrix) and matrix.row_labels == tuple(f"class {bird}" for bird in BIRDS)
    assert (ended.json["metrics"]["color_score"] is None) is not has_ground


@pytest.mark.parametrize("name", ["grounds", "plain"])
def test_transfer_complexity_and_comparison(name: str, birds: Lab) -> None:
    ended = birds.call("run", "transfer", name, *QUICK)
    matrix = shown(birds, ended)["transfer"]
    assert isinstance(matrix, Matrix) and matrix.row_labels == ("own",)
    assert ("follows" in matrix.column_labels) == (name == "grounds"), "no attribute, no cue to follow"
    refused = birds.call("run", "transfer", name, "--to", "gr95h")
    assert refused.code == 2 and "gr95h paints white shapes in colors" in refused.sentence
    assert birds.call("run", "llc", name, "--chains", "2", "--steps", "10", *QUICK).code == 0
    ended = birds.call("run", "compare", name, "--attack", "fgsm", "--no-plain", "--json", "--quiet")
    figures_by_name = shown(birds, ended)
    assert ("cues" in figures_by_name) == (name == "grounds")
    attacked = figures_by_name["attacked"]
    assert isinstance(attacked, Table) and len(attacked.rows) == (3 if name == "grounds" else 1)
    assert "heron to owl" in attacked.title


def test_a_study_finds_the_trainings_of_these_images(birds: Lab) -> None:
    data = (f"--source=npz:{Path(birds.folder / 'grounds.npz')}", "--batch-size", "16", "--metrics-every", "1000")
    study = ("run", "study", *data, "--model", "mlp", "--epochs", "3", "--seeds", "0", "--methods", "erm")
    ended = birds.call(*study, *QUICK)
    assert ended.code == 0, ended.err
    assert ended.json["metrics"]["there"] == 1, "the network that was trained before"
    refused = birds.call(*study, "--bias", ".9,.95")
    assert refused.code == 2 and "have no bias that could be chosen" in refused.sentence
    refused = birds.call("run", "story", data[0])
    assert refused.code == 2 and "The story needs digits" in refused.sentence


def test_what_compares_three_logits_is_refused_where_there_are_two_classes() -> None:
    two = Content(classes=("cat", "dog"), height=16, width=16)
    with pytest.raises(UsageError, match=r"apgd-dlr needs the logits of three classes.*: use apgd-ce"):
        AttackParams(run="latest", attack="apgd-dlr").in_content(two)
    assert AttackParams(run="latest", attack="apgd-ce").in_content(two).source_class in two.classes
