"""Dataset: choose how the data lies, and see it at once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Static
from textual.worker import get_current_worker

from lazytui.analyses.dataset.analysis import few_samples, figures, measure_dataset
from lazytui.analyses.dataset.params import DatasetRunParams
from lazytui.app.figures import swap
from lazytui.app.form import ParamsForm
from lazytui.app.screens.common.form_screen import NOT_RIGHT, FormScreen
from lazytui.data.digit_sources import load_digits
from lazytui.data.splits import build_dataset
from lazytui.errors import LazytuiError
from lazytui.figures.kinds import Figure
from lazytui.plain_text import plain_text
from lazytui.runs.run_folder import RunFolder

PREVIEWED = {"train_size": 1500, "test_size": 500, "samples": 1}
"""Enough digits for a first impression of the table, few enough to be painted between two key presses."""

remembered_digits = lru_cache(maxsize=8)(load_digits)


def preview(params: DatasetRunParams) -> list[Figure]:
    """The figures of a small data set of this recipe. Raises BadInput when its source can't be had."""
    small = params.model_copy(update=PREVIEWED)
    result = measure_dataset(build_dataset(small, remembered_digits), small.samples, lambda _splits: None)
    every = {figure.name: figure for figure in figures(small, result)}
    tables = [every[name] for name in ("measures", "contingency-train", "contingency-hard") if name in every]
    return [*few_samples(small, result), *tables]


class DatasetScreen(FormScreen):
    screen_name = "dataset"
    params = DatasetRunParams
    kind = "dataset"
    first = ("dataset", "source", "placement", "texture", "tier", "palette", "bias", "hard", "seed")
    go = "Generate"

    def __init__(self) -> None:
        super().__init__()
        self._figures: Sequence[Figure] = ()

    def compose_body(self) -> ComposeResult:
        with Horizontal():
            yield from self.compose_form()
            with VerticalScroll(id="preview", can_focus=False):
                yield Static("Painting ...", id="said", markup=False)

    def on_mount(self) -> None:
        if isinstance(self.form.params, DatasetRunParams):
            self._paint(self.form.params)

    def shown_figures(self) -> Sequence[Figure]:
        return self._figures

    def show_run(self, run: RunFolder) -> None:
        """A data set that was generated lies in Runs with all of its figures; here its recipe comes back."""
        self.form.set_values(run.record.params)

    @on(ParamsForm.Changed)
    def _changed(self, event: ParamsForm.Changed) -> None:
        if isinstance(event.params, DatasetRunParams):
            self._paint(event.params)
        else:
            self.workers.cancel_group(self, "preview")
            self._set_sentence(NOT_RIGHT)

    @work(thread=True, exclusive=True, group="preview", exit_on_error=False)
    def _paint(self, params: DatasetRunParams) -> None:
        worker = get_current_worker()
        found: Sequence[Figure] | str
        try:
            found = preview(params)
        except LazytuiError as error:
            found = str(error)
        if not worker.is_cancelled:
            self.app.call_from_thread(self._set_sentence if isinstance(found, str) else self._show, found)

    def _set_sentence(self, sentence: str) -> None:
        self.query_one("#said", Static).update(plain_text(sentence))

    def _show(self, found: Sequence[Figure]) -> None:
        self._figures = found
        self._set_sentence(
            f"A preview of {PREVIEWED['train_size']:,} digits to train on and {PREVIEWED['test_size']:,} to test; "
            "g generates all."
        )
        swap(self.query_one("#preview"), found)
