"""The training images that contradict the property that a network relies on."""

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
    from lazytui.audit.minority import is_gradual, nearest_classes, probe_accuracy_of
    from lazytui.groups.inferred import Agreement, Inferred, agreement

    descriptions = described_images(split, named, report)
    labels = split.labels.astype(np.int64)
    accuracy = probe_accuracy_of(descriptions, labels, seed)
    like = nearest_classes(descriptions, labels, accuracy)
    marked = like != labels
    gradual = is_gradual(marked, accuracy)
    marked &= not gradual
    agreed = Agreement() if gradual else agreement(Inferred(like.astype(np.uint8)), split)
    first = np.flatnonzero(marked)[:_SHOWN]
    return Minority(
        probe_accuracy=accuracy,
        share=None if gradual else float(marked.mean()),
        precision=agreed.precision,
        recall=agreed.recall,
        marked=marked,
        images=split.images[first] if len(first) else None,
        labels=labels[first] if len(first) else None,
    )


def described_images(split: Split, named: str, report: Report) -> NDArray[np.float64]:
    """(n, p): the property of each image; NaN in a row where it can't be measured."""
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
