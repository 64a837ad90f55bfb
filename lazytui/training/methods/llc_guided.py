"""Guided by the local learning coefficient: solutions less complex than a target cost more (study C's idea).

Study C measured a larger coefficient on its cured networks than on its lazy one. Whether raising it cures anything is
what this is for.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pydantic import Field

from lazytui.system.lazy_torch import functional, torch
from lazytui.training.methods.base import MethodContext, MethodEntry, MethodOptions, Penalty
from lazytui.training.methods.parts.added_term import AddedTerm

if TYPE_CHECKING:
    from torch import Generator, Tensor

    from lazytui.data.device_split import Batch


class Options(MethodOptions):
    penalty: Penalty = 1.0
    target_llc: float = Field(
        20.0, gt=0, le=1e6, description="Local learning coefficient above which no penalty is added."
    )
    chain_steps: int = Field(10, ge=1, le=10_000, description="Steps of each chain around the weights.")
    chain_every: int = Field(25, ge=1, le=100_000, description="Training steps between two chains.")
    chain_eps: float = Field(4e-6, gt=0, le=1, description="Step size of the chain's Langevin dynamics.")
    chain_spring: float = Field(
        10_000.0, gt=0, le=1e9, description="Strength of the spring that keeps chains near the weights."
    )


class LlcGuided(AddedTerm):
    """CE + penalty * max(0, 1 - llc / target), llc = n beta [(L(w + d) + L(w - d)) / 2 - L(w)], n beta = n / ln n.

    L is the batch's loss and d where a chain of stochastic gradient Langevin dynamics ended (Lau et al. 2023, eq. 20),
    drawn anew every so often and fixed in between. Taken on both sides of w, the slope at w cancels, which away from a
    minimum would count as complexity. The chain begins where the spring alone would hold it, N(0, 1 / spring), so that
    few steps suffice: steep directions, which the loss narrows, are the quick ones. Dropout is off and batch
    normalization fixed in all of that.
    """

    options: Options

    def __init__(self, context: MethodContext) -> None:
        super().__init__(context)
        n = len(context.train)
        self._n_beta = n / math.log(n)
        self._weights = {name: weight for name, weight in context.model.named_parameters() if weight.requires_grad}
        self._offset = {name: torch.zeros_like(weight) for name, weight in self._weights.items()}
        self._estimate = torch.zeros((), device=context.hardware.device)

    def fit_and_term(self, batch: Batch, step: int) -> tuple[Tensor, Tensor]:
        from lazytui.evaluation.forward import evaluation_mode

        fit = functional.cross_entropy(self.context.model(batch.images), batch.labels)
        with torch.autocast(batch.images.device.type, enabled=False), evaluation_mode(self.context.model):
            if step % self.options.chain_every == 0:
                self._offset = self._chain(self.context.step_generator(step))
            estimate = self._n_beta * self._excess(batch)
        self._estimate = estimate.detach() if step == 0 else self._estimate.lerp(estimate.detach(), _NEW)
        return fit, self.options.penalty * (1 - estimate / self.options.target_llc).relu()

    def _excess(self, batch: Batch) -> Tensor:
        """The mean loss at w + d and w - d, less that at w, with gradients to w."""
        above, below = (self._loss_at(batch, sign) for sign in (1.0, -1.0))
        return (above + below) / 2 - self._loss_at(batch, 0.0)

    def _loss_at(self, batch: Batch, sign: float) -> Tensor:
        there = {name: weight + sign * self._offset[name] for name, weight in self._weights.items()}
        logits = torch.func.functional_call(self.context.model, there, (batch.images,))
        return functional.cross_entropy(logits, batch.labels)

    def _chain(self, generator: Generator) -> dict[str, Tensor]:
        """Where a chain ends, as offsets from the weights. Gradients are of the batch at w + d less those at w."""
        eps, spring = self.options.chain_eps, self.options.chain_spring
        self._offset = {name: _noise(weight, generator) / math.sqrt(spring) for name, weight in self._weights.items()}
        size, train = self.context.settings.batch_size, self.context.train
        for _ in range(self.options.chain_steps):
            batch = train.batch(torch.randint(len(train), (size,), generator=generator, device=train.device))
            pull = zip(self._gradients(batch, 1.0), self._gradients(batch, 0.0), strict=True)
            for offset, (away, here) in zip(self._offset.values(), pull, strict=True):
                force = self._n_beta * (away - here) + spring * offset
                offset += math.sqrt(eps) * _noise(offset, generator) - eps / 2 * force
        return self._offset

    def _gradients(self, batch: Batch, sign: float) -> tuple[Tensor, ...]:
        return torch.autograd.grad(self._loss_at(batch, sign), list(self._weights.values()), materialize_grads=True)

    def signals(self) -> Mapping[str, float]:
        return {"llc_estimate": float(self._estimate)}

    def state_dict(self) -> dict[str, Any]:
        return {**super().state_dict(), "offset": self._offset, "estimate": self._estimate}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        super().load_state_dict(state)
        self._offset = {name: state["offset"][name].to(offset.device) for name, offset in self._offset.items()}
        self._estimate = state["estimate"].to(self._estimate.device)


def _noise(like: Tensor, generator: Generator) -> Tensor:
    return torch.randn(like.shape, generator=generator, device=like.device)


_NEW = 0.05
"""What a step adds to the average of the estimate that is shown."""


ENTRY = MethodEntry(
    "llc-guided",
    "Solutions whose local learning coefficient is under a target cost more. A step costs about five plain ones.",
    LlcGuided,
    source="study C; Lau 2023",
    options=Options,
    signals={
        "llc_estimate": "Local learning coefficient, estimated by short chains: only its course means something; "
        "`lazytui run llc` measures its value. A moving average over about 20 steps."
    },
    varies="a chain of noise runs every few steps",
)
