"""Train: choose, start, and watch the moment at which a network locks on to color."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import Resize
from textual.widgets import Button
from textual.worker import get_current_worker

from lazytui.analyses.core.execute import recorded_result
from lazytui.analyses.train.analysis import curves
from lazytui.analyses.train.params import TrainParams
from lazytui.app.changing_text import ChangingText
from lazytui.app.figures.lines_widget import LinesView
from lazytui.app.screens.common.form_screen import FormScreen
from lazytui.app.shell.dialogs import AskRun
from lazytui.app.workers.run_follower import RunWatch, keep_looking
from lazytui.errors import BadInput
from lazytui.figures.kinds import Figure, Lines
from lazytui.plain_text import plain_text
from lazytui.runs.formatting import clock_text, thousands_text, without_middle
from lazytui.runs.jobs import can_continue
from lazytui.runs.metric_history import Columns
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.status import ACTIVE
from lazytui.training.settings import AllMethodOptions

EMPTY = "No training yet. Fill in the form and press g; it continues when you leave."
KEYS = "tab: next chart   ← →: values   o: overlay   f: form"
NEXT = "3: Evaluate  4: Grad-CAM  5: Neurons"
ROWS_WITH_NOTE = 28
"""Where there are fewer, the curves need the rows that a chart's note takes."""


@dataclass(frozen=True)
class TrainingStatus:
    """What a look at the followed runs saw: the charts, and how the first run goes, in words and for the keys."""

    charts: Sequence[Lines] = field(default=(), compare=False)
    sentence: str = EMPTY
    is_active: bool = False
    can_resume: bool = False


