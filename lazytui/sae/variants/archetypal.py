"""Relaxed archetypal autoencoders (RA-SAE, Fel et al. 2025, "Archetypal SAE")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from lazytui.counted_nouns import counted
from lazytui.errors import BadInput
from lazytui.sae.variants.base import Variant, VariantEntry
from lazytui.sae.variants.topk import TopK
from lazytui.system.lazy_torch import torch

if TYPE_CHECKING:
    from torch import Tensor

    from lazytui.sae.autoencoder import Autoencoder

_CLUSTERED = 20_000
"""Samples at least that are clustered, where there are as many; a centroid has eight or more."""
_PER_CENTROID = 8
_ROUNDS = 20
"""Of Lloyd's algorithm, from the centroids of k-means++."""
_MOST_WEIGHTS = 2**28

Centroids = Annotated[
    int, Field(ge=2, le=65_536, description="Centroids of the activations; every direction is a mixture of them.")
]
Slack = Annotated[
    float,
    Field(ge=0, le=100, description="Largest distance of a direction from its mixture, in standard deviations."),
]


class Archetypal(TopK):
    """TopK whose directions lie near the samples: W_d = e^m (W C + R), made anew after every step.

    C: fixed centroids of the samples (k-means). W: rows not negative and of sum 1, so that W C is in their convex hull.
    R: rows no longer than delta. Samples are standardized, by their mean and by one factor for all dimensions, so that
    delta is in standard deviations of a dimension. Rows of W_d aren't of unit length.

    centroids: (c, d), C. mixture: (n, c), W. relaxation: (n, d), R. log_scale: a single number, m. All in the unit of
    training: a change of the unit of activations changes features, and directions stay.
    """

    composes_decoder: ClassVar[bool] = True

    centroids: Centroids = 512
    delta: Slack = 1.0

    def refusal(self, features: int) -> str:
        if features > self.centroids:
            return (
                f"Every feature starts at its own centroid, and --centroids {self.centroids} are fewer than the "
                f"{features:,} features."
            )
        if features * self.centroids > _MOST_WEIGHTS:
            weights = features * self.centroids
            return (
                f"Mixtures of {self.centroids:,} centroids for {features:,} features need {weights:,} weights, more "
                f"than {_MOST_WEIGHTS:,}."
            )
        return super().refusal(features)

    def for_samples(self, count: int, features: int) -> Variant:
        """Every sample is a centroid where there are fewer samples than centroids."""
        available = min(count, self.centroids)
        if available < features:
            raise BadInput(
                f"Every feature starts at its own centroid, and {counted(count, 'activation')} give "
                f"{counted(available, 'centroid')} for {features:,} features: choose more --samples and --centroids, "
                "or a smaller --expansion."
            )
        return self.model_copy(update={"centroids": available})

    def with_random_decoder(self) -> Variant:
        """Random directions lie in no hull: what remains is TopK."""
        return TopK(k=self.k)

    def parameters(self, features: int, dimensions: int) -> dict[str, Tensor]:
        return {
            "mixture": torch.eye(features, self.centroids),
            "relaxation": torch.zeros(features, dimensions),
            "log_scale": torch.zeros(()),
        }

    def buffers(self, features: int, dimensions: int) -> dict[str, Tensor]:  # noqa: ARG002
        return {"centroids": torch.zeros(self.centroids, dimensions)}

    def begin(self, sae: Autoencoder, samples: Tensor, scale: float, random: torch.Generator) -> None:
        """Find the centroids. The decoder begins as the first of them, and the encoder as their directions."""
        centers = cluster_centers(samples, self.centroids, random)
        sae.get_buffer("centroids").copy_(centers / scale - sae.decoder_bias)
        self.after_update(sae)
        if sae.encoder.requires_grad:
            sae.encoder.copy_(sae.directions.T)

    def before_update(self, sae: Autoencoder) -> None:
        """What the weights that the decoder is made of learn from it, by the chain rule."""
        assert sae.decoder.grad is not None
        torch.autograd.backward(self.dictionary(sae), sae.decoder.grad)
        sae.decoder.grad = None

    def after_update(self, sae: Autoencoder) -> None:
        """Bring rows of W onto the simplex and rows of R into their ball, and make the decoder of them."""
        with torch.no_grad():
            mixture, relaxation = sae.get_parameter("mixture"), sae.get_parameter("relaxation")
            positive = mixture.relu()
            total = positive.sum(1, keepdim=True)
            even = torch.full_like(mixture, 1 / self.centroids)
            mixture.copy_(torch.where(total > 0, positive / total.clamp(min=1e-30), even))
            reach = self.delta / sae.dimensions**0.5  # samples have a variance of 1, summed over dimensions
            relaxation.mul_((reach / relaxation.norm(dim=1, keepdim=True).clamp(min=1e-30)).clamp(max=1))
            sae.decoder.copy_(self.dictionary(sae))

    def dictionary(self, sae: Autoencoder) -> Tensor:
        """(n, d): e^m (W C + R)."""
        mixed = torch.addmm(sae.get_parameter("relaxation"), sae.get_parameter("mixture"), sae.get_buffer("centroids"))
        return mixed * sae.get_parameter("log_scale").exp()


def cluster_centers(samples: Tensor, count: int, random: torch.Generator) -> Tensor:
    """(c, d): centroids of the samples (M, d) by k-means, or the samples where there are no more. Computed on the CPU,
    the same for the same generator. random: draws some thousand samples, and those that centroids begin at."""
    import warnings

    from scipy.cluster.vq import kmeans2
    from sklearn.cluster import kmeans_plusplus

    rows = torch.randperm(len(samples), generator=random)[: max(_CLUSTERED, _PER_CENTROID * count)]
    if len(samples) <= count:
        return samples[rows.to(samples.device)]
    seed = int(torch.randint(2**31, (), generator=random))
    values = samples[rows.to(samples.device)].cpu().double().numpy()
    begun, _ = kmeans_plusplus(values, count, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a centroid that no sample is next to stays where it began, at a sample
        centers, _ = kmeans2(values, begun, iter=_ROUNDS, minit="matrix")
    return torch.from_numpy(centers).to(samples)


ARCHETYPAL = VariantEntry(
    name="archetypal",
    summary="TopK whose directions are mixtures of centroids of the activations, for stability between seeds.",
    source="Fel 2025",
    options=Archetypal,
)
