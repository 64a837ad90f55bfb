"""Fine-tuning a part of a network: the rest keeps the weights that it begins with."""

from __future__ import annotations

from torch import nn
from torch.nn.modules.batchnorm import _NormBase

from lazytui.errors import UsageError
from lazytui.models.architectures.classifier import FeaturesAndHead


def freeze_features(model: nn.Module, name: str) -> None:
    """Hold all but the head: no gradients, and batch normalization by the statistics that it has.

    name: the model's, for the UsageError that is raised where it has no features and head.
    """
    if not isinstance(model, FeaturesAndHead):
        raise UsageError(
            f"--freeze features needs a model from `lazytui models`, or code that makes a "
            f"lazytui.models.architectures.classifier.Classifier; {name} isn't divided into features and a head."
        )
    model.features.requires_grad_(requires_grad=False)
    for module in model.features.modules():
        if isinstance(module, _NormBase):
            module.eval()


def frozen_parameters(model: nn.Module) -> tuple[str, ...]:
    """The names of those that aren't trained, in the order of the network."""
    return tuple(name for name, parameter in model.named_parameters() if not parameter.requires_grad)
