"""784 x 3 - 100 - 100 - 16 - 10 (Lee et al. 2021): one of the two encoders, with a head."""

from __future__ import annotations

from lazytui.models.architectures.parts.perceptron import perceptron

ENTRY = perceptron("mlp-100-16", "100, 100 and 16 hidden units, an encoder of DisEnt", "Lee 2021", (100, 100, 16))
