"""Writing the figures of a screen to a file: which file is asked for, the rest happens in a thread."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from lazytui.app.shell.lab import Lab
from lazytui.errors import LazytuiError, UsageError
from lazytui.figures.figure_files import SUFFIXES, check_suffix, export
from lazytui.figures.kinds import Figure
from lazytui.files.writing import storage_errors
from lazytui.plain_text import plain_text


@dataclass(frozen=True)
class ExportRequest:
    """figure: the name of the only one that is wanted, or None for all."""

    path: Path
    figure: str | None


class AskExport(ModalScreen[ExportRequest | None]):
    """Answers what shall be written where, on Enter in the file's name; None on Escape."""

    DEFAULT_CSS = """
    AskExport { align: center middle; background: $background 60%; }
    AskExport OptionList {
        height: auto; max-height: 9; border: none; margin: 1 0; padding: 0;
        text-wrap: nowrap; text-overflow: ellipsis;
    }
    AskExport OptionList:focus { border: none; }
    AskExport #wrong { color: $text-error; display: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Cancel", id="back")]

    def __init__(self, figures: Sequence[Figure], path: Path) -> None:
        super().__init__()
        self._names = [figure.name for figure in figures]
        self._titles = [figure.title or figure.name for figure in figures]
        self._path = path

    def compose(self) -> ComposeResult:
        with Vertical(classes="question"):
            yield Static(f"Write the figures of this screen to a file ({' '.join(SUFFIXES)})", markup=False)
            yield Input(str(self._path), compact=True)
            yield Static(id="wrong", markup=False)
            every = f"all {len(self._names)} figures" if len(self._names) > 1 else "the figure"
            yield OptionList(*map(_option, [every, *(f"only: {title}" for title in self._titles)]), markup=False)
            yield Static("Tab: choose figures, Enter: write, Esc: cancel", classes="hint", markup=False)

    def on_mount(self) -> None:
        self.query_one(OptionList).highlighted = 0
        self.query_one(Input).focus()

    def on_input_submitted(self) -> None:
        self._answer()

    def on_option_list_option_selected(self) -> None:
        self._answer()

    def _answer(self) -> None:
        """What can be known to be wrong is said here, where it can be mended."""
        path = Path(os.path.expanduser(self.query_one(Input).value))  # noqa: PTH111  pathlib raises for users that there aren't
        chosen = self.query_one(OptionList).highlighted or 0
        one = self._names[chosen - 1] if chosen else None
        try:
            if check_suffix(path) == ".csv" and one is None and len(self._names) > 1:
                raise UsageError("A .csv file holds one figure; choose one below.")
        except LazytuiError as error:
            said = self.query_one("#wrong", Static)
            said.update(plain_text(str(error)))
            said.display = True
        else:
            self.dismiss(ExportRequest(path, one))


def ask_export(lab: Lab, screen: str, figures: Sequence[Figure]) -> None:
    """Ask what shall be written of the figures of a screen, and write it."""
    if not figures:
        lab.notify("There are no figures here yet.", severity="warning")
        return
    name = f"{screen}-{datetime.now():%Y%m%d-%H%M%S}.html"

    def write_file(request: ExportRequest | None) -> None:
        if request:
            lab.write_files(partial(write, figures, request, screen))

    lab.push_screen(AskExport(figures, lab.workspace.path.absolute() / "exports" / name), write_file)


def write(figures: Sequence[Figure], request: ExportRequest, title: str) -> list[Path]:
    """Write the figures and return the files. Raises LazytuiError."""
    with storage_errors(request.path.parent):
        request.path.parent.mkdir(parents=True, exist_ok=True)
    return export(figures, request.path, title=title, figure=request.figure)


def _option(words: str) -> Option:
    return Option(Content(plain_text(words)))
