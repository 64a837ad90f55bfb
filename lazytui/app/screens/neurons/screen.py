"""Neurons: every channel of a layer with its role and measures, and what the network is without marked ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import ClassVar

import numpy as np
from textual import on, work
from textual.binding import Binding, BindingType
from textual.worker import get_current_worker

from lazytui.analyses.neurons.neuron_page import neuron_page
from lazytui.analyses.neurons.params import NeuronsParams
from lazytui.app.figures import FigureView
from lazytui.app.form import ParamsForm
from lazytui.app.panels.arrangement import Arrangement, Arrangements
from lazytui.app.screens.common.form_screen import NOT_RIGHT
from lazytui.app.screens.neurons.ablation import AblationScreen
from lazytui.app.screens.neurons.network_neurons import NetworkNeurons, NeuronAnalysis, find_neurons
from lazytui.app.screens.neurons.neuron_page_screen import NeuronPage
from lazytui.app.screens.overlays import overlay
from lazytui.figures.kinds import Figure, Table
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace_watch import RunLine

TABLES = ("neurons", "effects", "polysemanticity")
CURVES = ("without-", "training-")
SCATTER = "scatter"
MARK = "✓"
NO_ATTRIBUTE = "These images have no known attribute that a neuron could respond to instead of the class."
ROOM_FOR_ALL = 84
"""Cells that the table of neurons' information needs for all of its columns."""


