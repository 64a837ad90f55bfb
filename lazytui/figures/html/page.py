"""One self-contained page: numbered sections of paragraphs and figures, for any browser, offline and on paper."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from urllib.parse import quote

from lazytui.figures.colors import SERIES, hex_code
from lazytui.figures.html.bodies import body
from lazytui.figures.kinds import Figure, Text
from lazytui.figures.plain_figures import clean_figure
from lazytui.plain_text import plain_text

_STYLE = Path(__file__).with_name("page.css")
_CONTENTS_FROM = 3
"""With fewer sections there is no table of contents, and they have no numbers."""


@dataclass(frozen=True, kw_only=True)
class Section:
    """A heading (may be empty), paragraphs of plain text, and figures, shown in this order.

    folded: more figures, behind a line that opens them. link: words and a relative address, below the paragraphs.
    """

    heading: str = ""
    paragraphs: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    folded: tuple[Figure, ...] = ()
    link: tuple[str, str] | None = None


@dataclass(frozen=True)
class KeyNumber:
    """A number that a page opens with, as text, and what it is."""

    value: str
    label: str


def page(title: str, sections: Sequence[Section], *, subtitle: str = "", numbers: Sequence[KeyNumber] = ()) -> str:
    """The page as HTML5 text. All text is escaped; nothing is loaded from anywhere.

    Charts are inline SVG, images inline PNG, matrices and tables are HTML tables. Colors follow the reader's light or
    dark setting, and paper is always light. Three or more sections with headings are numbered and get a table of
    contents. The same sections give the same text.
    """
    headings = [plain_text(section.heading).strip() for section in sections]
    numbered = sum(map(bool, headings)) >= _CONTENTS_FROM
    shown_title = plain_text(title).strip() or "Figures"
    parts = [
        "<!DOCTYPE html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="color-scheme" content="light dark">',
        '<meta name="generator" content="lazytui">',
        f"<title>{escape(shown_title)}</title>",
        f"<style>\n{_series_style()}{_STYLE.read_text(encoding='utf-8')}</style>",
        "</head>",
        "<body>",
        "<header>",
        f"<h1>{escape(shown_title)}</h1>",
        *([f'<p class="subtitle">{escape(plain_text(subtitle))}</p>'] if subtitle else []),
        *_key_numbers(numbers),
        "</header>",
        *(_contents(headings) if numbered else []),
        "<main>",
        *_sections(sections, headings, numbered),
        "</main>",
        "</body>",
        "</html>",
    ]
    return "\n".join(parts) + "\n"


def _series_style() -> str:
    """The colors of charts' series on a light and on a dark page."""
    light, dark = (
        "".join(f"--series-{index}:{hex_code(color)};" for index, color in enumerate(SERIES[theme]))
        for theme in ("light", "dark")
    )
    return f":root{{{light}}}\n@media screen and (prefers-color-scheme: dark){{:root{{{dark}}}}}\n"


def _key_numbers(numbers: Sequence[KeyNumber]) -> Iterator[str]:
    if numbers:
        yield '<dl class="numbers">'
        for number in numbers:
            label, value = escape(plain_text(number.label)), escape(plain_text(number.value))
            yield f"<div><dt>{label}</dt><dd>{value}</dd></div>"
        yield "</dl>"


def _contents(headings: Sequence[str]) -> Iterator[str]:
    yield '<nav aria-label="Contents">\n<ol>'
    for index, heading in enumerate(filter(None, headings), start=1):
        yield f'<li><a href="#section-{index}">{escape(heading)}</a></li>'
    yield "</ol>\n</nav>"


def _sections(sections: Sequence[Section], headings: Sequence[str], numbered: bool) -> Iterator[str]:
    section_number = figure_number = 0
    for section, heading in zip(sections, headings, strict=True):
        if heading:
            section_number += 1
            number = f'<span class="number">{section_number}</span> ' if numbered else ""
            yield f'<section id="section-{section_number}">\n<h2>{number}{escape(heading)}</h2>'
        else:
            yield "<section>"
        for paragraph in section.paragraphs:
            yield f"<p>{escape(plain_text(paragraph))}</p>"
        if section.link:
            link_text, address = section.link
            yield f'<p><a href="{escape(quote(address))}">{escape(plain_text(link_text))}</a></p>'
        for folded, figures in ((False, section.figures), (True, section.folded)):
            if folded and figures:
                yield f"<details>\n<summary>{_count(len(figures))}</summary>"
            for figure in map(clean_figure, figures):
                if isinstance(figure, Text):
                    yield _text_section(figure)
                else:
                    figure_number += 1
                    yield _figure(figure, figure_number)
            if folded and figures:
                yield "</details>"
        yield "</section>"


def _count(figures: int) -> str:
    return f"{figures} more figure{'s' if figures > 1 else ''}"


def _figure(figure: Figure, number: int) -> str:
    """The figure under its caption, its note below. The number makes its ids unique, whatever its name."""
    name = f"figure-{number}"
    note = f'<p class="note">{escape(figure.note)}</p>\n' if figure.note else ""
    return (
        f'<figure id="{name}">\n'
        f'<figcaption><span class="number">Figure {number}</span> {escape(figure.title)}</figcaption>\n'
        f'<div class="body">\n{body(figure, name)}\n</div>\n{note}</figure>'
    )


def _text_section(figure: Text) -> str:
    title = f"<h3>{escape(figure.title)}</h3>\n" if figure.title else ""
    note = f'<p class="note">{escape(figure.note)}</p>\n' if figure.note else ""
    return f'<div class="words">\n{title}{body(figure, figure.name)}\n{note}</div>'
