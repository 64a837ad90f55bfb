"""Breaking text into lines, for any measure of what fits a line."""

from __future__ import annotations

from collections.abc import Callable


def wrap(text: str, fits: Callable[[str], bool]) -> list[str]:
    """The text in lines that fit: broken between words, and within a word that alone is too long for a line.

    A character that doesn't fit by itself gets its own line. No text gives no lines.
    """
    lines: list[str] = []
    for word in text.split():
        if lines and fits(f"{lines[-1]} {word}"):
            lines[-1] += f" {word}"
            continue
        rest = word
        while rest:
            length = _longest_start(rest, fits)
            lines.append(rest[:length])
            rest = rest[length:]
    return lines


def _longest_start(word: str, fits: Callable[[str], bool]) -> int:
    """How many characters from the word's start fit, at least one."""
    if fits(word):
        return len(word)
    low, high = 1, len(word)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(word[:middle]) else (low, middle)
    return low
