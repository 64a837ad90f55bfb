"""Dataset: choose how the data lies, and see it at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import lru_cache

from textual import on, work
from textual.app import ComposeResult
from textual.worker import get_current_worker

from lazytui.analyses.dataset.analysis import few_samples, figures, measure_dataset
from lazytui.analyses.dataset.params import DatasetRunParams
from lazytui.analyses.networks.model_under_study import require_at_hand
from lazytui.app.form import ParamsForm
from lazytui.app.panels.arrangement import Arrangement, Arrangements
from lazytui.app.screens.common.form_screen import NOT_RIGHT, FormScreen
from lazytui.app.screens.common.panel_screen import PanelScreen
from lazytui.app.screens.common.run_panels import PanelSpec, RunPanels
from lazytui.data.params import DatasetParams
from lazytui.data.source_images import Part
from lazytui.data.sources import find_source, load_images
from lazytui.data.splits import build_dataset, with_source
from lazytui.errors import BadInput, LazytuiError
from lazytui.figures.kinds import Figure
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace_watch import shipped_lines

MOST_PREVIEWED: dict[Part, int] = {"train": 1500, "test": 500}
"""Enough images for a first impression of the table, few enough to be painted between two key presses."""

NO_ATTRIBUTE = "These images have no known attribute that could predict the class."

remembered_images = lru_cache(maxsize=8)(load_images)


def preview(params: DatasetRunParams) -> list[Figure]:
    """The figures of a small data set of this recipe. Raises BadInput when its source can't be had."""
    small = _small(params)
    result = measure_dataset(build_dataset(small, remembered_images), small.samples, lambda _splits: None)
    return [*few_samples(small, result), *(figure for figure in figures(small, result) if "samples" not in figure.name)]


def _small(params: DatasetRunParams) -> DatasetRunParams:
    """Of as many images as are previewed, or there are."""
    source = find_source(params.of_source, None, None)
    sizes = {f"{part}_size": min(most, source.counts[part]) for part, most in MOST_PREVIEWED.items()}
    return with_source(params, source).model_copy(update={**sizes, "samples": 1})


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
    first = ("dataset", "source", "cue", "placement", "texture", "tier", "palette", "bias", "hard", "seed")
    go = "Generate"
    panels = (
        PanelSpec("train", "Train", ("samples-train", "samples-validation", "samples-probe", "palette")),
        PanelSpec("validation", "Validation", ("samples-validation",)),
        PanelSpec("hard", "Hard", ("samples-hard", "samples-probe")),
        PanelSpec("probe", "Probe", ("samples-probe",)),
        PanelSpec("table", "Train: class by attribute", ("contingency-train", "contingency-validation")),
        PanelSpec("contrast", "Hard: class by attribute", ("contingency-hard", "contingency-probe")),
        PanelSpec("measures", "How strongly the attribute predicts the class", ("color-reader", "measures")),
    )

    def compose_body(self) -> ComposeResult:
        yield RunPanels(ARRANGEMENTS, self.panels)
        yield from self.compose_command()
        yield from self.compose_form(self._data_of_network())

    def _data_of_network(self) -> Mapping[str, object]:
        """To begin with: what the network under study was trained on, where that isn't a bundled one and its images are
        at hand."""
        line = self.lab.line_of(self.lab.network)
        if line is None or line in shipped_lines():
            return {}
        values = {name: value for name, value in line.run.record.params.items() if name in DatasetParams.model_fields}
        with suppress(BadInput):
            require_at_hand(str(values.get("source")))
            return values
        return {}

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
        figures_or_error: Sequence[Figure] | str
        try:
            figures_or_error = preview(params)
        except LazytuiError as error:
            figures_or_error = str(error)
        if not worker.is_cancelled:
            self.app.call_from_thread(self.say if isinstance(figures_or_error, str) else self._show, figures_or_error)

    def _show(self, figures: Sequence[Figure]) -> None:
        panels = self.query_one(RunPanels)
        panels.missing = dict.fromkeys(("table", "contrast", "measures"), NO_ATTRIBUTE)
        panels.show_figures(figures)
        train, test = MOST_PREVIEWED.values()
        self.say(f"Preview of {train:,} + {test:,} images at most; g generates all.")
