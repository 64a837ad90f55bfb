"""Whether the steps of a training depend on how many there will be: a finished one goes on only where they don't."""

from __future__ import annotations

from lazytui.training.methods import METHODS
from lazytui.training.settings import TrainingSettings


def length_matters(settings: TrainingSettings) -> str:
    """What depends on the length of the training, in words; empty where a longer one begins with the same steps."""
    if settings.schedule != "constant":
        return f"--schedule {settings.schedule} spreads the learning rate over the whole training"
    if settings.keep_checkpoints:
        return "--keep-checkpoints spreads the weights that it keeps over the whole training"
    return METHODS[settings.method].length_matters
