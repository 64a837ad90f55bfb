"""Networks asked about a split, and what they are chosen by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from lazytui.analyses.audit.training_minority import described_images
from lazytui.analyses.trainings.training_lookup import trained_params
from lazytui.runs.progress_report import Report
from lazytui.runs.run_folder import RunFolder

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lazytui.data.splits import Split
    from lazytui.system.hardware import Hardware


@dataclass(frozen=True)
class Selector:
    """What a network is worth by its predictions, (n,) uint8, of held-out images. fewest: images of the smallest part
    that is counted, which may decide."""

    measure: Callable[[NDArray[np.uint8]], float]
    fewest: int

    def __call__(self, predicted: NDArray[np.uint8]) -> float:
        return self.measure(predicted)


def outputs(run: RunFolder, weights: Path, split: Split, hardware: Hardware, report: Report) -> NDArray[np.float32]:
    """(n, classes): the probabilities of a training's network, or of weights that it kept on its way."""
    from lazytui.evaluation.forward import probabilities
    from lazytui.training.initial_model import load_trained

    report.check()
    trained = trained_params(run)
    model = load_trained(weights, trained, trained.content).to(hardware.device)
    return probabilities(model, split.images, hardware)


def selectors_of(split: Split, of_plain: NDArray[np.float32], named: str | None, report: Report) -> dict[str, Selector]:
    """By name. of_plain: (n, classes), a plain network's outputs, which tell the environments. named: a property by
    which groups are told as well; None: by none."""
    from lazytui.groups.by_outputs import by_environments
    from lazytui.groups.selectors import worse_half, worst_class

    labels = split.labels
    environments = by_environments(of_plain, labels).like != labels
    found = {
        "accuracy": Selector(lambda predicted: float((predicted == labels).mean()), len(labels)),
        "worst class": Selector(lambda predicted: worst_class(labels, predicted), int(np.bincount(labels).min())),
        "worst environment": Selector(
            lambda predicted: worse_half(labels, predicted, environments), _smaller(environments)
        ),
    }
    if named is not None:
        contradicting = _contradicting(named, split, report)
        found["worst group"] = Selector(
            lambda predicted: worse_half(labels, predicted, contradicting), _smaller(contradicting)
        )
    return found


def _smaller(second: NDArray[np.bool_]) -> int:
    """Images of the smaller of two parts."""
    return int(np.bincount(second.astype(np.int64), minlength=2).min())


def _contradicting(named: str, split: Split, report: Report) -> NDArray[np.bool_]:
    from lazytui.audit.minority import contradicting, told_by

    descriptions, labels = described_images(split, named, report), split.labels.astype(np.int64)
    return contradicting(descriptions, labels, told_by(descriptions, labels, 0))
