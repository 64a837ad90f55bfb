"""The training methods by name, readable without torch. Each lives in a file of its own here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from lazytui.training.methods.base import Method

Need = Literal["color labels", "group labels", "balanced data"]


@dataclass(frozen=True)
class MethodEntry:
    """module, name: where the class is. source: paper or study.

    options: what can be chosen of it, with its defaults; the names are fields of MethodOptions.
    needs: what it reads besides images and digits. bends: whether it bends the task's rules (the training set keeps its
    bias, and nothing is turned gray). hopeless: whether it is known not to help, and is here to show that.
    """

    summary: str
    module: str
    name: str
    source: str = ""
    options: Mapping[str, float] = field(default_factory=dict)
    needs: tuple[Need, ...] = ()
    bends: bool = False
    hopeless: bool = False

    @property
    def rules(self) -> str:
        """Whether the method keeps the task's rules, and whether it is known not to help, in a word or two."""
        return (
            ", ".join(word for word, holds in (("bends", self.bends), ("hopeless", self.hopeless)) if holds) or "keeps"
        )

    @property
    def origin(self) -> str:
        """The source in brackets, where there is one."""
        return f"({self.source})" if self.source else ""


METHODS = {
    "erm": MethodEntry("Plain training: cross-entropy on every sample alike.", "erm", "PlainTraining"),
    "grl": MethodEntry(
        "Gradient reversal: the features unlearn what an adversary reads the color from.",
        "grl",
        "GradientReversal",
        source="Ganin 2016; study E",
        options={"alpha": 0.5, "adversary_steps": 5, "adversary_lr": 2e-3},
        needs=("color labels",),
    ),
}


def method_class(name: str) -> type[Method]:
    entry = METHODS[name]
    found: type[Method] = getattr(import_module(f"{__name__}.{entry.module}"), entry.name)
    return found
