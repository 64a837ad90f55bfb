"""What an attack is: what lists and forms say of it, and the function that does the work. Readable without torch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from lazytui.catalog_fields import defaults_of

if TYPE_CHECKING:
    from torch import Tensor

Norm = Literal["linf", "l2"]


class AttackOptions(BaseModel):
    """What can be chosen of an attack: fields with a type, limits, a default and help. By itself: nothing.

    An option of several attacks has one meaning, one help and the same limits in all of them; defaults are each one's.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


Steps = Annotated[int, Field(ge=1, le=10_000, description="Steps of the attack.")]
Queries = Annotated[int, Field(ge=2, le=10**6, description="Number of images that the attack may query.")]
Restarts = Annotated[int, Field(ge=1, le=100, description="Starts of an attack that begins at random.")]


@dataclass(frozen=True)
class Attack:
    """One attack.

    source: the paper. norm: what epsilon bounds. perturb: (problem, **options) -> (n, 3, h, w), images as good as it
    found, in whole levels of 255 and within the budget; those that fool nobody are returned too. options: what can be
    chosen of it; their names are keyword arguments of `perturb`.

    minimizes: whether it looks for the smallest perturbation by itself, up to epsilon, where the others spend what
    they are given. needs_gradient: whether it needs the network's gradient. needs_target: whether it needs a target.
    needs_classes: whether it goes by the logits of more classes than two, so that it can't raise a score.
    targeted_caveat: what has to be known of its targeted results; empty where there is nothing.
    """

    name: str
    summary: str
    source: str
    norm: Norm
    perturb: Callable[..., Tensor]
    options: type[AttackOptions] = AttackOptions
    minimizes: bool = False
    needs_gradient: bool = True
    needs_target: bool = False
    needs_classes: bool = False
    targeted_caveat: str = ""

    @property
    def defaults(self) -> dict[str, int]:
        """What `perturb` is given where nothing was chosen, by the option's name."""
        return defaults_of(self)

    def as_json(self) -> dict[str, Any]:
        """The entry as plain values, options with their defaults."""
        own = {name: value for name, value in vars(self).items() if name not in {"name", "perturb", "options"}}
        return {"attack": self.name, **own, "options": self.defaults}
