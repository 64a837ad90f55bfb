"""Dataset: choose how the data lies, and see it at once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from textual import on, work
from textual.app import ComposeResult
from textual.worker import get_current_worker

from lazytui.analyses.dataset.analysis import few_samples, figures, measure_dataset
from lazytui.analyses.dataset.params import DatasetRunParams
from lazytui.app.form import ParamsForm
from lazytui.app.panels.arrangement import Arrangement, Arrangements
from lazytui.app.screens.common.form_screen import NOT_RIGHT, FormScreen
from lazytui.app.screens.common.panel_screen import PanelScreen
from lazytui.app.screens.common.run_panels import PanelSpec, RunPanels
from lazytui.data.sources import load_images
from lazytui.data.splits import build_dataset
from lazytui.errors import LazytuiError
from lazytui.figures.kinds import Figure
from lazytui.runs.run_folder import RunFolder

PREVIEWED = {"train_size": 1500, "test_size": 500, "samples": 1}
"""Enough digits for a first impression of the table, few enough to be painted between two key presses."""

remembered_images = lru_cache(maxsize=8)(load_images)


def preview(params: DatasetRunParams) -> list[Figure]:
    """The figures of a small data set of this recipe. Raises BadInput when its source can't be had."""
    small = params.model_copy(update=PREVIEWED)
    result = measure_dataset(build_dataset(small, remembered_images), small.samples, lambda _splits: None)
    return [*few_samples(small, result), *(figure for figure in figures(small, result) if "samples" not in figure.name)]


ARRANGEMENTS = Arrangements(
    narrow=Arrangement(
        "train | 7", "hard | 7", "measures | 7", "table | 16", "contrast | 16", "validation | 7", "probe | 7"
    ),
    medium=Arrangement(
        "train train    train    | 8",
        "hard  hard     hard     | 8",
        "table contrast measures | 1fr",
    ),
    wide=Arrangement(
        "train train train    validation validation validation | 15",
        "hard  hard  hard     probe      probe      probe      | 15",
        "table table contrast contrast   measures   measures   | 1fr",
    ),
)


class DatasetScreen(FormScreen, PanelScreen):
    screen_name = "dataset"
    params = DatasetRunParams
    kind = "dataset"
    first = ("dataset", "source", "placement", "texture", "tier", "palette", "bias", "hard", "seed")
    go = "Generate"
    panels = (
        PanelSpec("train", "Train", ("samples-train", "samples-validation", "samples-probe", "palette")),
        PanelSpec("validation", "Validation", ("samples-validation",)),
        PanelSpec("hard", "Hard", ("samples-hard", "samples-probe")),
        PanelSpec("probe", "Probe", ("samples-probe",)),
        PanelSpec("table", "Train: digit by color", ("contingency-train", "contingency-validation")),
        PanelSpec("contrast", "Hard: digit by color", ("contingency-hard", "contingency-probe")),
        PanelSpec("measures", "How strongly color tells the digit", ("color-reader", "measures")),
    )

    def compose_body(self) -> ComposeResult:
        yield RunPanels(ARRANGEMENTS, self.panels)
        yield from self.compose_command()
        yield from self.compose_form()

    def on_mount(self) -> None:
        if isinstance(self.form.params, DatasetRunParams):
            self._paint(self.form.params)

    def shown_figures(self) -> Sequence[Figure]:
        return self.query_one(RunPanels).figures

    def show_run(self, run: RunFolder) -> None:
        """A data set that was generated lies in Runs with all of its figures; here its recipe comes back."""
        self.form.set_values(run.record.params)

    @on(ParamsForm.Changed)
    def _changed(self, event: ParamsForm.Changed) -> None:
        if isinstance(event.params, DatasetRunParams):
            self._paint(event.params)
        else:
            self.workers.cancel_group(self, "preview")
            self.say(NOT_RIGHT)

    @work(thread=True, exclusive=True, group="preview", exit_on_error=False)
    def _paint(self, params: DatasetRunParams) -> None:
        worker = get_current_worker()
        found: Sequence[Figure] | str
        try:
            found = preview(params)
        except LazytuiError as error:
            found = str(error)
        if not worker.is_cancelled:
            self.app.call_from_thread(self.say if isinstance(found, str) else self._show, found)

    def _show(self, found: Sequence[Figure]) -> None:
        self.query_one(RunPanels).show_figures(found)
        self.say(f"Preview of {PREVIEWED['train_size']:,} + {PREVIEWED['test_size']:,} digits; g generates all.")
