"""Images with one property of others, made once, so that any number of networks can be judged on the same ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lazytui.audit.donor_swaps import Hosts, Images, edit_all, least_hosts, paired_loss
from lazytui.audit.editors.base import CueEditor


@dataclass(frozen=True, eq=False)
class SwappedImages:
    """hosts: (m,) which image each row is of; labels: (m,) its class. own, other: (m, h, w, 3), with the property of
    another image of its class, and of one of another class."""

    hosts: NDArray[np.int64]
    labels: NDArray[np.int64]
    own: Images
    other: Images

    @property
    def number(self) -> int:
        """Of different images."""
        return len(np.unique(self.hosts))

    def loss(self, predict: Callable[[Images], NDArray[np.integer]]) -> float:
        """Share of images that are recognized with a donor of the own class, less those with one of another class.
        predict: images to classes, (m,)."""
        own, other = (predict(images) == self.labels for images in (self.own, self.other))
        return paired_loss(own, other, self.hosts)[0]


def swap(hosts: Hosts, editor: CueEditor) -> SwappedImages | None:
    """Each image with all of its donors; None where too few show the property."""
    fit = hosts.with_all_donors.fit_for(editor)
    if len(np.unique(fit.hosts)) < least_hosts(hosts):
        return None
    own, other = (edit_all(fit, editor, donors) for donors in (fit.own, fit.other))
    return SwappedImages(fit.hosts, fit.labels[fit.hosts], own, other)


def worst_swap(accuracy: float, losses: Sequence[float]) -> float:
    """What is left of an accuracy after the largest loss, if there is any; NaN where nothing could be exchanged.

    >>> round(worst_swap(0.9, (0.05, 0.3)), 2), worst_swap(0.9, (-0.01,))
    (0.6, 0.9)
    """
    return max(accuracy - max(0.0, *losses), 0.0) if losses else float("nan")
