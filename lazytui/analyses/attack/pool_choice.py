"""Which pools of sources there may be of some images, and which is taken where nobody chose one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

from lazytui.analyses.networks.model_under_study import ModelUnderStudyParams, whose_data
from lazytui.attacks.source_pools import POOLS, Pool
from lazytui.data.content import Content
from lazytui.errors import UsageError

ImagePool = Literal["aligned", "neutral", "target-colored", "drawn"]
"""drawn: what was kept of `ask` of the digit that is attacked."""


class ClassesAsked(Protocol):
    """Which classes images are of, and which is the target."""

    def source_labels(self, content: Content) -> tuple[int, ...]: ...
    def target_label(self, content: Content) -> int: ...


def pools_of(classes: ClassesAsked, content: Content) -> tuple[Pool, ...]:
    """Those that there may be of classes by name, the default first: aligned and target-colored images need a value of
    the attribute that goes with the class shown, or with the target."""
    aligned_with = {"aligned": classes.source_labels(content), "target-colored": (classes.target_label(content),)}
    return tuple(name for name in POOLS if name == "neutral" or not set(aligned_with[name]).isdisjoint(content.aligned))


def image_pools_of(classes: ClassesAsked, content: Content) -> tuple[ImagePool, ...]:
    """Those that a single image may be of."""
    return (*pools_of(classes, content), *(("drawn",) if content.label == "digit" else ()))


def require_pool(pool: ImagePool, there: Sequence[ImagePool], params: ModelUnderStudyParams) -> None:
    """Raise UsageError where it is none of those that there may be."""
    if pool not in there:
        raise UsageError(
            f"{whose_data(params)} have no pool {pool}: use {' or '.join(there)}; neutral are all images of the class."
        )
