"""Writing figures to files; the suffix selects the format."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

from lazytui.errors import UsageError, unknown_name
from lazytui.figures.colors import Theme
from lazytui.figures.kinds import Figure
from lazytui.figures.paper import Paper
from lazytui.files.writing import write_together

_TEXT_WIDTH = 100
_PICTURES = (".svg", ".png")
FITTED_TO_PAPER = (*_PICTURES, ".pdf")
"""Suffixes of files that have a width in millimeters."""
IN_COLUMNS = (".txt", ".ansi")
"""Suffixes of files that have a width in columns."""
ON_A_PAGE = Paper()
SUFFIXES = (".svg", ".png", ".pdf", ".html", ".txt", ".ansi", ".json", ".csv", ".tex")


def check_suffix(path: Path) -> str:
    """The suffix in lower case. Raises UsageError, with the available ones, for an unknown suffix."""
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        what = f"the suffix {path.suffix!r}" if path.suffix else "no suffix"
        raise UsageError(f"{path.name} has {what}, but figures are written to {', '.join(SUFFIXES)}.")
    return suffix


def export(
    figures: Sequence[Figure],
    path: Path,
    *,
    title: str = "",
    figure: str | None = None,
    width: int | None = None,
    theme: str = "light",
    paper: Paper = ON_A_PAGE,
) -> list[Path]:
    """Write the figures, or the one named `figure`, and return the files written; all of them or none.

    Raises UsageError and BadInput as `rendered` does, and BadInput where a file can't be written.
    """
    contents = render_files(figures, path, title=title, figure=figure, width=width, theme=theme, paper=paper)
    write_together(contents)
    return list(contents)


def render_files(
    figures: Sequence[Figure],
    path: Path,
    *,
    title: str = "",
    figure: str | None = None,
    width: int | None = None,
    theme: str = "light",
    paper: Paper = ON_A_PAGE,
) -> dict[Path, str | bytes]:
    """The contents of the files to write for the figures, or for the one named `figure`.

    .html .pdf .txt .ansi .json hold all figures in one file (.pdf: one a page). An .svg or .png is one picture: one
    figure goes to `path` itself, several go to `NAME-FIGURE.svg` beside it, each ready for a paper. A .csv is one
    table, so one figure must be named if there are several; a .tex all tables and matrices.

    figure: a name, or several with commas between them.

    title: heads the page of .html and .pdf, and stands in .json.
    width: columns of .txt and .ansi (100).
    theme: "light" or "dark", for .svg, .png and .pdf; a web page follows its reader.
    paper: what these three are fitted to.

    Raises UsageError for a suffix, a figure's name, a theme or a width that there isn't.
    """
    suffix = check_suffix(path)
    checked = _check_theme(theme)
    selected = _select(figures, figure)
    if width is not None and width < 1:
        raise UsageError(f"The width must be at least 1 column, not {width}.")
    if suffix in _PICTURES and len(selected) > 1 and not paper.together:
        targets = [(path.with_name(f"{path.stem}-{_file_name_part(one.name)}{path.suffix}"), [one]) for one in selected]
    else:
        targets = [(path, selected)]
    return {target: _content(shown, suffix, title, width or _TEXT_WIDTH, checked, paper) for target, shown in targets}


def _file_name_part(name: str) -> str:
    """A figure's name as part of a file's name: never a path."""
    return re.sub(r"[^\w.-]+", "-", name)


def _check_theme(theme: str) -> Theme:
    for theme_name in get_args(Theme):
        if theme == theme_name:
            return theme_name  # type: ignore[no-any-return]
    raise UsageError(unknown_name("theme", theme, get_args(Theme)))


def _select(figures: Sequence[Figure], name: str | None) -> list[Figure]:
    if name is None:
        return list(figures)
    by_name = {figure.name: figure for figure in figures}
    names = [part.strip() for part in name.split(",")]
    for one in names:
        if one not in by_name:
            raise UsageError(unknown_name("figure", one, by_name))
    return [by_name[one] for one in names]


def _content(figures: Sequence[Figure], suffix: str, title: str, width: int, theme: Theme, paper: Paper) -> str | bytes:
    """What a file holds. Each writer is loaded only when it is needed: matplotlib takes a second."""
    match suffix:
        case ".svg" | ".png" | ".pdf":
            from lazytui.figures.picture import picture

            return picture(figures, suffix[1:], title=title, theme=theme, paper=paper)
        case ".html":
            from lazytui.figures.html import Section, page

            return page(title, [Section(figures=tuple(figures))])
        case ".json":
            from lazytui.figures.csv_and_json import figures_json

            return figures_json(figures, title=title)
        case ".csv":
            return _one_csv(figures)
        case ".tex":
            from lazytui.figures.latex import figures_tex

            return figures_tex(figures)
        case _:
            return _terminal_text(figures, width, colored=suffix == ".ansi")


def _one_csv(figures: Sequence[Figure]) -> str:
    from lazytui.figures.csv_and_json import figure_csv

    if len(figures) != 1:
        names = ", ".join(figure.name for figure in figures) or "none"
        raise UsageError(f"A .csv file holds one figure: choose one with --figure (available: {names}).")
    return figure_csv(figures[0])


def _terminal_text(figures: Sequence[Figure], width: int, *, colored: bool) -> str:
    """What the command line prints, in true color or as bare text; the surrounding terminal has no say in it."""
    from rich.console import Console

    from lazytui.figures.terminal import draw

    console = Console(
        file=io.StringIO(),
        width=width,
        force_terminal=colored,
        color_system="truecolor" if colored else None,
        no_color=not colored,
        legacy_windows=False,
        _environ={},
    )
    with console.capture() as capture:
        for index, figure in enumerate(figures):
            if index:
                console.line()
            console.print(draw(figure, width=width))
    text = capture.get()
    return text if colored else "".join(line.rstrip() + "\n" for line in text.splitlines())
