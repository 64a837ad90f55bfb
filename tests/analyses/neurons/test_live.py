"""The network without marked neurons, in words and bars."""

from __future__ import annotations

import numpy as np
import pytest

from lazytui.analyses.core.fact_readers import EasyAndHard
from lazytui.analyses.networks.image_choice import NamedImage
from lazytui.analyses.neurons.live import AblationAnswer, AblationQuestion, accuracy_bars
from lazytui.analyses.neurons.params import NeuronsParams
from lazytui.analyses.neurons.patch_request import Patch, PatchedLogits, read_patch, shift_figure
from lazytui.data.content import colored_digits
from lazytui.errors import UsageError

TEN = colored_digits("distinct")


def test_random_neurons_are_no_more_than_are_active() -> None:
    question = AblationQuestion(NeuronsParams(run="r"), active=(4, 7), marked=(1, 4, 7), mode="mean")
    half = {"easy": 0.5, "hard": 0.5}
    answer = AblationAnswer(question, intact=half, ablated=half, random=(half, half))
    bars = accuracy_bars(answer, "features.relu1", EasyAndHard(10, 10), 10)
    assert bars.labels[:3] == ("easy, intact", "easy, without 3 marked", "easy, without 2 random")


@pytest.mark.parametrize("text", ["red 1 into green 7", " 1 RED  into  green7", "red1 into 7 green"])
def test_two_images_are_named_by_color_and_digit(text: str) -> None:
    patch = read_patch(text, TEN)
    assert patch == Patch(NamedImage("", "red 1"), NamedImage("", "green 7"))
    assert read_patch(patch.description, TEN) == patch


def test_images_of_splits_go_by_number_too() -> None:
    patch = read_patch("hard 7 red into Drawn 0", TEN)
    assert patch == Patch(NamedImage("hard", "red 7"), NamedImage("drawn", "0"))
    assert read_patch(patch.description, TEN) == patch


@pytest.mark.parametrize(
    "text",
    [
        "",
        "red 1",
        "red 1 into",
        "red into green 1",
        "red 12 into green 1",
        "[b] 1 into red 2",
        "17 into red 1",
        "drawn red 1 into red 2",
    ],
)
def test_other_words_are_one_sentence(text: str) -> None:
    with pytest.raises(UsageError, match=r"(?i)such as"):
        read_patch(text, TEN)


def test_the_shift_is_that_of_the_image_which_is_patched() -> None:
    patch = Patch(NamedImage("", "red 0"), NamedImage("easy", "17"))
    before, after, source = np.eye(10, dtype=np.float32)[[1, 3, 0]]
    figure = shift_figure(patch, PatchedLogits(before, after, source), 2, TEN, ())
    assert figure.values[1] == -1 and figure.values[3] == 1
    assert "before and as 3 after" in figure.note and "neurons do" in figure.title
