"""A loss in two parts: the fit to the digits, and a term beside it, which goes with other methods' terms."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from lazytui.training.methods.base import Method

if TYPE_CHECKING:
    from torch import Tensor

    from lazytui.data.device_split import Batch


class AddedTerm(Method):
    """The fit + a term. The fit is plain training's, unless the class says otherwise."""

    keeps_fit = True

    def loss(self, batch: Batch, step: int) -> Tensor:
        fit, term = self.fit_and_term(batch, step)
        return fit + term

    @abstractmethod
    def fit_and_term(self, batch: Batch, step: int) -> tuple[Tensor, Tensor]:
        """Two scalars: the fit, and the term with its weight."""
