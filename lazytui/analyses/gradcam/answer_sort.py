"""How a network answers the images of a split, sorted in steps: who asks something else needn't wait for the end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.train.params import TrainParams
from lazytui.code_permission import is_custom
from lazytui.data.image_cache import cached_arrays, digest, known_arrays
from lazytui.data.splits import Split
from lazytui.saliency.checks.localization import mask_percentile, object_masks
from lazytui.saliency.checks.reason_categories import UNKNOWN_REASON, evidence_categories, reason_categories
from lazytui.saliency.map_resizing import upsample

if TYPE_CHECKING:
    from torch import nn

    from lazytui.saliency.maps_by_name import MapRequest
    from lazytui.saliency.split_maps import SplitMaps

Labels = NDArray[np.uint8]

_MADE_BY = ("hooks", "models", "saliency")


@dataclass(frozen=True, eq=False)
class AnswerCategories:
    """How a network answers the browsed images, (n,) uint8 each: the class predicted, and indices into
    `reason_categories.EVIDENCE_CATEGORIES` and `REASONS`.

    evidence: None where masks of the images aren't known. map_title: the map of the class predicted that the evidence
    categories go by; always the same one, so that no image changes sides while maps are compared. The reasons go by
    repainting every image that has a value of the attribute, where that can be done.
    """

    predicted: Labels
    evidence: Labels | None
    reasons: Labels
    map_title: str


class AnswerSort:
    """Goes on from where it was left, with the same network. categories: None until it is done.

    Kept in the image cache once it is done: to sort a thousand images takes seconds at each start. Not where a network
    is custom code, which may change at any time.
    """

    def __init__(
        self,
        model: nn.Module,
        request: MapRequest,
        map_title: str,
        split: Split,
        whole: Split,
        trained: TrainParams,
        name: str,
    ) -> None:
        """request, map_title: of the map that evidence goes by. split: what is sorted, the first images of the `whole`
        split of that name. The network isn't held on to: it comes with each step."""
        from lazytui.saliency.split_maps import BATCH

        self._request, self._map_title = request, map_title
        self._split, self._whole, self._trained, self._name = split, whole, trained, name
        repaintable = (split.attributes != split.content.unknown) & trained.plants
        self._repaintable, self._values = np.flatnonzero(repaintable), len(split.content.values)
        self._masks = object_masks(split)
        self._batches = [slice(start, start + BATCH) for start in range(0, len(split), BATCH)]
        self._steps = len(self._batches) + (self._values if len(self._repaintable) else 0)
        self._done = 0
        self._maps: list[SplitMaps] = []
        self._repainted = np.zeros((len(split), self._values), np.uint8)
        self._decisive = None if is_custom(trained.model) else self._decisive_for(model)
        self.categories = self._kept()

    @property
    def share(self) -> float:
        """How much of it is done, from 0 to 1."""
        return self._done / max(self._steps, 1)

    def step(self, model: nn.Module) -> None:
        """A batch of maps, or all images with one more value."""
        if self._done < len(self._batches):
            self._explain(model, self._batches[self._done])
        else:
            self._repaint(model, self._done - len(self._batches))
        self._done += 1
        if self._done == self._steps:
            self.categories = self._finish()

    def _explain(self, model: nn.Module, part: slice) -> None:
        from lazytui.saliency.split_maps import explain_split

        self._maps.append(explain_split(model, self._split.images[part], None, self._request))

    def _repaint(self, model: nn.Module, value: int) -> None:
        from lazytui.saliency.checks.repainting import repaint_with
        from lazytui.saliency.split_maps import logits_of

        images = repaint_with(self._whole, self._trained, self._name, self._repaintable, value)
        self._repainted[self._repaintable, value] = logits_of(model, images).argmax(1)

    def _finish(self) -> AnswerCategories:
        predicted = np.concatenate([part.predicted for part in self._maps])
        arrays = [predicted, *self._evidence(predicted), self._reasons(predicted)]
        if self._decisive is not None:
            arrays = cached_arrays(self._decisive, self._shapes, lambda: arrays, made_by=_MADE_BY)
        return self._categories(arrays)

    def _evidence(self, predicted: Labels) -> list[Labels]:
        """None where masks of the images aren't known."""
        if self._masks is None:
            return []
        maps = np.maximum(np.concatenate([part.maps for part in self._maps]), 0)
        percentile = mask_percentile(upsample(maps, *self._masks.shape[1:]), self._masks)
        return [evidence_categories(predicted == self._split.labels, percentile)]

    def _reasons(self, predicted: Labels) -> Labels:
        split = self._split
        if not len(self._repaintable):
            return np.full(len(predicted), UNKNOWN_REASON, np.uint8)
        return reason_categories(predicted, self._repainted, split.labels, split.attributes, split.content)

    def _categories(self, arrays: list[Labels]) -> AnswerCategories:
        predicted, *evidence, reasons = arrays
        return AnswerCategories(predicted, evidence[0] if evidence else None, reasons, self._map_title)

    # What was sorted before

    @property
    def _shapes(self) -> list[tuple[int]]:
        return [(len(self._split),)] * (2 if self._masks is None else 3)

    def _kept(self) -> AnswerCategories | None:
        if self._decisive is None:
            return None
        cached = known_arrays(self._decisive, self._shapes, made_by=_MADE_BY)
        return None if cached is None else self._categories(cached)

    def _decisive_for(self, model: nn.Module) -> Mapping[str, object]:
        from torch import __version__ as torch_version

        from lazytui.evaluation.forward import device_of
        from lazytui.models.fingerprint import fingerprint

        split = self._split
        return {
            "categories of": fingerprint(model),
            "images": digest(split.images, split.originals, split.labels, split.attributes),
            "trained": self._trained.model_dump(mode="json"),
            "split": self._name,
            "computed by": f"torch {torch_version} on {device_of(model).type}",
        }
