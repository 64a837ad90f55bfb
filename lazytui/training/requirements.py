"""What a method requires of the data and the training, refused before anything is written where it isn't there."""

from __future__ import annotations

from lazytui.counted_nouns import listed
from lazytui.data.content import Content
from lazytui.data.params import DatasetParams
from lazytui.errors import UsageError
from lazytui.training.methods import METHODS
from lazytui.training.settings import TrainingSettings


def check_requirements(settings: TrainingSettings, data: DatasetParams, *, has_groups: bool = False) -> None:
    """UsageError, in one sentence, where the method can't do with this data or these settings.

    data: whose content is known, see `with_found_data`. has_groups: whether groups that were inferred without labels
    stand in place of the attribute's.
    """
    method, entry = settings.method, METHODS[settings.method]
    if settings.epochs == 0 and method != "erm":
        raise UsageError(f"With --epochs 0 nothing is trained; the method {method} needs at least one epoch.")
    if has_groups and not entry.reads_values:
        raise UsageError(f"The method {method} reads no groups, so --groups has no effect: leave it out.")
    if entry.reads_values and not has_groups and not data.shows_values:
        attribute = "color" if data.plants else "attribute"
        raise UsageError(f"The method {method} needs {attribute} labels; {_without_values(data)}.")
    if not data.content.masks and "object masks" in entry.reads:
        raise UsageError(
            f"The method {method} reads which pixels are the object; of the images of --source {data.source} that "
            "isn't known."
        )
    if settings.colors and not data.value_colors:
        raise UsageError(
            f"--colors {settings.colors} takes the nearest color of a palette; --source {data.source} has none."
        )
    if settings.colors and not entry.reads_colors:
        raise UsageError(f"The method {method} reads no color labels, so --colors has no effect: leave it out.")
    if data.plants and data.bias == 1 and "group labels" in entry.reads and not has_groups:
        raise UsageError(
            f"The method {method} compares aligned with conflicting images; --bias 1 has only aligned ones."
        )
    if settings.freeze and entry.method_class.moves_features:
        raise UsageError(f"The method {method} trains the features, which --freeze features keeps fixed.")
    if settings.augments and "object masks" in entry.reads:
        raise UsageError(
            f"The method {method} reads which pixels are the object; --shift, --rotation and --scale would move them."
        )
    if refusal := entry.method_class.refusal(settings, settings.method_options, data.content):
        raise UsageError(f"The method {method} {refusal}")
    if settings.graph == "on":
        _require_graph(settings)
    if settings.batch_size == 1 and _normalizes_over_images(settings.model, data.content):
        raise UsageError(
            f"{settings.model} has batch normalization, which needs more than one image: --batch-size 2 or more."
        )


def _without_values(data: DatasetParams) -> str:
    if data.plants:
        return "--placement none has no colors"
    return f"the images of --source {data.source} have no attribute"


def _require_graph(settings: TrainingSettings) -> None:
    """Raise UsageError where the steps can't be one CUDA graph, BadInput where no GPU is there to repeat it."""
    if not (entry := METHODS[settings.method]).static_step:
        can = listed([name for name, other in METHODS.items() if other.static_step])
        alike = f"aren't all alike: {entry.varies}" if entry.varies else "aren't known to be all alike"
        raise UsageError(
            f"--graph on repeats one step, and those of the method {settings.method} {alike}. It can repeat those of "
            f"{can}."
        )
    if settings.augments:
        raise UsageError(
            "--graph on repeats one step, and --shift, --rotation and --scale differ in each: leave them out."
        )
    from lazytui.system.torch_import import require_torch

    require_torch()
    from lazytui.system.hardware import choose_hardware
    from lazytui.training.static_step import takes_graph

    takes_graph(settings, choose_hardware(settings.device, "fp32"))


def _normalizes_over_images(model: str, content: Content) -> bool:
    """Whether a network can't train on a single image. Imports torch, and custom code that it names."""
    from lazytui.system.torch_import import require_torch

    require_torch()
    from lazytui.models.build import takes_one_image

    return not takes_one_image(model, content.image_shape, len(content.classes))
