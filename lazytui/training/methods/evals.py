"""A head by loss-based sampling, chosen by inferred environments (EVaLS, Ghaznavi et al. 2024)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from lazytui.system.lazy_torch import torch
from lazytui.training.methods.base import MethodEntry
from lazytui.training.methods.parts.environments import scale_gradients
from lazytui.training.methods.parts.held_out import HeldOutHead, HeldOutOptions
from lazytui.training.methods.parts.sparse_head import fit_head, standardized

if TYPE_CHECKING:
    from torch import Tensor

_SHARES = (0.5, 0.35, 0.2, 0.1, 0.05)
"""Of the smallest class: what is taken from either end of a class's losses. Half of it leaves all classes alike."""
_PENALTIES = (1e-4, 1e-3, 1e-2)


class Fitted(NamedTuple):
    """A head of standardized features, and its accuracy in the worse environment."""

    weight: Tensor
    bias: Tensor
    worst: float


class LossBasedSampling(HeldOutHead):
    """On half of what is held out heads are fitted to the k largest and the k smallest losses of each class.

    k and the L1 penalty are those of the largest accuracy in the worse of two environments of the other half. These
    are inferred as by eiil: a sample is in one or the other by the sign of its gradient at the dummy scale.
    """

    options: HeldOutOptions

    def finish(self) -> None:
        features = self.features()
        values, mean, spread = standardized(features)
        best = self.best_head(values, self.log_probabilities(features))
        self.set_head(best.weight / spread, best.bias - best.weight @ (mean / spread))

    def best_head(self, values: Tensor, log_probabilities: Tensor) -> Fitted:
        """values: (m, d); log_probabilities: (m, classes), the plain network's, of all that is held out."""
        labels, classes = self.labels, len(self.context.content.classes)
        fitted_to, judged_by = self.halves()
        losses = -log_probabilities.gather(1, labels[:, None])[fitted_to, 0]
        environments = scale_gradients(log_probabilities[judged_by], labels[judged_by]) > 0
        heads = []
        for k in counts(labels[fitted_to]):
            chosen = fitted_to[extremes(losses, labels[fitted_to], k)]
            for l1 in _PENALTIES:
                weight, bias = fit_head(values[chosen], labels[chosen], classes, l1)
                right = (values[judged_by] @ weight.T + bias).argmax(1) == labels[judged_by]
                heads.append(Fitted(weight, bias, worst_accuracy(right, environments)))
        return max(heads, key=lambda head: head.worst)

    def halves(self) -> tuple[Tensor, Tensor]:
        """Indices of the held-out images that heads are fitted to, and of those that they are judged by."""
        generator = self.context.epoch_generator(self.context.settings.epochs)
        shuffled = torch.randperm(len(self.held_out), generator=generator).to(self.context.hardware.device)
        middle = -(-len(shuffled) // 2)
        return shuffled[:middle], shuffled[middle:]


def counts(labels: Tensor) -> list[int]:
    """The k that are tried, the largest first. labels: (n,) int64."""
    sizes = labels.bincount()
    smallest = int(sizes[sizes > 0].min())
    return sorted({max(1, round(share * smallest)) for share in _SHARES}, reverse=True)


def extremes(losses: Tensor, labels: Tensor, k: int) -> Tensor:
    """Indices, in rising order, of the k largest and the k smallest losses of each class; of all where it has no more.

    losses: (n,); labels: (n,) int64.
    """
    chosen = torch.zeros_like(labels, dtype=torch.bool)
    for label in labels.bincount().nonzero()[:, 0]:
        of_class = (labels == label).nonzero()[:, 0]
        ranked = of_class[losses[of_class].argsort(stable=True)]
        chosen[ranked[:k]] = chosen[ranked[-k:]] = True
    return chosen.nonzero()[:, 0]


def worst_accuracy(right: Tensor, environments: Tensor) -> float:
    """The lower accuracy of the environments that have a sample. right, environments: (n,) bool."""
    return min(right[one].float().mean().item() for one in (environments, ~environments) if one.any())


ENTRY = MethodEntry(
    "evals",
    "A head fitted to the largest and smallest losses on held-out images, chosen by inferred environments.",
    LossBasedSampling,
    source="Ghaznavi 2024",
    options=HeldOutOptions,
    control="dfr-class",
    static_step=True,
)
