"""The network of a training: as it begins, with fresh weights or those of a file, and as its weights file has it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from lazytui.data.content import Content
from lazytui.training.loop_settings import LoopSettings, ModelSettings

if TYPE_CHECKING:
    from torch import nn


def initial_model(settings: LoopSettings, content: Content, seed: int) -> nn.Module:
    """On the CPU, in training mode but for what is frozen. content: of the data that it is for.

    Raises BadInput as `build_model` and `load_weights` do, UsageError for dropout or a division that the model hasn't.
    """
    from lazytui.models.weights_loading import load_weights
    from lazytui.training.freezing import freeze_features

    model = fresh_model(settings, content, seed)
    if settings.weights is not None:
        load_weights(model, Path(settings.weights))
    if settings.freeze == "features":
        freeze_features(model, settings.model)
    return model


def load_trained(path: Path, settings: ModelSettings, content: Content) -> nn.Module:
    """The network of a run folder or a weights file, on the CPU, in evaluation mode.

    settings, content: of its training. Raises BadInput as `load_model` does.
    """
    from lazytui.models.weights_loading import load_model

    return load_model(
        path,
        name=settings.model,
        image_shape=content.image_shape,
        classes=len(content.classes),
        options=settings.adaptation(content.classes),
    )


def fresh_model(settings: ModelSettings, content: Content, seed: int) -> nn.Module:
    """The same with weights drawn from the seed, whatever file there is, and nothing frozen."""
    from lazytui.models.build import build_model
    from lazytui.models.dropout import set_dropout

    model = build_model(
        settings.model,
        seed=seed,
        image_shape=content.image_shape,
        classes=len(content.classes),
        options=settings.adaptation(content.classes),
    )
    if settings.dropout is not None:
        set_dropout(model, settings.dropout, settings.model)
    return model
