"""A biased data set as a whole: which digits are where, and what each split shows."""

from __future__ import annotations

import numpy as np
import pytest

from lazytui.analyses.train.params import TrainParams
from lazytui.data import splits
from lazytui.data.association import contingency
from lazytui.data.content import colored_digits
from lazytui.data.painting.painter import repaint
from lazytui.data.palettes import NO_COLOR
from lazytui.data.params import DatasetParams
from lazytui.data.splits import SPLITS, BiasedDataset, Split, build_dataset, keep_at_hand
from lazytui.errors import BadInput


def small(**options: object) -> BiasedDataset:
    return build_dataset(
        DatasetParams.model_validate({"source": "strokes", "train_size": 2000, "test_size": 1500} | options)
    )


@pytest.fixture(scope="module")
def data() -> BiasedDataset:
    return small()


def test_sizes_types_and_source(data: BiasedDataset) -> None:
    assert data.source.name == "strokes" and hash(data) == hash(small()), "it can be a key"
    assert (len(data.train), len(data.validation), len(data.hard)) == (1800, 200, 1500)
    for split in (data.train, data.validation, data.hard, data.probe, data.cue_conflict):
        n = len(split)
        assert (split.images.shape, split.originals.shape) == ((n, 28, 28, 3), (n, 28, 28))
        assert split.labels.shape == split.attributes.shape == (n,)
        assert {a.dtype for a in (split.images, split.originals, split.labels, split.attributes)} == {
            np.dtype(np.uint8)
        }


def test_train_and_validation_share_no_image(data: BiasedDataset) -> None:
    train = {shape.tobytes() for shape in data.train.originals}
    assert train.isdisjoint(shape.tobytes() for shape in data.validation.originals)
    assert train.isdisjoint(shape.tobytes() for shape in data.hard.originals)


def test_easy_is_biased_and_hard_is_inverted(data: BiasedDataset) -> None:
    aligned = (data.train.labels == data.train.attributes).mean()
    assert abs(aligned - 0.95) < 6 * np.sqrt(0.95 * 0.05 / 1800)
    assert (data.hard.labels != data.hard.attributes).all()


def test_probe_shows_every_digit_in_every_color_equally_often(data: BiasedDataset) -> None:
    counts = contingency(data.probe.labels, data.probe.attributes, data.content.groups)
    assert (counts == counts[0, 0]).all()
    assert counts[0, 0] == np.bincount(data.hard.labels).min() // 10
    first = contingency(data.probe.labels[:100], data.probe.attributes[:100], (10, 10))
    assert (first == 1).all()


def test_cue_conflict_is_ten_shapes_in_ten_colors(data: BiasedDataset) -> None:
    grid = data.cue_conflict
    assert np.array_equal(grid.labels, np.repeat(np.arange(10), 10))
    assert np.array_equal(grid.attributes, np.tile(np.arange(10), 10))
    shapes = grid.originals.reshape(10, 10, 28, 28)
    assert (shapes == shapes[:, :1]).all()
    in_test = {(digit, shape.tobytes()) for digit, shape in zip(data.hard.labels, data.hard.originals, strict=True)}
    assert {(digit, shapes[digit, 0].tobytes()) for digit in range(10)} <= in_test
    images = grid.images.reshape(10, 10, 28, 28, 3)
    assert (images[:, 0, ..., 0] == images[:, 3, ..., 0]).all(), "red and yellow differ in green alone"


@pytest.mark.parametrize("name", ["train", "validation", "hard", "probe"])
def test_a_split_repainted_under_its_name_is_the_same(data: BiasedDataset, name: str) -> None:
    split = data.split(name)
    assert np.array_equal(repaint(split.originals, split.attributes, data.params, name), split.images)


def test_seeds_move_everything_but_the_source(data: BiasedDataset) -> None:
    other = small(seed=1)
    assert not np.array_equal(other.train.originals, data.train.originals)
    assert not np.array_equal(other.train.attributes, data.train.attributes)

    def shapes(dataset: BiasedDataset) -> set[bytes]:
        return {shape.tobytes() for split in (dataset.train, dataset.validation) for shape in split.originals}

    assert shapes(other) == shapes(data)


def test_gray_hard_split_and_clean_data_have_no_color() -> None:
    gray = small(hard="gray").hard
    assert (gray.attributes == NO_COLOR).all()
    assert (gray.images == gray.images[..., :1]).all()
    clean = small(dataset="clean")
    for split in (clean.train, clean.validation, clean.hard, clean.probe):
        assert (split.attributes == NO_COLOR).all()
        assert (split.images == split.originals[..., None]).all()


def test_factorial_hard_split_is_the_probe() -> None:
    data = small(hard="factorial")
    assert data.hard is data.probe


def test_tiny_data_sets_still_have_everything() -> None:
    data = small(train_size=10, test_size=60)
    assert (len(data.train), len(data.validation)) == (9, 1)
    counts = contingency(data.probe.labels, data.probe.attributes, data.content.groups)
    assert (counts == 1).all()


@pytest.mark.parametrize(("field", "part"), [("train_size", "train"), ("test_size", "test")])
def test_more_digits_than_there_are_is_bad_input(field: str, part: str) -> None:
    with pytest.raises(BadInput, match=f"The source strokes has .* digits in its {part} split, not 70000"):
        small(**{field: 70_000})


def test_a_test_split_that_lacks_a_digit_is_bad_input() -> None:
    seeds = (small(test_size=10, seed=seed) for seed in range(20))
    lacking = next(data for data in seeds if len(np.unique(data.hard.labels)) < 10)
    with pytest.raises(BadInput, match=r"No [0-9] among the 10 test digits"):
        _ = lacking.probe


def test_a_split_knows_its_length() -> None:
    empty = np.zeros((0, 28, 28, 3), np.uint8)
    none = np.zeros(0, np.uint8)
    assert len(Split(empty, none, none, empty[..., 0], colored_digits("distinct"))) == 0


def test_what_is_at_hand_is_what_would_be_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the same data, whatever else is asked of a training; the newest two are kept."""
    monkeypatch.setattr(splits, "_at_hand", kept := type(splits._at_hand)())
    asked = [DatasetParams(source="strokes", train_size=200, test_size=150, seed=seed) for seed in range(3)]
    made = [build_dataset(params) for params in asked]
    for params in (*asked, asked[1]):
        keep_at_hand(params)
    training = TrainParams.model_validate(asked[1].model_dump() | {"method": "focal", "epochs": 7})
    found = build_dataset(training)
    assert found.params is training and found.train is kept[splits._identity(asked[1])].train
    for name in SPLITS:
        ours, theirs = found.split(name), made[1].split(name)
        assert (ours.images == theirs.images).all() and (ours.labels == theirs.labels).all()
    for other in (asked[0], asked[1].model_copy(update={"bias": 0.9})):
        assert "train" not in vars(build_dataset(other)), "it isn't at hand"
    assert list(kept) == [splits._identity(params) for params in (asked[2], asked[1])]