class TrainScreen(FormScreen):
    screen_name = "train"
    params = TrainParams
    kind = "train"
    first = ("model", "method", *AllMethodOptions.OPTIONS, "dataset", "source", "epochs", "batch_size", "lr", "seed")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "pause", "Pause"),
        Binding("p,r", "resume", "Resume"),
        Binding("x", "stop", "Stop"),
        Binding("o", "overlay", "Overlay a run", show=False),
        Binding("c", "chart", "Next chart", show=False),
        Binding("tab", "chart_or_field", "Next chart, or field", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._run: RunFolder | None = None
        self._overlaid: list[RunFolder] = []
        self._chart = 0
        self._status = TrainingStatus()
        self._drawn: tuple[Lines, bool] | None = None

    def compose_body(self) -> ComposeResult:
        with Horizontal():
            yield from self.compose_form()
            with Vertical(id="watch"):
                yield ChangingText(id="charts")
                yield ChangingText(EMPTY, id="words")

    def compose_buttons(self) -> ComposeResult:
        with Horizontal(id="buttons"):
            yield from super().compose_buttons()
            yield Button("Pause", id="pause", compact=True, disabled=True)
            yield Button("Stop", id="stop", compact=True, disabled=True)

    def on_mount(self) -> None:
        self.watch(self.lab, "lines", self._choose_first)

    def on_resize(self, _event: Resize) -> None:
        self.call_after_refresh(self._draw)

    def shown_figures(self) -> Sequence[Figure]:
        return self._status.charts

    def show_run(self, run: RunFolder) -> None:
        """Show this training, from its beginning, and go on watching it."""
        self._run = run
        self._overlaid = [other for other in self._overlaid if other != run]
        self._look()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        possible = {
            "pause": self._status.is_active and not self._status.can_resume,
            "resume": self._status.can_resume,
            "stop": self._status.is_active,
        }
        return possible.get(action, True)

    def action_pause(self) -> None:
        """Let the training wait, or go on with it."""
        if self._run:
            self.lab.pause_or_resume(self._run)

    action_resume = action_pause

    def action_stop(self) -> None:
        if self._run:
            self.lab.stop(self._run)

    def action_chart(self) -> None:
        """Show the next chart."""
        self._chart += 1
        self._draw()

    def action_chart_or_field(self) -> None:
        """Tab: from chart to chart, and elsewhere on to the next field, as everywhere."""
        chart = self.query_one_optional(LinesView)
        if chart and chart.has_focus:
            self.action_chart()
        elif chart and self.focused is None:
            chart.focus()
        else:
            self.focus_next()

    def action_form(self) -> None:
        """To the form, which stays beside the charts."""
        self.set_focus(None)
        self.focus_next("ParamsForm *")

    def action_overlay(self) -> None:
        """Overlay a run, or take them away again."""
        runs = [line for line in self.lab.lines if line.kind == "train" and line.run != self._run]
        if self._run is None or not runs:
            self.notify("There is no other training to overlay yet.")
            return

        def toggle(run: RunFolder | None) -> None:
            if run is not None:
                others = [other for other in self._overlaid if other != run]
                self._overlaid = others if run in self._overlaid else [*others, run]
                self._look()

        self.app.push_screen(AskRun("Overlay a run", runs, self._overlaid), toggle)

    def _choose_first(self) -> None:
        """Until somebody chooses: the newest training, a going one before others."""
        if self._run is None:
            mine = [line for line in self.lab.lines if line.kind == "train"]
            if best := [line for line in mine if line.is_active] or mine:
                self.show_run(best[-1].run)

    @work(thread=True, exclusive=True, group="follow", exit_on_error=False)
    def _look(self) -> None:
        worker, run = get_current_worker(), self._run
        assert run is not None
        watches = [RunWatch(run) for run in (run, *self._overlaid)]
        status = TrainingStatus()

        def look() -> bool:
            nonlocal status
            changed = [watch.look() for watch in watches]
            if worker.is_cancelled:
                return False  # another run was chosen while this one's history was read
            now = training_status(watches, status.charts if not any(changed) else ())
            if now != status or now.charts is not status.charts:
                status = now
                self.app.call_from_thread(self._show, now)
            return any(watch.behind for watch in watches)

        keep_looking(look, lambda: worker.is_cancelled, self.lab.poll_seconds)

    def _show(self, status: TrainingStatus) -> None:
        before, self._status = self._status, status
        self._draw()
        if (before.is_active, before.can_resume) != (status.is_active, status.can_resume):
            self.refresh_bindings()
            for action in ("pause", "stop"):
                button = self.query_one(f"#{action}", Button)
                button.disabled = not (status.is_active or (action == "pause" and status.can_resume))
            self.query_one("#pause", Button).label = "Resume" if status.can_resume else "Pause"

    def _draw(self) -> None:
        status = self._status
        self.query_one("#words", ChangingText).set_text(Content(status.sentence))
        view = self.query_one_optional(LinesView)
        self.query_one("#charts").display = bool(status.charts)
        if view:
            view.display = bool(status.charts)  # those of the run before say nothing of this one
        if not status.charts:
            return
        names = [chart.name for chart in status.charts]
        chart = status.charts[self._chart % len(status.charts)]
        self.query_one("#charts", ChangingText).set_text(strip(names, chart.name))
        noted = self.query_one("#watch").size.height >= ROWS_WITH_NOTE
        before, self._drawn = self._drawn, (chart, noted)
        figure = chart if noted else replace(chart, note="")
        if view is None:
            view = LinesView(figure)
            self.query_one("#watch").mount(view, before="#charts")
            if self.focused is None:
                view.focus()
        view.live = status.is_active
        if before is None or before[0] is not chart or before[1] != noted:
            view.figure = figure


def strip(names: Sequence[str], shown: str) -> Content:
    """The charts there are, the shown one set off; and the keys for them."""
    charts = [Content.styled(f" {plain_text(name)} ", "reverse" if name == shown else "") for name in names]
    return Content("").join(charts) + Content.styled(f"   {KEYS}", "$text-muted")


def training_status(watches: Sequence[RunWatch], charts: Sequence[Lines] = ()) -> TrainingStatus:
    """charts: those of the look before, where nothing has changed since."""
    run = watches[0].run
    parts = _status_words(watches[0])
    try:
        charts = charts or overlay_curves(watches)
    except BadInput as error:
        parts.append(str(error))
    if others := watches[1:]:
        parts.append(f"{len(others)} overlaid: {', '.join(map(_short_name, others))}")
    if run.status.state == "done":
        parts.append(NEXT)
    return TrainingStatus(charts, plain_text("  ".join(parts)), run.status.state in ACTIVE, can_continue(run))


def overlay_curves(watches: Sequence[RunWatch]) -> list[Lines]:
    """The charts of the first run, with the others' curves of the same name laid over them, each under whose it is."""
    samples = _recorded_number(watches[0].run, "metrics_samples")
    each = [{chart.name: chart for chart in _charts(watch, samples)} for watch in watches]
    whose = [f" {_short_name(watch)}" for watch in watches] if len(watches) > 1 else [""]
    return [
        replace(
            chart,
            series=tuple(
                replace(series, name=series.name.removesuffix(f" {chart.y_label}") + who)
                for charts, who in zip(each, whose, strict=True)
                if name in charts
                for series in charts[name].series
            ),
        )
        for name, chart in each[0].items()
    ]


def _charts(watch: RunWatch, samples: int) -> list[Lines]:
    """None before the first point. A training that came without its events has the points in its result."""
    columns = watch.columns()
    if not len(columns["step"]):
        columns = _saved_history(watch.run)
    return [chart for chart in curves(columns, samples) if isinstance(chart, Lines)] if columns else []


def _saved_history(run: RunFolder) -> Columns:
    """The curves in a run's result; empty where there is none. Raises BadInput for a damaged one."""
    return dict(recorded_result(run).history) if run.has_result else {}


def _short_name(watch: RunWatch) -> str:
    """The run's name, or the end of its id: short enough for a legend."""
    return watch.run.name or watch.run.id.rsplit("-", 1)[-1]


def _status_words(watch: RunWatch) -> list[str]:
    """`first`, `running 70%`, `epoch 7/10`, `step 5,904/8,430`, `5.1 k img/s`, `eta 0:38`."""
    run, status = watch.run, watch.run.status
    asked = status.state == "running" and run.pause_file.exists()
    parts = [run.name or run.id, "pausing" if asked else status.state]
    if watch.total and status.state in ACTIVE:
        parts[-1] += f" {watch.done / watch.total:.0%}"
        epochs = _recorded_number(run, "epochs")
        parts += [
            f"epoch {min(watch.done * epochs // watch.total + 1, epochs)}/{epochs}",
            f"step {watch.done:,}/{watch.total:,}",
        ]
        if watch.rate and status.state == "running" and status.progress:  # of this process, not of one before it
            seconds = (watch.total - watch.done) / watch.rate
            images = thousands_text(watch.rate * _recorded_number(run, "batch_size"))
            parts += [f"{images} img/s", f"eta {clock_text(seconds)}"]
    elif watch.note and status.state in ACTIVE:
        parts.append(watch.note)
    if status.error:
        parts += [without_middle(status.error, 200), "l shows its log"]
    if can_continue(run):
        parts.append("p resumes it")
    return parts


def _recorded_number(run: RunFolder, parameter: str) -> int:
    """A recorded parameter that is to be a number; a run folder of elsewhere may hold anything."""
    value = run.record.params.get(parameter)
    return value if isinstance(value, int) else 1
