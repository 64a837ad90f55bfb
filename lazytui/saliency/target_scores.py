"""What is explained of an image: the logit of a class, or another number made of the logits."""

from __future__ import annotations

from torch import Tensor

from lazytui.models.scores import Score

Target = Tensor | Score
"""(N,) int64, a class of each image; or a score, of all images the same."""


def target_scores(logits: Tensor, target: Target) -> Tensor:
    """(v N, classes), of v variations of N images, one after the other -> (v N,)."""
    if isinstance(target, Score):
        return target(logits)
    return logits.gather(1, target.repeat(len(logits) // len(target))[:, None])[:, 0]
