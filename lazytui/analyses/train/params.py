"""What can be chosen of `train`."""

from __future__ import annotations

from lazytui.data.params import DatasetParams
from lazytui.training.settings import TrainingSettings


class TrainParams(DatasetParams, TrainingSettings):
    """A training: what is trained and how, and on what."""
