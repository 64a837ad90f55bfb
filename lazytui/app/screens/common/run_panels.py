"""The figures of one finished run in panels, those of two networks side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from textual import on, work
from textual.message import Message

from lazytui.analyses.networks.network_pair import AGAINST
from lazytui.app.figures import FigureView
from lazytui.app.panels.arrangement import Arrangement, Arrangements
from lazytui.app.panels.panel import Panel, Shown
from lazytui.app.panels.panel_grid import PanelGrid
from lazytui.app.screens.common.cell_images_screen import has_images, open_images
from lazytui.app.workers.worker_errors import ReportsFailures
from lazytui.errors import LazytuiError
from lazytui.figures.kinds import Figure
from lazytui.plain_text import plain_text
from lazytui.runs.formatting import state_clause
from lazytui.runs.human_names import human_name
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace_watch import RunLine


@dataclass(frozen=True)
class PanelSpec:
    """name: in arrangements. title: while it shows nothing. figures: those that it can show, by name, first the one
    that it does show; `...` stands for all that no other panel shows. opens: whether the screen says what Enter opens
    where it isn't the images behind a cell."""

    name: str
    title: str
    figures: tuple[str, ...]
    opens: bool = False


_ALONE = Arrangement("alone")
_ONLY_ONE = Arrangements(_ALONE, _ALONE, _ALONE)


class RunPanels(ReportsFailures, PanelGrid):
    """Shows the run it is given; reads it in a thread, so that no key waits for it.

    Enter opens the images behind a cell of an evaluation, and lets other panels fill the screen. A sentence, or
    figures that don't belong to a run, stand in a single panel instead of all others. arrangements: from the next
    figures on. missing: what panels without a figure say instead of the usual, by name.
    """

    class Found(Message):
        """The figures of another run were read, and are about to be drawn."""

    def __init__(self, arrangements: Arrangements, specs: Sequence[PanelSpec], *, id: str | None = None) -> None:
        panels = [Panel(spec.name, spec.title, opens=True) for spec in specs]
        super().__init__(arrangements, [*panels, Panel("alone", opens=True)], id=id)
        self.arrangements = arrangements
        self.missing: dict[str, str] = {}
        self.figures: Sequence[Figure] = ()
        self._specs = specs
        self._opened_by_screen = {"alone", *(spec.name for spec in specs if spec.opens)}
        self._run: RunFolder | None = None
        self._state = ""

    @property
    def run(self) -> RunFolder | None:
        """The one whose figures are shown, or will be as soon as they are read."""
        return self._run

    @property
    def compares_two(self) -> bool:
        """Whether two networks are compared."""
        return any(figure.name.startswith(f"{AGAINST}-") for figure in self.figures)

    def show_line(self, line: RunLine | None, otherwise: str) -> None:
        """The figures of a run that found something, or else how it stands; `otherwise` where there is none."""
        if line is None:
            self.say(otherwise)
        elif line.status.state == "done" or (line.status.state == "failed" and line.run.has_result):
            shown = self._run and (self._run.reference, self._state)
            if shown != (line.run.reference, line.state):  # the same run may have found more meanwhile
                self._run, self._state = line.run, line.state
                self._load(line.run)
        else:
            self.say(plain_text(f"{human_name(line)} {state_clause(line.status)}. {line.status.error or ''}"))

    @work(thread=True, exclusive=True, exit_on_error=False)
    def _load(self, run: RunFolder) -> None:
        from lazytui.analyses.core.execute import figures

        try:
            drawn_figures = figures(run)
        except LazytuiError as error:
            self.app.call_from_thread(self._fail, run, plain_text(str(error)))
        else:
            self.app.call_from_thread(self._draw, run, drawn_figures)

    def show_failure(self, sentence: str) -> None:
        self._say(plain_text(sentence))

    def _fail(self, run: RunFolder, sentence: str) -> None:
        if run is self._run:
            self._say(sentence)

    def _draw(self, run: RunFolder, figures: Sequence[Figure]) -> None:
        if run is not self._run:
            return  # another run was chosen meanwhile
        self.post_message(self.Found())
        self.show_figures(figures)

    def show_figures(self, figures: Sequence[Figure]) -> None:
        """These figures, each in the panel that can show it; one of which there is nothing says so."""
        self.figures = figures
        with self.app.batch_update():
            self.rearrange(self.arrangements)
            for spec in self._specs:
                if choices := list(self._choices(spec, figures)):
                    self.panel(spec.name).show(choices)
                else:
                    self.panel(spec.name).say(self.missing.get(spec.name, "This run has no results on this."))

    def _choices(self, spec: PanelSpec, figures: Sequence[Figure]) -> Iterator[Shown]:
        by_name = {figure.name: figure for figure in figures}
        elsewhere = {name for other in self._specs for name in other.figures}
        rest = [name for name in by_name if name not in elsewhere and not name.startswith(f"{AGAINST}-")]
        for name in (one for named in spec.figures for one in (rest if named == "..." else [named])):
            if name in by_name:
                second = by_name.get(f"{AGAINST}-{name}")
                yield (by_name[name], second) if second else (by_name[name],)

    @on(FigureView.Chosen)
    def _open(self, event: FigureView.Chosen) -> None:
        panel = self.panel_of(event.view)
        if self._run and self._run.record.kind == "evaluate" and has_images(event.view.figure.name):
            event.stop()
            open_images(self.app, self._run, event.view.figure.name, event.position)
        elif panel.name not in self._opened_by_screen:
            event.stop()
            panel.action_zoom()

    def show_alone(self, figures: Sequence[Figure]) -> None:
        """These figures in a single panel, where a run has none yet."""
        self._run, self.figures = None, figures
        self.panel("alone").show([(figure,) for figure in figures])
        self.rearrange(_ONLY_ONE)

    def say(self, sentence: str) -> None:
        """A sentence instead of all panels, where there is nothing to show."""
        self._run = None
        self._say(sentence)

    def _say(self, sentence: str) -> None:
        self.figures = ()
        self.panel("alone").say(sentence)
        self.rearrange(_ONLY_ONE)
