"""LeGrad against its authors' package, `legrad_torch`, where that is installed with an `open_clip_torch` that it knows
(2.24): a small transformer of OpenCLIP's with random weights, which classifies texts."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from lazytui.models.shapes import NetworkShape, mark_shape
from lazytui.saliency.attention_maps import legrad
from tests.saliency.networks import images

TARGETS = torch.tensor([0, 3, 2])


class ReadsMeanToken(nn.Module):
    """OpenCLIP's transformer, images first, and read as the package reads every block: by the mean of all tokens."""

    def __init__(self, visual: nn.Module, texts: Tensor) -> None:
        super().__init__()
        self.visual, self.texts = visual, nn.Parameter(texts)
        self.blocks = nn.ModuleList([Block(block) for block in visual.transformer.resblocks])  # type: ignore[union-attr]

    def forward(self, batch: Tensor) -> Tensor:
        visual: Callable[[str], nn.Module] = self.visual.get_submodule
        weights = dict(self.visual.named_parameters())
        patches = visual("conv1")(batch).flatten(2).transpose(1, 2)
        tokens = torch.cat([weights["class_embedding"].expand(len(batch), 1, -1), patches], 1)
        tokens = visual("ln_pre")(tokens + weights["positional_embedding"])
        for block in self.blocks:
            tokens = block(tokens)
        features = visual("ln_post")(tokens.mean(1)) @ weights["proj"]
        return F.normalize(features, dim=-1) @ self.texts.T


class Block(nn.Module):
    def __init__(self, theirs: nn.Module) -> None:
        super().__init__()
        self.theirs = theirs

    def forward(self, tokens: Tensor) -> Tensor:
        part: Callable[[str], nn.Module] = self.theirs.get_submodule
        normed = part("ln_1")(tokens).transpose(0, 1)
        tokens = tokens + part("attn")(normed, normed, normed, need_weights=False)[0].transpose(0, 1)
        mixed: Tensor = tokens + part("mlp")(part("ln_2")(tokens))
        return mixed


def test_legrad_agrees_with_its_authors_package() -> None:
    """After what they do to a map for display: resized, and stretched to [0, 1]."""
    package = pytest.importorskip("legrad")
    open_clip = pytest.importorskip("open_clip")
    if not version("open_clip_torch").startswith("2."):
        pytest.skip("legrad_torch works with open_clip_torch 2")
    torch.manual_seed(0)
    vision = {"image_size": 28, "patch_size": 7, "width": 16, "layers": 3, "head_width": 8}
    text = {"context_length": 4, "vocab_size": 8, "width": 16, "heads": 2, "layers": 1}
    clip = open_clip.model.CLIP(8, vision, text).double().eval()
    texts, batch = F.normalize(torch.randn(5, 8), dim=-1).double(), images(3).double()
    model = mark_shape(ReadsMeanToken(clip.visual, texts).eval(), NetworkShape(28, 28, 5))
    ours = F.interpolate(legrad(model, batch, TARGETS)[:, None], scale_factor=7, mode="bilinear")[:, 0]
    theirs = package.LeWrapper(clip, layer_index=0)
    for one, image, target in zip(ours, batch, TARGETS, strict=True):
        found = theirs.compute_legrad(image=image[None], text_embedding=texts[target][None])[0, 0]
        torch.testing.assert_close((one - one.min()) / (one.max() - one.min()), found, rtol=1e-5, atol=1e-5)
