"""Train: choose, start, and watch the moment at which a network locks on to color."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Static
from textual.worker import get_current_worker

from lazytui.analyses.train import TrainParams, curves
from lazytui.app.asking import AskRun
from lazytui.app.figures import FigureView, view_of
from lazytui.app.following import RunWatch, keep_looking
from lazytui.app.form import ParamsForm
from lazytui.app.place import Place
from lazytui.figures.kinds import Figure, Lines
from lazytui.plain_text import plain
from lazytui.runs.folder import RunFolder
from lazytui.runs.status import GOING, RESUMABLE
from lazytui.runs.words import state_word

FIRST = ("model", "method", "dataset", "source", "epochs", "batch_size", "lr", "seed")
EMPTY = "No training yet. Fill in the form and press g: it goes on when you leave, and is here when you return."


@dataclass(frozen=True)
class Sight:
    """What a look at the followed runs saw: the charts, and how it goes in words."""

    charts: Sequence[Lines]
    words: str


class TrainPlace(Place):
    name_of_place = "train"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("g", "start", "Go"),
        Binding("x", "stop", "Stop"),
        Binding("r", "resume", "Resume"),
        Binding("o", "overlay", "Overlay"),
        Binding("c", "chart", "Next chart"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._run: RunFolder | None = None
        self._overlaid: list[RunFolder] = []
        self._chart = 0
        self._charts: Sequence[Lines] = ()

    def compose_place(self) -> ComposeResult:
        with Horizontal():
            with Vertical(id="side"):
                yield ParamsForm(TrainParams, kind="train", first=FIRST)
                with Horizontal(id="buttons"):
                    yield Button("Go", id="start", compact=True, variant="primary")
                    yield Button("Stop", id="stop", compact=True)
            with Vertical(id="watch"):
                yield Static(EMPTY, id="words", markup=False)

    def on_mount(self) -> None:
        self.watch(self.lab, "lines", self._choose_first)

    def shown_figures(self) -> Sequence[Figure]:
        return self._charts

    def show_run(self, run: RunFolder) -> None:
        """Show this training, from its beginning, and go on watching it."""
        self._run = run
        self._look()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        getattr(self, f"action_{event.button.id}")()

    def action_start(self) -> None:
        form = self.query_one(ParamsForm)
        if form.params is None:
            self.notify("A field isn't right yet: see the form.", severity="error")
            return
        self.lab.start("train", form.touched)

    def action_stop(self) -> None:
        if self._run:
            self.lab.stop(self._run)

    def action_resume(self) -> None:
        if self._run:
            self.lab.resume(self._run)

    def action_chart(self) -> None:
        """Show the next chart."""
        self._chart += 1
        self._draw(Sight(self._charts, ""))

    def action_overlay(self) -> None:
        """Lay the curves of another training over these, or take all of them away."""
        runs = [line for line in self.lab.lines if line.kind == "train" and line.run != self._run]

        def chosen(run: RunFolder | None) -> None:
            self._overlaid = [*self._overlaid, run] if run else []
            self._look()

        self.app.push_screen(AskRun("Lay another training over this one", runs), chosen)

    def _choose_first(self) -> None:
        """Until somebody chooses: the newest training, a going one before others."""
        if self._run is None:
            mine = [line for line in self.lab.lines if line.kind == "train"]
            if best := [line for line in mine if line.going] or mine:
                self.show_run(best[-1].run)

    @work(thread=True, exclusive=True, group="follow", exit_on_error=False)
    def _look(self) -> None:
        worker, shown = get_current_worker(), self._run
        assert shown is not None
        watches = [RunWatch(run) for run in (shown, *self._overlaid)]
        first = True

        def look() -> None:
            nonlocal first
            changed = [watch.look() for watch in watches]
            if first or any(changed) or shown.status.state in GOING:
                first = False
                sight = Sight(overlaid(watches), _words(watches[0]))
                self.app.call_from_thread(self._draw, sight)

        keep_looking(look, lambda: worker.is_cancelled, self.lab.poll_seconds)

    def _draw(self, sight: Sight) -> None:
        self._charts = sight.charts
        if sight.words:
            self.query_one("#words", Static).update(sight.words)
        if not sight.charts:
            return
        chart = sight.charts[self._chart % len(sight.charts)]
        shown = self.query(FigureView)
        if shown and shown.first().figure.name == chart.name:
            shown.first().figure = chart
            return
        shown.remove()
        self.query_one("#watch").mount(view_of(chart), before="#words")


def overlaid(watches: Sequence[RunWatch]) -> list[Lines]:
    """The charts of the first run, with the others' curves laid over them under their own names."""
    samples = int(watches[0].run.record.params.get("metrics_samples", 0))
    charts = [_charts(watch, samples, named=len(watches) > 1) for watch in watches]
    return [
        replace(same[0], series=tuple(series for chart in same for series in chart.series))
        for same in zip(*charts, strict=True)
    ]


def _charts(watch: RunWatch, samples: int, *, named: bool) -> list[Lines]:
    """The charts of one run; named: its series carry the end of its id, to be told from another run's."""
    charts = [chart for chart in curves(watch.columns(), samples) if isinstance(chart, Lines)]
    if not named:
        return charts
    who = watch.run.name or watch.run.id.rsplit("-", 1)[-1]
    return [
        replace(chart, series=tuple(replace(series, name=f"{series.name} {who}") for series in chart.series))
        for chart in charts
    ]


def _words(watch: RunWatch) -> str:
    """`20261122-...-k3f9  running 70%  epoch 7/10  step 5904/8430  80 steps/s  0:31 left`."""
    run, status = watch.run, watch.run.status
    words = [run.name or run.id, state_word(status)]
    if watch.done and status.state in GOING:
        done, total = watch.done, watch.total
        epochs = int(run.record.params.get("epochs", 1))
        words += [f"epoch {min(done * epochs // total + 1, epochs)}/{epochs}", f"step {done:,}/{total:,}"]
        if watch.rate:
            left = round((total - done) / watch.rate)
            words += [f"{watch.rate:,.0f} steps/s", f"{left // 60}:{left % 60:02} left"]
    if status.error:
        words.append(status.error)
    if status.state in RESUMABLE:
        words.append("r goes on with it")
    return plain("  ".join(words))
