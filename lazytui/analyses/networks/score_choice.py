"""A number made of logits, as people name it: `margin:3,8`, or a function in a file of theirs, `file.py:function`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lazytui.analyses.networks.class_choice import read_class
from lazytui.code_permission import is_score_code
from lazytui.counted_nouns import with_article
from lazytui.data.content import Content
from lazytui.errors import UsageError

if TYPE_CHECKING:
    from lazytui.models.scores import Score

_MARGIN = "margin:"


@dataclass(frozen=True)
class Margin:
    """The logit of one class minus that of another."""

    first: int
    second: int


@dataclass(frozen=True)
class ScoreFunction:
    """code: `file.py:function`, which takes logits (n, classes) and makes (n,)."""

    code: str


ScoreName = Margin | ScoreFunction


def read_score(text: str, content: Content) -> ScoreName | None:
    """None where the text has neither form. Raises UsageError for a margin of other things than two classes."""
    text = text.strip()
    if is_score_code(text):
        return ScoreFunction(text)
    if not text.startswith(_MARGIN):
        return None
    parts = text.removeprefix(_MARGIN).split(",")
    if len(parts) < 2:
        raise UsageError(f"{text!r:.60} names one class: a margin needs two, as in margin:3,8.")
    ways = [(",".join(parts[:cut]), ",".join(parts[cut:])) for cut in range(1, len(parts))]
    named = next((way for way in ways if all(_is_class(name, content) for name in way)), ways[0])
    first, second = (read_class(name, content) for name in named)
    if first == second:
        raise UsageError(f"{text!r:.60} names one class twice, so it is always 0: a margin needs two classes.")
    return Margin(first, second)


def class_or_score(text: str, content: Content) -> int | ScoreName | None:
    """A class by name or number, or a score; None for any other text. Raises UsageError as `read_score` does."""
    return read_class(text, content) if _is_class(text, content) else read_score(text, content)


def _is_class(name: str, content: Content) -> bool:
    try:
        read_class(name, content)
    except UsageError:
        return False
    return True


def score_in_words(score: int | ScoreName, content: Content) -> str:
    """`margin 3 - 8`, or `tallness of mine.py`; of a class `logit of a 3`."""
    if isinstance(score, int):
        return f"logit of {with_article(content.classes[score])}"
    if isinstance(score, Margin):
        return f"margin {content.classes[score.first]} - {content.classes[score.second]}"
    file, _, function = score.code.rpartition(":")
    return f"{function} of {Path(file).name}"


def load_named_score(score: int | ScoreName, content: Content, option: str = "--target") -> Score:
    """The number itself; of a class its logit. Imports torch. option: what names it. Raises BadInput as `load_score`
    does."""
    from lazytui.models.scores import class_logit, load_score, margin

    if isinstance(score, int):
        return class_logit(score, score_in_words(score, content))
    if isinstance(score, Margin):
        return margin(score.first, score.second, score_in_words(score, content))
    return load_score(score.code, len(content.classes), option)


def try_score(score: ScoreName, content: Content, option: str = "--target") -> None:
    """Raise BadInput where a function can't be had or is none of logits, before any work is done. Imports torch for it
    only."""
    if isinstance(score, ScoreFunction):
        from lazytui.system.torch_import import require_torch

        require_torch()
        load_named_score(score, content, option)
