"""The attacks by name, readable without torch. Each family lives in a file of its own here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from lazytui.attacks.problem import Attack

Norm = Literal["linf", "l2"]


@dataclass(frozen=True)
class AttackEntry:
    """module, name: where the function is. source: the paper.

    norm: what epsilon bounds. smallest: whether it looks for the smallest perturbation by itself, up to epsilon, where
    the others spend what they are given. gradient: whether it needs the network's gradient. options: what can be
    chosen of it, with its defaults; the names are arguments of the function.
    """

    summary: str
    module: str
    name: str
    norm: Norm
    source: str
    options: Mapping[str, float] = field(default_factory=dict)
    smallest: bool = False
    gradient: bool = True


ATTACKS = {
    "fgsm": AttackEntry(
        "One step of the whole budget along the gradient's sign.", "one_step", "fgsm", "linf", "Goodfellow 2015"
    ),
    "pgd": AttackEntry(
        "Many small steps along the sign, from a random start, kept within the budget.",
        "iterated",
        "pgd",
        "linf",
        "Madry 2018",
        options={"steps": 40, "restarts": 1},
    ),
    "mi-fgsm": AttackEntry(
        "Steps along the sign of a gradient with momentum.",
        "iterated",
        "mi_fgsm",
        "linf",
        "Dong 2018",
        options={"steps": 40, "decay": 1.0},
    ),
    "pgd-l2": AttackEntry(
        "Steps along the gradient itself, within a ball of Euclidean distance.",
        "iterated",
        "pgd_l2",
        "l2",
        "Madry 2018",
        options={"steps": 40, "restarts": 1},
    ),
    "ddn": AttackEntry(
        "The smallest Euclidean perturbation: the ball shrinks while the network is fooled and grows while it isn't.",
        "ddn",
        "ddn",
        "l2",
        "Rony 2019",
        options={"steps": 100, "pace": 0.05},
        smallest=True,
    ),
}


def attack_named(name: str) -> Attack:
    entry = ATTACKS[name]
    found: Attack = getattr(import_module(f"{__name__}.{entry.module}"), entry.name)
    return found
