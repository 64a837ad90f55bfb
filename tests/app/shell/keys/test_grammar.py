"""One meaning a letter: every binding of every screen, overlay and widget is held to the grammar."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

import pytest
from textual.binding import Binding
from textual.dom import DOMNode

import lazytui.app
from lazytui.app.shell.base_screen import LabScreen
from lazytui.app.shell.grammar import BY_NAME, GRAMMAR, keys_with_two_meanings
from lazytui.files.long_texts import long_texts

EXCEPTIONS: dict[tuple[str, str], str] = {
    ("Ask", "y"): "a question is answered by the first letter of yes",
    ("Ask", "n"): "and of no",
    ("CompareScreen", "s"): "a study; it gets a key of its own, since s runs the story",
    ("CompareScreen", "r"): "recipes; they get a key of their own, since r gives a name",
}
"""By class and key: why it means something else there."""


def classes() -> list[type[DOMNode]]:
    """All widgets and screens of the app."""
    for module in pkgutil.walk_packages(lazytui.app.__path__, "lazytui.app."):
        importlib.import_module(module.name)
    return sorted(set(_below(DOMNode)), key=lambda kind: kind.__name__)


def _below(kind: type[DOMNode]) -> Iterator[type[DOMNode]]:
    for each in kind.__subclasses__():
        if each.__module__.startswith("lazytui."):
            yield each
        yield from _below(each)


BINDINGS = [(kind, binding) for kind in classes() for binding in Binding.make_bindings(vars(kind).get("BINDINGS", ()))]


def test_no_key_has_two_meanings() -> None:
    assert not list(keys_with_two_meanings({meaning.name: meaning.keys for meaning in GRAMMAR}))
    assert len(BY_NAME) == len(GRAMMAR)


@pytest.mark.parametrize(("kind", "binding"), BINDINGS, ids=lambda value: getattr(value, "key", None) or value.__name__)
def test_every_key_means_what_the_grammar_says(kind: type[DOMNode], binding: Binding) -> None:
    if (kind.__name__, binding.key) in EXCEPTIONS:
        return
    meaning = next((meaning for meaning in GRAMMAR if binding.key in meaning.keys), None)
    assert meaning, f"{binding.key} ({binding.action}) isn't in the grammar"
    action = binding.action.partition("(")[0].rpartition(".")[2]
    assert action in meaning.actions, f"{binding.key} is for: {meaning.description}"
    assert binding.id == meaning.name, "else it can't be rebound"


def test_every_exception_is_one() -> None:
    there = {(kind.__name__, binding.key) for kind, binding in BINDINGS}
    assert set(EXCEPTIONS) <= there


def test_every_meaning_is_used() -> None:
    assert {binding.id for _, binding in BINDINGS} - {None} <= set(BY_NAME)
    pressed = {binding.key for _, binding in BINDINGS}
    assert all(pressed & set(meaning.keys) for meaning in GRAMMAR)


def test_every_screen_says_what_it_is_for() -> None:
    screens = [kind for kind in classes() if issubclass(kind, LabScreen) and "screen_name" in vars(kind)]
    named = {kind.purpose_name or kind.screen_name for kind in screens}
    assert named <= set(long_texts("purposes"))
    for name, text in long_texts("purposes").items():
        assert text.strip().endswith(".") and 2 <= text.count(". ") + 1 <= 3, name
