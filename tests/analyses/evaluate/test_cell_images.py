"""The images behind a cell: as many as the matrix counts, and the ones that were evaluated."""

from __future__ import annotations

import numpy as np
import pytest

from lazytui.analyses.evaluate.cell_images import (
    MATRICES,
    Cell,
    cell_figure,
    count_images,
    images_behind,
    painted_again,
)
from lazytui.data.content import colored_digits
from lazytui.data.palettes import NO_COLOR
from lazytui.data.params import DatasetParams
from lazytui.data.splits import BiasedDataset, build_dataset
from lazytui.errors import BadInput
from lazytui.evaluation.predictions import Predictions, split_predictions
from lazytui.figures.kinds import Pixels, Text

TEN = colored_digits("distinct")
EVERY_CELL = [(row, column) for row in range(10) for column in range(10)]


@pytest.fixture(scope="module")
def data() -> BiasedDataset:
    return build_dataset(DatasetParams(source="strokes", train_size=60, test_size=200))


@pytest.fixture(scope="module")
def said(data: BiasedDataset) -> dict[str, Predictions]:
    """What a network that guesses says of each split."""
    generator = np.random.default_rng(0)
    splits = {"easy": data.validation, "hard": data.hard, "probe": data.probe}
    return {
        name: split_predictions(split, generator.dirichlet(np.ones(10), len(split)).astype(np.float32))
        for name, split in splits.items()
    }


@pytest.mark.parametrize("matrix", MATRICES)
def test_each_cell_has_as_many_images_as_it_counts(matrix: str, said: dict[str, Predictions]) -> None:
    of, by = said[MATRICES[matrix].split], MATRICES[matrix]
    pairs = list(zip(getattr(of, by.rows), getattr(of, by.columns), strict=True))
    counts = np.array([[pairs.count(cell) for cell in EVERY_CELL[row : row + 10]] for row in range(0, 100, 10)])
    assert np.array_equal(count_images(matrix, of, TEN), counts)
    found = [images_behind(Cell(matrix, *cell), of) for cell in EVERY_CELL]
    assert [len(indices) for indices in found] == counts.reshape(-1).tolist()
    assert sorted(np.concatenate(found).tolist()) == list(range(len(of.labels)))


def test_images_come_back_as_they_were(data: BiasedDataset, said: dict[str, Predictions]) -> None:
    cell = Cell("confusion-hard", 1, int(said["hard"].predicted[said["hard"].labels == 1][0]))
    again = painted_again(build_dataset(data.params), cell, said["hard"])
    assert np.array_equal(again, data.hard.images)


def test_other_digits_than_those_that_were_evaluated_are_refused(said: dict[str, Predictions]) -> None:
    other = build_dataset(DatasetParams(source="strokes", train_size=60, test_size=200, seed=1))
    with pytest.raises(BadInput, match="can't be painted again: the strokes digits at hand aren't those"):
        painted_again(other, Cell("confusion-hard", 1, 0), said["hard"])


# Three images of a 1 that are taken for 0: in red, in blue and in none; and one of a 2 in green, rightly named.
FEW = Predictions(
    labels=np.array([1, 2, 1, 1], np.uint8),
    attributes=np.array([0, 1, 2, NO_COLOR], np.uint8),
    predicted=np.array([0, 2, 0, 0], np.uint8),
    confidence=np.array([0.98, 0.5, 0.751, 0.25], np.float16),
)


def test_captions_say_color_prediction_and_probability() -> None:
    cell = Cell("confusion-hard", 1, 0)
    indices = images_behind(cell, FEW)
    figure = cell_figure(cell, FEW, TEN, indices, np.zeros((3, 28, 28, 3), np.uint8))
    assert isinstance(figure, Pixels)
    assert figure.title == "Hard split, digit 1 taken for 0: 3 images"
    assert figure.captions == ("red 0 98%", "blue 0 75%", "gray 0 25%")
    assert figure.tones == ("bad", "muted", "muted")
    right = cell_figure(Cell("digit-by-color", 2, 1), FEW, TEN, np.array([1]), np.zeros((1, 28, 28, 3), np.uint8))
    assert isinstance(right, Pixels)
    assert (right.title, right.tones) == ("Probe split, digit 2 in green: 1 image", ("good",))


def test_a_part_says_which_part_it_is() -> None:
    cell = Cell("confusion-hard", 1, 0)
    part = images_behind(cell, FEW)[1:]
    figure = cell_figure(cell, FEW, TEN, part, np.zeros((2, 28, 28, 3), np.uint8), network="gap-cnn")
    assert figure.title == "gap-cnn: hard split, digit 1 taken for 0: 3 images, 2 to 3"


def test_an_empty_cell_says_so() -> None:
    figure = cell_figure(Cell("confusion-hard", 7, 7), FEW, TEN, np.array([], int), np.zeros((0, 28, 28, 3), np.uint8))
    assert isinstance(figure, Text)
    assert "empty" in figure.paragraphs[0]


def test_colors_by_prediction_count_what_is_said_of_each_color_and_no_gray_image() -> None:
    counts = count_images("color-by-prediction-hard", FEW, TEN)
    expected = np.zeros((10, 10), int)
    expected[0, 0] = expected[2, 0] = 1  # a red and a blue 1, both taken for 0
    expected[1, 2] = 1  # a green 2
    assert np.array_equal(counts, expected)
    assert images_behind(Cell("color-by-prediction-hard", 2, 0), FEW).tolist() == [2]
    assert Cell("color-by-prediction-hard", 2, 0).description(TEN) == "hard split, digits in blue taken for 0"
