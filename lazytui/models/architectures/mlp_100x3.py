"""784 x 3 - 100 - 100 - 100 - 10 (Nam et al. 2020, LfF)."""

from __future__ import annotations

from lazytui.models.architectures.parts.perceptron import perceptron

ENTRY = perceptron("mlp-100x3", "three hidden layers of 100, the network of LfF's tables", "Nam 2020", (100, 100, 100))
