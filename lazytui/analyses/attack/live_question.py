"""What is asked of an image under attack, and the other questions that keys lead to."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from lazytui.analyses.attack.analysis import UNITS
from lazytui.analyses.attack.params import AttackParams
from lazytui.analyses.attack.pool_choice import ImagePool, image_pools_of
from lazytui.analyses.networks.class_choice import class_name
from lazytui.attacks import ATTACKS
from lazytui.data.content import Content, colored_digits
from lazytui.errors import UsageError
from lazytui.runs.run_folder import RunFolder

_MOST = {"linf": 255, "l2": 1000}
"""Largest budgets that can be chosen, in units."""


@dataclass(frozen=True)
class AttackQuestion:
    """params: networks, attack, classes and budget. pool, index: the source. network: which of the params' networks.
    content: of the images.

    sure: whether the target has to be more probable than .9, or only the most probable. run: whose smallest budgets
    are shown beside the answer. at_smallest: whether the budget is the smallest that fools this very image, looked for
    first up to the params' largest; otherwise the params' own. factor: how many times as strong the sensitivity is
    drawn; it changes no answer.
    """

    params: AttackParams
    pool: ImagePool = "aligned"
    index: int = 0
    network: int = 0
    sure: bool = False
    run: RunFolder | None = None
    at_smallest: bool = False
    factor: float = 1.0
    content: Content = field(default_factory=lambda: colored_digits("distinct"))

    def of_network(self, params: AttackParams, content: Content) -> AttackQuestion:
        """The same of another network and its images: with their first two classes where they have none such."""
        try:
            chosen = params.in_content(content)
        except UsageError:
            shown, wanted = content.classes[:2]
            chosen = params.model_copy(update={"source_class": shown, "target_class": class_name(wanted)})
        return replace(self, content=content, network=0, run=None).with_params(chosen)

    def with_params(self, params: AttackParams) -> AttackQuestion:
        """The same with other classes, say: of the pool that there is for them."""
        pools = image_pools_of(params, self.content)
        return replace(self, params=params, pool=self.pool if self.pool in pools else pools[0])


def other_attack(params: AttackParams, name: str, content: Content) -> AttackParams:
    """The same asked of another attack; a cube becomes the ball through its corners, and a ball its cube.

    content: of the images.
    """
    before, after = ATTACKS[params.attack].norm, ATTACKS[name].norm
    corner = float(np.sqrt(np.prod(content.image_shape)))  # as far as that of a cube of edge 1 around an image
    epsilon = budget_units(params) * UNITS[before] * (1 if before == after else corner if after == "l2" else 1 / corner)
    return _with_units(params.with_attack(name), round(epsilon / UNITS[after]))


def other_budget(params: AttackParams, more: int) -> AttackParams:
    """So many units more: whole levels of 255, or .05 of Euclidean distance."""
    return _with_units(params, budget_units(params) + more)


def budget_units(params: AttackParams) -> int:
    """The budget in whole levels of 255, or in .05 of Euclidean distance."""
    return int(params.epsilon / UNITS[ATTACKS[params.attack].norm] + 1e-3)


def _with_units(params: AttackParams, units: int) -> AttackParams:
    norm = ATTACKS[params.attack].norm
    return params.model_copy(update={"epsilon": min(max(units, 1), _MOST[norm]) * UNITS[norm]})


def other_classes(params: AttackParams, content: Content, *, source: int = 0, target: int = 0) -> AttackParams:
    """Another class shown, or wanted, so many further around all there are; never the same for both.

    After the last class comes any that isn't shown, for attacks that don't need a target.
    """
    classes, target_now = content.classes, params.target_label(content)
    shown = (params.source_label(content) + source) % len(classes)
    if shown == target_now:
        shown = (shown + (source or 1)) % len(classes)
    params = params.model_copy(update={"source_class": classes[shown]})
    if not target:
        return params
    wanted: list[int | None] = [label for label in range(len(classes)) if label != shown]
    if not ATTACKS[params.attack].needs_target:
        wanted.append(None)
    now = wanted.index(target_now if params.targeted else None)
    following = wanted[(now + target) % len(wanted)]
    if following is None:
        return params.model_copy(update={"targeted": False})
    return params.model_copy(update={"targeted": True, "target_class": class_name(classes[following])})
