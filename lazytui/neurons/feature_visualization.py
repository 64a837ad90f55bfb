"""Feature visualization: images that maximize a neuron, a feature or a class, or reproduce an activation.

Activation maximization (Olah et al. 2017, "Feature Visualization"): gradient ascent on an image's spatial frequencies,
with colors along the axes in which the palette varies, under small random shifts. Images of a batch are independent.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from lazytui.evaluation.forward import evaluation_mode
from lazytui.hooks.split_model import SplitModel
from lazytui.models.shapes import IMAGE_SHAPE, shape_of
from lazytui.system.eager_optimizers import Adam
from lazytui.system.hardware import Hardware

JITTER = 2
"""Pixels by which an image is shifted at most, over a border as wide, in each direction."""

_FIDELITY = 10.0
"""Weight of the squared distance of activations, relative to their size, when a representation is inverted."""

Objective = Callable[[Tensor], Tensor]
"""Images (n, 3, h, w) float32 in [0, 1] -> (n,), the value to maximize of each."""


@dataclass(frozen=True)
class Visualizer:
    """Optimizes images.

    palette: (10, 3) uint8, the colors that the network was trained on. hardware: its precision is used for neurons and
    classes; representations are inverted in float32. seed: of starts and shifts. steps, rate: of Adam. variation:
    weight of the total variation, which penalizes high frequencies. tick: called before every step.
    """

    palette: NDArray[np.uint8]
    hardware: Hardware
    seed: int = 0
    steps: int = 64
    rate: float = 0.02
    variation: float = 1.0
    tick: Callable[[], None] = lambda: None

    def maximize(
        self,
        objective: Objective,
        count: int,
        start: Tensor | None = None,
        image_shape: tuple[int, int, int] = IMAGE_SHAPE,
    ) -> NDArray[np.float32]:
        """(count, h, w, 3) float32 in [0, 1]: images that maximize the objective, from random starts.

        start: images (count, 3, h, w) in [0, 1] that the random starts lie around; default: mid-gray. image_shape:
        (3, h, w).
        """
        device = self.hardware.device
        random = torch.Generator().manual_seed(self.seed)
        size = image_shape[1:]
        scale, axes = _frequency_scale(*size).to(device), color_axes(self.palette).to(device)
        spectrum = (0.01 * torch.randn(count, 3, size[0], size[1] // 2 + 1, 2, generator=random)).to(device)
        if start is not None:
            spectrum += _spectrum(start.to(device), scale, axes)
        spectrum.requires_grad_()
        optimizer = Adam([spectrum], lr=self.rate)
        for _ in range(self.steps):
            self.tick()
            images = _images(spectrum, scale, axes, size)
            gains = objective(_jitter(images, random))
            loss = self.variation * _total_variation(images) - gains
            (spectrum.grad,) = torch.autograd.grad(loss.sum(), spectrum)
            optimizer.step()
        with torch.no_grad():
            result: NDArray[np.float32] = _images(spectrum, scale, axes, size).permute(0, 2, 3, 1).cpu().numpy()
        return result


def visualize_neurons(
    model: SplitModel,
    strength: NDArray[np.floating],
    visualizer: Visualizer,
    starts: int,
    neurons: Sequence[int] | None = None,
) -> NDArray[np.float32]:
    """(starts, neurons, h, w, 3) float32 in [0, 1]: images that maximize neurons' mean activations.

    neurons: indices; default: all. strength: (C,). The rest as in `visualize_units`.
    """
    indices = range(model.neurons) if neurons is None else neurons
    return visualize_units(model.model, model.neuron_means, strength, visualizer, starts, indices)


def visualize_units(
    model: nn.Module,
    responses: Callable[[Tensor, Tensor], Tensor],
    strength: NDArray[np.floating],
    visualizer: Visualizer,
    starts: int,
    units: Sequence[int],
) -> NDArray[np.float32]:
    """(starts, units, h, w, 3) float32 in [0, 1]: images that maximize units of a model, from random starts.

    All in one batch. responses: images (N, 3, h, w), indices of units (N,) int64 -> (N,), each unit's response to
    its image. The objective is that in units of its strength, (C,), so that smoothness weighs the same for each; a
    strength below a hundredth of the largest counts as that.
    """
    device = visualizer.hardware.device
    own = torch.tensor(list(units), dtype=torch.long, device=device).repeat(starts)
    floor = 0.01 * strength.max(initial=0.0) + 1e-12
    scale = torch.from_numpy(np.maximum(strength, floor)).float().to(device)[own]

    def objective(images: Tensor) -> Tensor:
        with visualizer.hardware.autocast():
            response = responses(images, own)
        return response / scale

    with evaluation_mode(model):
        images = visualizer.maximize(objective, len(own), image_shape=shape_of(model).image_shape)
    return images.reshape(starts, len(units), *images.shape[1:])


def visualize_classes(
    model: nn.Module, visualizer: Visualizer, starts: int, start: Tensor | None = None
) -> NDArray[np.float32]:
    """(starts, classes, h, w, 3) float32 in [0, 1]: images that maximize each class's logit.

    start: (classes, 3, h, w) in [0, 1], the image that each class begins at; default: noise around mid-gray.
    """
    classes = shape_of(model).classes
    own = torch.arange(classes, device=visualizer.hardware.device).repeat(starts)
    each = None if start is None else start.repeat(starts, 1, 1, 1)
    images = visualize_score(model, lambda logits: logits.gather(1, own[:, None])[:, 0], visualizer, len(own), each)
    return images.reshape(starts, classes, *images.shape[1:])


def visualize_score(
    model: nn.Module,
    score: Callable[[Tensor], Tensor],
    visualizer: Visualizer,
    count: int,
    start: Tensor | None = None,
) -> NDArray[np.float32]:
    """(count, h, w, 3) float32 in [0, 1]: images that maximize a number made of the logits, in its own units.

    score: logits (n, classes) float32 -> (n,), each of its row alone. start: (count, 3, h, w) in [0, 1], the images
    that are begun at; default: noise around mid-gray.
    """

    def objective(images: Tensor) -> Tensor:
        with visualizer.hardware.autocast():
            logits: Tensor = model(images)
        return score(logits.float())

    with evaluation_mode(model):
        return visualizer.maximize(objective, count, start, shape_of(model).image_shape)


def invert_activations(model: SplitModel, images: Tensor, visualizer: Visualizer) -> NDArray[np.float32]:
    """(n, h, w, 3) float32 in [0, 1]: for each image, (n, 3, h, w) float32, one with the same activations.

    It shows what the layer represents of the original (Mahendran & Vedaldi 2015).
    """
    with evaluation_mode(model.model):
        with torch.no_grad():
            target = model.activations(images).flatten(1)
        size = target.square().sum(1).clamp(min=1e-12)

        def likeness(candidates: Tensor) -> Tensor:
            return -_FIDELITY * (model.activations(candidates).flatten(1) - target).square().sum(1) / size

        return visualizer.maximize(likeness, len(images), image_shape=(3, *images.shape[2:]))


def stability(images: NDArray[np.float32]) -> NDArray[np.float64]:
    """(starts, C, ...) images in [0, 1] -> (C,) float64, mean cosine similarity between starts, about mid-gray.

    1: every start ends in the same image. Near 0: the images show the start, not the neuron. NaN for a single start.
    """
    starts, count = images.shape[:2]
    flat = images.reshape(starts, count, -1).astype(np.float64) - 0.5
    flat /= np.maximum(np.linalg.norm(flat, axis=2, keepdims=True), 1e-12)
    pairs = [(flat[a] * flat[b]).sum(1) for a, b in itertools.combinations(range(starts), 2)]
    return np.asarray(np.mean(pairs, axis=0) if pairs else np.full(count, np.nan))


def color_axes(palette: NDArray[np.uint8]) -> Tensor:
    """(3, 3) float32: from decorrelated coordinates to RGB.

    The square root of the covariance of the ten colors, scaled to a largest column of length 1.
    """
    covariance = np.cov(palette.astype(np.float64).T / 255, bias=True)
    values, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(np.maximum(values, 1e-4)) @ vectors.T
    return torch.from_numpy(root / np.linalg.norm(root, axis=0).max()).float()


def _images(spectrum: Tensor, scale: Tensor, axes: Tensor, size: tuple[int, int]) -> Tensor:
    """(n, 3, h, w) in [0, 1] of spectra (n, 3, h, w // 2 + 1, 2). size: (h, w)."""
    coordinates = torch.fft.irfft2(torch.view_as_complex(spectrum) * scale, s=size)
    return torch.einsum("rc,nchw->nrhw", axes, coordinates).mul(4).sigmoid()


def _spectrum(images: Tensor, scale: Tensor, axes: Tensor) -> Tensor:
    """(n, 3, h, w // 2 + 1, 2) of images (n, 3, h, w) in [0, 1]: what `_images` makes them of, at least 1 % gray."""
    coordinates = torch.einsum("cr,nrhw->nchw", torch.linalg.inv(axes), images.clamp(0.01, 0.99).logit() / 4)
    return torch.view_as_real(torch.fft.rfft2(coordinates) / scale)


def _jitter(images: Tensor, random: torch.Generator) -> Tensor:
    """The images over a gray border, all shifted by the same few pixels."""
    top, left = torch.randint(0, 2 * JITTER + 1, (2,), generator=random).tolist()
    height, width = images.shape[2:]
    moved = functional.pad(images, (JITTER,) * 4, value=0.5)[:, :, top : top + height, left : left + width]
    return moved.contiguous(memory_format=torch.channels_last)


def _frequency_scale(height: int, width: int) -> Tensor:
    """(h, w // 2 + 1) float32: 1 / frequency, so that a step changes coarse and fine structure equally."""
    rows, columns = torch.fft.fftfreq(height)[:, None], torch.fft.rfftfreq(width)
    frequency: Tensor = (rows.square() + columns.square()).sqrt().clamp(min=1 / max(height, width))
    return math.sqrt(height * width) / frequency


def _total_variation(images: Tensor) -> Tensor:
    """(n,): mean absolute difference of neighbouring pixels."""
    down = (images[:, :, 1:] - images[:, :, :-1]).abs().mean((1, 2, 3))
    right = (images[..., 1:] - images[..., :-1]).abs().mean((1, 2, 3))
    return down + right
