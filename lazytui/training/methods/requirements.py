"""What a method needs and a data set or a training lacks: told before anything is written."""

from __future__ import annotations

from lazytui.data.params import DatasetParams
from lazytui.errors import UsageError
from lazytui.models.catalog import CATALOG
from lazytui.training.methods import METHODS
from lazytui.training.settings import TrainingSettings


def require_what_it_needs(settings: TrainingSettings, data: DatasetParams) -> None:
    """UsageError, in one sentence, where the method can't do with this data or in so few epochs."""
    method, needs = settings.method, METHODS[settings.method].needs
    if settings.epochs == 0 and method != "erm":
        raise UsageError(f"With --epochs 0 nothing is trained, which leaves the method {method} nothing to do.")
    if data.placement == "none" and {"color labels", "group labels", "balanced data"} & set(needs):
        raise UsageError(f"The method {method} goes by the colors of images, and --placement none paints none.")
    if data.bias == 1 and "group labels" in needs:
        raise UsageError(
            f"The method {method} sets digits in their own color against digits in others, and with --bias 1 there are "
            "none of those."
        )
    known = CATALOG.get(settings.model)
    if method == "sobel-edge" and known is not None and known.saliency_layer is None:
        raise UsageError(
            f"The method {method} compares a map with the image's edges, and {settings.model} makes no maps."
        )
    if settings.anneal_steps is not None and settings.batch_size < 4:
        raise UsageError(
            f"The method {method} sets images of two sorts against each other, several of each: --batch-size 4 or more."
        )
    if settings.batch_size == 1 and _normalizes_over_images(settings.model):
        raise UsageError(
            f"{settings.model} normalizes over the images of a batch (BatchNorm), which can't be done with one image "
            "alone: --batch-size 2 or more."
        )
    if settings.adversary_steps is not None and settings.batch_size == 1:
        raise UsageError(f"The method {method} has an adversary that normalizes over a batch: --batch-size 2 or more.")
    if settings.first_epochs is not None and settings.first_epochs >= settings.epochs:
        raise UsageError(
            f"The method {method} trains a first network for {settings.first_epochs} of --epochs {settings.epochs}, "
            "which leaves none for the second: give it more epochs."
        )


def _normalizes_over_images(model: str) -> bool:
    """Whether a network can't train on a single image. Imports torch, and code of one's own that it names."""
    from lazytui.models.torch_import import require_torch

    require_torch()
    from lazytui.models.build import takes_one_image

    return not takes_one_image(model)
