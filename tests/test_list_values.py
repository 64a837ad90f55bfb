"""Lists as people type them."""

from __future__ import annotations

import pytest

from lazytui.list_values import format_list, split_list, split_numbers


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("grl,rex", ("grl", "rex")),
        (["grl, rex", "jtt"], ("grl", "rex", "jtt")),
        (0.95, (0.95,)),
        ((0.95, 0.99), (0.95, 0.99)),
        ("0.95,,0.95,", ("0.95",)),
    ],
)
def test_what_stands_between_commas_counts_once(value: object, read: tuple[object, ...]) -> None:
    assert split_list(value) == read


@pytest.mark.parametrize(
    ("value", "read"),
    [("0-4,7", (0, 1, 2, 3, 4, "7")), (["3-3", "1-2"], (3, 1, 2)), ((5, 6), (5, 6)), ("-3", ("-3",)), ("x", ("x",))],
)
def test_a_span_means_every_number_in_it(value: object, read: tuple[object, ...]) -> None:
    assert split_numbers(value) == read


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ((0, 1, 2, 3, 4, 7), "0-4,7"),
        ((0, 1, 5, 6), "0,1,5,6"),
        ((2, 1, 0), "2,1,0"),
        ((0.95, 0.99), "0.95,0.99"),
        (("grl", "rex"), "grl,rex"),
        ((), ""),
    ],
)
def test_values_are_written_as_a_person_would_type_them(values: tuple[object, ...], words: str) -> None:
    assert format_list(values) == words
    if values:
        assert [str(value) for value in split_numbers(words)] == [str(value) for value in values]


@pytest.mark.parametrize(("text", "sentence"), [("4-0", "write 0-4"), ("0-100000", "100,001 numbers")])
def test_spans_that_can_not_be_meant_are_refused(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        split_numbers(text)


@pytest.mark.parametrize("value", ["", ",", ()])
def test_nothing_is_not_a_list(value: object) -> None:
    with pytest.raises(ValueError, match="at least one"):
        split_list(value)
