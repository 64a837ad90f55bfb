"""The figures of one finished run, below one another, those of two networks side by side where there is room."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from lazytui.analyses.core.metric_catalog import METRICS
from lazytui.analyses.evaluate.cell_images import MATRICES
from lazytui.analyses.networks.network_pair import AGAINST
from lazytui.app.figures import FigureView, swap, view_of
from lazytui.app.form.field_help import HelpBox
from lazytui.app.screens.common.cell_images_screen import CellImages
from lazytui.app.workers.worker_errors import ReportsFailures
from lazytui.errors import LazytuiError
from lazytui.figures.kinds import Figure, Pixels, Table
from lazytui.files.long_texts import long_texts
from lazytui.plain_text import plain_text
from lazytui.runs.formatting import state_word
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace_watch import RunLine

SIDE_BY_SIDE = 118
"""Columns from which on two confusion matrices stand beside each other unbroken."""

IMAGES_SIDE_BY_SIDE = 156
"""The same of two grids of ten images across, which are as wide as a hand then."""

HINT = "Tab: next figure, arrows: move the cursor. Enter: on a matrix cell its images, on a metric its definition."


class RunFigures(ReportsFailures, VerticalScroll):
    """Shows the run it is given; reads it in a thread, so that no key waits for it.

    Enter on a cell of an evaluation's matrix shows the images behind it, on a metric what it means.
    """

    DEFAULT_CSS = """
    RunFigures { scrollbar-size-vertical: 1; }
    RunFigures > .pair { height: auto; layout: vertical; }
    RunFigures.-side-by-side > .pair { layout: horizontal; }
    RunFigures.-side-by-side > .pair.-images { layout: vertical; }
    RunFigures.-images-side-by-side > .pair.-images { layout: horizontal; }
    """
    can_focus = False

    class Found(Message):
        """The figures of another run were read, and are about to be drawn."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.figures: Sequence[Figure] = ()
        self._run: RunFolder | None = None
        self._headline = ""

    def compose(self) -> ComposeResult:
        yield Static("", classes="said", markup=False)

    @property
    def compares_two(self) -> bool:
        """Whether two networks are compared."""
        return any(figure.name.startswith(f"{AGAINST}-") for figure in self.figures)

    def show_line(self, line: RunLine | None, otherwise: str, lines: Sequence[RunLine]) -> None:
        """The figures of a run that found something, or else how it stands; `otherwise` where there is none.

        lines: all runs, which know what the network is called that the figures are of.
        """
        if line is None:
            self.show(None, otherwise)
        elif line.status.state == "done":
            self.show(line.run, headline=_headline(line, lines))
        elif line.status.state == "failed" and line.run.has_result:
            self.show(line.run, headline=plain_text(f"{_headline(line, lines)} {line.status.error or ''}"))
        else:
            self.show(None, plain_text(f"{line.run.id} is {state_word(line.status)}. {line.status.error or ''}"))

    def show(self, run: RunFolder | None, otherwise: str = "", *, headline: str = "") -> None:
        """The figures of a finished run, below a headline; or a sentence instead."""
        before = (self._run.reference, self._headline) if self._run else None
        self._run, self._headline = run, headline
        if run is None:
            self._show_sentence(otherwise)
        elif before != (run.reference, headline):  # the same run may have found more meanwhile
            self._load(run)

    def show_so_far(self, sentence: str, figures: Sequence[Figure]) -> None:
        """What is known of a run that goes on, below a sentence: both change in place."""
        self._run = None
        if self.figures and len(sentences := self.query_children(".said")) == 1:
            sentences.only_one(Static).update(plain_text(sentence))
        else:
            self._show_sentence(plain_text(sentence))
        self.figures = figures
        swap(self, figures)

    @work(thread=True, exclusive=True, exit_on_error=False)
    def _load(self, run: RunFolder) -> None:
        from lazytui.analyses.core.execute import figures

        try:
            found = figures(run)
        except LazytuiError as error:
            self.app.call_from_thread(self._fail, run, plain_text(str(error)))
        else:
            self.app.call_from_thread(self._draw, run, found)

    def show_failure(self, sentence: str) -> None:
        self._show_sentence(plain_text(sentence))

    def _fail(self, run: RunFolder, sentence: str) -> None:
        if run is self._run:
            self._show_sentence(sentence)

    def _draw(self, run: RunFolder, figures: Sequence[Figure]) -> None:
        if run is not self._run:
            return  # another run was chosen meanwhile
        self.figures = figures
        self.post_message(self.Found())
        self.call_after_refresh(self._arrange, figures)

    def _arrange(self, figures: Sequence[Figure]) -> None:
        """Only after whoever holds them has made room, so that nothing is drawn twice."""
        if figures is self.figures:
            with self.app.batch_update():
                self.remove_children()
                if self._headline:
                    self.mount(Static(self._headline, classes="said", markup=False))
                self.mount_all(_arranged_views(figures))
            self.scroll_home(animate=False)
            self.call_after_refresh(self.scroll_home, animate=False)  # what was there before may go only now

    def _show_sentence(self, sentence: str) -> None:
        self.figures = ()
        self.remove_children()
        self.mount(Static(sentence, classes="said", markup=False))

    def on_resize(self, event: Resize) -> None:
        self.set_class(event.size.width >= SIDE_BY_SIDE, "-side-by-side")
        self.set_class(event.size.width >= IMAGES_SIDE_BY_SIDE, "-images-side-by-side")

    @on(FigureView.Chosen)
    def _open(self, event: FigureView.Chosen) -> None:
        figure = event.view.figure
        if isinstance(figure, Table):
            self._explain(str(figure.rows[event.place][0]))
        elif self._run and self._run.record.kind == "evaluate" and figure.name.removeprefix(f"{AGAINST}-") in MATRICES:
            self.app.push_screen(CellImages(self._run, figure.name, event.place))

    def _explain(self, title: str) -> None:
        for name, metric in METRICS.items():
            if metric.title == title:
                words = long_texts("metrics").get(name, metric.meaning)
                self.app.push_screen(HelpBox(Content.assemble((title, "bold"), "\n", words)))


def _headline(line: RunLine, lines: Sequence[RunLine]) -> str:
    """Whose figures these are, in the names that people gave."""
    by = f"analysis {line.name or line.run.id}"
    network = line.run.record.params.get("run")
    if not isinstance(network, str):
        return plain_text(f"{by[:1].upper()}{by[1:]}.")
    called = next((one.name for one in lines if one.run.reference == network and one.name), network)
    return plain_text(f"Network {called}, {by}.")


def _arranged_views(figures: Sequence[Figure]) -> Iterator[Widget]:
    """A widget a figure; those of two networks that belong together share one. First, what can be done with them."""
    if any(figure.name in MATRICES for figure in figures):
        yield Static(HINT, classes="said", markup=False)
    seconds = {figure.name: figure for figure in figures if figure.name.startswith(f"{AGAINST}-")}
    for figure in figures:
        if second := seconds.get(f"{AGAINST}-{figure.name}"):
            views: list[FigureView[Any]] = [view_of(figure), view_of(second)]
            yield Horizontal(*views, classes="pair -images" if isinstance(figure, Pixels) else "pair")
        elif figure.name not in seconds:
            yield view_of(figure)