class NeuronsScreen(AblationScreen):
    screen_name = "neurons"
    params = NeuronsParams
    kind = "neurons"
    first = ("run", "layer", "read", "ablate", "target", "seed")
    arrangements = Arrangements(
        narrow=Arrangement("table | 15", "scatter | 14", "page | 16", "curves | 14", "others | 16"),
        medium=Arrangement(
            " ".join([*["table"] * 11, *["scatter"] * 4]) + " | 1fr",
            " ".join([*["page"] * 5, *["curves"] * 5, *["others"] * 5]) + " | 1fr",
        ),
        wide=Arrangement(
            "table table   table   scatter scatter scatter | 1fr",
            "page  page    curves  curves  others  others | 1fr",
        ),
    )
    titles: ClassVar = {
        "table": "Neurons",
        "scatter": "Information of each",
        "page": "The neuron under the cursor",
        "curves": "Curves",
        "others": "The layer as a whole",
    }
    filter_question = f"Which neurons? A role (traitor, hero, ...), a value or {MARK}; empty shows all."
    actions_on_rows: ClassVar = {"mark", "ablate", "stand_in", "mark_shown", "unmark", "filter", "patch", "keep"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("L", "llc", "LLC", id="llc", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._load = lru_cache(maxsize=2)(NeuronAnalysis.load)
        self._marked_tables: tuple[object, list[Table]] = (None, [])
        self._opens_ablations = False

    def on_mount(self) -> None:
        self.watch(self.lab, "lines", self._find)

    # What there is of the network

    @property
    def followed(self) -> RunFolder | None:
        return self._run or self.network_neurons.run

    @on(ParamsForm.Changed)
    def _find(self) -> None:
        params = self.form.params
        if isinstance(params, NeuronsParams):
            self._find_in_thread(params, self._run, self.lab.lines)
        else:
            self.workers.cancel_group(self, "find")
            self._show_found(replace(self.network_neurons, sentence=NOT_RIGHT))

    @work(thread=True, exclusive=True, group="find", exit_on_error=False)
    def _find_in_thread(self, params: NeuronsParams, chosen: RunFolder | None, lines: Sequence[RunLine]) -> None:
        network_neurons = find_neurons(self.lab.workspace, params, chosen, lines, self._load)
        if not get_current_worker().is_cancelled:
            self.app.call_from_thread(self._show_found, network_neurons)

    def _show_found(self, network_neurons: NetworkNeurons) -> None:
        before, self.network_neurons = self.network_neurons, network_neurons
        if self.analysis:
            attribute = self.analysis.result.content.attribute or self.analysis.result.content.label
            self.filter_question = (
                f"Which neurons? A role (traitor, hero, ...), a {attribute} or {MARK}; empty shows all."
            )
        if network_neurons.run != before.run:
            self.forget_ablation()
            self.refresh_bindings()
        self.draw()
        self._open_ablations()

    # Drawing

    @property
    def has_table(self) -> bool:
        return self.analysis is not None

    def sentences(self) -> list[str]:
        filtered = f"Only those with {self.filter_text}." if self.filter_text else ""
        marked = f"{len(self.marked)} marked." if self.marked else ""
        return [" ".join(filter(None, (self.network_neurons.sentence, filtered, marked))), *super().sentences()]

    def tables(self) -> Sequence[Table]:
        """Information, effects and selectivity of neurons; marked ones have a mark."""
        narrow = self.panel("table").content_size.width < ROOM_FOR_ALL
        key = self.analysis, self.marked, narrow
        if self._marked_tables[0] != key:
            figures = self.analysis.figures if self.analysis else ()
            tables = [figure for figure in figures if isinstance(figure, Table) and figure.name in TABLES]
            fitting = [_without_selectivities(table) if narrow else table for table in tables]
            self._marked_tables = key, [self._with_marks(table) for table in fitting]
        return self._marked_tables[1]

    def _with_marks(self, table: Table) -> Table:
        rows = tuple(
            (neuron, f"{role}{MARK}" if neuron in self.marked else role, *rest) for neuron, role, *rest in table.rows
        )
        return replace(table, rows=rows)

    def row_figures(self, number: int) -> Sequence[Figure]:
        return neuron_page(self.analysis.result, number) if self.analysis else ()

    def curves(self) -> Sequence[Figure]:
        """How accuracy falls as more and more neurons are ablated, and when color was locked on to; first what is
        ablated now."""
        return [*self.ablation_figures(), *(figure for figure in self._rest if figure.name.startswith(CURVES))]

    def other_figures(self) -> Sequence[Figure]:
        return [figure for figure in self._rest if not figure.name.startswith((*CURVES, SCATTER))]

    def panel_figures(self) -> dict[str, Sequence[Figure]]:
        return {**super().panel_figures(), "scatter": [figure for figure in self._rest if figure.name == SCATTER]}

    def why_empty(self, name: str) -> str:
        if self.analysis and name == "scatter" and not self.analysis.result.content.values:
            return NO_ATTRIBUTE
        return super().why_empty(name)

    @property
    def _rest(self) -> list[Figure]:
        return [figure for figure in self.analysis.figures if figure.name not in TABLES] if self.analysis else []

    # The cursor, in the table and among the points

    def show_cursor(self) -> None:
        """The point of the neuron under the table's cursor."""
        neuron = self.number_at_cursor
        if self.analysis and neuron is not None:
            with self.prevent(FigureView.Pointed):
                for chart in self.panel("scatter").views:
                    chart.point(float(self.analysis.result.attribute_information[neuron]))

    @on(FigureView.Pointed)
    def _point_at_neuron(self, event: FigureView.Pointed) -> None:
        """The neuron of the point that was chosen; the table goes there."""
        if self.analysis and event.view in self.panel("scatter").views:
            self.show_item(int(np.abs(self.analysis.result.attribute_information - event.position).argmin()))

    def set_filter(self, text: str) -> None:
        self.filter_text = text
        if self.table:
            self.table.filter(text)
        self.draw()

    def page_of(self, numbers: Sequence[int], number: int) -> NeuronPage:
        assert self.analysis is not None
        return NeuronPage(self.analysis.run, self.analysis.result, numbers, number)

    def open_analysis(self, kind: str) -> None:
        if kind == "llc":
            self.action_llc()
        elif kind == "side-by-side":
            self.app.push_screen(overlay(kind))
        elif kind in {"probes", "concepts"}:
            self.app.push_screen(overlay(kind, values=self.form_values(("run",))))
        elif kind == "ablate":
            self._opens_ablations = True
            self._open_ablations()

    def _open_ablations(self) -> None:
        """Of the neurons that are shown, once it is known which these are: others' would stand under this network."""
        if not (self._opens_ablations and self.network_neurons.network):
            return
        self._opens_ablations = False
        if run := self.network_neurons.run:
            values = {"neurons": run.reference, "stand_in": self._stand_in}
            marked = {"neuron": ",".join(map(str, sorted(self.marked)))} if self.marked else {}
            self.app.push_screen(overlay("ablate", values=values | marked))
        else:
            self.notify(self.network_neurons.sentence, markup=False)

    def action_llc(self) -> None:
        """How complex the solution is that the network has found."""
        self.app.push_screen(overlay("llc", values=self.form_values(("run",))))

    # The form

    def show_run(self, run: RunFolder) -> None:
        """A run's neurons, with what it asked in the form; or what lies over this screen."""
        if run.record.kind != self.kind:
            self.app.push_screen(overlay(run.record.kind, run=run))
            return
        self._run = run
        self.form.set_values(run.record.params)


def _without_selectivities(table: Table) -> Table:
    """Without the columns that a neuron's page says as well."""
    kept = [index for index, column in enumerate(table.columns) if column.name not in {"CSI", "sel"}]
    columns = tuple(table.columns[index] for index in kept)
    return replace(table, columns=columns, rows=tuple(tuple(row[index] for index in kept) for row in table.rows))
