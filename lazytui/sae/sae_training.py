"""Training an autoencoder on activations that lie on the device."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from lazytui.errors import BadInput, LazytuiError
from lazytui.sae.activation_samples import in_parts
from lazytui.sae.autoencoder import Autoencoder
from lazytui.sae.dead_feature_resampling import resample
from lazytui.sae.step_loss import StepContext
from lazytui.sae.variants.base import Variant
from lazytui.system.eager_optimizers import Adam

POINTS = 50
"""Points of the curves."""

_WARM, _PRESSURE, _COOL = 0.05, 0.2, 0.2
"""Shares of all steps: until the learning rate and the price of activity are whole, and while the rate falls to 0."""
_EPSILON = 6.25e-10
"""Adam's, as published with TopK: the gradients of features that hardly ever act are small."""

_REVIVED = 20
"""Steps in which a feature that wasn't active counts as dead from then on, and is helped."""

_RESAMPLED = 0.6
"""The share of all steps after which no feature is drawn anew."""

_DRAWN = 100
"""Steps whose samples are drawn at once."""


@dataclass(frozen=True)
class Recipe:
    """features: of the dictionary. steps: of `batch` samples each, drawn with replacement. frozen: the matrix that
    stays at its random start, as a control; dead features aren't drawn anew then."""

    variant: Variant
    features: int
    steps: int
    batch: int = 256
    lr: float = 3e-4
    seed: int = 0
    frozen: Literal["decoder", "encoder"] | None = None


@dataclass(frozen=True)
class CurvePoint:
    """Of the steps since the point before: unexplained variance and active features a sample, both means; the share of
    features that weren't active in any of them."""

    step: int
    unexplained: float
    l0: float
    dead_share: float


def train(
    samples: Tensor,
    recipe: Recipe,
    tick: Callable[[int], None] = lambda _: None,
    point: Callable[[CurvePoint], None] = lambda _: None,
) -> Autoencoder:
    """An autoencoder of these samples (M, d) float32, in their own unit, its decoder's rows of unit length.

    tick: called before every step; may raise to stop. point: called with each point of the curves. Raises BadInput
    where there is nothing to learn: samples that aren't finite, or are all alike.
    """
    center, scale = center_and_scale(samples)
    return _Training(samples, recipe, center, scale).run(tick, point)


def center_and_scale(samples: Tensor) -> tuple[Tensor, float]:
    """The mean (d,), and the square root of the variance summed over dimensions."""
    if not bool(samples.isfinite().all()):
        raise BadInput(
            "The layer's activations aren't all finite, so no autoencoder can be trained on them: the network's own "
            "training broke down, or another layer has to be chosen."
        )
    center = samples.mean(0, dtype=torch.float64)
    variance = sum(float((part.double() - center).square().sum()) for part in in_parts(samples)) / len(samples)
    if variance <= 1e-12 * max(1.0, float(center.square().sum())):
        raise BadInput(
            "The layer does the same on every image, so there is nothing for an autoencoder to explain: choose another "
            "layer."
        )
    return center.float(), variance**0.5


def _encoder_scale(model: Autoencoder, x: Tensor) -> float:
    """What the encoder has to be multiplied by for reconstructions to be as large as the samples (Gao 2024, A.1)."""
    explained, centered = model(x) - model.decoder_bias, x - model.decoder_bias
    size = float(explained.square().sum())
    return max(float((explained * centered).sum()) / size, 0.01) if size > 0 else 1.0


