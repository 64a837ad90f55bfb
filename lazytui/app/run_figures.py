"""The figures of one finished run, below one another, as the command line would print them."""

from __future__ import annotations

from collections.abc import Sequence

from textual import work
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from lazytui.app.figures import view_of
from lazytui.errors import LazytuiError
from lazytui.figures.kinds import Figure
from lazytui.plain_text import plain
from lazytui.runs.folder import RunFolder


class RunFigures(VerticalScroll):
    """Shows the run it is given; reads it in a thread, so that no key waits for it."""

    can_focus = False

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.figures: Sequence[Figure] = ()
        self._shown: str | None = None

    def compose(self) -> ComposeResult:
        yield Static("", classes="said", markup=False)

    def show(self, run: RunFolder | None, otherwise: str = "") -> None:
        """The figures of a finished run, or a sentence instead."""
        if run is None:
            self._shown = None
            self._said(otherwise)
        elif run.reference != self._shown:
            self._shown = run.reference
            self._load(run)

    @work(thread=True, exclusive=True, exit_on_error=False)
    def _load(self, run: RunFolder) -> None:
        from lazytui.analyses.execute import figures

        try:
            found = figures(run)
        except LazytuiError as error:
            self.app.call_from_thread(self._said, plain(str(error)))
            return
        self.app.call_from_thread(self._draw, run.reference, found)

    def _draw(self, reference: str, figures: Sequence[Figure]) -> None:
        if reference != self._shown:
            return  # another run was chosen meanwhile
        self.figures = figures
        with self.app.batch_update():
            self.remove_children()
            self.mount_all([view_of(figure) for figure in figures])
        self.scroll_home(animate=False)

    def _said(self, sentence: str) -> None:
        self.figures = ()
        self.remove_children()
        self.mount(Static(sentence, classes="said", markup=False))
