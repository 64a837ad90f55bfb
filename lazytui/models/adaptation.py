"""What lies between the data and a network from elsewhere: how images are prepared, and which outputs are the classes.

Readable without torch.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from lazytui.errors import UsageError

LUMA = (0.299, 0.587, 0.114)
"""How much red, green and blue add to brightness (ITU-R BT.601): what a network with one channel sees."""

KNOWN = {
    "imagenet": ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
    "cifar10": ((0.4914, 0.4822, 0.4465), (0.247, 0.2435, 0.2616)),
    "mnist": ((0.1307,), (0.3081,)),
}
"""Means and standard deviations of the channels of data sets that networks are often trained on, in [0, 1]."""


@dataclass(frozen=True)
class Normalization:
    """A value x of a channel becomes (x - mean) / std. One number a channel."""

    mean: tuple[float, ...]
    std: tuple[float, ...]


def parse_normalization(text: str) -> Normalization:
    """`imagenet`, or means and standard deviations as in `.49,.48,.45/.25,.24,.26`. Raises UsageError for others.

    >>> parse_normalization("0.5/0.25")
    Normalization(mean=(0.5,), std=(0.25,))
    """
    if text in KNOWN:
        return Normalization(*KNOWN[text])
    try:
        mean, std = (tuple(float(number) for number in part.split(",")) for part in text.split("/"))
    except ValueError as error:
        raise UsageError(
            f"{text!r:.60} isn't a normalization: {', '.join(KNOWN)}, or means and standard deviations such as "
            "0.5,0.5,0.5/0.25,0.25,0.25."
        ) from error
    if len(mean) != len(std) or len(mean) not in (1, 3):
        raise UsageError("A normalization has as many means as standard deviations: one each, or three.")
    if not all(map(math.isfinite, (*mean, *std))) or min(std) <= 0:
        raise UsageError("A normalization has finite means, and standard deviations above 0.")
    return Normalization(mean, std)


@dataclass(frozen=True)
class Adaptation:
    """normalization: of a network that was trained on normalized images. scale: what the network's input is
    multiplied by after that. side: height and width that images are resized
    to before; None: not at all. outputs: of a network that has `of_outputs`, the output of each class; empty where they
    are the classes in their order."""

    normalization: Normalization | None = None
    side: int | None = None
    outputs: tuple[int, ...] = ()
    of_outputs: int = 0
    scale: float = 1.0

    @property
    def input_map(self) -> Normalization | None:
        """Normalization and scale in one: a value x becomes scale (x - mean) / std. None where x stays as it is."""
        if self.scale == 1:
            return self.normalization
        chosen = self.normalization or Normalization((0.0,), (1.0,))
        return Normalization(chosen.mean, tuple(std / self.scale for std in chosen.std))


NO_ADAPTATION = Adaptation()
