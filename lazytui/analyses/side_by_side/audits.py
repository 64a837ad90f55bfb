"""The audits of several networks: other seeds of one training, or a network before and after a cure."""

from __future__ import annotations

import numpy as np

from lazytui.analyses.audit.result import AuditResult
from lazytui.analyses.side_by_side.figures_of_each import figures_of_each
from lazytui.analyses.side_by_side.result import SideBySideResult
from lazytui.audit.editors import EDITORS
from lazytui.counted_nouns import counted
from lazytui.evaluation.seed_statistics import mean_over_seeds
from lazytui.figures.kinds import Cell, Column, Figure, Interval, Matrix, Share, Table, Text


def audit_figures(result: SideBySideResult) -> list[Figure]:
    """First what the networks have in common, then the places and images of each."""
    return [_verdict(result), _losses(result), _summary(result), *figures_of_each(result, ("examples", "places"))]


def _found(result: SideBySideResult) -> list[AuditResult]:
    return [part.result for part in result.parts]


def _ordered(result: SideBySideResult) -> list[str]:
    """The properties that were tried on every network, those that are flagged most often first."""
    audits = _found(result)
    tried = [name for name in audits[0].cues if all(name in one.swaps and one.swaps[name].hosts for one in audits)]
    mean = {name: float(np.mean([one.swaps[name].delta for one in audits])) for name in tried}
    return sorted(tried, key=lambda name: (-_times(audits, name), -mean[name]))


def _times(audits: list[AuditResult], name: str) -> int:
    return sum(name in one.named for one in audits)


def _verdict(result: SideBySideResult) -> Text:
    audits = _found(result)
    firsts = [one.named[0] for one in audits if one.named]
    paragraphs = [
        f"{counted(firsts.count(name), 'network')} of {len(audits)} "
        f"{'relies' if firsts.count(name) == 1 else 'rely'} on {EDITORS[name].phrase} most."
        for name in sorted(set(firsts), key=lambda name: (-firsts.count(name), name))
    ]
    if silent := len(audits) - len(firsts):
        paragraphs.append(f"In {silent} of {len(audits)} no property was found.")
    return Text(name="verdict", title="What the networks rely on", paragraphs=tuple(paragraphs))


def _losses(result: SideBySideResult) -> Matrix:
    audits, names = _found(result), _ordered(result)
    values = np.array([[100 * one.swaps[name].delta for one in audits] for name in names])
    return Matrix(
        name="losses",
        title="Accuracy lost when a property comes from another class",
        note="Minus what the same edit costs with a donor of the image's own class.",
        shares=tuple(Share(called, one.images) for called, one in zip(result.names, audits, strict=True)),
        values=values,
        row_labels=tuple(names),
        column_labels=result.names,
        unit="points",
        low=0.0,
        high=max(10.0, float(values.max())),
    )


def _summary(result: SideBySideResult) -> Table:
    audits = _found(result)
    rows: list[tuple[Cell, ...]] = []
    for name in _ordered(result):
        losses = [100 * one.swaps[name].delta for one in audits]
        mean = mean_over_seeds(losses)
        interval = Interval(*mean.interval) if mean.interval else None
        rows.append((name, *losses, mean.mean, interval, f"{_times(audits, name)} of {len(audits)}"))
    return Table(
        name="summary",
        title="Audits side by side",
        note="Points of accuracy that are lost; mean: over networks, with its 95 % interval (t). It says something of "
        "other seeds where the networks differ in their seed alone.",
        columns=(
            Column(name="property"),
            *(Column(name=name, unit="points") for name in result.names),
            Column(name="mean", unit="points"),
            Column(name="95 %"),
            Column(name="flagged"),
        ),
        rows=tuple(rows),
    )
