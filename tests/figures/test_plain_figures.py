"""Text from files can't steer the terminal."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazytui.plain_text import plain_text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b[31mred\x1b[0m", "ared"),
        ("\x1b]0;title\x07after", "after"),
        ("\x1b]52;c;aGk=\x1b\\after", "after"),
        ("\x9b2Jcleared", "cleared"),
        ("\x1bPq#0\x1b\\sixel", "sixel"),
        ("\x1b(0lines", "lines"),
        ("\x1b\x1b[31m[2Jnested", "[2Jnested"),
        ("\x1b[\x1b[2J", ""),
        ("ends in escape\x1b", "ends in escape"),
        ("bell\x07 back\x08 del\x7f nul\x00", "bell back del nul"),
        ("\u202egnp.exe\u2066x\u2069", "gnp.exex"),
        ("tab\there", "tab here"),
        ("[bold]markup[/bold] stays", "[bold]markup[/bold] stays"),
        ("é ✓ 数字 – stay", "é ✓ 数字 – stay"),
    ],
)
def test_escapes_and_controls_go_and_the_rest_stays(text: str, shown: str) -> None:
    assert plain_text(text) == shown


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"])
def test_line_breaks_become_spaces_or_stay_when_asked(end: str) -> None:
    assert plain_text(f"a{end}b") == "a b"
    assert plain_text(f"a{end}b", newlines=True) == "a\nb"


def test_an_unfinished_string_sequence_does_not_eat_the_lines_below() -> None:
    assert plain_text("\x1b]0;never ends\nsecond line", newlines=True) == "\nsecond line"


@given(st.text())
def test_nothing_that_steers_a_terminal_is_ever_left(text: str) -> None:
    shown = plain_text(text)
    assert not any(unicodedata.category(character) in ("Cc", "Cs") for character in shown)
    assert not set(shown) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    assert plain_text(shown) == shown


@given(st.text(alphabet=st.characters(categories=["L", "N", "P", "S", "Zs"])))
def test_ordinary_text_is_untouched(text: str) -> None:
    assert plain_text(text) == text
