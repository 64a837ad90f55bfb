"""Methods combined: the sum of their terms on one fit, exact after a resume, and refused where pieces collide."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from lazytui.data.splits import BiasedDataset
from lazytui.training.methods import METHODS
from lazytui.training.settings import TrainingSettings
from tests.commands import TINY_TRAINING, Lab
from tests.training.methods.contexts import at_work, color_reader, first_batch, small_data
from tests.training.methods.whole_trainings import train_in_two, train_whole

TWO = "jitter-consistency+feature-color"


@pytest.fixture(scope="module")
def data() -> BiasedDataset:
    return small_data()


def test_terms_are_added_to_one_fit(data: BiasedDataset) -> None:
    batch, model = first_batch(data), color_reader()
    first, other = (at_work(name, data, model) for name in ("saliency-background", "input-color-gradient"))
    with pytest.raises(KeyError):
        METHODS["saliency-background+input-color-gradient"]  # both read --penalty
    plain, together = at_work("erm", data, model), at_work("saliency-background+cutmix", data, model)
    term = first.loss(batch, 3) - plain.loss(batch, 3)
    fit = at_work("cutmix", data, model).loss(batch, 3)
    torch.testing.assert_close(together.loss(batch, 3), fit + term)
    assert term.item() != 0 and other is not first


def test_one_draws_the_images_and_the_other_adds_its_term(data: BiasedDataset) -> None:
    together, alone = at_work("feature-color+subsample", data), at_work("subsample", data)
    assert torch.equal(together.order(2), alone.order(2))
    batch = first_batch(data)
    torch.testing.assert_close(together.loss(batch, 0), at_work("feature-color", data).loss(batch, 0))


def test_options_are_each_ones_own_and_the_order_of_names_makes_no_difference() -> None:
    one = TrainingSettings.model_validate({"method": "jitter-consistency+grl", "alpha": 0.25})
    assert one.method == "grl+jitter-consistency"
    assert (one.alpha, one.penalty, one.hue, one.adversary_steps) == (0.25, 5.0, 0.3, 5)
    assert TrainingSettings.model_validate(one.model_dump(mode="json")) == one
    entry = METHODS[one.method]
    assert entry.reads == ("attribute labels",) and entry.alters_images
    assert set(entry.signals) == {"adversary_accuracy", "alpha", "disagreement"}


def test_a_resume_is_exact(data: BiasedDataset, tmp_path: Path) -> None:
    settings = TrainingSettings(
        method="grl+jitter-consistency", model="lazy-gap", epochs=2, batch_size=30, metrics_every=3,
        metrics_samples=100, checkpoint_seconds=0, precision="fp32", device="cpu",
    )  # fmt: skip
    straight = train_whole(settings, data, tmp_path)
    resumed = train_in_two(settings, data, tmp_path, break_at=9)
    assert {"adversary_accuracy", "alpha", "disagreement"} <= straight.history.keys()
    for name, values in straight.model.state_dict().items():
        assert torch.equal(resumed.model.state_dict()[name], values), name


@pytest.mark.parametrize(
    ("method", "sentence"),
    [
        ("grl+color-penalty", "they both have the signal adversary accuracy."),
        ("jitter-consistency+color-penalty", "they both read --penalty"),
        ("focal+mixup", "The methods focal and mixup can't be combined: they both decide how images are fitted."),
        ("resample+subsample", "they both decide which images are drawn"),
        ("grl+jtt", "The method jtt trains in stages, so it can't be combined."),
        ("grl+lff", "The method lff decides how a step is taken, so it can't be combined."),
        ("grl+erm", "The method erm is plain training, so it can't be combined."),
        ("grl+grl", "The method grl is named twice."),
        ("grl+jiter-consistency", "There is no method 'jiter-consistency'. Did you mean jitter-consistency?"),
    ],
)
def test_what_collides_is_named_before_anything_is_written(lab: Lab, method: str, sentence: str) -> None:
    refused = lab.call("run", "train", *TINY_TRAINING, "--method", method)
    assert refused.code == 2 and not lab.workspace.exists()
    assert sentence in refused.sentence


def test_a_study_and_the_list_take_combinations(lab: Lab) -> None:
    about = lab.call("methods", "jitter-consistency+grl").out
    assert "grl+jitter-consistency" in about and "--alpha" in about and "--hue" in about
    asked = ("--methods", "grl+jitter-consistency", "--seeds", "0", "--model", "lazy-gap", "--epochs", "1")
    done = lab.call("run", "study", *TINY_TRAINING, *asked)
    assert done.code == 0, done.err
    assert "grl+jitter-consistency" in done.out and "of 2 recipes" in done.out
