"""Groups inferred from outputs, against optima found by trying everything, and scores of which the value is known."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from lazytui.data.params import DatasetParams
from lazytui.data.splits import BiasedDataset, build_dataset
from lazytui.groups.by_clusters import by_clusters
from lazytui.groups.by_outputs import by_environments, by_errors
from lazytui.groups.inferred import Inferred, agreement
from lazytui.groups.two_fold import two_fold_probabilities
from lazytui.models.build import build_model
from lazytui.system.hardware import choose_hardware


@pytest.fixture(scope="module")
def data() -> BiasedDataset:
    return build_dataset(DatasetParams(source="strokes", train_size=600, test_size=50, bias=0.8))


def outputs(count: int, classes: int, seed: int = 0) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    random = np.random.default_rng(seed)
    values = np.exp(2 * random.normal(size=(count, classes)))
    return (values / values.sum(1, keepdims=True)).astype(np.float32), random.integers(0, classes, count).astype(
        np.uint8
    )


def test_errors_are_like_the_class_that_they_are_taken_for() -> None:
    said, labels = outputs(50, 4)
    found = by_errors(said, labels)
    assert (found.like == said.argmax(1)).all()
    assert found.scores is not None and found.scores.argmin() == said[np.arange(50), labels].argmax()


def test_no_other_two_environments_break_invariance_further() -> None:
    said, labels = outputs(9, 3)
    logits, classes = torch.from_numpy(said).double().log(), torch.from_numpy(labels.astype(np.int64))

    def broken(second: NDArray[np.bool_]) -> float:
        """The objective of Creager et al. by automatic differentiation."""
        scale = torch.ones((), dtype=torch.float64, requires_grad=True)
        each = torch.nn.functional.cross_entropy(logits * scale, classes, reduction="none")
        total = 0.0
        for part in (second, ~second):
            (gradient,) = torch.autograd.grad((each * torch.from_numpy(part)).mean(), scale, retain_graph=True)
            total += float(gradient) ** 2
        return total

    found = by_environments(said, labels)
    assert found.scores is not None
    best = max(broken(np.array(second)) for second in product((False, True), repeat=9))
    assert broken(found.scores > 0) == pytest.approx(best, rel=1e-9)
    assert ((found.like != labels) == (found.scores > 0)).all()


def test_all_but_the_largest_cluster_of_a_class_contradict() -> None:
    labels = np.repeat(np.arange(2), 60).astype(np.uint8)
    said = np.tile(np.float32([0.96, 0.02, 0.02]), (120, 1))
    said[60:] = [0.02, 0.96, 0.02]
    said[:6], said[6:10] = [0.02, 0.02, 0.96], [0.1, 0.8, 0.1]
    said += np.random.default_rng(0).uniform(0, 0.01, said.shape).astype(np.float32)
    found = by_clusters(said, labels, 0)
    assert (np.flatnonzero(found.like[:60] != labels[:60]) == np.arange(10)).all()
    assert found.like[:10].tolist() == [2] * 6 + [1] * 4
    alike = by_clusters(np.tile(np.float32([0.9, 0.1]), (20, 1)), np.zeros(20, np.uint8), 0)
    assert (alike.like == 0).all(), "outputs that are all alike are one cluster"


def test_the_truth_scores_one_and_chance_scores_the_prevalence(data: BiasedDataset) -> None:
    split = data.train
    truth = split.cue_classes != split.labels
    perfect = agreement(Inferred(split.cue_classes, truth.astype(np.float64)), split)
    assert (perfect.precision, perfect.recall, perfect.average_precision, perfect.rand) == (1, 1, 1, 1)
    random = np.random.default_rng(0)
    scores = [agreement(Inferred(split.labels, random.random(len(split))), split) for _ in range(40)]
    precisions = [one.average_precision for one in scores if one.average_precision is not None]
    share = float(truth.mean())
    assert abs(np.mean(precisions) - share) < 3 * np.std(precisions) / len(precisions) ** 0.5 + 0.01
    assert scores[0].prevalence == share and scores[0].precision is None and scores[0].recall == 0
    bare = build_dataset(DatasetParams(source="strokes", train_size=100, test_size=50, placement="none")).train
    assert agreement(Inferred(bare.labels), bare).prevalence is None, "nobody knows the truth"


def test_each_half_is_asked_of_a_network_that_never_saw_it(data: BiasedDataset) -> None:
    heard: list[tuple[int, int]] = []
    seeds = iter((0, 1))
    said = two_fold_probabilities(
        data.train,
        lambda: build_model("mlp", seed=next(seeds)),
        choose_hardware("cpu", "fp32"),
        epochs=8,
        seed=0,
        tick=lambda *one: heard.append(one),
    )
    assert np.allclose(said.sum(1), 1, atol=1e-4) and heard[-1] == (79, 80) and len(heard) == 80
    taken_by_color = (said.argmax(1) == data.train.cue_classes).mean()
    assert taken_by_color > (said.argmax(1) == data.train.labels).mean(), "the biased loss relies on the color"
