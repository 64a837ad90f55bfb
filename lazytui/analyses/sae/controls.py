"""Headlines of an autoencoder beside controls: the same, with its decoder or its encoder left at random.

Korznikov et al. 2026 (arXiv 2602.14111): such controls come near trained autoencoders in interpretability and editing,
so that a headline alone shows little.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from lazytui.runs.results.result_contents import ANY, counts, numbers
from lazytui.runs.results.typed_result import Key, Part

Metric = Annotated[float | None, ANY]


@dataclass(frozen=True)
class Headlines:
    """The headline numbers of an autoencoder; of several seeds the means."""

    unexplained_variance: Metric
    dead_share: Metric
    easy_accuracy: Annotated[float | None, ANY, Key("easy_accuracy_reconstructed")]
    hard_accuracy: Annotated[float | None, ANY, Key("hard_accuracy_reconstructed")]
    attribute_features: Annotated[float | None, ANY, Key("color_features")]
    label_features: Annotated[float | None, ANY, Key("digit_features")]
    both_features: Metric


@dataclass(frozen=True, kw_only=True, eq=False)
class SparseProbing:
    """Areas under the ROC curve by how many features are used, (k,), means over classes and over values.

    label, attribute: (4, k), of the features, of those with a frozen decoder, of those with a frozen encoder, and of
    the layer's own dimensions; undefined without controls, and without values. label_raw, attribute_raw: of all
    dimensions.
    """

    label_raw: Metric
    attribute_raw: Annotated[float | None, ANY, Key("color_raw")]
    k: Annotated[NDArray[np.int64], counts("k")]
    label: Annotated[NDArray[np.float64], numbers(4, "k")]
    attribute: Annotated[NDArray[np.float64], numbers(4, "k")]


COUNT = len(fields(Headlines))


@dataclass(frozen=True, kw_only=True, eq=False)
class Controls:
    """Means of the controls, and all of them by seed: (seeds, headlines) each. own: of the autoencoder that is the
    result, and of others like it."""

    frozen_decoder: Annotated[Headlines, Part("frozen_decoder_")]
    frozen_encoder: Annotated[Headlines, Part("frozen_encoder_")]
    own_by_seed: Annotated[NDArray[np.float64], numbers("seeds", COUNT)]
    frozen_decoder_by_seed: Annotated[NDArray[np.float64], numbers("seeds", COUNT)]
    frozen_encoder_by_seed: Annotated[NDArray[np.float64], numbers("seeds", COUNT)]


def controls_of(
    own: Sequence[Headlines], frozen_decoder: Sequence[Headlines], frozen_encoder: Sequence[Headlines]
) -> Controls:
    """From the headlines of each seed."""
    own_by_seed, decoder, encoder = (
        np.array([astuple(one) for one in each], np.float64) for each in (own, frozen_decoder, frozen_encoder)
    )
    return Controls(
        frozen_decoder=Headlines(*decoder.mean(0).tolist()),
        frozen_encoder=Headlines(*encoder.mean(0).tolist()),
        own_by_seed=own_by_seed,
        frozen_decoder_by_seed=decoder,
        frozen_encoder_by_seed=encoder,
    )
