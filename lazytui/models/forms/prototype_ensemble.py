"""Heads of prototypes: a class is as likely as features point its way, on average over heads (To et al. 2025)."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

from lazytui.models.architectures.classifier import Classifier, FeaturesAndHead

HEADS = 15


class PrototypeEnsemble(FeaturesAndHead):
    """Images to logits: the linear head's until the prototypes are fitted, then the logarithm of the mean softmax.

    prototypes: (heads, classes, d); scales: (heads,). Both are buffers: the training loop leaves them alone. fitted: a
    buffer, so that weights say whether they are; what runs asks a plain bool, which an exported graph may depend on.
    """

    prototypes: Tensor
    scales: Tensor
    fitted: Tensor

    def __init__(self, plain: Classifier) -> None:
        super().__init__()
        self.features, self.head = plain.features, plain.head
        classes, dimensions = plain.head.out_features, plain.head.in_features
        self.register_buffer("prototypes", torch.zeros(HEADS, classes, dimensions))
        self.register_buffer("scales", torch.ones(HEADS))
        self.register_buffer("fitted", torch.zeros((), dtype=torch.bool))
        self._is_fitted = False
        self.register_load_state_dict_post_hook(_read_fitted)  # type: ignore[no-untyped-call]

    def use_prototypes(self) -> None:
        """From now on."""
        self.fitted.fill_(value=True)
        self._is_fitted = True

    def forward(self, images: Tensor) -> Tensor:
        features = self.features(images)
        if not self._is_fitted:
            logits: Tensor = self.head(features)
            return logits
        values = standardized_samples(features.float())
        heads = [
            prototype_logits(values, prototypes, scale)
            for prototypes, scale in zip(self.prototypes, self.scales, strict=True)
        ]
        return torch.stack(heads).log_softmax(2).logsumexp(0) - math.log(len(heads))


def _read_fitted(model: PrototypeEnsemble, _unexpected: object) -> None:
    model._is_fitted = bool(model.fitted)


def standardized_samples(features: Tensor) -> Tensor:
    """(n, d): each sample with mean 0 and spread 1 over its own features."""
    centered = features - features.mean(1, keepdim=True)
    return centered / centered.std(1, keepdim=True).clamp(min=1e-6)


def prototype_logits(values: Tensor, prototypes: Tensor, scale: Tensor) -> Tensor:
    """(n, classes): -|scale| times the distance of directions: 0 along a prototype, -2 |scale| opposite to it.

    values: (n, d); prototypes: (classes, d); scale: a scalar.
    """
    cosine = functional.normalize(values, dim=1) @ functional.normalize(prototypes, dim=1).T
    return -scale.abs() * (2 - 2 * cosine).clamp(min=1e-12).sqrt()
