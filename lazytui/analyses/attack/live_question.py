"""What is asked of an image under attack, and the other questions that keys lead to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from lazytui.analyses.attack.analysis import UNITS
from lazytui.analyses.attack.params import AttackParams
from lazytui.attacks import ATTACKS
from lazytui.attacks.source_pools import POOLS, Pool
from lazytui.runs.run_folder import RunFolder

_CORNER = float(np.sqrt(3 * 28 * 28))
"""How far the corner of a cube around an image lies, in units of the largest change of any value."""

_MOST = {"linf": 255, "l2": 1000}
"""Largest budgets that can be chosen, in units."""


LivePool = Pool | Literal["drawn"]
LIVE_POOLS: tuple[LivePool, ...] = (*POOLS, "drawn")
"""drawn: what was kept of `ask` of the digit that is attacked."""


@dataclass(frozen=True)
class AttackQuestion:
    """params: networks, attack, classes and budget. pool, index: the source. network: which of the params' networks.

    sure: whether the target has to be more probable than .9, or only the most probable. run: whose smallest budgets
    are told beside the answer. at_smallest: whether the budget is the smallest that fools this very image, looked for
    first up to the params' largest; otherwise the params' own. factor: how many times as strong the sensitivity is
    drawn; it changes no answer.
    """

    params: AttackParams
    pool: LivePool = "aligned"
    index: int = 0
    network: int = 0
    sure: bool = False
    run: RunFolder | None = None
    at_smallest: bool = False
    factor: float = 1.0


def other_attack(params: AttackParams, name: str) -> AttackParams:
    """The same asked of another attack; a cube becomes the ball through its corners, and a ball its cube."""
    before, after = ATTACKS[params.attack].norm, ATTACKS[name].norm
    epsilon = (
        budget_units(params) * UNITS[before] * (1 if before == after else _CORNER if after == "l2" else 1 / _CORNER)
    )
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


def other_classes(params: AttackParams, *, source: int = 0, target: int = 0) -> AttackParams:
    """Another digit shown, or wanted, so many further around the ten; never the same for both.

    After the last digit comes any that isn't shown, for attacks that don't need a target.
    """
    shown = (params.source_digit + source) % 10
    if shown == params.target_class:
        shown = (shown + source) % 10
    params = params.model_copy(update={"source_class": str(shown)})
    if not target:
        return params
    wanted: list[int | None] = [digit for digit in range(10) if digit != shown]
    if not ATTACKS[params.attack].needs_target:
        wanted.append(None)
    now = wanted.index(params.target_class if params.targeted else None)
    following = wanted[(now + target) % len(wanted)]
    if following is None:
        return params.model_copy(update={"targeted": False})
    return params.model_copy(update={"targeted": True, "target_class": following})
