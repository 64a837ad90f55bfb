"""Evaluate: what a trained network reads, class or attribute; or two networks side by side."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from textual import on
from textual.binding import Binding, BindingType

from lazytui.analyses.evaluate.params import EvaluateParams
from lazytui.app.figures import FigureView
from lazytui.app.panels.arrangement import Arrangement, Arrangements
from lazytui.app.panels.panel import Panel
from lazytui.app.screens.common.cell_images_screen import ImagesOfCell, cell_loader, has_images, open_images
from lazytui.app.screens.common.form_and_panels import FormAndPanels
from lazytui.app.screens.common.run_panels import PanelSpec, RunPanels
from lazytui.app.screens.overlays import overlay
from lazytui.figures.kinds import Matrix
from lazytui.runs.run_folder import RunFolder

_ACROSS, _DOWN = 13, 7
"""Characters and lines of an image in the panel of a cell, with what stands around it."""


class EvaluateScreen(FormAndPanels):
    """The images behind the cell under the cursor, of whichever matrix, stand in a panel of their own."""

    screen_name = "evaluate"
    params = EvaluateParams
    kind = "evaluate"
    first = ("run", "against", "source", "hard")
    empty = "No evaluation of this network yet. g: run it, o: choose another network."
    matched_fields = ("run", "against")
    panels = (
        PanelSpec("headline", "Class or attribute?", ("headline", "metrics", "by-split", "shared-data", "verdict")),
        PanelSpec("easy", "Easy: class by prediction", ("confusion-easy", "color-by-prediction-easy")),
        PanelSpec("hard", "Hard: class by prediction", ("confusion-hard",)),
        PanelSpec(
            "color",
            "Hard: attribute by prediction",
            ("color-by-prediction-hard", "color-by-prediction-probe"),
        ),
        PanelSpec("both", "Own value, and another", ("who-alone", "cheat", "digit-by-color", "red-one", "...")),
        PanelSpec("shapes", "Each class with each value", ("cue-conflict",)),
        PanelSpec("groups", "Accuracy of each group", ("digit-by-color", "red-one", "cheat", "who-alone", "...")),
        PanelSpec("cell", "The cell under the cursor", ("cell",), opens=True),
    )
    arrangements = Arrangements(
        narrow=Arrangement(
            "headline | 8", "hard | 14", "color | 14", "cell | 10", "easy | 14", "groups | 15", "shapes | 44"
        ),
        medium=Arrangement(
            "headline headline headline headline headline headline headline headline headline | 7",
            "easy     easy     easy     hard     hard     hard     color    color    color    | 14",
            "both     both     both     both     both     both     cell     cell     cell     | 1fr",
        ),
        wide=Arrangement(
            "headline headline headline headline headline headline shapes shapes shapes shapes | 8",
            "easy     easy     hard     hard     color    color    shapes shapes shapes shapes | 1fr",
            "groups   groups   groups   cell     cell     cell     shapes shapes shapes shapes | 1fr",
        ),
    )

    BINDINGS: ClassVar[list[BindingType]] = [Binding("O", "transfer", "Other data", id="other-data")]

    def on_mount(self) -> None:
        self._cell: tuple[str, tuple[int, int]] | None = None
        self._images: ImagesOfCell | None = None
        self._cells = cell_loader(self, self._show_images)

    def on_unmount(self) -> None:
        self._cells.close()

    @property
    def _shown_run(self) -> RunFolder | None:
        return self.query_one(RunPanels).run

    @on(RunPanels.Found)
    def _found(self) -> None:
        self.call_after_refresh(self._show_first_cell)

    def _show_first_cell(self) -> None:
        """What it confuses most often."""
        figures = {figure.name: figure for figure in self.query_one(RunPanels).figures}
        hard = figures.get("confusion-hard")
        if isinstance(hard, Matrix):
            confused = np.where(np.eye(len(hard.values), dtype=bool), -1, hard.values)
            row, column = np.unravel_index(int(confused.argmax()), confused.shape)
            self._ask_for_cell(hard.name, (int(row), int(column)))

    @on(FigureView.Pointed)
    def _pointed(self, event: FigureView.Pointed) -> None:
        if has_images(event.view.figure.name):
            self._ask_for_cell(event.view.figure.name, event.position)

    def _ask_for_cell(self, matrix: str, cell: tuple[int, int]) -> None:
        if run := self._shown_run:
            self._cell = matrix, cell
            self._cells.ask((run, matrix, *cell))

    def _show_images(self, images_or_error: ImagesOfCell | str) -> None:
        panel = self.query_one(RunPanels).panel("cell")
        self._images = None if isinstance(images_or_error, str) else images_or_error
        if isinstance(images_or_error, str):
            panel.say(images_or_error)
        else:
            self._fit_images(panel, images_or_error)

    @on(Panel.Resized)
    def _fit_again(self, event: Panel.Resized) -> None:
        """Images may come before their panel has the size that it stays in."""
        if event.panel.name == "cell" and self._images:
            self._fit_images(event.panel, self._images)

    def _fit_images(self, panel: Panel, images: ImagesOfCell) -> None:
        """As many as there is room for."""
        columns = max(panel.size.width // _ACROSS, 1)
        most = columns * max(panel.size.height // _DOWN, 1)
        panel.show([(images.figure(slice(0, most), columns),)])

    def show_run(self, run: RunFolder) -> None:
        """A run's figures, or what the network makes of other data."""
        if run.record.kind in {"transfer", "audit", "groups", "cure"}:
            self.app.push_screen(overlay(run.record.kind, run=run))
        else:
            super().show_run(run)

    def open_analysis(self, kind: str) -> None:
        if kind == "transfer":
            self.action_transfer()
        elif kind in {"audit", "groups", "cure"}:
            self.app.push_screen(overlay(kind, values=self.form_values(("run",))))

    def action_transfer(self) -> None:
        """The networks of the form, on data that they weren't trained on."""
        self.app.push_screen(overlay("transfer", values=self.form_values(("run", "against"))))

    @on(FigureView.Chosen)
    def _open(self, event: FigureView.Chosen) -> None:
        """All images of the cell."""
        if event.view.figure.name == "cell" and self._shown_run and self._cell:
            open_images(self.app, self._shown_run, *self._cell)