class _Training:
    """One training: the model sees samples divided by `scale`, so that their variance is 1.

    _recent_counts, _point_counts: (n,) float32, on how many samples each feature was active since dead ones
    were looked for, and since the last point of the curves.
    """

    def __init__(self, samples: Tensor, recipe: Recipe, center: Tensor, scale: float) -> None:
        self._samples, self._recipe, self._scale = samples, recipe, scale
        self._random = torch.Generator().manual_seed(recipe.seed)
        variant = recipe.variant.with_random_decoder() if recipe.frozen == "decoder" else recipe.variant
        variant = variant.for_samples(len(samples), recipe.features)
        self.model = Autoencoder(samples.shape[1], recipe.features, self._random, variant).to(samples.device)
        if recipe.frozen:
            self.model.get_parameter(recipe.frozen).requires_grad_(False)
        with torch.no_grad():
            self.model.decoder_bias.copy_(center / scale)
            variant.begin(self.model, samples, scale, self._random)
            self.model.encoder.mul_(_encoder_scale(self.model, self._batch(0)))
        fused = samples.device.type in {"cpu", "cuda"}
        learned = [
            parameter
            for name, parameter in self.model.named_parameters()
            if parameter.requires_grad and not (name == "decoder" and variant.composes_decoder)
        ]
        self._optimizer = Adam(learned, lr=recipe.lr, eps=_EPSILON, fused=fused)
        self._every = max(1, recipe.steps // POINTS)
        self._dead: Tensor | None = None
        self._recent_counts = torch.zeros(recipe.features, device=samples.device)
        self._reset_counts()

    def run(self, tick: Callable[[int], None], point: Callable[[CurvePoint], None]) -> Autoencoder:
        for step in range(self._recipe.steps):
            tick(step)
            self._step(self._batch(step), (step + 1) / (self._recipe.steps + 1))
            if (step + 1) % _REVIVED == 0:
                self._find_dead()
            if (step + 1) % self._every == 0 or step + 1 == self._recipe.steps:
                self._add_point(step + 1, point)
        self.model.requires_grad_(False).rescale(self._scale)
        return self.model.eval()

    def _batch(self, step: int) -> Tensor:
        """(batch, d). Indices are drawn for many steps at once, on the CPU: every device takes the same path."""
        row = step % _DRAWN
        if row == 0:
            indices = torch.randint(len(self._samples), (_DRAWN, self._recipe.batch), generator=self._random)
            self._batch_indices = indices.to(self._samples.device)
        return self._samples[self._batch_indices[row]] * (1 / self._scale)

    def _step(self, x: Tensor, share: float) -> None:
        """One update; nothing in it waits for the device. share: of all steps that are done, in (0, 1)."""
        self._optimizer.param_groups[0]["lr"] = self._recipe.lr * min(1.0, share / _WARM, (1 - share) / _COOL)
        outcome = self.model.loss(x, StepContext(min(1.0, share / _PRESSURE), self._dead))
        self._optimizer.zero_grad()
        outcome.loss.backward()  # type: ignore[no-untyped-call]
        if self._recipe.frozen != "decoder":
            self.model.variant.before_update(self.model)
        self._optimizer.step()
        if self._recipe.frozen != "decoder":
            self.model.variant.after_update(self.model)
        with torch.no_grad():
            self._error += outcome.error.detach()
            self._recent_counts += outcome.f.sign().sum(0)
        self._counted += 1

    def _find_dead(self) -> None:
        """Find the features that are dead by now."""
        dead = (self._recent_counts == 0).nonzero()[:, 0]
        self._dead = dead if len(dead) else None
        self._point_counts += self._recent_counts
        self._recent_counts.zero_()

    def _add_point(self, step: int, point: Callable[[CurvePoint], None]) -> None:
        """A point of the curves."""
        unexplained = float(self._error) / self._counted
        if not math.isfinite(unexplained):
            raise LazytuiError(f"The autoencoder's error became {unexplained} by step {step}: try a smaller --lr.")
        active = self._point_counts + self._recent_counts
        dead = (active == 0).nonzero()[:, 0]
        l0 = float(active.sum()) / (self._counted * self._recipe.batch)
        point(CurvePoint(step, unexplained, l0, len(dead) / self.model.features))
        revives = self.model.variant.resamples_dead and self._recipe.frozen is None
        if len(dead) and revives and step <= _RESAMPLED * self._recipe.steps:
            resample(self.model, self._optimizer, dead, self._batch(step), self._random)
        self._reset_counts()

    def _reset_counts(self) -> None:
        """Begin a new point: what was counted lately belongs to the one before."""
        self._error = torch.zeros((), device=self._samples.device)
        self._point_counts = -self._recent_counts
        self._counted = 0
