"""The training images that contradict the property that a network goes by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lazytui.analyses.audit.result import Minority
from lazytui.runs.progress_report import Report

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lazytui.data.splits import Split

_SHOWN = 12
_STEP = 200
"""Images between two words on progress."""


def training_minority(split: Split, named: str, seed: int, report: Report) -> Minority:
    """Of the training split, by the property of this name."""
    from lazytui.audit.minority import contradicting, is_gradual, told_by

    descriptions = described_images(split, named, report)
    labels = split.labels.astype(np.int64)
    told = told_by(descriptions, labels, seed)
    marked = contradicting(descriptions, labels, told)
    gradual = is_gradual(marked, told)
    marked &= not gradual
    precision, recall = (None, None) if gradual else _against_attribute(marked, split)
    first = np.flatnonzero(marked)[:_SHOWN]
    return Minority(
        told=told,
        share=None if gradual else float(marked.mean()),
        precision=precision,
        recall=recall,
        marked=marked,
        images=split.images[first] if len(first) else None,
        labels=labels[first] if len(first) else None,
    )


def described_images(split: Split, named: str, report: Report) -> NDArray[np.float64]:
    """(n, p): the property of each image; NaN in a row of which it can't be told."""
    from lazytui.audit.editors import EDITORS
    from lazytui.audit.minority import describe_all
    from lazytui.audit.scene import Scene

    parts = []
    for start in range(0, len(split), _STEP):
        report.check()
        report.progress(start, len(split), "training images")
        scenes = [Scene(np.asarray(image / 255, np.float32)) for image in split.images[start : start + _STEP]]
        parts.append(describe_all(scenes, EDITORS[named]))
    report.progress(len(split), len(split), "training images")
    longest = max(part.shape[1] for part in parts)  # a part without any object has one column
    return np.concatenate([part if part.shape[1] == longest else _unknown(len(part), longest) for part in parts])


def _unknown(rows: int, columns: int) -> NDArray[np.float64]:
    return np.full((rows, columns), np.nan)


def _against_attribute(marked: NDArray[np.bool_], split: Split) -> tuple[float | None, float | None]:
    """Precision and recall, where every image has a value of which it is known with which class it goes."""
    from lazytui.data.content import NO_CLASS

    classes = split.cue_classes
    if not split.content.values or (classes == NO_CLASS).any():
        return None, None
    conflicting = classes != split.labels
    hits = int((marked & conflicting).sum())
    return (hits / int(marked.sum()) if marked.any() else None), (
        hits / int(conflicting.sum()) if conflicting.any() else None
    )
