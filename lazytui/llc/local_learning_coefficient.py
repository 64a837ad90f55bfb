"""The local learning coefficient (LLC): how fast the volume of equally good weights shrinks around a solution.

lambda = n beta (E_w[L_n(w)] - L_n(w*)), n beta = n / ln n, the expectation over chains around w* (Watanabe 2013; Lau et
al. 2023). It counts effective parameters, halved: d / 2 for a regular model of d parameters, less for a degenerate one.
Its value depends on the settings of its chains and must be reported with them.

The definition requires w* to be a minimum. Where training ended before one, chains run downhill and the estimate is
negative. So the gradient at w* is subtracted, unless `slope` is "kept": L_n(w) - <grad L_n(w*), w - w*> has the same
curvature everywhere, and w* is a critical point of it. At a minimum the gradient is 0, and both are the same.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn.functional import cross_entropy

from lazytui.data.device_split import DeviceSplit
from lazytui.evaluation.forward import evaluation_mode
from lazytui.hooks.batching import run_in_batches
from lazytui.llc.sgld import Chains, Parameters, sample_chains
from lazytui.system.hardware import Hardware

_BATCH = 500

_FOR_THE_SLOPE = 4000
"""Images that the gradient norm is estimated from."""

Slope = Literal["removed", "kept"]


@dataclass(frozen=True)
class SamplingSettings:
    """eps, gamma: step size and localization of each chain. steps: of a chain; the first half is burn-in. batch: images
    of a step. slope: "removed" subtracts the gradient at w* from the loss, "kept" doesn't.
    """

    eps: Sequence[float]
    gamma: Sequence[float]
    steps: int
    batch: int
    seed: int
    slope: Slope = "removed"


@dataclass(frozen=True)
class Estimate:
    """excess: (chains, steps) float32, estimates of L_n(w) - L_n(w*) along each chain, from its batches.

    coefficient: (chains,) float64, one estimate a chain. loss: L_n(w*), the mean over all n images. gradient_norm: the
    estimated norm of its gradient. n_beta: n / ln n.
    """

    excess: NDArray[np.float32]
    coefficient: NDArray[np.float64]
    loss: float
    gradient_norm: float
    n_beta: float


def inverse_temperature(n: int) -> float:
    """n beta = n / ln n for n images."""
    return n / math.log(n)


def coefficients(excess: NDArray[np.floating], n_beta: float) -> NDArray[np.float64]:
    """(..., steps) L_n(w) - L_n(w*) along chains -> (...) LLC: n beta times the mean of the second half."""
    return np.asarray(n_beta * drop_burn_in(excess).mean(-1))


def drop_burn_in(along: NDArray[np.floating]) -> NDArray[np.float64]:
    """(..., steps) -> (..., steps / 2) float64: the second half."""
    return along[..., along.shape[-1] // 2 :].astype(np.float64)


def closed_form_estimate(dimensions: int, n_beta: float, eps: float, gamma: float) -> float:
    """The estimate for L = |w|^2 / 2: (d / 2) n_beta / (n_beta + gamma) / (1 - eps (n_beta + gamma) / 4).

    The first factor is the true LLC, the second the bias of localization, the third that of finite steps.
    """
    stiffness = n_beta + gamma
    return dimensions / 2 * n_beta / stiffness / (1 - eps * stiffness / 4)


def local_learning_coefficient(
    model: nn.Module,
    train: DeviceSplit,
    sampling: SamplingSettings,
    hardware: Hardware,
    *,
    tick: Callable[[int], None] = lambda _step: None,
    note: Callable[[str], None] = lambda _text: None,
    check: Callable[[], None] = lambda: None,
) -> Estimate:
    """The LLC of the model at its weights, from chains on its training images; all chains run as one batch.

    The model is in evaluation mode and isn't changed. L_n(w*) is the loss of all images; L_n(w) - L_n(w*) is estimated
    from random batches, others for each chain and step. tick: called with each step. note: called with a text when
    memory runs short. check: called between parts of the work; may raise to stop it.
    """
    device = hardware.device
    random = torch.Generator().manual_seed(sampling.seed)
    eps, gamma = (torch.tensor(values).to(device) for values in (sampling.eps, sampling.gamma))
    n_beta = inverse_temperature(len(train))
    buffers = {name: buffer.detach() for name, buffer in model.named_buffers()}
    shape = (len(sampling.eps), sampling.batch)

    def loss(parameters: Parameters, batch: tuple[Tensor, Tensor]) -> Tensor:
        images, digits = batch
        return cross_entropy(functional_call(model, (parameters, buffers), (images,)), digits)

    def batch_at(_step: int) -> tuple[Tensor, Tensor]:
        indices = torch.randint(len(train), (math.prod(shape),), generator=random)
        batch = train.batch(indices.to(device))
        return batch.images.reshape(*shape, *batch.images.shape[1:]).contiguous(), batch.labels.reshape(shape)

    with evaluation_mode(model):
        at_center = full_loss(model, train, note, check)
        norm = gradient_norm(model, train)
        kept_gradient = full_gradient(model, train, note, check) if sampling.slope == "kept" else None
        center = {name: parameter.detach().contiguous() for name, parameter in model.named_parameters()}
        chains = Chains(eps, gamma, n_beta)
        trace = sample_chains(loss, center, chains, sampling.steps, batch_at, random, tick, kept_gradient, note)
    excess = trace.T.float().cpu().numpy()
    return Estimate(excess, coefficients(excess, n_beta), at_center, norm, n_beta)


def full_loss(
    model: nn.Module,
    train: DeviceSplit,
    note: Callable[[str], None] = lambda _text: None,
    check: Callable[[], None] = lambda: None,
) -> float:
    """The mean cross-entropy over all images, of a model in evaluation mode."""

    def summed_loss(part: slice) -> float:
        check()
        batch = train.batch(_indices(part, train))
        return float(cross_entropy(model(batch.images).float(), batch.labels, reduction="sum"))

    with torch.inference_mode():
        return sum(run_in_batches(summed_loss, len(train), _BATCH, note)) / len(train)


def full_gradient(
    model: nn.Module,
    train: DeviceSplit,
    note: Callable[[str], None] = lambda _text: None,
    check: Callable[[], None] = lambda: None,
) -> Parameters:
    """The gradient of the mean cross-entropy over all images to the parameters of a model in evaluation mode."""
    total = {name: torch.zeros_like(parameter) for name, parameter in model.named_parameters()}

    def add(part: slice) -> None:
        check()
        for summed, more in zip(total.values(), _summed_gradient(model, train, _indices(part, train)), strict=True):
            summed += more

    run_in_batches(add, len(train), _BATCH, note)
    return {name: summed / len(train) for name, summed in total.items()}


def gradient_norm(model: nn.Module, train: DeviceSplit) -> float:
    """The norm of that gradient, from two disjoint sets of images, whose noise is independent."""
    count = min(_FOR_THE_SLOPE, len(train)) // 2
    order = torch.randperm(len(train), generator=torch.Generator().manual_seed(0))[: 2 * count]
    one, other = (_mean_gradient(model, train, half) for half in (order[:count], order[count:]))
    product = sum(float((first * second).sum()) for first, second in zip(one, other, strict=True))
    return math.sqrt(max(product, 0.0))


def _mean_gradient(model: nn.Module, train: DeviceSplit, indices: Tensor) -> list[Tensor]:
    parts = [_summed_gradient(model, train, part.to(train.device)) for part in torch.split(indices, _BATCH)]
    return [torch.stack(tensors).sum(0) / len(indices) for tensors in zip(*parts, strict=True)]


def _summed_gradient(model: nn.Module, train: DeviceSplit, indices: Tensor) -> tuple[Tensor, ...]:
    batch = train.batch(indices)
    summed = cross_entropy(model(batch.images).float(), batch.labels, reduction="sum")
    return torch.autograd.grad(summed, list(model.parameters()), materialize_grads=True)  # 0 of a second head's


def _indices(part: slice, train: DeviceSplit) -> Tensor:
    return torch.arange(part.start, part.stop, device=train.device)
