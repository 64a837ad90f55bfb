"""784 x 3 - 100 - 100 - 100 - 100 - 10 (Sreelatha et al. 2024): the deep branch, five linear layers with the head."""

from __future__ import annotations

from lazytui.models.architectures.parts.perceptron import perceptron

ENTRY = perceptron("mlp-100x4", "four hidden layers of 100, DeNetDM's deep branch", "Sreelatha 2024", (100,) * 4)
