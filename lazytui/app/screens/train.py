"""Train: choose, start, and watch the moment at which a network locks on to color."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button
from textual.worker import Worker, get_current_worker

from lazytui.analyses.train.figures import overlaid_charts
from lazytui.analyses.train.params import TrainParams
from lazytui.app.changing_text import ChangingText
from lazytui.app.figures import FigureView
from lazytui.app.figures.lines_widget import LinesView
from lazytui.app.panels.arrangement import Arrangement, Arrangements
from lazytui.app.screens.common.form_screen import FormScreen
from lazytui.app.screens.common.panel_screen import PanelScreen
from lazytui.app.screens.common.run_panels import PanelSpec, RunPanels
from lazytui.app.screens.followed_training import FollowedTraining, TenImages
from lazytui.app.shell.popups.dialogs import AskRun
from lazytui.app.workers.run_follower import RunWatch, keep_looking
from lazytui.errors import BadInput, LazytuiError
from lazytui.figures.kinds import Figure, Lines
from lazytui.plain_text import plain_text
from lazytui.runs.formatting import clock_text, progress_bar, thousands_text, without_middle
from lazytui.runs.human_names import name_of_run, short_names
from lazytui.runs.jobs import can_continue
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.status import ACTIVE
from lazytui.runs.workspace import shipped_runs
from lazytui.runs.workspace_watch import shipped_lines
from lazytui.training.settings import AllMethodOptions

EMPTY = "No training yet. Fill in the form and press g; it continues when you leave."
NEXT = "3: Evaluate  4: Grad-CAM  5: Neurons"
_BAR = 16
"""Characters of the bar of a training that goes on."""

_TEN_WIDE = "ten ten ten ten ten | 13"
PANELS = (
    PanelSpec("chart", "Accuracy", ("accuracy",)),
    PanelSpec("cues", "Which cue decides", ("cues",)),
    PanelSpec("others", "Loss and the method's own numbers", ("loss", "...")),
    PanelSpec("own", "The method's own numbers", ("...",)),
    PanelSpec("ten", "Ten conflicting images", ("conflicting-ten",)),
)
_NARROW = Arrangement("chart | 11", "ten | 7", "cues | 14", "others | 14")
_MEDIUM = Arrangement(
    "chart chart chart cues cues | 1fr",
    "chart chart chart others others | 1fr",
    "ten ten ten ten ten | 9",
)
ARRANGEMENTS = Arrangements(
    _NARROW,
    _MEDIUM,
    wide=Arrangement("chart chart chart cues cues | 1fr", "chart chart chart others others | 1fr", _TEN_WIDE),
)
WITH_OWN = Arrangements(
    _NARROW,
    _MEDIUM,
    wide=Arrangement(
        "chart chart chart cues cues | 1fr",
        "chart chart chart others others | 1fr",
        "chart chart chart own own | 1fr",
        _TEN_WIDE,
    ),
)
"""Where the method has numbers of its own, and there is room for a panel of them."""
NO_ATTRIBUTE = "No attribute of these images is known that could decide instead of the class."
NOT_KEPT = "An older version made this training: its predictions weren't kept."
NOT_BUNDLED = "Images of MNIST aren't bundled: train a network of your own to see them."


@dataclass(frozen=True)
class Sight:
    """What a look at the followed runs saw: the charts, the ten images, and how the first run goes.

    text: which says that. going, may_go_on: for the keys.
    """

    charts: Sequence[Lines] = field(default=(), compare=False)
    ten: TenImages | None = field(default=None, compare=False)
    text: str = EMPTY
    going: bool = False
    may_go_on: bool = False


class TrainScreen(FormScreen, PanelScreen):
    screen_name = "train"
    params = TrainParams
    kind = "train"
    first = (
        *("model", "epochs", "train_size", "seed", "method", *AllMethodOptions.OPTIONS),
        *("dataset", "source", "batch_size", "lr"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "pause", "Pause", id="pause"),
        Binding("p", "resume", "Resume", id="pause"),
        Binding("x", "stop", "Stop", id="stop"),
        Binding("v", "overlay", "Overlay a run", id="other-view"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._run: RunFolder | None = None
        self._was_chosen = False
        self._overlaid: list[RunFolder] = []
        self._sight = Sight()
        self._step: float | None = None

    def compose_body(self) -> ComposeResult:
        yield RunPanels(ARRANGEMENTS, PANELS)
        yield ChangingText(EMPTY, id="words")
        yield from self.compose_command()
        yield from self.compose_form()

    def compose_buttons(self) -> ComposeResult:
        with Horizontal(id="buttons"):
            yield from super().compose_buttons()
            yield Button("Pause", id="pause", compact=True, disabled=True)
            yield Button("Stop", id="stop", compact=True, disabled=True)

    def on_mount(self) -> None:
        self.say("")
        self.watch(self.lab, "lines", self._choose)
        self.watch(self.lab, "network", self._follow_network, init=False)

    def shown_figures(self) -> Sequence[Figure]:
        ten = self._ten_figure
        return [*self._sight.charts, *([ten] if ten else [])]

    @property
    def _ten_figure(self) -> Figure | None:
        """What the network says now, or said at the step that the cursor is on."""
        return self._sight.ten.figure(self._step) if self._sight.ten else None

    def show_run(self, run: RunFolder) -> None:
        """Show this training, from its beginning, and go on watching it; of overlaid curves, their trainings."""
        if run.record.kind == "curves":
            self._show_curves(run)
            return
        self._was_chosen = True
        self._follow(run)

    def _show_curves(self, run: RunFolder) -> None:
        try:
            trainings = [self.lab.workspace.find(reference) for reference in run.record.params["runs"]]
        except LazytuiError as error:
            self.lab.say_error(error)
        else:
            self.show_run(trainings[0])
            self.overlay_runs(trainings[1:])

    def _follow(self, run: RunFolder) -> None:
        self._run, self._step = run, None
        self._overlaid = [other for other in self._overlaid if other != run]
        self._look()

    def overlay_runs(self, runs: Sequence[RunFolder]) -> None:
        """Overlay the curves of these trainings on those of the one that is shown."""
        self._overlaid = [run for run in runs if run != self._run]
        self._look()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        possible = {
            "pause": self._sight.going and not self._sight.may_go_on,
            "resume": self._sight.may_go_on,
            "stop": self._sight.going,
        }
        return possible[action] if action in possible else super().check_action(action, parameters)

    def action_pause(self) -> None:
        """Let the training wait, or go on with it."""
        if self._run:
            self.lab.pause_or_resume(self._run)

    action_resume = action_pause

    def action_stop(self) -> None:
        if self._run:
            self.lab.stop(self._run)

    def action_overlay(self) -> None:
        """Overlay a run, or take them away again."""
        every = (*shipped_lines(), *self.lab.lines)
        runs = [line for line in every if line.kind == "train" and line.run != self._run]

        def chosen(run: RunFolder | None) -> None:
            if run is not None:
                others = [other for other in self._overlaid if other != run]
                self._overlaid = others if run in self._overlaid else [*others, run]
                self._look()

        self.app.push_screen(AskRun("Overlay a run", runs, self._overlaid), chosen)

    def _choose(self) -> None:
        """Until somebody chooses: a training that goes on, or else the network under study where that was chosen, or
        else the newest training."""
        if self._was_chosen:
            return
        mine = [line for line in self.lab.lines if line.kind == "train"]
        newest = [line for line in mine if line.is_active] or ([] if self.lab.network_was_chosen else mine)
        line = newest[-1] if newest else self.lab.line_of(self.lab.network)
        if line and line.run != self._run:
            self._follow(line.run)

    def _follow_network(self) -> None:
        """Where another network was chosen, its curves, unless a training goes on."""
        line = self.lab.line_of(self.lab.network)
        if line and self.lab.network_was_chosen and not self._sight.going:
            self.show_run(line.run)
        else:
            self._choose()

    @work(thread=True, exclusive=True, group="follow", exit_on_error=False)
    def _look(self) -> None:
        worker, shown = get_current_worker(), self._run
        assert shown is not None
        watches = [FollowedTraining(run) for run in (shown, *self._overlaid)]
        sight = Sight()

        def look() -> bool:
            nonlocal sight
            changed = [watch.look() for watch in watches]
            if worker.is_cancelled:
                return False  # another run was chosen while this one's history was read
            now = sight_of(watches, None if any(changed) else sight)
            if now != sight or now.charts is not sight.charts:
                sight = now
                self.app.call_from_thread(self._show, now, worker)
            return any(watch.behind for watch in watches)

        keep_looking(look, lambda: worker.is_cancelled, self.lab.pause_following)

    def _show(self, sight: Sight, look: Worker[None]) -> None:
        if look.is_cancelled:
            return  # another run was chosen while this was looked at
        before, self._sight = self._sight, sight
        self._draw()
        if (before.going, before.may_go_on) != (sight.going, sight.may_go_on):
            self.refresh_bindings()
            for action in ("pause", "stop"):
                button = self.query_one(f"#{action}", Button)
                button.disabled = not (sight.going or (action == "pause" and sight.may_go_on))
            self.query_one("#pause", Button).label = "Resume" if sight.may_go_on else "Pause"

    def _draw(self) -> None:
        sight, panels = self._sight, self.query_one(RunPanels)
        self.query_one("#words", ChangingText).set_text(Content(sight.text))
        if sight.charts:
            has_own = len(sight.charts) > len(PANELS[:3])
            panels.arrangements = WITH_OWN if has_own else ARRANGEMENTS
            figures = self.shown_figures()
            panels.missing = {"cues": NO_ATTRIBUTE}
            if len(figures) == len(sight.charts):
                panels.missing |= {"ten": NOT_BUNDLED if self._run in shipped_runs() else NOT_KEPT}
            panels.show_figures(figures)
        else:
            panels.say("No point yet.")
        for view in self.query(LinesView):
            view.live = sight.going

    @on(FigureView.Pointed)
    def _point(self, event: FigureView.Pointed) -> None:
        """The cursor of a chart says of which step the ten answers are."""
        if isinstance(event.view, LinesView):
            step = None if event.view.follows else float(event.position)
            if step != self._step:
                self._step = step
                if ten := self._ten_figure:
                    self.query_one(RunPanels).panel("ten").show([(ten,)])


def sight_of(watches: Sequence[FollowedTraining], before: Sight | None = None) -> Sight:
    """before: the look before, where nothing has changed since."""
    first = watches[0]
    run, parts = first.run, _words(first)
    charts, ten = (before.charts, before.ten) if before else ((), None)
    try:
        charts = charts or overlaid(watches)
        ten = ten or (first.ten() if charts else None)
    except BadInput as error:
        parts.append(str(error))
    if others := watches[1:]:
        names = short_names([watch.run for watch in watches])[1:]
        parts.append(f"{len(others)} overlaid: {', '.join(names)}")
    if run.status.state == "done":
        parts.append(NEXT)
    return Sight(charts, ten, plain_text("  ".join(parts)), run.status.state in ACTIVE, can_continue(run))


def overlaid(watches: Sequence[FollowedTraining]) -> list[Lines]:
    """The charts of the first run, with the others' curves of the same name laid over them, each under whose it is."""
    return overlaid_charts([watch.charts() for watch in watches], short_names([watch.run for watch in watches]))


