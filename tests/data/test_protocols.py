"""Data sets of papers, by their numbers: counts, colors, label noise, environments, and where pixels are colored."""

from __future__ import annotations

import functools

import numpy as np
import pytest
from pydantic import ValidationError

from lazytui.data.association import contingency, cramers_v
from lazytui.data.cues.lff_color import DEVIATIONS, MEANS
from lazytui.data.cues.spuco_ground import hues
from lazytui.data.params import DatasetParams
from lazytui.data.splits import BiasedDataset, build_dataset
from lazytui.errors import UsageError

_MEANS = np.array(list(MEANS.values()))


@functools.cache
def small(dataset: str, **more: object) -> BiasedDataset:
    options = {"dataset": dataset, "source": "strokes", "train_size": 2000, "test_size": 600, **more}
    return build_dataset(DatasetParams.model_validate(options))


@pytest.mark.parametrize(
    ("percent", "source"), [("5", "strokes"), ("2", "digits"), ("1", "strokes"), ("0.5", "strokes")]
)
def test_lff_conflicting_images_are_counted_in_every_class(percent: str, source: str) -> None:
    size = 1400 if source == "digits" else 2000
    train = small(f"lff-{percent}pct", source=source, train_size=size, test_size=300).train
    counts = contingency(train.labels, train.attributes, (10, 10))
    of_class = counts.sum(1)
    expected = [len_ - round((1 - float(percent) / 100) * len_) for len_ in of_class.tolist()]
    assert (of_class - counts.diagonal()).tolist() == expected
    others = counts[~np.eye(10, dtype=bool)].reshape(10, 9)
    assert (np.ptp(others, axis=1) <= 1).all(), "spread over the nine others"
    share = 1 - counts.diagonal().sum() / counts.sum()
    assert cramers_v(counts) == pytest.approx(1 - share * 10 / 9, abs=0.01)


@pytest.mark.parametrize("severity", DEVIATIONS)
def test_lff_colors_scatter_around_their_means_by_severity(severity: str) -> None:
    split = small("lff-1pct", cue_level=severity).train
    brightest = split.originals.reshape(len(split), -1).argmax(1)
    at = np.arange(len(split)), brightest
    gray = split.originals.reshape(len(split), -1)[at].astype(float)
    found = (split.images.reshape(len(split), -1, 3)[at] + 0.5) / gray[:, None]
    middle = (_MEANS > 0.25) & (_MEANS < 0.75)  # where nothing is clamped
    off = (found - _MEANS[split.attributes])[middle[split.attributes]]
    assert abs(off.mean()) < 0.004
    assert off.std() == pytest.approx(DEVIATIONS[severity], rel=0.2)


def test_lff_test_colors_are_uniform() -> None:
    hard = small("lff-1pct").hard
    assert contingency(hard.labels, hard.attributes, (10, 10)).sum(0) == pytest.approx(np.full(10, 60), abs=25)


def test_irm_labels_colors_and_environments() -> None:
    noisy, clean = small("irm-two-class"), small("irm-two-class", label_noise=0)
    assert noisy.content.classes == ("5 to 9", "0 to 4") and noisy.content.values == ("red", "green")
    (right, wrong), splits = ((noisy, clean), ("validation", "train"))
    flipped = np.concatenate([right.split(name).labels != wrong.split(name).labels for name in splits])
    assert (len(flipped), flipped.sum()) == (2000, 500), "a quarter, exactly"
    train, environments = noisy.train, noisy.environments
    assert environments is not None
    aligned = train.labels == train.attributes
    shares = [float(aligned[environments == index].mean()) for index in (0, 1)]
    assert shares == pytest.approx([0.8, 0.9], abs=0.001) and np.array_equal(environments[:4], [0, 1, 0, 1])
    hard = noisy.hard
    assert (hard.labels == hard.attributes).mean() == pytest.approx(0.1, abs=0.001)
    assert (hard.labels != clean.hard.labels).mean() == pytest.approx(0.25, abs=0.001)


def test_irm_images_are_thinned_and_in_one_channel() -> None:
    train = small("irm-two-class").train
    assert train.images.shape[1:] == (14, 14, 3) and train.originals.shape[1:] == (14, 14)
    expected = np.zeros_like(train.images)
    expected[np.arange(len(train)), :, :, train.attributes] = train.originals
    assert np.array_equal(train.images, expected)


@pytest.mark.parametrize(
    ("level", "corner", "many"),
    [
        ("magnitude-large", 28, 784),
        ("magnitude-medium", 4, 16),
        ("magnitude-small", 2, 4),
        ("variance-low", 7, 49),
        ("variance-medium", 14, 49),
        ("variance-high", 28, 49),
    ],
)
def test_spuco_colors_so_many_pixels_of_the_ground(level: str, corner: int, many: int) -> None:
    data = small(f"spuco-{level}")
    train = data.train
    assert data.content.classes == ("0 or 1", "2 or 3", "4 or 5", "6 or 7", "8 or 9")
    gray = np.repeat(train.originals[..., None], 3, axis=3)
    colored = (train.images != gray).any(3)
    assert not colored[train.originals > 0].any(), "the digit stays"
    assert np.array_equal(train.images[colored], hues(5)[np.repeat(train.attributes, colored.sum((1, 2)))])
    outside = colored.copy()
    outside[:, :corner, :corner] = False
    assert not outside.any() and colored.sum((1, 2)).max() <= many
    empty = train.originals[:, :corner, :corner].max((1, 2)) == 0  # nothing of a digit there
    if corner < 28:
        assert (colored[empty].sum((1, 2)) == many).all()
    drawn_anew = len({one.tobytes() for one in colored[empty]}) > 1
    assert drawn_anew == (level in {"variance-medium"}) or corner == 28
    counts = contingency(data.probe.labels, data.probe.attributes, (5, 5))
    assert np.ptp(counts) == 0 and data.hard is data.probe


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"merge": "pairs"}, "with --merge plant another one, such as tint"),
        ({"cue": "border", "cue_level": "x"}, "has no levels: leave out --cue-level"),
        ({"dataset": "lff-1pct", "cue_level": "severity-5"}, "Did you mean severity-4"),
        ({"dataset": "irm-two-class", "bias": 0.9}, "choose 0.85, not 0.9"),
        ({"hard": "random", "hard_bias": 0.1}, "leave it out with --hard random"),
        ({"environments": "0.1,0.2,0.3"}, "at most 2"),
    ],
)
def test_what_does_not_fit_is_refused_in_a_sentence(options: dict[str, object], sentence: str) -> None:
    with pytest.raises(ValidationError) as caught:
        DatasetParams.model_validate(options)
    (error,) = caught.value.errors()
    assert sentence in error["msg"]


def test_another_cue_or_hard_split_leaves_out_what_the_preset_says_of_its_own() -> None:
    other = DatasetParams(dataset="spuco-variance-low", cue="border")
    assert (other.cue_level, other.merge) == (None, "pairs")
    assert DatasetParams(dataset="irm-two-class", hard="random").hard_bias is None


def test_classes_that_are_no_ten_and_images_that_become_too_small_are_refused() -> None:
    params = DatasetParams(cue="tint", merge="pairs", source="strokes")
    with pytest.raises(UsageError, match="needs ten classes"):
        params.merged_content(params.content)
    thin = DatasetParams(cue="tint", subsample=4, source="strokes")
    with pytest.raises(UsageError, match="leaves images of 7 x 7 pixels"):
        _ = thin.content
