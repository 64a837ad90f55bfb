"""Neurons: every channel of a layer with its role and measures, and what the network is without marked ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any, ClassVar, Literal

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.widgets import ContentSwitcher, Static
from textual.worker import get_current_worker

from lazytui.analyses.core.execute import figures, recorded_params, recorded_result
from lazytui.analyses.neurons.live import AblationAnswer, AblationQuestion, AblationSession, bars
from lazytui.analyses.neurons.params import NeuronsParams
from lazytui.analyses.neurons.patch_request import EXAMPLE, Patch, read_patch
from lazytui.analyses.neurons.result import NeuronsResult
from lazytui.app.figures import BarsView, FigureView, TableView, view_of
from lazytui.app.form import ParamsForm
from lazytui.app.form.pick_list import PickList
from lazytui.app.screens.common.form_screen import NOT_RIGHT, SHIPPED, FormScreen
from lazytui.app.screens.neurons.neuron_page_screen import NeuronPage
from lazytui.app.screens.overlays import overlay
from lazytui.app.shell.dialogs import AskText
from lazytui.app.workers.newest_only import answering
from lazytui.data.palettes import Palette
from lazytui.errors import LazytuiError
from lazytui.figures.kinds import Figure, Table
from lazytui.plain_text import plain_text
from lazytui.runs.events import EventReader
from lazytui.runs.formatting import state_word
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace import Workspace
from lazytui.runs.workspace_watch import RunLine

OF_NEURONS = {"mark", "ablate", "stand_in", "mark_shown", "unmark", "filter", "table", "curves", "layer", "patch"}
"""What can be done only where there are neurons to do it with."""

OF_A_NETWORK = ("layer", "model", "source")
"""What was given for one network and may not hold for another."""

TABLES = ("neurons", "effects", "polysemanticity")
CURVES = ("without-", "training-")
VIEWS = {"neurons": "t", "curves": "c", "layer": "v"}
PRESS = "space: mark  a: take out  p: patch  Enter: page"
MARK = "✓"

BESIDE_THE_FORM = 118
"""Columns below which the table needs the width of the form."""
ROWS_WITH_NOTES = 40
"""Rows below which the notes of table and answer would leave too few neurons in view."""


@dataclass(frozen=True)
class Examined:
    """A layer whose neurons were examined, by a finished run. figures: of the layer as a whole."""

    run: RunFolder
    params: NeuronsParams
    result: NeuronsResult
    figures: Sequence[Figure]


@dataclass(frozen=True)
class Sight:
    """What there is of the chosen network. network: what names its run from now on. words: what to say of it."""

    network: str = ""
    words: str = ""
    examined: Examined | None = None

    @property
    def run(self) -> RunFolder | None:
        """The run whose neurons are shown."""
        return self.examined.run if self.examined else None


class NeuronsScreen(FormScreen):
    screen_name = "neurons"
    params = NeuronsParams
    kind = "neurons"
    first = ("run", "layer", "read", "ablate", "seed")
    DEFAULT_CSS = """
    NeuronsScreen #doing { height: auto; max-height: 5; padding: 0 1; color: $text-muted; }
    NeuronsScreen #browse { width: 1fr; height: 1fr; }
    NeuronsScreen #views { height: 1fr; }
    NeuronsScreen #neurons, NeuronsScreen #curves, NeuronsScreen #layer { height: 1fr; }
    NeuronsScreen.-beside-the-form #views { padding: 0 0 0 1; }
    NeuronsScreen #neurons > FigureView { height: 1fr; }
    NeuronsScreen #neurons > #surgery { height: auto; max-height: 60%; }
    NeuronsScreen #curves > FigureView { height: 1fr; min-height: 14; }
    NeuronsScreen #layer > FigureView { margin: 0 0 1 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "mark", "Mark"),
        Binding("a", "ablate", "Take out"),
        Binding("z", "stand_in", "Mean or zero"),
        Binding("p", "patch", "Patch from another image", show=False),
        Binding("m", "mark_shown", "Mark all that are shown", show=False),
        Binding("u", "unmark", "Unmark all", show=False),
        Binding("slash", "filter", "Find"),
        Binding("t", "table", "Table, and the next", show=False),
        Binding("c", "curves", "Curves", show=False),
        Binding("v", "layer", "Layer", show=False),
        Binding("L", "llc", "LLC", show=False),
        Binding("o", "network", "Network", show=False),
        Binding("escape", "back", "Back to the table", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._sight = Sight()
        self._read = lru_cache(maxsize=2)(read)
        self._marked: frozenset[int] = frozenset()
        self._stand_in: Literal["mean", "zero"] = "mean"
        self._ablate = False
        self._patch: Patch | None = None
        self._asked: AblationQuestion | None = None
        self._answer: AblationAnswer | None = None
        self._table = 0
        self._table_view: TableView | None = None
        self._answer_view: BarsView | None = None
        self._filled: set[str] = set()
        self._filter = ""

    def compose_body(self) -> ComposeResult:
        with Horizontal():
            yield from self.compose_form({"run": self.newest_training() or SHIPPED})
            with Vertical(id="browse"):
                yield Static(id="doing", markup=False)
                with ContentSwitcher(id="views", initial="neurons"):
                    yield Vertical(id="neurons")
                    yield VerticalScroll(id="curves", can_focus=False)
                    yield VerticalScroll(id="layer", can_focus=False)

    def on_mount(self) -> None:
        self._newest = answering(self, AblationSession(self.lab.workspace).answers, self._told, group="surgery")
        self.show_form(self.app.size.width >= BESIDE_THE_FORM)
        self.watch(self.lab, "lines", self._look)

    # What there is of the network

    @property
    def followed(self) -> RunFolder | None:
        return self._run or self._sight.run

    @on(ParamsForm.Changed)
    def _look(self) -> None:
        params = self.form.params
        if isinstance(params, NeuronsParams):
            self._look_into(params, self._run, self.lab.lines)
        else:
            self.workers.cancel_group(self, "look")
            self._seen(replace(self._sight, words=NOT_RIGHT))

    @work(thread=True, exclusive=True, group="look", exit_on_error=False)
    def _look_into(self, params: NeuronsParams, chosen: RunFolder | None, lines: Sequence[RunLine]) -> None:
        sight = seen(self.lab.workspace, params, chosen, lines, self._read)
        if not get_current_worker().is_cancelled:
            self.app.call_from_thread(self._seen, sight)

    def _seen(self, sight: Sight) -> None:
        before, self._sight = self._sight, sight
        if sight.run != before.run:
            self._marked, self._ablate, self._patch, self._asked, self._answer = frozenset(), False, None, None, None
            self._show_examined()
            self.refresh_bindings()
        self._say()

    def _show_examined(self) -> None:
        """Make the widgets of another run; views that were seen get theirs again, the others when they are."""
        undecided = self.focused is None or self.focused in self.query("#views FigureView")
        if undecided:
            self.set_focus(None)  # else it would go to the form with the table, and keys with it
        for view in self.query("#views FigureView"):
            if view is not self._answer_view:
                view.remove()
        self._table_view, self._filled = None, {"neurons"}
        self._draw_answer()
        if self._sight.examined is None:
            return
        self._table_view = TableView(self._table_figure())
        self.query_one("#neurons").mount(self._table_view, before=0)
        self._table_view.filter(self._filter)
        self._fill()
        if undecided:
            self.call_after_refresh(self.leave_form)

    def _fill(self) -> None:
        """The figures of the view that is open, where it has none yet."""
        name = self._view
        holder = self.query_one(f"#{name}")
        if name not in self._filled:
            self._filled.add(name)
            holder.mount_all(view_of(figure) for figure in self._figures_of(name))
            holder.scroll_home(animate=False)

    def _figures_of(self, view: str) -> list[Figure]:
        examined = self._sight.examined
        found = examined.figures if examined else ()
        if view == "neurons":
            return [figure for figure in found if figure.name in TABLES]
        curves = view == "curves"
        return [figure for figure in found if figure.name not in TABLES and figure.name.startswith(CURVES) is curves]

    # Saying and drawing

    @property
    def _view(self) -> str:
        return self.query_one(ContentSwitcher).current or "neurons"

    def _say(self) -> None:
        filtered = f"Only those with {self._filter}." if self._filter else ""
        marked = f"{len(self._marked)} marked." if self._marked else ""
        lines = [Content(plain_text(" ".join(part for part in (self._sight.words, filtered, marked) if part)))]
        if self._answer and self._ablate and (said := self._answer.refused or self._answer.doing):
            lines.append(Content(plain_text(said)))
        if self._sight.examined:
            views = [
                Content.styled(f" {key} {name} ", "reverse" if name == self._view else "")
                for name, key in VIEWS.items()
            ]
            lines.append(Content("").join(views) + Content(f"  {PRESS}"))
        self.query_one("#doing", Static).update(Content("\n").join(lines))

    def _table_figure(self) -> Table:
        """The table that was chosen, with the marks in it."""
        tables = [figure for figure in self._figures_of("neurons") if isinstance(figure, Table)]
        table = tables[self._table % len(tables)]
        rows = tuple(
            (neuron, f"{role}{MARK}" if neuron in self._marked else role, *rest) for neuron, role, *rest in table.rows
        )
        return replace(table, rows=rows, note=table.note if self._roomy else "")

    @property
    def _roomy(self) -> bool:
        return self.size.height >= ROWS_WITH_NOTES

    def _draw_table(self) -> None:
        if view := self._table_view:
            view.figure = self._table_figure()

    def _draw_answer(self) -> None:
        answer, examined = self._answer, self._sight.examined
        has_figures = self._ablate and answer and answer.has_figures and examined
        if self._answer_view:
            self._answer_view.display = bool(has_figures)
        if not (has_figures and answer and examined):
            return
        figure = bars(answer, examined.result)
        figure = figure if self._roomy else replace(figure, note="", references=())
        if self._answer_view:
            self._answer_view.figure = figure
        else:
            self._answer_view = BarsView(figure, id="surgery")
            self.query_one("#neurons").mount(self._answer_view)

    def on_resize(self, _event: Resize) -> None:
        self.call_after_refresh(self._draw_table)
        self.call_after_refresh(self._draw_answer)

    # Views

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        if action == "back":
            return self._view != "neurons"
        return action not in OF_NEURONS or self._sight.examined is not None

    def action_curves(self) -> None:
        """How accuracy falls as more and more neurons are taken out, and when color was locked on to."""
        self._open("curves")

    def action_layer(self) -> None:
        """The layer as a whole: pictures, filters, maps, how neurons relate."""
        self._open("layer")

    def action_back(self) -> None:
        self._open("neurons")

    def _open(self, name: str) -> None:
        self.query_one(ContentSwitcher).current = name
        self._fill()
        self._say()
        self.refresh_bindings()
        self.set_focus(None)
        self.call_after_refresh(self.leave_form)

    def figure_views(self) -> Iterable[FigureView[Any]]:
        return self.query_one(f"#{self._view}").query(FigureView)

    def action_table(self) -> None:
        """The table, or the next one: what neurons tell, what they do, whether they stand for one thing."""
        if self._view == "neurons" and (view := self._table_view):
            self._table += 1
            view.sort(None)
            self._draw_table()
        self._open("neurons")

    def action_filter(self) -> None:
        """Ask which neurons to show."""

        def take(text: str | None) -> None:
            if text is not None and (view := self._table_view):
                self._filter = text.strip()
                view.filter(self._filter)
                self._say()

        question = f"Which neurons? A role (traitor, hero, ...), a color or {MARK}; empty shows all."
        self.app.push_screen(AskText(question, self._filter), take)

    @on(FigureView.Chosen)
    def _open_page(self, event: FigureView.Chosen) -> None:
        if isinstance(event.view, TableView) and self._sight.examined:
            order = [int(event.view.figure.rows[row][0] or 0) for row in event.view.order]
            at = event.view.order.index(event.place)
            self.app.push_screen(NeuronPage(self._sight.examined.run, self._sight.examined.result, order, at))

    def action_llc(self) -> None:
        """How complex the solution is that the network has found."""
        self.app.push_screen(overlay("llc", values={"run": self._sight.network}))

    # Marking, and taking out

    def action_mark(self) -> None:
        """Mark the neuron under the cursor, or unmark it."""
        view = self._table_view
        if self._view == "neurons" and view and view.place is not None:
            self._set_marked(self._marked ^ {int(view.figure.rows[view.place][0] or 0)})

    def action_mark_shown(self) -> None:
        """Mark all neurons that the filter leaves; or unmark them, where all of them are."""
        if view := self._table_view:
            shown = frozenset(int(view.figure.rows[row][0] or 0) for row in view.order)
            self._set_marked(self._marked - shown if shown <= self._marked else self._marked | shown)

    def action_unmark(self) -> None:
        self._set_marked(frozenset())

    def _set_marked(self, marked: frozenset[int]) -> None:
        self._marked = marked
        self._ablate &= bool(marked)
        self._draw_table()
        self._ask()

    def action_ablate(self) -> None:
        """Take the marked neurons out, or put them back."""
        if not self._marked:
            self.notify("Mark neurons first: space marks the one under the cursor, m all that are shown.")
            return
        self._ablate, self._patch = not self._ablate or self._patch is not None, None
        self._ask()

    def action_patch(self) -> None:
        """Ask for two images: what marked neurons do in the first is put into the second."""
        examined = self._sight.examined
        if not self._marked or examined is None:
            self.notify("Mark neurons first: space marks the one under the cursor, m all that are shown.")
            return
        ten = examined.result.palette

        def take(text: str | None) -> None:
            try:
                self._patch = read_patch(text, ten) if text is not None else self._patch
            except LazytuiError as error:
                self.lab.say_error(error)
            else:
                self._ablate |= text is not None
                self._ask()

        question = "What marked neurons do in one image is put into another, and the logits shift. Which into which?"
        self.app.push_screen(AskText(question, self._patch_words(ten)), take)

    def _patch_words(self, ten: Palette) -> str:
        patch = self._patch
        return f"{patch.source.told(ten)} into {patch.into.told(ten)}" if patch else EXAMPLE

    def action_stand_in(self) -> None:
        """Hold what is taken out at its mean, or at zero."""
        self._stand_in = "zero" if self._stand_in == "mean" else "mean"
        if self._ablate:
            self._ask()
        else:
            held = "held at their mean" if self._stand_in == "mean" else "set to zero"
            self.notify(f"Marked neurons will be {held}.")

    def _ask(self) -> None:
        examined, given = self._sight.examined, self.form.touched
        if self._ablate and examined:
            # What this machine decides, and whose code may run, is what was said here, not what a run recorded.
            here = {"device": given.get("device", "auto"), "model": given.get("model")}
            params = examined.params.model_copy(update=here)
            marked = tuple(sorted(self._marked))
            self._asked = AblationQuestion(
                params, tuple(examined.result.active.tolist()), marked, self._stand_in, self._patch
            )
            self._newest.ask(self._asked)
        self._draw_answer()
        self._say()

    def _told(self, answer: AblationAnswer) -> None:
        if answer.question is self._asked:
            self._answer = answer
            self._draw_answer()
            self._say()

    # The form

    def shown_figures(self) -> Sequence[Figure]:
        return [view.figure for view in self.figure_views() if view.display]

    def show_run(self, run: RunFolder) -> None:
        """A run's neurons, with what it asked in the form; or the complexity that it found."""
        if run.record.kind == "llc":
            self.app.push_screen(overlay("llc", run=run))
            return
        self._run = run
        self.form.set_values(run.record.params)

    def action_network(self) -> None:
        """Choose the network whose neurons are shown."""
        form = self.form

        def take(picked: str | None) -> None:
            if picked is not None:
                kept = {name: value for name, value in form.touched.items() if name not in OF_A_NETWORK}
                form.set_values({**kept, "run": picked})

        current = str(form.touched.get("run") or "")
        self.app.push_screen(PickList(self.lab.runs_of(("train",)), current, self.query_one("#doing").region), take)

    def show_form(self, shown: bool) -> None:
        super().show_form(shown)
        self.set_class(shown, "-beside-the-form")


def seen(
    workspace: Workspace,
    params: NeuronsParams,
    chosen: RunFolder | None,
    lines: Sequence[RunLine],
    read: Callable[[RunFolder], Examined],
) -> Sight:
    """What there is of a network: the run that was chosen, as long as it is of this network, or else its newest."""
    try:
        network = workspace.reference(workspace.find(params.run, kinds=("train",)))
    except LazytuiError as error:
        return Sight(words=str(error))
    mine = [line for line in lines if line.kind == "neurons" and _is_of(line, network, params.layer)]
    picked = [line for line in mine if chosen and line.run.reference == chosen.reference]
    done = [line for line in picked or mine if line.status.state == "done"]
    done = done or [line for line in mine if line.status.state == "done"]
    others = [line for line in (picked or mine) if line.status.state != "done"]
    going = next((line for line in reversed(others) if line.is_active or line in picked), None)
    state = _told(going) if going else ""
    if not done:
        return Sight(network, state or _nothing_of(network, params.layer))
    run = done[-1].run
    try:
        examined = read(run)
    except LazytuiError as error:
        return Sight(network, str(error))
    return Sight(
        network, state or f"{network}, {examined.params.layer}, as examined by {run.name or run.id}.", examined
    )


def _is_of(line: RunLine, network: str, layer: str | None) -> bool:
    recorded: dict[str, Any] = line.run.record.params
    return recorded.get("run") == network and layer in (None, recorded.get("layer"))


def _nothing_of(network: str, layer: str | None) -> str:
    of = f"layer {layer} of {network}" if layer else network
    return (
        f"Nobody has looked at the neurons of {of} yet. Press g to have them examined in the background, "
        "o to choose another network."
    )


def _told(line: RunLine) -> str:
    """How a run that isn't done goes, or ended, with the last that it said."""
    last = line.status.error or (_last_note(line.run.events).text() if line.is_active else "")
    return f"{line.run.name or line.run.id} is {state_word(line.status)}" + (f": {last}" if last else ".")


class LastNote:
    """The last note of an event log, which grows: each look reads on from where the one before ended."""

    def __init__(self, events: Path) -> None:
        self._reader = EventReader(events)
        self._text = ""
        self._reading = Lock()

    def text(self) -> str:
        with self._reading:
            while events := self._reader.read(500):
                notes = (event["text"] for event in reversed(events) if event["kind"] == "note")
                self._text = next(notes, self._text)
            return self._text


_last_note = lru_cache(maxsize=4)(LastNote)


def read(run: RunFolder) -> Examined:
    """What a finished run found. Raises BadInput for a damaged one."""
    params, told = recorded_params(run), figures(run)
    assert isinstance(params, NeuronsParams)
    overview = [figure for figure in told if not figure.name.startswith("neuron-")]
    return Examined(run, params, recorded_result(run), overview)
