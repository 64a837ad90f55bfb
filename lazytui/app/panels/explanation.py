"""What a panel shows, in words: the notes of its figures, and what their metrics mean."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from rich.console import Console
from textual.content import Content

from lazytui.analyses.core.metric_catalog import METRICS
from lazytui.figures.kinds import Bars, Figure, Share, Table, Text
from lazytui.figures.terminal.draw import draw
from lazytui.files.long_texts import long_texts
from lazytui.plain_text import plain_text


def explanation(figures: Sequence[Figure]) -> Content:
    """Of the figures of a panel."""
    parts = [part for figure in figures for part in _parts(figure)]
    return Content("\n\n").join(dict.fromkeys(parts)) if parts else Content("Nothing is shown here yet.")


def _parts(figure: Figure) -> Iterator[Content]:
    yield Content.styled(plain_text(figure.title), "bold")
    if figure.note:
        yield Content(plain_text(figure.note))
    if isinstance(figure, Text):  # of which a small panel shows but the first lines
        yield from (Content(plain_text(paragraph)) for paragraph in figure.paragraphs)
    counts = {share.name: share for share in figure.shares}
    for title in dict.fromkeys((*_names(figure), *counts)):
        parts = [_count_text(counts[title]) if title in counts else "", meaning_of(title)]
        if any(parts):
            yield Content.assemble((plain_text(title), "bold"), ": ", ". ".join(filter(None, parts)))


def _count_text(share: Share) -> str:
    """`95.0 %, 57 of 60 easy images`; of a mean what it is over."""
    what = plain_text(share.what)
    if share.hits is None:
        return f"over {share.of:,} {what}"
    percentage = f"{100 * share.hits / share.of:.1f} %, " if share.of else ""
    return f"{percentage}{share.hits:,} of {share.of:,} {what}"


@cache
def meaning_of(title: str) -> str:
    """What a metric is, by its title in words of any images: explained at length where there is more to say than its
    definition; empty for other titles."""
    explained = long_texts("metrics")
    fitting = (name for name, metric in METRICS.items() if _fits(title, metric.title))
    name = next(fitting, None)
    return "" if name is None else explained.get(name, METRICS[name].meaning)


def _fits(title: str, of_digits: str) -> bool:
    """Whether a title is one of digits and colors in words of some images: `ground-follow rate` is."""
    return re.fullmatch(re.sub("digit|color|stroke", ".+", re.escape(of_digits)), title) is not None


def _names(figure: Figure) -> Sequence[str]:
    """What the figure has values of."""
    if isinstance(figure, Bars):
        return figure.labels
    return [str(row[0]) for row in figure.rows if row] if isinstance(figure, Table) else ()


def as_text(figures: Sequence[Figure]) -> str:
    """The figures as a file without color has them."""
    console = Console(width=100, no_color=True, color_system=None, force_terminal=False)
    with console.capture() as captured:
        for figure in figures:
            console.print(draw(figure))
    return captured.get()
