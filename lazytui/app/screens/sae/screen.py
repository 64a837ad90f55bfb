"""Features: a layer taken apart by a sparse autoencoder, live while it learns, and then every feature with its page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.widgets import ContentSwitcher, Static
from textual.worker import get_current_worker

from lazytui.analyses.core.execute import figures, recorded_params, recorded_result
from lazytui.analyses.networks.model_under_study import recorded_training
from lazytui.analyses.sae.feature_browser import browser_table, fit_logit_effects, next_category
from lazytui.analyses.sae.feature_labels import Labels, find_features, read_labels
from lazytui.analyses.sae.figures import logit_effects, training_curves
from lazytui.analyses.sae.live import Dose, DoseQuestion, DoseResponseSession
from lazytui.analyses.sae.params import SaeParams
from lazytui.analyses.sae.result import SaeResult
from lazytui.app.figures import FigureView, LinesView, TableView, swap, view_of
from lazytui.app.form import ParamsForm
from lazytui.app.form.pick_list import Pickable, PickList
from lazytui.app.form.typed_control import Offers
from lazytui.app.screens.common.form_screen import SHIPPED, FormScreen, agrees
from lazytui.app.screens.overlays import overlay
from lazytui.app.screens.sae.dose_response import DoseResponseScreen
from lazytui.app.screens.sae.feature_page_screen import FeaturePage
from lazytui.app.shell.dialogs import AskText
from lazytui.app.workers.run_follower import RunWatch, keep_looking
from lazytui.errors import LazytuiError
from lazytui.figures.kinds import Figure, Lines, Table, Text
from lazytui.models.architectures import ARCHITECTURES
from lazytui.plain_text import plain_text
from lazytui.runs.formatting import state_word
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.status import ACTIVE
from lazytui.runs.workspace_watch import RunLine, shipped_lines

OF_FEATURES = {"dial", "filter", "category", "table", "figures"}
"""What can be done only where there are features to do it with."""

VIEWS = {"features": "t", "curves": "c", "figures": "v"}
PRESS = "Enter: page  d: dial  k: category"
EMPTY = (
    "No layer of this network was taken apart yet. Press g: a sparse autoencoder learns to say what the layer holds in "
    "a few of many features, and each is asked whether it stands for a color, a digit, both or neither. s checks what "
    "is to be believed of such features at all."
)

CAME_ALONG = "sae-lazy-strokes"
"""The shipped run that is shown where no layer was taken apart yet."""

BESIDE_THE_FORM = 118
"""Columns below which the table needs the width of the form."""
ROWS_WITH_NOTES = 40
"""Rows below which the note of the table would leave too few features in view."""
ROWS_FOR_ALL_CHARTS = 34
"""Rows from which on all charts of the learning stand below one another."""


@dataclass(frozen=True)
class Apart:
    """A layer that a finished run took apart. says: to each digit. figures: of the dictionary as a whole. charts: how
    it learned."""

    params: SaeParams
    result: SaeResult
    labels: Labels
    says: Table | Text
    figures: Sequence[Figure]
    charts: Sequence[Lines]


@dataclass(frozen=True)
class Sight:
    """What a look at a run saw. words: how it stands. charts: how it learned, or learns."""

    run: RunFolder | None = None
    words: str = EMPTY
    going: bool = False
    charts: Sequence[Lines] = field(default=(), compare=False)
    apart: Apart | None = None


class FeaturesScreen(FormScreen):
    screen_name = "features"
    params = SaeParams
    kind = "sae"
    first = ("run", "layer", "variant", "expansion", "k", "lam", "bandwidth", "steps", "seed")
    DEFAULT_CSS = """
    FeaturesScreen #doing { height: auto; max-height: 5; padding: 0 1; color: $text-muted; }
    FeaturesScreen #browse { width: 1fr; height: 1fr; }
    FeaturesScreen #views { height: 1fr; }
    FeaturesScreen.-beside-the-form #views { padding: 0 0 0 1; }
    FeaturesScreen #features > FigureView, FeaturesScreen #curves > FigureView { height: 1fr; }
    FeaturesScreen #figures > FigureView { margin: 0 0 1 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "dial", "Dial"),
        Binding("slash", "filter", "Find"),
        Binding("k", "category", "Only the next category", show=False),
        Binding("t", "table", "Table, and what features say", show=False),
        Binding("c", "curves", "Curves, and the next", show=False),
        Binding("v", "figures", "Figures", show=False),
        Binding("o", "other", "Another run", show=False),
        Binding("x", "over('sae-experiments')", "Experiments"),
        Binding("s", "over('sae-selfcheck')", "Self-check", show=False),
        Binding("escape", "back", "Back to the table", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._sight = Sight()
        self._shown: RunFolder | None = None
        self._asked_here: dict[str, Any] = {}
        self._asked_by_a_person = False
        self._labels: Labels = {}
        self._filter = ""
        self._says = False
        self._chart = 0
        self._drawn: Apart | None = None

    def compose_body(self) -> ComposeResult:
        with Horizontal():
            yield from self.compose_form({"run": self.newest_training() or SHIPPED})
            with Vertical(id="browse"):
                yield Static(EMPTY, id="doing", markup=False)
                with ContentSwitcher(id="views", initial="features"):
                    yield Vertical(id="features")
                    yield Vertical(id="curves")
                    yield VerticalScroll(id="figures", can_focus=False)

    def offers(self) -> Mapping[str, Offers]:
        """The layers of the network that is chosen."""
        return {"layer": self._layers}

    def _layers(self) -> list[Pickable]:
        try:
            model = recorded_training(str(self.form.touched.get("run", "")), self.lab.workspace).model
        except LazytuiError:
            return []
        layers = ARCHITECTURES[model].layers if model in ARCHITECTURES else ()
        return [Pickable(layer.name, "x".join(map(str, layer.shape))) for layer in layers]

    def on_mount(self) -> None:
        self._dial = DoseResponseSession(self.lab.workspace)
        self.show_form(self.app.size.width >= BESIDE_THE_FORM)
        self.watch(self.lab, "lines", self._choose)

    # Following a run

    @property
    def followed(self) -> RunFolder | None:
        return self._sight.run

    def show_run(self, run: RunFolder) -> None:
        """A run's features, live while it learns, with what it asked in the form; or what lies over this screen."""
        if run.record.kind != self.kind:
            self.app.push_screen(overlay(run.record.kind, run=run))
            return
        self._run = run
        self.form.set_values(run.record.params)
        self._show_other(run)

    @on(ParamsForm.Changed)
    def _asked_otherwise(self) -> None:
        self._asked_by_a_person |= self.form.touched != self._asked_here
        self._choose(self.lab.lines)

    def _choose(self, lines: tuple[RunLine, ...]) -> None:
        """What the form asks for: the run that was chosen, or else the newest of the network and layer in it.

        Until a person chooses, the form follows the newest run, or where there is none yet one that came along.
        """
        every = [line for line in (*shipped_lines(), *lines) if line.kind == self.kind and line.record]
        if not self._asked_by_a_person and self._run is None:
            newest = every[-1] if every[-1] in lines else next(line for line in every if line.run.id == CAME_ALONG)
            params = newest.run.record.params
            self._asked_here = {name: params[name] for name in ("run", "layer") if params.get(name)}
            self._show_other(newest.run)
            if self.form.touched != self._asked_here:
                self.form.set_values(self._asked_here)
            return
        asked = self.form_values(("run", "layer"))
        found = [line.run for line in every if agrees(line.run.record.params, asked)]
        chosen = [self._run] if self._run and agrees(self._run.record.params, asked) else []
        self._show_other(next(reversed([*found, *chosen]), None))

    def _show_other(self, run: RunFolder | None) -> None:
        if run == self._shown:
            return
        self._shown = run
        if run:
            self._look(run)
        else:
            self.workers.cancel_group(self, "follow")
            self._seen(Sight())

    @work(thread=True, exclusive=True, group="follow", exit_on_error=False)
    def _look(self, run: RunFolder) -> None:
        worker, watch, last = get_current_worker(), RunWatch(run), Sight()

        def look() -> bool:
            nonlocal last
            changed = watch.look()
            now = seen(watch, last if not changed else replace(last, charts=()))
            if now != last or now.charts is not last.charts:
                last = now
                if not worker.is_cancelled:
                    self.app.call_from_thread(self._seen, now)
            return watch.behind

        keep_looking(look, lambda: worker.is_cancelled or last.apart is not None, self.lab.poll_seconds)

    def _seen(self, sight: Sight) -> None:
        before, self._sight = self._sight, sight
        if sight.run != before.run or (sight.apart is None) != (before.apart is None):
            self._labels = sight.apart.labels if sight.apart else {}
            self._filter, self._says = "", False
            if sight.apart is None:
                swap(self.query_one("#features"), [])
            self.refresh_bindings()
            self._open("features" if sight.apart else "curves")
        self._draw()

    # Saying and drawing

    @property
    def _view(self) -> str:
        return self.query_one(ContentSwitcher).current or "features"

    @property
    def table(self) -> TableView | None:
        """The table of features, where it is shown."""
        return next(iter(self.query("#features > TableView").results(TableView)), None)

    def _draw(self) -> None:
        self._say()
        view, holder = self._view, self.query_one(f"#{self._view}")
        if view == "features":
            swap(holder, self._table_figures())
        elif view == "curves":
            swap(holder, self._chart_figures())
            for chart in holder.query(LinesView):
                chart.live = self._sight.going
        elif self._sight.apart is not self._drawn:
            self._drawn = self._sight.apart
            holder.remove_children()
            holder.mount_all(view_of(figure) for figure in (self._drawn.figures if self._drawn else ()))
        if self.focused is None:
            self.call_after_refresh(self.leave_form)

    def _say(self) -> None:
        filtered = f"Only {self._filter}: {len(self._chosen())}." if self._filter else ""
        lines = [Content(plain_text(" ".join(part for part in (self._sight.words, filtered) if part)))]
        if self._sight.run:
            views = VIEWS if self._sight.apart else {"curves": "c"}
            shown = [
                Content.styled(f" {key} {name} ", "reverse" if name == self._view else "")
                for name, key in views.items()
            ]
            lines.append(Content("").join(shown) + Content(f"  {PRESS}" if self._sight.apart else ""))
        self.query_one("#doing", Static).update(Content("\n").join(lines))

    def _chosen(self) -> list[int]:
        apart = self._sight.apart
        return find_features(apart.result, self._labels, self._filter) if apart else []

    def _table_figures(self) -> list[Figure]:
        apart = self._sight.apart
        if apart is None:
            return []
        width = self.query_one("#views").size.width
        figure: Figure = browser_table(apart.result, self._labels, self._chosen(), width)
        if self._says:
            figure = fit_logit_effects(apart.says, width) if isinstance(apart.says, Table) else apart.says
        return [replace(figure, note=self._note(figure))]

    def _note(self, figure: Figure) -> str:
        return figure.note if self.size.height >= ROWS_WITH_NOTES else ""

    def _chart_figures(self) -> list[Lines]:
        """All charts below one another, from the chosen one on; that one alone where rows are few."""
        charts = self._sight.charts
        first = self._chart % max(len(charts), 1)
        shown = [*charts[first:], *charts[:first]][: len(charts) if self.size.height >= ROWS_FOR_ALL_CHARTS else 1]
        return [replace(chart, note=self._note(chart)) for chart in shown]

    def on_resize(self, _event: Resize) -> None:
        self.call_after_refresh(self._draw)

    # Views

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        if action == "back":
            return self._view != "features" and self._sight.apart is not None
        if action == "curves":
            return self._sight.run is not None
        return action not in OF_FEATURES or self._sight.apart is not None

    def action_table(self) -> None:
        """The table; and from it to what features say to each digit, and back."""
        self._says = not self._says if self._view == "features" else self._says
        self._open("features")

    def action_curves(self) -> None:
        """How it learned: what is left unexplained, how many features are active, how many are dead."""
        self._chart += self._view == "curves"
        self._open("curves")

    def action_figures(self) -> None:
        """The dictionary as a whole."""
        self._open("figures")

    def action_back(self) -> None:
        self._open("features")

    def _open(self, name: str) -> None:
        self.query_one(ContentSwitcher).current = name
        if not self.query_one("#side").has_focus_within:
            self.set_focus(None)
        self.refresh_bindings()
        self._draw()

    def figure_views(self) -> Iterable[FigureView[Any]]:
        return self.query_one(f"#{self._view}").query(FigureView)

    def shown_figures(self) -> Sequence[Figure]:
        return [view.figure for view in self.figure_views()]

    # Choosing features

    def action_filter(self) -> None:
        """Ask which features to show."""

        def take(text: str | None) -> None:
            if text is not None:
                self._set_filter(text.strip())

        question = "Which features? A category, such as color red, digit 7 or dead, or your own label; empty shows all."
        self.app.push_screen(AskText(question, self._filter), take)

    def action_category(self) -> None:
        """Only the features of the next category; after the last all again."""
        self._set_filter(next_category(self._filter))

    def _set_filter(self, words: str) -> None:
        self._filter, self._says = words, False
        self._open("features")

    @on(FigureView.Chosen)
    def _open_page(self, event: FigureView.Chosen) -> None:
        view, sight = event.view, self._sight
        if self._view == "features" and isinstance(view, TableView) and sight.apart and sight.run:
            order = [int(view.figure.rows[row][0] or 0) for row in view.order]
            page = FeaturePage(sight.run, sight.apart.result, order, view.order.index(event.place), self._ask_dial)
            self.app.push_screen(page, self._relabel)

    def _relabel(self, _done: None) -> None:
        """Somebody may have called a feature something meanwhile."""
        if self._sight.run:
            try:
                self._labels = read_labels(self._sight.run)
            except LazytuiError as error:
                self.lab.say_error(error)
            self._draw()

    def action_dial(self) -> None:
        """Turn the feature under the cursor, on one image after the other."""
        view = self.table if self._view == "features" else None
        place = view.place if view else None
        self._ask_dial(int(view.figure.rows[place][0] or 0) if view and place is not None else None)

    def _ask_dial(self, feature: int | None) -> None:
        if self._sight.run and self._sight.apart:
            # What this machine decides, and whose code may run, is what was said here, not what a run recorded.
            model, device = self.form.touched.get("model"), self.form.touched.get("device", "auto")
            turn = Dose(() if feature is None else (feature,))
            question = DoseQuestion(self._sight.run.reference, turn, model=model, device=device)
            self.app.push_screen(DoseResponseScreen(self._dial, question, self._sight.apart.result, self._labels))

    # Other runs

    def action_other(self) -> None:
        """Choose the run whose features are shown."""

        def take(picked: str | None) -> None:
            if picked is not None:
                self.lab.open_run(picked)

        current = self._sight.run.reference if self._sight.run else ""
        self.app.push_screen(PickList(self.lab.runs_of(("sae",)), current, self.query_one("#doing").region), take)

    def action_over(self, kind: str) -> None:
        """Experiments with features, or whether autoencoders find what is known."""
        run = self._sight.run
        given = {"sae": run.reference} if run and self._sight.apart and kind == "sae-experiments" else {}
        self.app.push_screen(overlay(kind, values=given))

    def show_form(self, shown: bool) -> None:
        super().show_form(shown)
        self.set_class(shown, "-beside-the-form")


def seen(watch: RunWatch, before: Sight) -> Sight:
    """How a run stands, and once it is done what it found. before: what doesn't have to be looked for again."""
    run, status = watch.run, watch.run.status
    called = run.name or run.id
    charts = before.charts or [chart for chart in training_curves(watch.columns()) if isinstance(chart, Lines)]
    if status.state != "done":
        words = " ".join(filter(None, (f"{called} is {state_word(status)}.", status.error)))
        if status.state in ACTIVE:
            words = f"{words} {watch.note}" + (f", step {watch.done:,} of {watch.total:,}" if watch.total else "")
        return Sight(run, plain_text(words), status.state in ACTIVE, charts)
    try:
        apart = before.apart or read(run)
    except LazytuiError as error:
        return Sight(run, plain_text(str(error)), charts=charts)
    words = (
        f"{apart.result.features:,} features of {apart.result.layer}, network {apart.params.run}, analysis {called}."
    )
    if run.id == CAME_ALONG:
        words += " They come with lazytui; choose your own network (f) and press g."
    return Sight(run, plain_text(words), charts=charts or apart.charts, apart=apart)


def read(run: RunFolder) -> Apart:
    """What a finished run found. Raises BadInput for a damaged one."""
    params, result = recorded_params(run), recorded_result(run)
    assert isinstance(params, SaeParams)
    elsewhere = {"features", "effects"}
    drawn = [figure for figure in figures(run) if not figure.name.startswith("feature-")]
    charts = [figure for figure in drawn if isinstance(figure, Lines)]
    shown = [figure for figure in drawn if figure.name not in elsewhere and figure not in charts]
    return Apart(params, result, read_labels(run), logit_effects(result), shown, charts)
