"""Numbers with what they count."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from lazytui.analyses.study.analysis import planned_trainings
from lazytui.analyses.study.params import StudyParams
from lazytui.counted_nouns import counted
from tests.commands import ROOT

_MAY_BE_ONE = re.compile(r"^ (epochs|seeds|runs(?! in| at)|trainings|networks|chains|methods)\b")


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0 epochs"), (1, "1 epoch"), (2, "2 epochs"), (12_000, "12,000 epochs")]
)
def test_one_is_not_many(number: int, words: str) -> None:
    assert counted(number, "epoch") == words


def test_a_plural_of_its_own() -> None:
    assert [counted(number, "run goes", "runs go") for number in (1, 2)] == ["1 run goes", "2 runs go"]


def test_a_study_of_one_epoch() -> None:
    planned = planned_trainings(StudyParams(methods=("focal",), seeds=(0,), plain=False, epochs=1))
    assert planned.title == "What it trains: 1 network, 1 epoch each"


def test_no_sentence_puts_a_number_before_a_plural_by_itself() -> None:
    """A number in an f-string with a noun in the plural after it: of one there, `counted` would say it right."""
    found = [f"{file}: {words}" for file in sorted((ROOT / "lazytui").rglob("*.py")) for words in _plurals(file)]
    assert found == []


def _plurals(file: Path) -> list[str]:
    strings = [node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.JoinedStr)]
    pairs = [pair for node in strings for pair in zip(node.values, node.values[1:], strict=False)]
    return [
        f"{ast.unparse(number.value)}{text.value[:20]}"
        for number, text in pairs
        if isinstance(number, ast.FormattedValue) and isinstance(text, ast.Constant)
        if _MAY_BE_ONE.match(str(text.value))
    ]
