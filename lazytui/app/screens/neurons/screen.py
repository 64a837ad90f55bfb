"""Neurons: every channel of a layer with its role and measures, and what the network is without marked ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.worker import get_current_worker

from lazytui.analyses.neurons.params import NeuronsParams
from lazytui.app.form import ParamsForm
from lazytui.app.screens.common.asking import pick_run
from lazytui.app.screens.common.form_screen import NOT_RIGHT
from lazytui.app.screens.neurons.ablation import AblationScreen
from lazytui.app.screens.neurons.network_neurons import NetworkNeurons, NeuronAnalysis, find_neurons
from lazytui.app.screens.neurons.neuron_page_screen import NeuronPage
from lazytui.app.screens.overlays import overlay
from lazytui.figures.kinds import Figure, Table
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace_watch import RunLine

OF_A_NETWORK = ("layer", "model", "source")
"""What was given for one network and may not hold for another."""

TABLES = ("neurons", "effects", "polysemanticity")
CURVES = ("without-", "training-")
MARK = "✓"


class NeuronsScreen(AblationScreen):
    screen_name = "neurons"
    params = NeuronsParams
    kind = "neurons"
    first = ("run", "layer", "read", "ablate", "seed")
    views: ClassVar = {"neurons": "t", "curves": "c", "layer": "v"}
    keys = "space: mark  a: ablate  p: patch  Enter: page"
    filter_question = f"Which neurons? A role (traitor, hero, ...), a color or {MARK}; empty shows all."
    actions_on_rows: ClassVar = {
        "mark", "ablate", "stand_in", "mark_shown", "unmark", "filter", "table", "curves", "layer", "patch",
    }  # fmt: skip
    DEFAULT_CSS = """
    NeuronsScreen #curves > FigureView { height: 1fr; min-height: 14; }
    NeuronsScreen #layer > FigureView { margin: 0 0 1 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "table", "Table, and the next", show=False),
        Binding("c", "curves", "Curves", show=False),
        Binding("v", "layer", "Layer", show=False),
        Binding("L", "llc", "LLC", show=False),
        Binding("o", "network", "Network", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._load = lru_cache(maxsize=2)(NeuronAnalysis.load)
        self._table = 0

    def on_mount(self) -> None:
        self.watch(self.lab, "lines", self._find)

    # What there is of the network

    @property
    def followed(self) -> RunFolder | None:
        return self._run or self.found.run

    @on(ParamsForm.Changed)
    def _find(self) -> None:
        params = self.form.params
        if isinstance(params, NeuronsParams):
            self._find_in_thread(params, self._run, self.lab.lines)
        else:
            self.workers.cancel_group(self, "find")
            self._show_found(replace(self.found, sentence=NOT_RIGHT))

    @work(thread=True, exclusive=True, group="find", exit_on_error=False)
    def _find_in_thread(self, params: NeuronsParams, chosen: RunFolder | None, lines: Sequence[RunLine]) -> None:
        found = find_neurons(self.lab.workspace, params, chosen, lines, self._load)
        if not get_current_worker().is_cancelled:
            self.app.call_from_thread(self._show_found, found)

    def _show_found(self, found: NetworkNeurons) -> None:
        before, self.found = self.found, found
        if found.run == before.run:
            self.show_sentence()
            return
        self.forget_ablation()
        for name in self.views:
            self.query_one(f"#{name}").scroll_home(animate=False)
        self.open_view(self.view)

    # Drawing

    @property
    def has_table(self) -> bool:
        return self.analysis is not None

    def sentences(self) -> list[str]:
        filtered = f"Only those with {self.filter_text}." if self.filter_text else ""
        marked = f"{len(self.marked)} marked." if self.marked else ""
        return [" ".join(filter(None, (self.found.sentence, filtered, marked))), *super().sentences()]

    def figures_of(self, view: str) -> Sequence[Figure]:
        figures = self.analysis.figures if self.analysis else ()
        if view == "neurons":
            tables = [figure for figure in figures if isinstance(figure, Table) and figure.name in TABLES]
            return [self._marked_table(tables[self._table % len(tables)])] if tables else []
        is_curve = view == "curves"
        others = [figure for figure in figures if figure.name not in TABLES]
        return [figure for figure in others if figure.name.startswith(CURVES) is is_curve]

    def _marked_table(self, table: Table) -> Table:
        rows = tuple(
            (neuron, f"{role}{MARK}" if neuron in self.marked else role, *rest) for neuron, role, *rest in table.rows
        )
        return replace(table, rows=rows, note=table.note if self.has_room_for_notes else "")

    def show_figures(self, holder: str, figures: Sequence[Figure]) -> None:
        """One table takes the place of another with the cursor where it was."""
        if holder == "rows" and self.table and figures and isinstance(figures[0], Table):
            self.table.figure = figures[0]
            return
        super().show_figures(holder, figures)
        self._filter_table()

    # Views

    def action_curves(self) -> None:
        """How accuracy falls as more and more neurons are taken out, and when color was locked on to."""
        self.open_view("curves")

    def action_layer(self) -> None:
        """The layer as a whole: pictures, filters, maps, how neurons relate."""
        self.open_view("layer")

    def action_table(self) -> None:
        """The table, or the next one: what neurons tell, what they do, whether they stand for one thing."""
        if self.shows_table and self.table:
            self._table += 1
            self.table.sort(None)
        self.open_table()

    def set_filter(self, text: str) -> None:
        self.filter_text = text
        self._filter_table()
        self.show_sentence()

    def _filter_table(self) -> None:
        if self.table:
            self.table.filter(self.filter_text)

    def page_of(self, numbers: Sequence[int], number: int) -> NeuronPage:
        assert self.analysis is not None
        return NeuronPage(self.analysis.run, self.analysis.result, numbers, number)

    def action_llc(self) -> None:
        """How complex the solution is that the network has found."""
        self.app.push_screen(overlay("llc", values={"run": self.found.network}))

    # The form

    def show_run(self, run: RunFolder) -> None:
        """A run's neurons, with what it asked in the form; or the complexity that it found."""
        if run.record.kind == "llc":
            self.app.push_screen(overlay("llc", run=run))
            return
        self._run = run
        self.form.set_values(run.record.params)

    def action_network(self) -> None:
        """Choose the network whose neurons are shown."""

        def take(picked: str) -> None:
            kept = {name: value for name, value in self.form.touched.items() if name not in OF_A_NETWORK}
            self.form.set_values({**kept, "run": picked})

        pick_run(self, "train", str(self.form.touched.get("run") or ""), take)
