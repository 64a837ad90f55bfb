"""Randomized smoothing: what a network says of an image under Gaussian noise most often, and how far that is certain.

Cohen, Rosenfeld & Kolter 2019, arXiv 1902.02918: theorem 1, and the functions CERTIFY and PREDICT.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from scipy.stats import beta, binomtest, norm

from lazytui.system.lazy_torch import no_grad, torch

BATCH = 250
"""Noisy images that go through the network at once."""

ABSTAINED = -1


@dataclass(frozen=True)
class Smoothed:
    """label: the class that the smoothed network g takes an image for, or ABSTAINED. radius: of the Euclidean ball
    around the image in which it does, 0 where it abstains."""

    label: int
    radius: float


def lower_confidence(hits: int, draws: int, alpha: float) -> float:
    """p with P(hits or more of `draws`) = alpha: the one-sided Clopper-Pearson bound of level 1 - alpha."""
    return 0.0 if hits == 0 else float(beta.ppf(alpha, hits, draws - hits + 1))


def certified_radius(probability: float, sigma: float) -> float:
    """R = sigma Phi^-1(p) of a class that is answered with probability p or more; 0 for p of 1/2 or less."""
    return 0.0 if probability <= 0.5 else float(sigma * norm.ppf(probability))


def most_certain(counts: torch.Tensor, alpha: float) -> int:
    """PREDICT: the class with the most of `counts`, (classes,), where it has more than the second with level alpha."""
    (first, second), classes = (part.tolist() for part in counts.topk(2))
    return int(classes[0]) if binomtest(first, first + second, 0.5).pvalue <= alpha else ABSTAINED


def certify(
    predict: Callable[[torch.Tensor], torch.Tensor],
    image: torch.Tensor,
    *,
    classes: int,
    sigma: float,
    selection: int,
    draws: int,
    alpha: float,
    generator: torch.Generator,
) -> Smoothed:
    """CERTIFY: of `selection` noisy images the most frequent class, of `draws` fresh ones how often it is that.

    predict: (n, 3, h, w) -> (n,) int64. image: (3, h, w) in [0, 1]; noise of standard deviation sigma is added, and
    what exceeds the range isn't cut off. alpha: how often the radius may be too large, for each image by itself.
    """
    label = int(class_counts(predict, image, classes, sigma, selection, generator).argmax())
    hits = int(class_counts(predict, image, classes, sigma, draws, generator)[label])
    probability = lower_confidence(hits, draws, alpha)
    if probability < 0.5:
        return Smoothed(ABSTAINED, 0.0)
    return Smoothed(label, certified_radius(probability, sigma))


@no_grad
def class_counts(
    predict: Callable[[torch.Tensor], torch.Tensor],
    image: torch.Tensor,
    classes: int,
    sigma: float,
    draws: int,
    generator: torch.Generator,
) -> torch.Tensor:
    """(classes,) int64: how often each is predicted under noise. generator: on the CPU."""
    counts = torch.zeros(classes, dtype=torch.int64)
    for first in range(0, draws, BATCH):
        size = (min(BATCH, draws - first), *image.shape)
        noise = torch.randn(size, generator=generator, dtype=image.dtype).to(image.device)
        counts += torch.bincount(predict(image + sigma * noise).cpu(), minlength=classes)
    return counts
