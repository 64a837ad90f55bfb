"""An autoencoder in a plain script, without a run folder."""

from __future__ import annotations

import pytest
import torch

from lazytui.sae.quality import measure_fit
from lazytui.sae.sae_training import Recipe, train
from lazytui.sae.toy_superposition import toy_superposition
from lazytui.sae.variants.topk import TopK


def test_five_lines_train_an_autoencoder(capsys: pytest.CaptureFixture[str]) -> None:
    toy = toy_superposition(features=16, dimensions=8, active=2, count=2000, random=torch.Generator().manual_seed(0))
    sae = train(toy.samples, Recipe(TopK(k=2), features=16, steps=200, lr=3e-3))
    assert sae.encode(toy.samples).shape == (2000, 16)
    assert measure_fit(sae, toy.samples).unexplained < 0.5
    assert capsys.readouterr() == ("", ""), "silent unless asked"
