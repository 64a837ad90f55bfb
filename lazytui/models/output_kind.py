"""What a network puts out, logits or probabilities: found by asking it, and what follows for whoever works with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazytui.models.shapes import shape_of
from lazytui.system.lazy_torch import torch

if TYPE_CHECKING:
    from torch import Tensor, nn

PROBABILITIES = (
    "This network outputs probabilities: where they round to 0 or 1 its gradient is lost. Leave out its last softmax."
)

_TRAINING = " Cross-entropy applies a softmax itself; with two of them training is slow and never certain."
_LOOKING = " Confidence and calibration are those of a second softmax."
_LOG_PROBABILITIES = (
    "This network outputs log-probabilities: answers and certainty are as with logits, but what speaks for one class "
    "speaks against all others in them. To look into logits, leave out its last log-softmax."
)


def are_probabilities(outputs: Tensor) -> bool:
    """Whether outputs (n, classes) are at least 0 and add up to 1 for each of the n."""
    return bool((outputs >= 0).all() and (outputs.sum(1) - 1).abs().max() < 1e-3)


def advice_on_training(model: nn.Module) -> str | None:
    """What is to be said before it is trained; nothing of log-probabilities, which cross-entropy leaves as they are."""
    return PROBABILITIES + _TRAINING if are_probabilities(_outputs_for_noise(model)) else None


def advice_on_analysis(model: nn.Module) -> str | None:
    """What is to be said before what moves its outputs is looked into."""
    outputs = _outputs_for_noise(model)
    if are_probabilities(outputs):
        return PROBABILITIES + _LOOKING
    return _LOG_PROBABILITIES if are_probabilities(outputs.exp()) else None


def advice_on_answers(model: nn.Module) -> str | None:
    """What is to be said before its answers and their certainty are counted, which a log-softmax doesn't change."""
    return PROBABILITIES + _LOOKING if are_probabilities(_outputs_for_noise(model)) else None


def _outputs_for_noise(model: nn.Module) -> Tensor:
    """(8, classes): its outputs for noise, in evaluation mode. Modes and all random states are left as they were."""
    device = next((value.device for value in model.parameters()), torch.device("cpu"))
    images = torch.rand(8, *shape_of(model).image_shape, generator=torch.Generator().manual_seed(0)).to(device)
    modes = {module: module.training for module in model.modules()}
    with torch.no_grad(), torch.random.fork_rng([device] if device.type == "cuda" else []):
        outputs: Tensor = model.eval()(images).double()
    for module, training in modes.items():
        module.training = training
    return outputs
