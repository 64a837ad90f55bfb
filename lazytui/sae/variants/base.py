"""What variants of sparse autoencoders differ in: options, further weights, the activation function and the loss.

Readable without torch: a variant has no weights of its own, it works on those of the `Autoencoder` that holds it.

x: (N, d) activations of a layer. f: (N, n) features, never negative. x_hat = f W_d + b_d. Losses sum over dimensions
and average over the batch.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from lazytui.catalog_fields import defaults_of

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from lazytui.sae.autoencoder import Autoencoder
    from lazytui.sae.step_loss import StepContext, StepLoss

Sparsity = Annotated[int, Field(ge=1, description="Features that a sample may use.")]
Price = Annotated[float, Field(gt=0, le=100, description="Weight of the sparsity penalty, for samples of variance 1.")]


class Variant(BaseModel):
    """Its fields are its options: with a type, limits, a default and help.

    An option of several variants has one meaning, one help and the same limits in all of them; defaults are each one's.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    resamples_dead: ClassVar[bool] = False
    """Whether dead features are resampled, having no other way back."""

    composes_decoder: ClassVar[bool] = False
    """Whether the decoder is made of other weights after every step, and isn't learned by itself."""

    def refusal(self, features: int) -> str:  # noqa: ARG002
        """Why it can't do with so many features, in a sentence; empty where it can."""
        return ""

    def for_samples(self, count: int, features: int) -> Variant:  # noqa: ARG002
        """The same as it can be trained on so many samples. Raises BadInput where they are too few."""
        return self

    def with_random_decoder(self) -> Variant:
        """What is trained as the control whose decoder stays at its random start."""
        return self

    def parameters(self, features: int, dimensions: int) -> dict[str, Tensor]:  # noqa: ARG002
        """First values of the weights that it has besides every autoencoder's, by name."""
        return {}

    def buffers(self, features: int, dimensions: int) -> dict[str, Tensor]:  # noqa: ARG002
        """First values of what it keeps and doesn't learn by gradient, by name."""
        return {}

    def begin(self, sae: Autoencoder, samples: Tensor, scale: float, random: torch.Generator) -> None:
        """Initialize parameters from the samples (M, d), divided by `scale`, before the first step; they are centered
        on b_d. What doesn't require a gradient stays as it is."""

    @abstractmethod
    def encode(self, sae: Autoencoder, x: Tensor) -> Tensor:
        """(N, d) -> (N, n), never negative."""

    @abstractmethod
    def loss(self, sae: Autoencoder, x: Tensor, context: StepContext) -> StepLoss:
        """On a batch (N, d) whose variance, summed over dimensions, is about 1."""

    def before_update(self, sae: Autoencoder) -> None:
        """Change the gradients before the weights are moved by them: from the decoder's is taken what would only change
        the length of its rows."""
        sae.remove_parallel_gradient()

    def after_update(self, sae: Autoencoder) -> None:
        """Bring the weights back to where they may be: rows of the decoder to unit length."""
        sae.normalize_decoder()

    def rescale(self, sae: Autoencoder, factor: float) -> None:
        """Change the unit of activations in what the variant has besides every autoencoder's weights."""


@dataclass(frozen=True)
class VariantEntry:
    """What lists and forms say of a variant. source: the paper. options: its class, whose fields they are."""

    name: str
    summary: str
    source: str
    options: type[Variant]

    @property
    def defaults(self) -> dict[str, float]:
        """The default of each option, by name."""
        return defaults_of(self)

    def as_json(self) -> dict[str, Any]:
        """The entry as plain values, options with their defaults."""
        return {"variant": self.name, "summary": self.summary, "source": self.source, "options": self.defaults}


def squared_error(x: Tensor, x_hat: Tensor) -> Tensor:
    """(N, d), (N, d) -> (): summed over dimensions, mean over the batch."""
    return (x - x_hat).square().sum(1).mean()
