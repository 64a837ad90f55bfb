"""Side by side: what one analysis found of several networks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from lazytui.analyses.audit.params import AuditParams
from lazytui.analyses.audit.result import audited_network
from lazytui.analyses.core.analysis import Analysis
from lazytui.analyses.core.embedded_result import EmbeddedResult
from lazytui.analyses.core.execute import recorded_params, recorded_result
from lazytui.analyses.side_by_side.audits import audit_figures
from lazytui.analyses.side_by_side.complexities import complexity_figures
from lazytui.analyses.side_by_side.dictionaries import dictionary_figures
from lazytui.analyses.side_by_side.layers import layer_figures
from lazytui.analyses.side_by_side.params import SideBySideParams
from lazytui.analyses.side_by_side.result import Kind, SideBySideResult, read, write
from lazytui.errors import UsageError
from lazytui.figures.kinds import Figure
from lazytui.runs.human_names import short_names
from lazytui.runs.progress_report import Report
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable


def resolve(params: SideBySideParams, workspace: Workspace) -> SideBySideParams:
    """Each run once, all of one analysis, and sound."""
    runs = tuple(dict.fromkeys(params.runs))
    if len(runs) < 2:
        raise UsageError(f"{runs[0]} can't be compared with itself: name a run of another network.")
    folders = [workspace.find(run) for run in runs]
    other = next((run for run in folders if run.record.kind != folders[0].record.kind), None)
    if other:
        raise UsageError(
            f"{folders[0].reference} is a run of {folders[0].record.kind} and {other.reference} one of "
            f"{other.record.kind}: choose runs of one analysis."
        )
    for run in folders:
        recorded_result(run)
    return params.model_copy(update={"runs": runs})


def run(params: SideBySideParams, report: Report) -> SideBySideResult:
    runs = [report.workspace.find(reference) for reference in params.runs]
    parts = tuple(EmbeddedResult(run.reference, recorded_params(run), recorded_result(run)) for run in runs)
    kind = cast("Kind", runs[0].record.kind)
    return SideBySideResult(kind, tuple(_names(runs, parts, report.workspace)), parts)


def _names(runs: list[RunFolder], parts: tuple[EmbeddedResult, ...], workspace: Workspace) -> list[str]:
    """Of the networks, or of the runs where two are of one network."""
    networks = [workspace.find(_network_of(part)) for part in parts]
    names = short_names(networks)
    return names if len(set(names)) == len(names) else [run.display_name for run in runs]


def _network_of(part: EmbeddedResult) -> str:
    if isinstance(part.params, AuditParams):
        return audited_network(part.params, part.result)
    return cast("str", cast("Any", part.params).run)


_FIGURES: dict[Kind, Callable[[SideBySideResult], list[Figure]]] = {
    "neurons": layer_figures,
    "sae": dictionary_figures,
    "llc": complexity_figures,
    "audit": audit_figures,
}


def figures(_params: SideBySideParams, result: SideBySideResult) -> list[Figure]:
    return _FIGURES[result.kind](result)


ANALYSIS = Analysis(params=SideBySideParams, run=run, figures=figures, write=write, read=read, resolve=resolve)
