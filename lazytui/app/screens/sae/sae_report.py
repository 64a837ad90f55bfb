"""How a run of `sae` stands: its curves while it learns, and once it is done what it found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from lazytui.analyses.core.execute import figures, recorded_params, recorded_result
from lazytui.analyses.sae.feature_labels import Labels, read_labels
from lazytui.analyses.sae.figures import logit_effects, training_curves
from lazytui.analyses.sae.params import SaeParams
from lazytui.analyses.sae.result import SaeResult
from lazytui.app.workers.run_follower import RunWatch
from lazytui.counted_nouns import counted
from lazytui.errors import LazytuiError
from lazytui.figures.kinds import Figure, Lines, Table, Text
from lazytui.runs.formatting import state_clause
from lazytui.runs.human_names import name_of_run
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.status import ACTIVE

NO_RUN = (
    "No sparse autoencoder of this network yet. g: train one: it explains a layer's activations by a few of many "
    "features, and each feature is tested for attribute and class. C: self-check, which measures how far such features "
    "can be trusted."
)

BUNDLED_RUN = "sae-lazy-strokes"
"""The bundled run that is shown where no autoencoder was trained yet."""


@dataclass(frozen=True)
class FinishedSae:
    """What a finished run found. figures: of the dictionary as a whole. curves: how it learned."""

    params: SaeParams
    result: SaeResult
    labels: Labels
    logit_effects: Table | Text
    figures: Sequence[Figure]
    curves: Sequence[Lines]

    @classmethod
    def load(cls, run: RunFolder) -> FinishedSae:
        """Raises BadInput for a damaged run."""
        params, result = recorded_params(run), recorded_result(run)
        assert isinstance(params, SaeParams)
        of_dictionary = [figure for figure in figures(run) if not figure.name.startswith("feature-")]
        curves = [figure for figure in of_dictionary if isinstance(figure, Lines)]
        others = [figure for figure in of_dictionary if figure.name not in {"features", "effects"}]
        others = [figure for figure in others if not isinstance(figure, Lines)]
        return cls(params, result, read_labels(run), logit_effects(result), others, curves)


@dataclass(frozen=True)
class SaeReport:
    """sentence: how the run stands. is_active: whether it goes on. curves: how it learned, or learns."""

    run: RunFolder | None = None
    sentence: str = NO_RUN
    is_active: bool = False
    curves: Sequence[Lines] = field(default=(), compare=False)
    finished: FinishedSae | None = None


def report_of(watch: RunWatch, before: SaeReport, name_of: Callable[[str], str]) -> SaeReport:
    """How a run stands now. before: how it stood, with what doesn't have to be read again. name_of: a network."""
    run, status = watch.run, watch.run.status
    name = name_of_run(run)
    curves = before.curves or [curve for curve in training_curves(watch.columns()) if isinstance(curve, Lines)]
    if status.state != "done":
        sentence = " ".join(filter(None, (f"{name} {state_clause(status)}.", status.error)))
        if status.state in ACTIVE:
            step = f", step {watch.done:,} of {watch.total:,}" if watch.total else ""
            sentence = f"{sentence} {watch.note}{step}"
        return SaeReport(run, sentence, status.state in ACTIVE, curves)
    try:
        finished = before.finished or FinishedSae.load(run)
    except LazytuiError as error:
        return SaeReport(run, str(error), curves=curves)
    result = finished.result
    features = counted(result.features, "feature")
    sentence = f"{features} of {result.layer}, network {name_of(finished.params.run)}, analysis {name}."
    if run.id == BUNDLED_RUN:
        sentence += " They come with lazytui."
    return SaeReport(run, sentence, curves=curves or finished.curves, finished=finished)
