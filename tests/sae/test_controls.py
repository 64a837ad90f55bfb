"""Controls: what is frozen stays as it was, and a random dictionary finds no known feature."""

from __future__ import annotations

from typing import Literal

import pytest
import torch

from lazytui.sae.autoencoder import Autoencoder
from lazytui.sae.sae_training import Recipe, train
from lazytui.sae.toy_superposition import mean_correlation, random_dictionary, toy_superposition
from lazytui.sae.variants.l1 import L1
from lazytui.sae.variants.topk import TopK


@pytest.mark.parametrize("variant", [TopK(k=2), L1(lam=0.05)])
def test_what_is_frozen_stays_to_the_bit_and_the_rest_is_learned(variant: TopK | L1) -> None:
    samples = torch.randn(500, 6, generator=torch.Generator().manual_seed(0)).relu()
    start = Autoencoder(6, 8, torch.Generator().manual_seed(0), variant)
    before = {}
    for frozen in (None, "decoder", "encoder"):
        kind: Literal["decoder", "encoder"] | None = frozen  # type: ignore[assignment]
        model = train(samples, Recipe(variant, 8, 60, 32, 1e-2, frozen=kind))
        before[frozen] = model
    assert torch.equal(before["decoder"].decoder, start.decoder)
    ratio = before["encoder"].encoder / start.encoder
    assert torch.allclose(ratio, ratio[0, 0].expand_as(ratio), atol=1e-6), "scaled once, before the first step"
    assert not torch.allclose(before["decoder"].encoder / start.encoder, ratio, atol=1e-2)
    assert not torch.equal(before["encoder"].decoder, start.decoder)
    assert not torch.equal(before[None].decoder, start.decoder)


def test_a_random_decoder_finds_known_features_no_better_than_chance() -> None:
    toy = toy_superposition(16, 8, 2, 4000, torch.Generator().manual_seed(1))
    found = {}
    for frozen in (None, "decoder"):
        kind: Literal["decoder"] | None = frozen  # type: ignore[assignment]
        found[frozen] = train(toy.samples, Recipe(TopK(k=2), 16, 700, 64, 5e-3, frozen=kind)).decoder
    chance = mean_correlation(toy.directions, random_dictionary(16, 8, torch.Generator().manual_seed(2)))
    assert abs(mean_correlation(toy.directions, found["decoder"]) - chance) < 0.08
    assert mean_correlation(toy.directions, found[None]) > chance + 0.15
