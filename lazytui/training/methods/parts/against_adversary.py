"""Training against the color adversary: the digit's loss, and what the adversary's reading of the features adds."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lazytui.system.lazy_torch import functional, torch
from lazytui.training.loop_settings import LoopSettings
from lazytui.training.methods.base import MethodContext
from lazytui.training.methods.parts.added_term import AddedTerm
from lazytui.training.methods.parts.adversary import Adversary, AdversaryOptions

if TYPE_CHECKING:
    from torch import Tensor

    from lazytui.data.content import Content
    from lazytui.data.device_split import Batch


ADVERSARY_ACCURACY = {
    "adversary_accuracy": "Share of the step's images whose value of the attribute the adversary predicts from the "
    "features while it learns on them: 0.1 by chance with ten values; at a bias of 0.95, 0.95 by the class alone."
}
"""The signal of every such method."""


class AgainstAdversary(AddedTerm):
    """Cross-entropy + `unlearning_loss`; before each step of the model its adversary has taken its own."""

    options: AdversaryOptions
    moves_features = True

    def __init__(self, context: MethodContext) -> None:
        super().__init__(context)
        self._model = context.classifier
        self._adversary = Adversary(context, self.options)
        if self.options.one_optimizer:
            self.optimizer.add_param_group({"params": list(self._adversary.network.parameters())})
        self._accuracy = torch.zeros((), device=context.hardware.device)

    @classmethod
    def refusal(cls, settings: LoopSettings, options: AdversaryOptions, content: Content) -> str:  # noqa: ARG003
        if settings.batch_size == 1:
            return "has an adversary with batch normalization: --batch-size 2 or more."
        if options.one_optimizer and options.adversary_steps > 1:
            return "takes the adversary's step with the model's where both have one optimizer: --adversary-steps 1."
        return ""

    @abstractmethod
    def unlearning_loss(self, features: Tensor, batch: Batch, step: int) -> Tensor:
        """The scalar that drives the color out of the batch's features, (n, d)."""

    def fit_and_term(self, batch: Batch, step: int) -> tuple[Tensor, Tensor]:
        features = self._model.features(batch.images)
        with torch.autocast(features.device.type, enabled=False):
            precise = features.float()
            self._accuracy = self._adversary.learn(precise, batch)
            unlearning = self.unlearning_loss(precise, batch, step)
            if self._adversary.own_loss is not None:
                unlearning = unlearning + self._adversary.own_loss
        return functional.cross_entropy(self._model.head(features), batch.labels), unlearning

    def signals(self) -> Mapping[str, float]:
        return {"adversary_accuracy": float(self._accuracy)}

    def state_dict(self) -> dict[str, Any]:
        return {**super().state_dict(), "adversary": self._adversary.state_dict()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        super().load_state_dict(state)
        self._adversary.load_state_dict(state["adversary"])
