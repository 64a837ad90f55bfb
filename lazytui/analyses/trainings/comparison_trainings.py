"""What a training is held against: plain training of the same, and its method's control."""

from __future__ import annotations

from lazytui.analyses.train.params import TrainParams
from lazytui.training.methods import METHODS
from lazytui.training.settings import AllMethodOptions


def plain_training(trained: TrainParams, method: str = "erm") -> TrainParams:
    """Plain training of the same architecture on the same data for the same number of steps; or a control's."""
    colors = trained.colors if METHODS[method].reads_colors else None
    return trained.model_copy(update={"method": method, "colors": colors, **dict.fromkeys(AllMethodOptions.OPTIONS)})


def comparison_trainings(trained: TrainParams) -> list[TrainParams]:
    """What a training is held against: plain training of the same, and its method's control where it has one."""
    control = METHODS[trained.method].control
    methods = [name for name in ("erm", control) if name and name != trained.method]
    return [plain_training(trained, name) for name in methods]
