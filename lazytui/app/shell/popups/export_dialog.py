"""Writing the figures of a screen to a file: what is asked for stays open until it is written, in a thread."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import Resize
from textual.reactive import reactive
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from lazytui.app.shell.lab import Lab
from lazytui.errors import LazytuiError, UsageError
from lazytui.figures.figure_files import FITTED_TO_PAPER, IN_COLUMNS, ON_A_PAGE, SUFFIXES, check_suffix, export
from lazytui.figures.kinds import Figure
from lazytui.figures.latex import tables_among
from lazytui.figures.paper import LEAST_DPI, MOST_DPI, Paper, parse_width
from lazytui.files.writing import storage_errors
from lazytui.plain_text import plain_text


@dataclass(frozen=True)
class ExportRequest:
    """figure: the name of the only one that is wanted, or None for all. columns: of text. paper: of pictures."""

    path: Path
    figure: str | None
    columns: int | None = None
    paper: Paper = ON_A_PAGE


class _Tick(Widget, can_focus=True):
    """Yes or no, as the form shows it."""

    DEFAULT_CSS = """
    _Tick { height: 1; }
    _Tick:focus { background: $block-cursor-background; color: $block-cursor-foreground; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "pick", "Change", show=False, id="open"),
        Binding("space", "pick", "Change", show=False, id="mark"),
    ]
    ALLOW_SELECT = False
    value = reactive(False)

    def __init__(self, text: str, id: str) -> None:
        super().__init__(id=id)
        self._words = text

    def render(self) -> Content:
        return Content(f"[{'x' if self.value else ' '}] {self._words}")

    def action_pick(self) -> None:
        self.value = not self.value

    def on_click(self) -> None:
        self.action_pick()


