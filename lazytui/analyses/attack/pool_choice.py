"""Which pools of sources there may be of some images, and which is taken where nobody chose one."""

from __future__ import annotations

from typing import Literal

from lazytui.analyses.attack.params import AttackSetting
from lazytui.analyses.networks.model_under_study import whose_data
from lazytui.attacks.source_pools import POOLS
from lazytui.data.content import Content
from lazytui.errors import UsageError

ImagePool = Literal["aligned", "neutral", "target-colored", "drawn"]
"""drawn: what was kept of `ask` of the digit that is attacked."""


def pools_of(params: AttackSetting, content: Content) -> tuple[ImagePool, ...]:
    """Those that there may be of classes by name, the default first: aligned and target-colored images need a value of
    the attribute that goes with the class shown, or with the target."""
    aligned_with = {"aligned": params.source_labels(content), "target-colored": (params.target_label(content),)}
    known = [name for name in POOLS if name == "neutral" or not set(aligned_with[name]).isdisjoint(content.aligned)]
    return (*known, *(("drawn",) if content.label == "digit" else ()))


def require_pool(pool: ImagePool, params: AttackSetting, content: Content) -> None:
    """Raise UsageError where there is no such pool."""
    there = pools_of(params, content)
    if pool not in there:
        raise UsageError(
            f"{whose_data(params)} have no pool {pool}: take {' or '.join(there)}; neutral are all images of the class."
        )
