"""Debiasing by depth: a shallow branch beside a deep one learns what the deep one leaves (Sreelatha et al. 2024)."""

from __future__ import annotations

import copy
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from pydantic import Field

from lazytui.system.lazy_torch import functional, nn, torch
from lazytui.training.methods.base import MethodContext, MethodEntry
from lazytui.training.methods.parts.two_phases import TwoNetworks, TwoPhaseOptions
from lazytui.training.optimizers import make_optimizer

if TYPE_CHECKING:
    from torch import Tensor

    from lazytui.data.device_split import Batch

_WIDTH = 100


class Options(TwoPhaseOptions):
    shallow_layers: int = Field(2, ge=1, le=20, description="Linear layers of the shallow branch, without the head.")
    distillation: float = Field(
        1.0, ge=0, le=1e6, description="Weight of the loss by which the second network learns from the shallow branch."
    )
    distillation_temperature: float = Field(2.0, gt=0, le=100, description="T of both softmaxes of the distillation.")


class DepthModulation(TwoNetworks):
    """First CE(H(phi_shallow + phi_deep), y); then CE(H(phi + phi_deep), y) + T^2 CE of H(phi) to the shallow branch.

    The deep branch is the model's own features, so that a deep model belongs to this method; the shallow one is an MLP.
    In the second phase both are frozen, the shallow one speaks through the first head, and a fresh network phi with a
    fresh head H learns; alone it is what is kept. The paper: 3 linear layers beside 5, or 3 convolutions beside 20.
    """

    options: Options

    def __init__(self, context: MethodContext) -> None:
        super().__init__(context)
        self._model = context.classifier
        device, shape = context.hardware.device, context.content.image_shape
        self.shallow = _shallow_branch(
            shape[0] * shape[1] * shape[2], self._model.head.in_features, self.options.shallow_layers, context.seed
        ).to(device)
        self._scale = 1.0 if context.settings.input_scale is None else context.settings.input_scale
        self.deep, self.first_head = copy.deepcopy(self._model.features), copy.deepcopy(self._model.head)
        for frozen in (self.deep, self.first_head):
            frozen.requires_grad_(requires_grad=False)
        self._is_second = False
        self.optimizer.add_param_group({"params": list(self.shallow.parameters())})

    def begin_epoch(self, epoch: int) -> None:
        if epoch == self.options.first_epochs:
            self.deep.load_state_dict(self._model.features.state_dict())
            self.first_head.load_state_dict(self._model.head.state_dict())
            self.start_anew()
            self._begin_second()

    def _begin_second(self) -> None:
        self._is_second = True
        self.deep.eval()
        self.optimizer = make_optimizer(self._model.parameters(), self.context.settings)

    def loss(self, batch: Batch, step: int) -> Tensor:  # noqa: ARG002
        features, head = self._model.features(batch.images), self._model.head
        if not self._is_second:
            return functional.cross_entropy(head(self._shallow_features(batch) + features), batch.labels)
        with torch.no_grad():
            deep, teacher = self.deep(batch.images), self.first_head(self._shallow_features(batch))
        fit = functional.cross_entropy(head(features + deep), batch.labels)
        learned = distillation(head(features), teacher, self.options.distillation_temperature)
        return fit + self.options.distillation * learned

    def _shallow_features(self, batch: Batch) -> Tensor:
        """Of the images on the scale that the model sees them in."""
        features: Tensor = self.shallow(self._scale * batch.images)
        return features

    def state_dict(self) -> dict[str, Any]:
        branches = {"shallow": self.shallow, "deep": self.deep, "first_head": self.first_head}
        states = {name: branch.state_dict() for name, branch in branches.items()}
        return {**super().state_dict(), **states, "is_second": self._is_second}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        if state["is_second"]:
            self._begin_second()
        super().load_state_dict(state)
        self.shallow.load_state_dict(state["shallow"])
        self.deep.load_state_dict(state["deep"])
        self.first_head.load_state_dict(state["first_head"])


def _shallow_branch(inputs: int, outputs: int, layers: int, seed: int) -> nn.Module:
    """Linear layers with a ReLU after each, 100 wide but for the last. Weights are drawn from the seed."""
    widths = (inputs, *[_WIDTH] * (layers - 1), outputs)
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed + 1)
        pairs = [(nn.Linear(before, after), nn.ReLU()) for before, after in pairwise(widths)]
    return nn.Sequential(nn.Flatten(), *[module for pair in pairs for module in pair])


def distillation(logits: Tensor, teacher: Tensor, temperature: float) -> Tensor:
    """T^2 times the cross-entropy of softmax(logits / T) to softmax(teacher / T), (n, classes) each."""
    targets = (teacher / temperature).softmax(1)
    return temperature**2 * functional.cross_entropy(logits / temperature, targets)


ENTRY = MethodEntry(
    "denetdm",
    "A shallow branch learns what a deep one leaves, and a second network learns from it.",
    DepthModulation,
    source="Sreelatha 2024",
    options=Options,
    published_tuning="the weights of both phases by conflicting images of the test split",
    varies="a second network starts during the training",
)
