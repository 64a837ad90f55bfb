"""Predictions of networks on a split, and the selectors that choose among networks."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from lazytui.analyses.audit.training_minority import described_images
from lazytui.analyses.train.params import TrainParams
from lazytui.analyses.train.same_data import differing_options
from lazytui.analyses.trainings.training_lookup import known_trainings, trained_params
from lazytui.code_permission import is_custom
from lazytui.errors import BadInput, UsageError
from lazytui.runs.progress_report import Report
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace import Workspace

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import nn

    from lazytui.audit.swapped_images import SwappedImages
    from lazytui.data.splits import Split
    from lazytui.system.hardware import Hardware

_EDITED = 600
"""Images at most that properties are exchanged between: three times with donors of either kind."""
_EXCHANGED = 3
"""Properties at most: the named one, and those whose loss is largest."""


class Answers:
    """What a training's network, with its last weights or those of a checkpoint, predicts."""

    def __init__(self, run: RunFolder, weights: Path, split: Split, hardware: Hardware, report: Report) -> None:
        self._model, self._hardware, self._report = load_candidate(run, weights, hardware), hardware, report
        self._split = split

    @cached_property
    def held_out(self) -> NDArray[np.uint8]:
        """(n,): of the split's images."""
        return self.of(self._split.images)

    def of(self, images: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """(m,): of images (m, h, w, 3)."""
        from lazytui.evaluation.forward import probabilities

        self._report.check()
        return np.asarray(probabilities(self._model, images, self._hardware).argmax(1), np.uint8)


@dataclass(frozen=True)
class Selector:
    """Scores a network by its answers on held-out images. fewest: images of the smallest part that is counted, which
    may decide. second: (n,), which images are in the second of its two parts, where it has two."""

    measure: Callable[[Answers], float]
    fewest: int
    second: NDArray[np.bool_] | None = None

    def __call__(self, answers: Answers) -> float:
        return self.measure(answers)


def find_plain_training(runs: Sequence[RunFolder], workspace: Workspace) -> RunFolder:
    """The shortest plain training on the data of these runs, of these first; environments are inferred from it.

    Raises BadInput where there is none.
    """
    trainings = [*runs, *(run for run in known_trainings(workspace) if run.status.state == "done")]
    plain = [run for run in trainings if is_plain(trained_params(run), trained_params(runs[0]))]
    if not plain:
        raise BadInput(
            "Environments are inferred from a plain network, and there is no plain training on these data: run "
            "lazytui run train without --method, or give one by --plain."
        )
    return min(plain, key=lambda run: trained_params(run).epochs)


def is_plain(trained: TrainParams, other: TrainParams) -> bool:
    """Whether it is plain training, on the other's data."""
    return trained.method == "erm" and trained.epochs > 0 and not differing_options(trained, other)


def require_same_data(run: RunFolder, other: RunFolder, ignored: Collection[str] = ()) -> None:
    """Raise UsageError where the options of their data differ, but for those ignored."""
    if different := differing_options(trained_params(run), trained_params(other), ignored):
        raise UsageError(
            f"{other.reference} was trained on other data than {run.reference}: {', '.join(different)}. Accuracies on "
            "different images can't be compared."
        )


def require_no_custom_code(runs: Iterable[RunFolder]) -> None:
    """Raise BadInput where a network is custom code."""
    for run in runs:
        if is_custom(model := trained_params(run).model):
            raise BadInput(f"{run.reference} was trained with the custom code {model}, which isn't executed here.")


def require_code_named(runs: Iterable[RunFolder], named: str | None) -> None:
    """Raise BadInput where a network is custom code, and not the code that was named."""
    for run in runs:
        if is_custom(model := trained_params(run).model) and model != named:
            raise BadInput(f"{run.reference} was trained with the code {model}; to allow it to run: --model {model}")


def load_candidate(run: RunFolder, weights: Path, hardware: Hardware) -> nn.Module:
    """A training's network, with its last weights or those of a checkpoint."""
    from lazytui.training.initial_model import load_trained

    trained = trained_params(run)
    return load_trained(weights, trained, trained.content).to(hardware.device)


def candidate_probabilities(
    run: RunFolder, weights: Path, split: Split, hardware: Hardware, report: Report
) -> NDArray[np.float32]:
    """(n, classes): the probabilities of a training's network, with its last weights or those of a checkpoint."""
    from lazytui.evaluation.forward import probabilities

    report.check()
    return probabilities(load_candidate(run, weights, hardware), split.images, hardware)


def selectors_of(
    split: Split, of_plain: NDArray[np.float32], named: Sequence[str], report: Report
) -> dict[str, Selector]:
    """By name. of_plain: (n, classes), a plain network's outputs, from which environments are inferred. named:
    properties that are exchanged; groups are inferred from the first."""
    from lazytui.groups.by_outputs import by_environments
    from lazytui.groups.selectors import worst_class

    labels = split.labels
    environments = by_environments(of_plain, labels).like != labels
    selectors = {
        "accuracy": Selector(lambda answers: _accuracy(labels, answers), len(labels)),
        "worst class": Selector(lambda answers: worst_class(labels, answers.held_out), int(np.bincount(labels).min())),
        "worst environment": _of_two(labels, environments),
    }
    if named:
        selectors["worst group"] = _of_two(labels, _contradicting(named[0], split, report))
        selectors["worst swap"] = _of_swaps(labels, _swapped(split, named, report))
    return selectors


def _accuracy(labels: NDArray[np.uint8], answers: Answers) -> float:
    return float((answers.held_out == labels).mean())


def _of_swaps(labels: NDArray[np.uint8], swapped: Sequence[SwappedImages]) -> Selector:
    """Accuracy less the largest loss."""
    from lazytui.audit.swapped_images import worst_swap

    def measure(answers: Answers) -> float:
        return worst_swap(_accuracy(labels, answers), [one.loss(answers.of) for one in swapped])

    return Selector(measure, min((one.number for one in swapped), default=0))


def _swapped(split: Split, named: Sequence[str], report: Report) -> list[SwappedImages]:
    """Of each property that enough images show."""
    from lazytui.audit.donor_swaps import draw_hosts
    from lazytui.audit.editors import EDITORS
    from lazytui.audit.swapped_images import swap

    report.note("exchanging properties between held-out images")
    hosts = draw_hosts(split.images, split.labels.astype(np.int64), _EDITED, np.random.default_rng(0))
    swapped = []
    for name in named[:_EXCHANGED]:
        report.check()
        swapped.append(swap(hosts, EDITORS[name]))
    return [one for one in swapped if one is not None]


def _of_two(labels: NDArray[np.uint8], second: NDArray[np.bool_]) -> Selector:
    """The lower accuracy of two parts."""
    from lazytui.groups.selectors import worse_half

    fewest = int(np.bincount(second.astype(np.int64), minlength=2).min())
    return Selector(lambda answers: worse_half(labels, answers.held_out, second), fewest, second)


def _contradicting(named: str, split: Split, report: Report) -> NDArray[np.bool_]:
    from lazytui.audit.minority import find_contradicting, probe_accuracy_of

    descriptions, labels = described_images(split, named, report), split.labels.astype(np.int64)
    return find_contradicting(descriptions, labels, probe_accuracy_of(descriptions, labels, 0))
