"""The local learning coefficient: how fast the volume of equally good weights around a solution shrinks.

lambda = n beta (E_w[L_n(w)] - L_n(w*)), n beta = n / ln n, the expectation over chains around w* (Watanabe 2013; Lau et
al. 2023). It counts effective parameters, halved: d / 2 for a regular model of d parameters, less for a degenerate one.
Its value means something only beside the settings of its chains.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn.functional import cross_entropy

from lazytui.data.resident import Resident
from lazytui.evaluation.predict import evaluating
from lazytui.hardware import Hardware
from lazytui.interpret.batches import in_batches
from lazytui.interpret.complexity.sgld import Chains, Parameters, sample

_BATCH = 500


@dataclass(frozen=True)
class Grid:
    """Every eps with every gamma, so many chains each; steps of a chain, of which the first half is burnt; images of
    a step's batch."""

    eps: Sequence[float]
    gamma: Sequence[float]
    chains: int
    steps: int
    batch: int
    seed: int


@dataclass(frozen=True)
class Complexity:
    """traces: (E, G, chains, steps) float32, estimates of L_n along each chain, from its batches.

    coefficient: (E, G, chains) float64, one estimate a chain. loss: L_n(w*), the mean over all n images.
    n_beta: n / ln n.
    """

    traces: NDArray[np.float32]
    coefficient: NDArray[np.float64]
    loss: float
    n_beta: float


def inverse_temperature(n: int) -> float:
    """n beta = n / ln n for n images."""
    return n / math.log(n)


def coefficients(traces: NDArray[np.floating], loss: float, n_beta: float) -> NDArray[np.float64]:
    """(..., steps) losses along chains -> (...) n beta (mean of the second half - loss at the center)."""
    kept = traces[..., traces.shape[-1] // 2 :].astype(np.float64)
    return np.asarray(n_beta * (kept.mean(-1) - loss))


def closed_form(dimensions: int, n_beta: float, eps: float, gamma: float) -> float:
    """What the chains measure on L = |w|^2 / 2: (d / 2) n_beta / (n_beta + gamma) / (1 - eps (n_beta + gamma) / 4).

    The first factor is the truth, the second the pull of the spring, the third the error of finite steps.
    """
    stiffness = n_beta + gamma
    return dimensions / 2 * n_beta / stiffness / (1 - eps * stiffness / 4)


def local_learning_coefficient(
    model: nn.Module,
    train: Resident,
    grid: Grid,
    hardware: Hardware,
    *,
    tick: Callable[[int], None] = lambda _step: None,
    note: Callable[[str], None] = lambda _text: None,
) -> Complexity:
    """Chains around the model's weights on its training images, all of the grid in one batch.

    Norms and dropout are in evaluation mode, and buffers stay as they are; so does the model. L_n(w*) is the loss of
    all images. L_n(w) is estimated from a chain's batches, drawn anew every step, as L_n(w*) plus what w does worse
    than w* on the very same batch: n beta would blow the chance of easy and hard batches up to hundreds.
    """
    device = hardware.device
    random = torch.Generator().manual_seed(grid.seed)
    per_setting = [(eps, gamma) for eps in grid.eps for gamma in grid.gamma for _ in range(grid.chains)]
    eps, gamma = torch.tensor(per_setting).to(device).T
    n_beta = inverse_temperature(len(train))
    buffers = {name: buffer.detach() for name, buffer in model.named_buffers()}

    def loss(parameters: Parameters, batch: tuple[Tensor, Tensor]) -> Tensor:
        images, digits = batch
        return cross_entropy(functional_call(model, (parameters, buffers), (images,)), digits)

    shape = (len(per_setting), grid.batch)
    by_chance: list[Tensor] = []

    def batch_at(_step: int) -> tuple[Tensor, Tensor]:
        chosen = torch.randint(len(train), (math.prod(shape),), generator=random)
        batch = train.batch(chosen.to(device))
        losses = cross_entropy(model(batch.images).float(), batch.digits, reduction="none")
        by_chance.append(losses.reshape(shape).mean(1))
        return batch.images.reshape(*shape, *batch.images.shape[1:]).contiguous(), batch.digits.reshape(shape)

    with evaluating(model):
        at_center = full_loss(model, train, note)
        center = {name: parameter.detach().contiguous() for name, parameter in model.named_parameters()}
        trace = sample(loss, center, Chains(eps, gamma, n_beta), grid.steps, batch_at, random, tick)
    worse = (trace - torch.stack(by_chance)).T.float().cpu().numpy()
    traces = np.float32(at_center) + worse.reshape(len(grid.eps), len(grid.gamma), grid.chains, grid.steps)
    return Complexity(traces, coefficients(traces, at_center, n_beta), at_center, n_beta)


def full_loss(model: nn.Module, train: Resident, note: Callable[[str], None] = lambda _text: None) -> float:
    """The mean cross-entropy over all images, of a model in evaluation mode."""

    def summed(part: slice) -> float:
        batch = train.batch(torch.arange(part.start, part.stop, device=train.device))
        return float(cross_entropy(model(batch.images).float(), batch.digits, reduction="sum"))

    with torch.inference_mode():
        return sum(in_batches(summed, len(train), _BATCH, note)) / len(train)
