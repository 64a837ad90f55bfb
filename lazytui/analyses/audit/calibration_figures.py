"""The null of an audit: its sentences in the verdict, and its losses beside those of the network."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lazytui.analyses.audit.result import AuditResult, Null
from lazytui.audit.donor_swaps import FLOOR
from lazytui.audit.editors import EDITORS
from lazytui.audit.naming import named_cues
from lazytui.counted_nouns import counted, listed
from lazytui.figures.kinds import Matrix, Reference, Share

_SCALE = 10.0
"""Points at the end of the color scale at least."""


def calibration(result: AuditResult) -> Iterator[str]:
    """Sentences on how often clean trainings raise an alarm, and what follows."""
    null = result.null
    if null is None:
        return
    learned = [one for one in result.clean if one.learned]
    if len(learned) < len(result.clean):
        yield (
            f"{len(result.clean) - len(learned)} of {counted(len(result.clean), 'clean training')} learned nothing "
            f"{_without(result)}, so {_rest(len(learned))}"
        )
    if null.largest is None or result.null_by is None:
        return
    yield (
        f"Calibrated with networks of other seeds, trained and audited {_images(result)}: "
        f"{counted(null.alarms, 'alarm')} in {counted(len(learned), 'clean training')} x "
        f"{counted(len(result.cues), 'property', 'properties')} ({counted(null.tests, 'test')}); largest loss "
        f"{100 * null.largest:.1f} points ({result.null_by}); floor {100 * null.floor:.1f} points."
        f"{_of_alarms(result, null)}"
    )
    if dropped := _dropped(result):
        yield (
            f"At the usual floor of {100 * FLOOR:.0f} points, {_were(dropped)} flagged; a clean training loses as much."
        )


def _rest(learned: int) -> str:
    return "the floor is set by the others." if learned else f"the floor stays {100 * FLOOR:.0f} points, uncalibrated."


def _without(result: AuditResult) -> str:
    return f"without {_phrases(result)}" if result.clean_without else "from the images"


def _phrases(result: AuditResult) -> str:
    return " and ".join(EDITORS[name].phrase for name in result.clean_without)


def _images(result: AuditResult) -> str:
    if not result.clean_without:
        return "on unchanged images, since the audit named nothing"
    return f"on images with {_phrases(result)} exchanged at random"


def _of_alarms(result: AuditResult, null: Null) -> str:
    """Which ones, in how many networks each, and what they may be."""
    if not null.alarms:
        return ""
    rows = [row for row, one in enumerate(result.clean) if one.learned]
    flagged = [name for row in rows for name, swap in zip(result.cues, null.swaps(row), strict=True) if swap.flagged]
    times = sorted(set(flagged), key=lambda name: (-flagged.count(name), name))
    alarms = listed([f"{name} in {flagged.count(name)} of {len(rows)}" for name in times])
    return (
        f" Alarms: {alarms}. An alarm is either false or a second property of these images: one that --peel would "
        "exchange as well, or a trace that an editor leaves."
    )


def _dropped(result: AuditResult) -> list[str]:
    """The properties that the usual floor flags and this one doesn't."""
    usual = named_cues(result.at_usual_floor, EDITORS)
    return [name for name in usual if name not in result.named]


def _were(names: list[str]) -> str:
    return f"{listed([EDITORS[name].phrase for name in names])} {'was' if len(names) == 1 else 'were'}"


def null_references(result: AuditResult) -> tuple[Reference, ...]:
    """To stand beside the losses."""
    if result.null is None or result.null.largest is None:
        return ()
    return (
        Reference(name="largest of clean trainings", value=100 * result.null.largest),
        Reference(name="floor", value=100 * result.null.floor),
    )


def null_matrix(result: AuditResult, null: Null) -> Matrix:
    """Every loss of the audited network beside those of the clean ones."""
    tried = {name: row for row, name in enumerate(result.cues) if result.swaps[name].hosts}
    first = [name for name in result.named if name in tried]
    others = [name for name in tried if name not in first]
    names = [*first, *sorted(others, key=lambda name: -result.swaps[name].delta)]
    rows = [tried[name] for name in names]
    clean = np.where(null.hosts > 0, null.delta, np.nan)[:, rows].T
    values = 100 * np.column_stack([result.delta[rows], clean])
    return Matrix(
        name="calibration",
        title="Accuracy lost, beside clean trainings",
        note=f"Clean: networks of other seeds, trained and audited {_images(result)}; their losses arise by chance. "
        f"The floor, {100 * null.floor:.1f} points, is the largest of these after subtracting two standard errors from "
        f"each, and at least {100 * FLOOR:.0f}.",
        shares=(Share("this network", result.images), *_shares(result)),
        values=values,
        row_labels=tuple(names),
        column_labels=("this network", *(f"clean {number}" for number in range(1, len(result.clean) + 1))),
        unit="points",
        decimals=1,
        low=0.0,
        high=max(_SCALE, float(np.nanmax(values))),
    )


def _shares(result: AuditResult) -> tuple[Share, ...]:
    counts = {one.images for one in result.clean}
    if len(counts) == 1:
        return (Share("each clean network", counts.pop()),)
    return tuple(Share(f"clean {number}", one.images) for number, one in enumerate(result.clean, start=1))
