"""A second network beside the model, of the same architecture, that is made to take the shortcut."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import Field

from lazytui.training.initial_model import fresh_model
from lazytui.training.methods.base import Method, MethodContext
from lazytui.training.optimizers import make_optimizer, set_rate

if TYPE_CHECKING:
    from torch import Tensor

    from lazytui.data.device_split import Batch

Q = Annotated[
    float,
    Field(
        gt=0,
        le=1,
        description="q of the generalized cross-entropy: the larger, the more the network follows easy samples.",
    ),
]


class BesideBiased(Method):
    """The method's loss is also the biased network's: the two parts of it share no weights.

    biased_rate: the biased network's learning rate, as a share of the model's.
    """

    biased_rate: ClassVar[float] = 1.0

    def __init__(self, context: MethodContext) -> None:
        super().__init__(context)
        self.biased = fresh_model(context.settings, context.content, context.seed + 1).to(context.hardware.device)
        self.biased.train()
        self._biased_settings = context.settings.model_copy(update={"lr": context.settings.lr * self.biased_rate})
        self._biased_optimizer = make_optimizer(self.biased.parameters(), self._biased_settings)

    def step(self, batch: Batch, step: int) -> Tensor:
        """One backward pass serves both networks."""
        self._biased_optimizer.zero_grad(set_to_none=True)
        loss = super().step(batch, step)
        set_rate(self._biased_optimizer, self._biased_settings, *self.in_schedule(step))
        self._biased_optimizer.step()
        return loss

    def state_dict(self) -> dict[str, Any]:
        return {
            **super().state_dict(),
            "biased": self.biased.state_dict(),
            "biased_optimizer": self._biased_optimizer.state_dict(),
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        super().load_state_dict(state)
        self.biased.load_state_dict(state["biased"])
        self._biased_optimizer.load_state_dict(state["biased_optimizer"])


def generalized_cross_entropy(losses: Tensor, q: float) -> Tensor:
    """Generalized cross-entropy (1 - p^q) / q of samples whose cross-entropy, -log p, is given (Zhang 2018, eq. 6)."""
    return (1 - (-q * losses).exp()) / q
