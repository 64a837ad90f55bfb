"""What there is of a network's neurons: the analysis of them to show, and how one that isn't done stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

from lazytui.analyses.core.execute import figures, recorded_params, recorded_result
from lazytui.analyses.networks.other_data import is_on_data
from lazytui.analyses.neurons.params import NeuronsParams
from lazytui.analyses.neurons.result import NeuronsResult
from lazytui.app.screens.common.form_screen import chosen_or_newest
from lazytui.errors import LazytuiError
from lazytui.figures.kinds import Figure
from lazytui.runs.events import EventReader
from lazytui.runs.formatting import state_clause
from lazytui.runs.human_names import human_name, name_of_reference
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace import Workspace
from lazytui.runs.workspace_watch import RunLine, shipped_lines


@dataclass(frozen=True)
class NeuronAnalysis:
    """A finished analysis of a layer. figures: of the layer as a whole."""

    run: RunFolder
    params: NeuronsParams
    result: NeuronsResult
    figures: Sequence[Figure]

    @classmethod
    def load(cls, run: RunFolder) -> NeuronAnalysis:
        """Raises BadInput for a damaged run."""
        params = recorded_params(run)
        assert isinstance(params, NeuronsParams)
        of_layer = [figure for figure in figures(run) if not figure.name.startswith("neuron-")]
        return cls(run, params, recorded_result(run), of_layer)


@dataclass(frozen=True)
class NetworkNeurons:
    """network: what names its run from now on. sentence: how its analyses stand. analysis: the one to show."""

    network: str = ""
    sentence: str = ""
    analysis: NeuronAnalysis | None = None

    @property
    def run(self) -> RunFolder | None:
        """The run whose neurons are shown."""
        return self.analysis.run if self.analysis else None


def find_neurons(
    workspace: Workspace,
    params: NeuronsParams,
    chosen: RunFolder | None,
    lines: Sequence[RunLine],
    load: Callable[[RunFolder], NeuronAnalysis],
) -> NetworkNeurons:
    """The analysis that was chosen, as long as it is of this network and layer, or else the newest."""
    try:
        network = workspace.reference(workspace.find(params.run, kinds=("train",)))
    except LazytuiError as error:
        return NetworkNeurons(sentence=str(error))
    every = (*shipped_lines(), *lines)
    name = name_of_reference(network, every)
    mine = [line for line in every if line.kind == "neurons" and _is_of(line, network, params)]
    picked = [line for line in mine if chosen and line.run.reference == chosen.reference]
    unfinished = [line for line in picked or mine if line.status.state != "done"]
    reported = next((line for line in reversed(unfinished) if line.is_active or line in picked), None)
    state = _state(reported) if reported else ""
    finished = chosen_or_newest([line for line in mine if line.status.state == "done"], chosen)
    if finished is None:
        return NetworkNeurons(network, state or _no_analysis(name, params.layer))
    try:
        analysis = load(finished.run)
    except LazytuiError as error:
        return NetworkNeurons(network, str(error))
    sentence = state or f"{name}, {analysis.params.layer}, as examined by {human_name(finished)}."
    return NetworkNeurons(network, sentence, analysis)


def _is_of(line: RunLine, network: str, params: NeuronsParams) -> bool:
    recorded: dict[str, Any] = line.run.record.params
    of_layer = params.layer in (None, recorded.get("layer"))
    return recorded.get("run") == network and of_layer and is_on_data(recorded, params.model_dump(mode="json"))


def _no_analysis(network: str, layer: str | None) -> str:
    of = f"layer {layer} of {network}" if layer else network
    return f"No neuron analysis of {of} yet. g: run it, o: choose another network."


def _state(line: RunLine) -> str:
    """How a run that isn't done goes, or ended, with its last note."""
    last = line.status.error or (_last_note(line.run.events).text() if line.is_active else "")
    return f"{human_name(line)} {state_clause(line.status)}" + (f": {last}" if last else ".")


class LastNote:
    """The last note of an event log, which grows: each look reads on from where the one before ended."""

    def __init__(self, events: Path) -> None:
        self._reader = EventReader(events)
        self._text = ""
        self._lock = Lock()

    def text(self) -> str:
        with self._lock:
            while events := self._reader.read(500):
                notes = (event["text"] for event in reversed(events) if event["kind"] == "note")
                self._text = next(notes, self._text)
            return self._text


_last_note = lru_cache(maxsize=4)(LastNote)
