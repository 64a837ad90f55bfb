"""What a training is compared with: plain training of the same, and its method's control."""

from __future__ import annotations

from lazytui.analyses.train.params import TrainParams
from lazytui.catalog_fields import defaults_of
from lazytui.models.forms.variants import architecture_of
from lazytui.training.methods import METHODS
from lazytui.training.settings import AllMethodOptions


def plain_training(trained: TrainParams, method: str = "erm") -> TrainParams:
    """Plain training of the same architecture on the same data for the same number of steps; or a control's.

    Where a control reads an option of the method it has the same value; where the method trains another form of the
    architecture, these train it as it is.
    """
    entry = METHODS[method]
    model = architecture_of(trained.model) if METHODS[trained.method].network else trained.model
    colors = trained.colors if entry.reads_colors else None
    groups = trained.groups if entry.reads_values else None
    options = dict.fromkeys(AllMethodOptions.OPTIONS) | defaults_of(entry)
    shared = {name: value for name, value in trained.chosen_options.items() if name in entry.options.model_fields}
    return trained.model_copy(
        update={"method": method, "model": model, "colors": colors, "groups": groups, **options, **shared}
    )


def comparison_trainings(trained: TrainParams) -> list[TrainParams]:
    """What a training is compared with: plain training of the same, and its method's control where it has one."""
    control = METHODS[trained.method].control
    methods = [name for name in ("erm", control) if name and name != trained.method]
    return [plain_training(trained, name) for name in methods]
