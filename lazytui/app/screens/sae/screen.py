"""Features: a layer taken apart by a sparse autoencoder, live while it learns, and then every feature with its page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.worker import get_current_worker

from lazytui.analyses.networks.model_under_study import recorded_training
from lazytui.analyses.sae.feature_browser import browser_table, fit_logit_effects, next_category
from lazytui.analyses.sae.feature_labels import Labels, find_features, read_labels
from lazytui.analyses.sae.live import DoseQuestion, DoseResponseSession
from lazytui.analyses.sae.params import SaeParams
from lazytui.app.figures import LinesView
from lazytui.app.form import ParamsForm
from lazytui.app.form.pick_list import Pickable
from lazytui.app.form.text_control import Offers
from lazytui.app.screens.common.asking import pick_run
from lazytui.app.screens.common.form_screen import agrees
from lazytui.app.screens.common.table_browser import TableBrowser
from lazytui.app.screens.overlays import overlay
from lazytui.app.screens.sae.dose_response import DoseResponseScreen
from lazytui.app.screens.sae.feature_page_screen import FeaturePage
from lazytui.app.screens.sae.sae_report import BUNDLED_RUN, FinishedSae, SaeReport, report_of
from lazytui.app.workers.run_follower import RunWatch, keep_looking
from lazytui.errors import LazytuiError
from lazytui.figures.kinds import Figure, Table
from lazytui.models.architectures import ARCHITECTURES
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace_watch import RunLine, shipped_lines
from lazytui.sae.dose_response import Dose

ROWS_FOR_ALL_CURVES = 34
"""Rows from which on all curves of the learning stand below one another."""


class FeaturesScreen(TableBrowser):
    screen_name = "features"
    params = SaeParams
    kind = "sae"
    first = ("run", "layer", "variant", "expansion", "k", "lam", "bandwidth", "steps", "seed")
    views: ClassVar = {"features": "t", "curves": "c", "figures": "v"}
    keys = "Enter: page  d: dial  k: category"
    filter_question = (
        "Which features? A category, such as color red, digit 7 or dead, or your own label; empty shows all."
    )
    actions_on_rows: ClassVar = {"dial", "filter", "category", "table", "figures"}
    DEFAULT_CSS = """
    FeaturesScreen #curves > FigureView { height: 1fr; }
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
    ]

    def __init__(self) -> None:
        super().__init__()
        self._report = SaeReport()
        self._shown: RunFolder | None = None
        self._bundled_values: dict[str, Any] = {}
        self._changed_by_a_person = False
        self._labels: Labels = {}
        self._shows_logit_effects = False
        self._first_curve = 0

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
        self._dose_session = DoseResponseSession(self.lab.workspace)
        self.watch(self.lab, "lines", self._choose)

    # Following a run

    @property
    def followed(self) -> RunFolder | None:
        return self._report.run

    def show_run(self, run: RunFolder) -> None:
        """A run's features, live while it learns, with what it asked in the form; or what lies over this screen."""
        if run.record.kind != self.kind:
            self.app.push_screen(overlay(run.record.kind, run=run))
            return
        self._run = run
        self.form.set_values(run.record.params)
        self._show_other(run)

    @on(ParamsForm.Changed)
    def _change(self) -> None:
        self._changed_by_a_person |= self.form.touched != self._bundled_values
        self._choose(self.lab.lines)

    def _choose(self, lines: tuple[RunLine, ...]) -> None:
        """What the form asks for: the run that was chosen, or else the newest of the network and layer in it.

        Until a person chooses, the form follows the newest run, or where there is none yet the bundled one.
        """
        every = [line for line in (*shipped_lines(), *lines) if line.kind == self.kind and line.record]
        if not self._changed_by_a_person and self._run is None:
            newest = every[-1] if every[-1] in lines else next(line for line in every if line.run.id == BUNDLED_RUN)
            params = newest.run.record.params
            self._bundled_values = {name: params[name] for name in ("run", "layer") if params.get(name)}
            self._show_other(newest.run)
            if self.form.touched != self._bundled_values:
                self.form.set_values(self._bundled_values)
            return
        values = self.form_values(("run", "layer"))
        if self._run and agrees(self._run.record.params, values):
            self._show_other(self._run)
        else:
            found = [line.run for line in every if agrees(line.run.record.params, values)]
            self._show_other(next(reversed(found), None))

    def _show_other(self, run: RunFolder | None) -> None:
        if run == self._shown:
            return
        self._shown = run
        if run:
            self._follow(run)
        else:
            self.workers.cancel_group(self, "follow")
            self._show_report(SaeReport())

    @work(thread=True, exclusive=True, group="follow", exit_on_error=False)
    def _follow(self, run: RunFolder) -> None:
        worker, watch, last = get_current_worker(), RunWatch(run), SaeReport()

        def look() -> bool:
            nonlocal last
            changed = watch.look()
            now = report_of(watch, last if not changed else replace(last, curves=()))
            if now != last or now.curves is not last.curves:
                last = now
                if not worker.is_cancelled:
                    self.app.call_from_thread(self._show_report, now)
            return watch.behind

        keep_looking(look, lambda: worker.is_cancelled or last.finished is not None, self.lab.poll_seconds)

    def _show_report(self, report: SaeReport) -> None:
        before, self._report = self._report, report
        if report.run != before.run or (report.finished is None) != (before.finished is None):
            self._labels = report.finished.labels if report.finished else {}
            self.filter_text, self._shows_logit_effects = "", False
            if report.finished is None:
                self.show_figures("rows", [])
            self.open_view("features" if report.finished else "curves")
        else:
            self.draw()

    # Drawing

    @property
    def finished(self) -> FinishedSae | None:
        return self._report.finished

    @property
    def has_table(self) -> bool:
        return self.finished is not None

    def open_views(self) -> Mapping[str, str]:
        return super().open_views() or ({"curves": "c"} if self._report.run else {})

    def sentences(self) -> list[str]:
        filtered = f"Only {self.filter_text}: {len(self._chosen_features())}." if self.filter_text else ""
        return [" ".join(filter(None, (self._report.sentence, filtered)))]

    def figures_of(self, view: str) -> Sequence[Figure]:
        if view == "curves":
            return self._curves()
        if self.finished is None:
            return ()
        return self.finished.figures if view == "figures" else [self._with_note(self._table(self.finished))]

    def _table(self, finished: FinishedSae) -> Figure:
        width = self.query_one("#views").size.width
        if not self._shows_logit_effects:
            return browser_table(finished.result, self._labels, self._chosen_features(), width)
        effects = finished.logit_effects
        return fit_logit_effects(effects, width) if isinstance(effects, Table) else effects

    def _chosen_features(self) -> list[int]:
        return find_features(self.finished.result, self._labels, self.filter_text) if self.finished else []

    def _with_note(self, figure: Figure) -> Figure:
        return figure if self.has_room_for_notes else replace(figure, note="")

    def _curves(self) -> list[Figure]:
        """All of them below one another, from the chosen one on; that one alone where rows are few."""
        curves = self._report.curves
        first = self._first_curve % max(len(curves), 1)
        count = len(curves) if self.size.height >= ROWS_FOR_ALL_CURVES else 1
        return [self._with_note(curve) for curve in [*curves[first:], *curves[:first]][:count]]

    def draw(self) -> None:
        super().draw()
        for curve in self.query("#curves LinesView").results(LinesView):
            curve.live = self._report.is_active

    # Views

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "curves":
            return self._report.run is not None
        return super().check_action(action, parameters)

    def action_table(self) -> None:
        """The table; and from it to what features say to each digit, and back."""
        self._shows_logit_effects ^= self.shows_table
        self.open_table()

    def action_curves(self) -> None:
        """How it learned: the unexplained variance, how many features are active, how many are dead."""
        self._first_curve += self.view == "curves"
        self.open_view("curves")

    def action_figures(self) -> None:
        """The dictionary as a whole."""
        self.open_view("figures")

    # Choosing features

    def action_category(self) -> None:
        """Only the features of the next category; after the last all again."""
        self.set_filter(next_category(self.filter_text))

    def set_filter(self, text: str) -> None:
        self.filter_text, self._shows_logit_effects = text, False
        self.open_table()

    def page_of(self, numbers: Sequence[int], number: int) -> FeaturePage:
        assert self.finished is not None and self._report.run is not None
        return FeaturePage(self._report.run, self.finished.result, numbers, number, self._open_dial)

    def after_page(self) -> None:
        """Somebody may have labelled a feature meanwhile."""
        if self._report.run:
            try:
                self._labels = read_labels(self._report.run)
            except LazytuiError as error:
                self.lab.say_error(error)
            self.draw()

    def action_dial(self) -> None:
        """Turn the feature under the cursor, on one image after the other."""
        self._open_dial(self.number_at_cursor)

    def _open_dial(self, feature: int | None) -> None:
        if self._report.run and self.finished:
            turn = Dose(() if feature is None else (feature,))
            question = DoseQuestion(self._report.run.reference, turn, **self.local_values)
            self.app.push_screen(DoseResponseScreen(self._dose_session, question, self.finished.result, self._labels))

    # Other runs

    def action_other(self) -> None:
        """Choose the run whose features are shown."""
        pick_run(self, "sae", self._report.run.reference if self._report.run else "", self.lab.open_run)

    def action_over(self, kind: str) -> None:
        """Experiments with features, or whether autoencoders find what is known."""
        run = self._report.run
        values = {"sae": run.reference} if run and self.finished and kind == "sae-experiments" else {}
        self.app.push_screen(overlay(kind, values=values))
