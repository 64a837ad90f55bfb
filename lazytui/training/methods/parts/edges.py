"""What a feature map shall look like to methods that compare it with the edges of the image (study B)."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from pydantic import Field

from lazytui.data.content import LARGEST_SIDE, Content
from lazytui.errors import BadInput
from lazytui.models.adaptation import LUMA
from lazytui.models.architectures import ARCHITECTURES
from lazytui.models.architectures.base import FINE_MAP
from lazytui.models.shapes import IMAGE_SHAPE
from lazytui.system.lazy_torch import functional, torch
from lazytui.training.methods.base import MethodContext, MethodOptions, Penalty
from lazytui.training.methods.parts.added_term import AddedTerm

if TYPE_CHECKING:
    from torch import Tensor

    from lazytui.training.loop_settings import LoopSettings


class EdgeOptions(MethodOptions):
    """Methods differ in the default of the penalty."""

    penalty: Penalty
    least_side: int = Field(
        FINE_MAP,
        ge=1,
        le=LARGEST_SIDE,
        description="Smallest height and width of the feature map that is compared: the last map of at least that "
        "size.",
    )


class AgainstEdges(AddedTerm):
    """CE + penalty * a distance of the last map from the image's edges; the network must have such a map."""

    options: EdgeOptions
    moves_features = True

    def __init__(self, context: MethodContext) -> None:
        from lazytui.evaluation.forward import evaluation_mode

        super().__init__(context)
        self._model = context.classifier
        with torch.no_grad(), evaluation_mode(context.model):
            self.last_map(torch.zeros(1, *context.content.image_shape, device=context.hardware.device))

    @classmethod
    def refusal(cls, settings: LoopSettings, options: EdgeOptions, content: Content) -> str:
        listed = ARCHITECTURES.get(settings.model)
        sides = [min(layer.shape[1:]) for layer in listed.layers if layer.spatial] if listed else []
        if listed is None or content.image_shape != IMAGE_SHAPE or max(sides, default=0) >= options.least_side:
            return ""
        lacks = f"of {options.least_side} x {options.least_side} or finer" if sides else "at all"
        return f"compares a feature map with the image's edges; {settings.model} has no map {lacks}."

    def last_map(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """The features (n, d) and the last map (n, c, h, w) of the least height and width, or more.

        Raises BadInput where there is none.
        """
        maps, values = None, images
        for module in self._model.features.children():
            values = module(values)
            if values.ndim == 4 and min(values.shape[2:]) >= self.options.least_side:
                maps = values
        if maps is None:
            raise BadInput(
                f"The method {self.context.method} compares a feature map with the image's edges; this model has no "
                "such map."
            )
        return values, maps


def resized(maps: Tensor, images: Tensor) -> Tensor:
    """(n, 1, h, w) -> the same at the height and width of the images."""
    return functional.interpolate(maps, images.shape[2:], mode="bilinear", align_corners=False)


def sobel(images: Tensor) -> Tensor:
    """(n, 3, h, w) -> (n, 1, h, w): how steep brightness is; a straight edge from black to white gives 1."""
    weights, filters = _luma_and_filters(images.device)
    luma = torch.einsum("c,nchw->nhw", weights, images)[:, None]
    slopes = functional.conv2d(functional.pad(luma, (1, 1, 1, 1), mode="replicate"), filters)
    return (slopes.square().sum(1, keepdim=True) + 1e-12).sqrt()


@cache
def _luma_and_filters(device: torch.device) -> tuple[Tensor, Tensor]:
    """(3,) and (2, 1, 3, 3), made once: a step that is recorded as a CUDA graph may copy nothing to the device."""
    across = torch.tensor([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]], device=device) / 4
    return torch.tensor(LUMA, device=device), torch.stack((across, across.T))[:, None]
