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
    the others spend what they are given. gradient: whether it needs the network's gradient. targeted: whether it
    needs a target. options: what can be chosen of it, with its defaults; the names are arguments of the function.
    towards_a_target: what has to be known of its targeted results; empty where there is nothing.
    """

    summary: str
    module: str
    name: str
    norm: Norm
    source: str
    options: Mapping[str, float] = field(default_factory=dict)
    smallest: bool = False
    gradient: bool = True
    targeted: bool = False
    towards_a_target: str = ""


ATTACKS = {
    "fgsm": AttackEntry(
        "One step of the whole budget along the gradient's sign.", "fgsm", "fgsm", "linf", "Goodfellow 2015"
    ),
    "pgd": AttackEntry(
        "Many small steps along the sign, from a random start, kept within the budget.",
        "pgd",
        "pgd",
        "linf",
        "Madry 2018",
        options={"steps": 40, "restarts": 1},
    ),
    "mi-fgsm": AttackEntry(
        "Steps along the sign of a gradient with momentum.",
        "pgd",
        "mi_fgsm",
        "linf",
        "Dong 2018",
        options={"steps": 40},
    ),
    "apgd-ce": AttackEntry(
        "Steps along the sign that shorten by themselves where they don't climb.",
        "apgd",
        "apgd_ce",
        "linf",
        "Croce & Hein 2020",
        options={"steps": 100},
    ),
    "apgd-dlr": AttackEntry(
        "The same on a ratio of logits that their scale doesn't change.",
        "apgd",
        "apgd_dlr",
        "linf",
        "Croce & Hein 2020",
        options={"steps": 100},
    ),
    "pgd-l2": AttackEntry(
        "Steps along the gradient itself, within a ball of Euclidean distance.",
        "pgd",
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
        options={"steps": 300},
        smallest=True,
    ),
    "cw": AttackEntry(
        "Distance and success weighed against each other, the weight found by bisection.",
        "carlini_wagner",
        "cw",
        "l2",
        "Carlini & Wagner 2017",
        options={"steps": 100},
        smallest=True,
    ),
    "deepfool": AttackEntry(
        "To the nearest plane that the boundary looks like, again and again; made for untargeted.",
        "deepfool",
        "deepfool",
        "l2",
        "Moosavi-Dezfooli 2016",
        options={"steps": 50},
        smallest=True,
        towards_a_target="deepfool is made for untargeted: it goes to the nearest of all boundaries. Towards one "
        "target it goes up to twice as far as needed, or gets nowhere; ddn finds smaller changes.",
    ),
    "fmn": AttackEntry(
        "The smallest change of the most changed value: a cube that shrinks and grows as DDN's ball does.",
        "fmn",
        "fmn",
        "linf",
        "Pintor 2021",
        options={"steps": 100},
        smallest=True,
    ),
    "square": AttackEntry(
        "Squares of one color, kept where they help; asks only for the network's answer.",
        "black_box",
        "square",
        "linf",
        "Andriushchenko 2020",
        options={"queries": 1000},
        gradient=False,
    ),
    "simba": AttackEntry(
        "One value at a time, kept where it helps; asks only for the network's answer.",
        "black_box",
        "simba",
        "l2",
        "Guo 2019",
        options={"queries": 1000},
        gradient=False,
    ),
    "nes": AttackEntry(
        "Steps along a gradient estimated from noisy copies; asks only for the network's answer.",
        "black_box",
        "nes",
        "linf",
        "Ilyas 2018",
        options={"queries": 1000},
        gradient=False,
    ),
    "recolor": AttackEntry(
        "One color added to the whole image: is the color all it takes?",
        "color_aware",
        "recolor",
        "linf",
        "after Laidlaw 2019",
        options={"steps": 40},
    ),
    "universal": AttackEntry(
        "One perturbation for all sources together.",
        "color_aware",
        "universal",
        "linf",
        "Shafahi 2020",
        options={"steps": 40},
    ),
    "mean-image": AttackEntry(
        "Straight towards the mean training image of the target; asks nothing of the network.",
        "interpolation",
        "mean_image",
        "linf",
        "study B",
        gradient=False,
        targeted=True,
    ),
}


def attack_named(name: str) -> Attack:
    entry = ATTACKS[name]
    found: Attack = getattr(import_module(f"{__name__}.{entry.module}"), entry.name)
    return found
