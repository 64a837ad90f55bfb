"""A number made of a network's logits, in the place of one class's logit: what a map explains, or an attack raises."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lazytui.errors import BadInput
from lazytui.models.factory_import import import_function
from lazytui.system.memory import memory_error_or

_TRIED = 4
"""Rows of logits that a function is tried on."""


@dataclass(frozen=True)
class Score:
    """function: logits (n, classes) -> (n,), each row by itself. name: what a person calls it. margin: its two classes,
    where it is the logit of the first minus that of the second."""

    name: str
    function: Callable[[Tensor], Tensor]
    margin: tuple[int, int] | None = None

    def __call__(self, logits: Tensor) -> Tensor:
        """(n, classes) -> (n,). Raises BadInput where the function fails, or makes no number of each row."""
        try:
            scores = self.function(logits)
        except Exception as error:  # custom code may raise anything
            line = next(iter(str(error).splitlines()), "")
            failed = BadInput(f"The function {self.name} fails: {type(error).__name__}: {line}")
            raise memory_error_or(error, f"call {self.name}", failed) from error
        rows = len(logits)
        if not isinstance(scores, Tensor) or scores.shape != (rows,):
            made = f"a tensor of shape {tuple(scores.shape)}" if isinstance(scores, Tensor) else type(scores).__name__
            raise BadInput(
                f"The function {self.name} makes {made} of logits {tuple(logits.shape)}, and a number of each row is "
                f"wanted: ({rows},)."
            )
        if not bool(scores.isfinite().all()):
            raise BadInput(f"The function {self.name} makes numbers that aren't finite.")
        return scores

    def of_array(self, logits: NDArray[np.float32]) -> NDArray[np.float32]:
        """The same of arrays."""
        scores: NDArray[np.float32] = self(torch.from_numpy(logits)).numpy()
        return scores


def class_logit(label: int, name: str) -> Score:
    """z_label, of logits z."""
    return Score(name, lambda logits: logits[:, label])


def margin(first: int, second: int, name: str) -> Score:
    """z_first - z_second, of logits z."""
    return Score(name, lambda logits: logits[:, first] - logits[:, second], (first, second))


def load_score(code: str, classes: int, option: str) -> Score:
    """The function that `file.py:function` names, once it has been tried. option: the command line's name for it.

    Raises BadInput where nobody allowed that code or it can't be had, and where it makes anything but a number of each
    row by itself with a gradient in the logits.
    """
    score = Score(code, import_function(code, option))
    logits = torch.randn(_TRIED, classes, generator=torch.Generator().manual_seed(0)).requires_grad_()
    scores = score(logits)
    if not torch.allclose(scores[:1], score(logits[:1]), rtol=1e-3, atol=1e-5):
        raise BadInput(f"The function {code} gives a row alone another number than the same row among others.")
    if not scores.requires_grad:
        raise BadInput(f"The function {code} has no gradient in the logits: write it with operations of torch on them.")
    return score