def _words(watch: RunWatch) -> list[str]:
    """`█████░░`, `first`, `running 70%`, `epoch 7/10`, `step 5,904/8,430`, `5.1 k img/s`, `eta 0:38`."""
    run, status = watch.run, watch.run.status
    is_pausing = status.state == "running" and run.pause_file.exists()
    parts = [name_of_run(run), "pausing" if is_pausing else status.state]
    if watch.total and status.state in ACTIVE:
        parts[-1] += f" {watch.done / watch.total:.0%}"
        parts.insert(0, progress_bar(watch.done / watch.total, _BAR))
        epochs = _whole(run, "epochs")
        parts += [
            f"epoch {min(watch.done * epochs // watch.total + 1, epochs)}/{epochs}",
            f"step {watch.done:,}/{watch.total:,}",
        ]
        if watch.rate and status.state == "running" and status.progress:  # of this process, not of one before it
            left = (watch.total - watch.done) / watch.rate
            parts += [f"{thousands_text(watch.rate * _whole(run, 'batch_size'))} img/s", f"eta {clock_text(left)}"]
    elif watch.note and status.state in ACTIVE:
        parts.append(watch.note)
    if status.error:
        parts += [without_middle(status.error, 200), "l shows its log"]
    if can_continue(run):
        parts.append("p resumes it")
    return parts


def _whole(run: RunFolder, parameter: str) -> int:
    """A recorded parameter that is to be a number; a run folder of elsewhere may hold anything."""
    value = run.record.params.get(parameter)
    return value if isinstance(value, int) else 1