class AskExport(ModalScreen[None]):
    """Asks what shall be written where. Enter in a field or in the list writes it, and closes this once it is written.

    What is asked besides depends on the suffix of the file.
    """

    DEFAULT_CSS = """
    AskExport { align: center middle; background: $background 60%; }
    AskExport OptionList {
        height: auto; border: none; margin: 1 0; padding: 0;
        text-wrap: nowrap; text-overflow: ellipsis;
    }
    AskExport OptionList:focus { border: none; }
    AskExport #said { color: $text-muted; display: none; }
    AskExport #said.-wrong { color: $text-error; }
    AskExport .sizes { height: 1; }
    AskExport .sizes Static { width: auto; padding-right: 1; }
    AskExport .sizes Input { width: 9; margin-right: 2; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Cancel", id="back")]

    def __init__(
        self, lab: Lab, figures: Sequence[Figure], path: Path, *, title: str, figure: str | None = None
    ) -> None:
        """path: to offer. title: of a page. figure: the name of the one that is chosen to begin with; None for all."""
        super().__init__()
        self._lab = lab
        self._title = title
        self._figures = list(figures)
        self._path = path
        self._at_first = next((n for n, one in enumerate(figures, 1) if one.name == figure), 0)

    def compose(self) -> ComposeResult:
        with Vertical(classes="question"):
            kinds = " ".join(SUFFIXES)
            yield Static(
                f"Write the figures of this screen to a file. Its end says which kind: {kinds}; for a paper .pdf, and "
                "its width is asked.",
                markup=False,
            )
            yield Input(str(self._path), compact=True, id="path", select_on_focus=False)  # mostly its end is changed
            yield Static(id="said", markup=False)
            with Horizontal(classes="sizes"):
                yield Static(id="width-name", markup=False)
                yield Input(placeholder="not set", compact=True, id="width")
                yield Static("Dots per inch, such as 300:", id="dpi-name", markup=False)
                yield Input(placeholder="not set", compact=True, id="dpi")
            yield _Tick("without title and note, for a paper", id="bare")
            yield _Tick("all in one picture, side by side", id="together")
            every = f"all {len(self._figures)} figures" if len(self._figures) > 1 else "the figure"
            titles = [figure.title or figure.name for figure in self._figures]
            yield OptionList(*map(_option, [every, *(f"only: {title}" for title in titles)]), markup=False)
            yield Static("Tab: next field or list, Enter: write, Esc: cancel", classes="hint", markup=False)

    def on_mount(self) -> None:
        self.query_one(OptionList).highlighted = self._at_first
        self._ask_what_matters()
        self.query_one("#path", Input).focus()

    def on_resize(self, event: Resize) -> None:
        self.query_one(OptionList).styles.max_height = event.size.height // 4 - 2

    @on(Input.Changed, "#path")
    @on(OptionList.OptionHighlighted)
    def _ask_what_matters(self) -> None:
        """For a file of this kind, and as many figures."""
        suffix = self._file.suffix.lower()
        example = "85mm" if suffix in FITTED_TO_PAPER else "100"
        self.query_one("#width-name", Static).update(f"Width, such as {example}:")
        several = len(self._chosen) > 1
        shown = {
            "width": suffix in (*FITTED_TO_PAPER, *IN_COLUMNS),
            "dpi": suffix == ".png",
            "bare": suffix in FITTED_TO_PAPER,
            "together": suffix in FITTED_TO_PAPER and several,
        }
        for name, is_shown in shown.items():
            for widget in self.query(f"#{name}, #{name}-name"):
                widget.display = is_shown
        self.query_one(".sizes").display = shown["width"]

    def on_input_submitted(self) -> None:
        self._answer()

    def on_option_list_option_selected(self) -> None:
        self._answer()

    @property
    def _file(self) -> Path:
        return Path(os.path.expanduser(self.query_one("#path", Input).value))  # noqa: PTH111  pathlib raises for users that there aren't

    @property
    def _chosen(self) -> list[Figure]:
        """The figures that are to be written."""
        highlighted = self.query_one(OptionList).highlighted or 0
        return [self._figures[highlighted - 1]] if highlighted else self._figures

    def _answer(self) -> None:
        """Write it. What is wrong is said here, where it can be mended."""
        try:
            request = self._request()
        except LazytuiError as error:
            self._refuse(error)
        else:
            self._say("Writing ...")
            writing = partial(write, self._figures, request, self._title)
            self._lab.write_files(writing, done=self._close, failed=self._refuse)

    def _close(self) -> None:
        """Unless somebody left before it was written."""
        if self.is_current:
            self.dismiss()

    def _refuse(self, error: LazytuiError) -> None:
        if self.is_attached:
            self._say(str(error), is_wrong=True)
        else:
            self._lab.say_error(error)

    def _say(self, text: str, *, is_wrong: bool = False) -> None:
        message = self.query_one("#said", Static)
        message.update(plain_text(text))
        message.set_class(is_wrong, "-wrong")
        message.display = True

    def _request(self) -> ExportRequest:
        """Raises UsageError where a file of this kind can't hold the figures, or isn't written so."""
        path, chosen = self._file, self._chosen
        suffix = check_suffix(path)
        if path.is_dir():
            raise UsageError(f"{path} is a folder.")
        if suffix == ".csv" and len(chosen) > 1:
            raise UsageError("A .csv file holds one figure; choose one below.")
        if suffix == ".tex" and not tables_among(chosen):
            which = "none of these figures is one" if len(chosen) > 1 else "this figure is neither"
            raise UsageError(f"A .tex file holds tables and matrices; {which}.")
        columns, paper = self._width(), ON_A_PAGE
        if suffix in FITTED_TO_PAPER:
            bare, together = (self.query_one(f"#{name}", _Tick) for name in ("bare", "together"))
            paper = Paper(self._inches(), self._dpi(), bare.value, together.value and bool(together.display))
        return ExportRequest(path, chosen[0].name if len(chosen) < len(self._figures) else None, columns, paper)

    def _width(self) -> int | None:
        """In columns, for text."""
        text = self.query_one("#width", Input).value
        if self._file.suffix.lower() not in IN_COLUMNS or not text.strip():
            return None
        columns, _ = parse_width(text)
        if columns is None:
            raise UsageError("The width of text is a number of columns, such as 100.")
        return columns

    def _inches(self) -> float | None:
        text = self.query_one("#width", Input).value
        if not text.strip():
            return None
        _, inches = parse_width(text)
        if inches is None:
            raise UsageError("The width of a picture is a length, such as 85mm or 3.3in.")
        return inches

    def _dpi(self) -> int | None:
        text = self.query_one("#dpi", Input).value.strip()
        if self._file.suffix.lower() != ".png" or not text:
            return None
        if not text.isascii() or not text.isdigit() or not LEAST_DPI <= int(text[:9]) <= MOST_DPI:
            raise UsageError(f"Dots per inch must be from {LEAST_DPI} to {MOST_DPI}.")
        return int(text)


def ask_export(lab: Lab, screen: str, figures: Sequence[Figure], figure: str | None = None) -> None:
    """Ask what shall be written of the figures of a screen, and write it. figure: the one to offer first."""
    if not figures:
        lab.notify("There are no figures here yet.", severity="warning")
        return
    name = f"{screen}-{datetime.now():%Y%m%d-%H%M%S}.html"
    path = lab.workspace.path.absolute() / "exports" / name
    lab.push_screen(AskExport(lab, figures, path, title=screen, figure=figure))


def write(figures: Sequence[Figure], request: ExportRequest, title: str) -> list[Path]:
    """Write the figures and return the files. Raises LazytuiError."""
    with storage_errors(request.path.parent):
        request.path.parent.mkdir(parents=True, exist_ok=True)
    return export(figures, request.path, title=title, figure=request.figure, width=request.columns, paper=request.paper)


def _option(text: str) -> Option:
    return Option(Content(plain_text(text)))
