"""Features: a layer taken apart by a sparse autoencoder, live while it learns, and then every feature with its page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.worker import get_current_worker

from lazytui.analyses.networks.model_under_study import recorded_training
from lazytui.analyses.sae.feature_browser import browser_table, feature_words, fit_logit_effects, next_category
from lazytui.analyses.sae.feature_labels import Labels, find_features, read_labels
from lazytui.analyses.sae.feature_page import feature_page
from lazytui.analyses.sae.live import DoseQuestion, DoseResponseSession
from lazytui.analyses.sae.params import SaeParams
from lazytui.app.figures import LinesView
from lazytui.app.form import ParamsForm
from lazytui.app.form.pick_list import Pickable
from lazytui.app.form.text_control import Offers
from lazytui.app.screens.common.asking import pick_run
from lazytui.app.screens.common.form_screen import agrees
from lazytui.app.screens.common.row_page import RowPage
from lazytui.app.screens.common.table_browser import TableBrowser
from lazytui.app.screens.overlays import overlay
from lazytui.app.screens.sae.dose_response import DoseResponseScreen
from lazytui.app.screens.sae.feature_page_screen import FeaturePage
from lazytui.app.screens.sae.sae_report import BUNDLED_RUN, FinishedSae, SaeReport, report_of
from lazytui.app.workers.run_follower import RunWatch, keep_looking
from lazytui.errors import LazytuiError
from lazytui.figures.kinds import Figure, Table
from lazytui.models.architectures import ARCHITECTURES
from lazytui.plain_text import plain_text
from lazytui.runs.human_names import human_name
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace_watch import RunLine, shipped_lines
from lazytui.sae.category_names import CATEGORIES
from lazytui.sae.edits.dose_response import Dose


class FeaturesScreen(TableBrowser):
    screen_name = "features"
    params = SaeParams
    kind = "sae"
    first = ("run", "layer", "variant", "expansion", "k", "centroids", "delta", "lam", "bandwidth", "steps", "seed")
    titles: ClassVar = {
        "table": "Features",
        "page": "The feature under the cursor",
        "curves": "How it learned",
        "others": "The dictionary as a whole",
    }
    filter_question = (
        "Which features? A category, such as color red, digit 7 or dead, or your own label; empty shows all."
    )
    actions_on_rows: ClassVar = {"dial", "filter", "category"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v", "dial", "Dose-response", id="other-view"),
        Binding("h", "category", "Category", id="next-color"),
        Binding("X", "over('sae-experiments')", "Experiments", id="experiments"),
        Binding("C", "over('sae-selfcheck')", "Self-check", id="self-check", show=False),
        Binding("R", "other", "Another run of features", id="another-run", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._report = SaeReport()
        self._shown: RunFolder | None = None
        self._labels: Labels = {}
        self._tables_drawn: tuple[object, list[Table]] = (None, [])

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
        self._choose(self.lab.lines)

    def _choose(self, lines: tuple[RunLine, ...]) -> None:
        """What the form asks for: the run that was chosen, or else the newest of the network and layer in it.

        Where a network has none, the bundled example, unless a layer was asked for.
        """
        every = [line for line in (*shipped_lines(), *lines) if line.kind == self.kind and line.record]
        values = self.form_values(("run", "layer"))
        matches = [line.run for line in every if self._is_asked_for(line.run, values)]
        if self._run and self._is_asked_for(self._run, values):
            self._show_other(self._run)
        elif matches or "layer" in values:
            self._show_other(next(reversed(matches), None))
        else:
            self._show_other(next(line.run for line in every if line.run.id == BUNDLED_RUN))

    def _is_asked_for(self, run: RunFolder, values: Mapping[str, object]) -> bool:
        """Whether it is of the network, the layer and the data in the form. values: of the first two."""
        return agrees(run.record.params, values) and self.asks_of_data_of(run.record.params)

    def _show_other(self, run: RunFolder | None) -> None:
        if run == self._shown:
            self.draw()  # they may be of another network than is asked about now
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
            now = report_of(watch, last if not changed else replace(last, curves=()), self.lab.name_of)
            if now != last or now.curves is not last.curves:
                last = now
                if not worker.is_cancelled:
                    self.app.call_from_thread(self._show_report, now)
            return watch.behind

        keep_looking(look, lambda: worker.is_cancelled or last.finished is not None, self.lab.pause_following)

    def _show_report(self, report: SaeReport) -> None:
        if report.run != self._shown:
            return  # another one was chosen meanwhile
        before, self._report = self._report, report
        if report.run != before.run or (report.finished is None) != (before.finished is None):
            self._labels = report.finished.labels if report.finished else {}
            if report.finished:
                examples = feature_words(report.finished.result)
                self.filter_question = (
                    f"Which features? A category, such as {examples} or dead, or your own label; empty shows all."
                )
            self.filter_text = ""
            self.refresh_bindings()
        self.draw()

    # Drawing

    @property
    def finished(self) -> FinishedSae | None:
        return self._report.finished

    @property
    def has_table(self) -> bool:
        return self.finished is not None

    def sentences(self) -> list[str]:
        filtered = f"Only {self.filter_text}: {len(self._chosen_features())}." if self.filter_text else ""
        return [" ".join(filter(None, (self._of_another(), self._report.sentence, filtered)))]

    def _of_another(self) -> str:
        """Plainly, where these aren't the features of the network under study."""
        studied = self._studied_by_name
        return f"Not of {studied}, which has none yet (g trains them), but an example:" if self._is_example else ""

    @property
    def _is_example(self) -> bool:
        """Whether the features are those of another network than the form asks about."""
        chosen = self.form_values(("run",)).get("run")
        return self.finished is not None and chosen not in (None, self.finished.params.run)

    @property
    def _studied_by_name(self) -> str:
        line = self.lab.line_of(self.lab.network)
        return human_name(line) if line else plain_text(self.lab.network)

    def tables(self) -> Sequence[Table]:
        """The features, and what each says to each digit."""
        if self.finished is None:
            return []
        width = self.panel("table").content_size.width
        key = self._report.run, self.filter_text, str(self._labels), width, self._is_example
        if self._tables_drawn[0] != key:
            table = browser_table(self.finished.result, self._labels, self._chosen_features(), width)
            if self._is_example:
                table = replace(table, title=f"Example: {table.title}, {self.finished.params.run}")
            effects = self.finished.logit_effects
            every = [table, fit_logit_effects(effects, width)] if isinstance(effects, Table) else [table]
            self._tables_drawn = key, every
        return self._tables_drawn[1]

    def _chosen_features(self) -> list[int]:
        return find_features(self.finished.result, self._labels, self.filter_text) if self.finished else []

    def row_figures(self, number: int) -> Sequence[Figure]:
        return feature_page(self.finished.result, number) if self.finished else ()

    def curves(self) -> Sequence[Figure]:
        """What is left unexplained, how many features are active, how many are dead."""
        return self._report.curves

    def other_figures(self) -> Sequence[Figure]:
        return self.finished.figures if self.finished else ()

    def why_empty(self, name: str) -> str:
        if name == "curves" and self.finished and self.finished.params.saelens is not None:
            return "Nothing was trained here: the autoencoder was loaded from a folder."
        return ""

    def draw(self) -> None:
        super().draw()
        for curve in self.query(LinesView):
            curve.live = self._report.is_active

    # Choosing features

    def action_category(self) -> None:
        """Only the features of the next category; after the last all again."""
        names = self.finished.result.category_names if self.finished else CATEGORIES
        self.set_filter(next_category(self.filter_text, names))

    def set_filter(self, text: str) -> None:
        self.filter_text = text
        self.draw()

    def page_of(self, numbers: Sequence[int], number: int) -> FeaturePage:
        assert self.finished is not None and self._report.run is not None
        return FeaturePage(self._report.run, self.finished.result, numbers, number, self._open_dial)

    def after_page(self, page: RowPage) -> None:
        """Somebody may have labelled a feature meanwhile."""
        if self._report.run:
            try:
                self._labels = read_labels(self._report.run)
            except LazytuiError as error:
                self.lab.say_error(error)
            self.draw()
        super().after_page(page)

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

    def open_analysis(self, kind: str) -> None:
        if kind != self.kind:
            self.action_over(kind)

    def action_over(self, kind: str) -> None:
        """Experiments with features, or whether autoencoders find what is known."""
        values = {"sae": self._shown.reference} if self._shown and kind != "sae-selfcheck" else {}
        self.app.push_screen(overlay(kind, values=values))
