"""Correct-n-contrast: what a plain network takes one digit for shall not show in its features (Zhang 2022)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from lazytui.system.lazy_torch import functional, torch
from lazytui.training.methods.base import MethodContext, MethodEntry, Penalty
from lazytui.training.methods.parts.dataset_predictions import predictions
from lazytui.training.methods.parts.groups import CONFLICTING_WEIGHT
from lazytui.training.methods.parts.two_phases import TwoPhaseOptions, TwoPhases

if TYPE_CHECKING:
    from torch import Tensor

    from lazytui.data.device_split import Batch


class Options(TwoPhaseOptions):
    penalty: Penalty = 1.0
    temperature: float = Field(0.05, gt=0, le=10, description="Temperature of the contrastive loss.")


class CorrectAndContrast(TwoPhases):
    """CE + penalty * the contrastive loss; parts are the first network's predictions, which stand for the color.

    Every digit x prediction is drawn alike, so that a batch holds positives and negatives for its samples.
    """

    options: Options
    moves_features = True

    def __init__(self, context: MethodContext) -> None:
        super().__init__(context)
        self._model = context.classifier

    def assign_parts(self) -> Tensor:
        return predictions(self.context)

    def second_loss(self, batch: Batch) -> Tensor:
        features = self._model.features(batch.images)
        contrast = contrastive_loss(features.float(), batch.labels, self.parts[batch.indices], self.options.temperature)
        return functional.cross_entropy(self._model.head(features), batch.labels) + self.options.penalty * contrast


def contrastive_loss(features: Tensor, digits: Tensor, predicted: Tensor, temperature: float) -> Tensor:
    """The mean of -log e^(a p / t) / (e^(a p / t) + sum_n e^(a n / t)) over all pairs of an anchor a and a positive p.

    features: (n, d), made unit vectors; digits, predicted: (n,) int64. Positives have the anchor's digit and another
    prediction, negatives n its prediction and another digit. 0 where no sample has a positive. The paper's sum below
    the line holds all of an anchor's positives; here, as in its authors' variant `single_pos`, it holds one at a time.
    """
    with torch.autocast(features.device.type, enabled=False):  # a small temperature makes small errors large
        unit = functional.normalize(features, dim=1)
        similarity = unit @ unit.T / temperature
    same_digit = digits[:, None] == digits
    same_prediction = predicted[:, None] == predicted
    negatives = similarity.masked_fill(~(same_prediction & ~same_digit), -torch.inf).logsumexp(1, keepdim=True)
    positives = same_digit & ~same_prediction
    each = torch.logaddexp(similarity, negatives) - similarity
    return each[positives].sum() / positives.sum().clamp(min=1)


ENTRY = MethodEntry(
    "cnc",
    "Features of a class are pulled together where a plain network predicts different classes.",
    CorrectAndContrast,
    source="Zhang 2022",
    options=Options,
    signals=CONFLICTING_WEIGHT,
    varies="a second network starts during the training",
)
