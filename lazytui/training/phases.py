"""The phases of a training that `--profile` times, by the names that they are shown under."""

from __future__ import annotations

LOADING = "loading torch"
IMAGES = "drawing and reading images"
SETUP = "building network and method"
BETWEEN_EPOCHS = "between epochs"
BATCHES = "steps: batch"
FORWARD = "steps: forward"
BACKWARD = "steps: backward"
OPTIMIZER = "steps: optimizer"
STEPS = "steps: the rest"
GRAPH = "steps: one CUDA graph"
POINTS = "points of the curves"
SAVING = "saving"
LAST_EVALUATION = "last evaluation"

OF_STEPS = (BATCHES, FORWARD, BACKWARD, OPTIMIZER, GRAPH, STEPS)
"""Of every step. STEPS is entered once a step, and holds what of it is none of the others."""

IN_ORDER = (LOADING, IMAGES, SETUP, BETWEEN_EPOCHS, *OF_STEPS, POINTS, SAVING, LAST_EVALUATION)
