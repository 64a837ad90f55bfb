"""Layers of tokens and of channels last: ablation, patching and autoencoders see channels first, and change all of
what a layer puts out."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from lazytui.errors import UsageError
from lazytui.hooks.layer_hooks import (
    capture_activations,
    last_before_logits,
    layer_entries,
    layers_before_logits,
    replace_activations,
)
from lazytui.hooks.layer_layout import means_over_positions
from lazytui.hooks.split_model import SplitModel
from lazytui.models.build import build_model
from lazytui.models.shapes import NetworkShape, mark_shape
from lazytui.neurons.activations import gather_activations, map_reduction
from lazytui.sae.activation_samples import SampleLayout
from lazytui.saliency.map_layers import choose_layer
from tests.saliency.networks import images
from tests.saliency.token_networks import MixerBlock, mixer, swin, vision_transformer

CASES = [
    (vision_transformer, "encoder.layers.encoder_layer_0", (16, 17), (4, 4)),
    (vision_transformer, "encoder.layers.encoder_layer_1.mlp.0", (32, 17), (4, 4)),
    (swin, "features.1", (16, 7, 7), (7, 7)),
    (swin, "features.1.0.mlp.1", (64, 7, 7), (7, 7)),
    (mixer, "blocks.0", (20, 16), (4, 4)),
]


@pytest.mark.parametrize(("build", "layer", "shape", "map_size"), CASES)
def test_activations_have_channels_first_and_ablating_one_is_to_change_it_at_every_position(
    build: Callable[[], nn.Module], layer: str, shape: tuple[int, ...], map_size: tuple[int, int]
) -> None:
    model, batch = build(), images(3)
    entry = layer_entries(model)[layer]
    assert (entry.shape, entry.map_size) == (shape, map_size)
    split = SplitModel(model, layer)
    with torch.no_grad():
        activations = split.activations(batch)
        assert activations.shape[1:] == shape == split.shape
        torch.testing.assert_close(split.logits(split.pool(activations), batch), model(batch))
        changed = activations.clone()
        changed[:, 3] = 0.5

        def set_channel(_module: nn.Module, _inputs: object, output: Tensor) -> Tensor:
            output = output.clone()
            output[..., 3] = 0.5
            return output

        handle = model.get_submodule(layer).register_forward_hook(set_channel)
        expected = model(batch)
        handle.remove()
        torch.testing.assert_close(split.logits(split.pool(changed), batch), expected)
        assert not torch.allclose(expected, model(batch))
    own = torch.tensor([0, 3, 5])
    torch.testing.assert_close(split.neuron_means(batch, own), means_over_positions(activations)[range(3), own])


@pytest.mark.parametrize(("build", "layer", "shape"), [case[:3] for case in CASES])
def test_each_position_is_a_sample_of_an_autoencoder(
    build: Callable[[], nn.Module], layer: str, shape: tuple[int, ...]
) -> None:
    with torch.no_grad():
        activations = SplitModel(build(), layer).activations(images(3))
    layout = SampleLayout(shape)
    assert (layout.dimensions, layout.per_image) == (shape[0], int(np.prod(shape[1:])))
    samples = layout.samples(activations)
    torch.testing.assert_close(samples[1], activations.flatten(2)[0, :, 1])
    torch.testing.assert_close(layout.activations(samples), activations)


def test_layers_of_a_catalog_model_are_what_they_were() -> None:
    """None that puts out the logits is before them, though it may be held by another."""
    assert layers_before_logits(vision_transformer())[-1] == "encoder"
    model = build_model("cnn3", seed=0)
    assert [name for name in layer_entries(model) if name not in layers_before_logits(model)] == ["head"]


def test_neither_the_logits_nor_a_second_head_nor_a_border_are_layers_to_look_at() -> None:
    class Detector(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.border, self.conv, self.units = nn.ZeroPad2d(3), nn.Conv2d(3, 12, 7, 7), nn.Linear(12, 8)
            self.classes, self.softmax, self.box = nn.Linear(8, 10), nn.Softmax(1), nn.Linear(8, 4)

        def forward(self, batch: Tensor) -> Tensor:
            units = self.units(self.conv(self.border(batch)).mean((2, 3)))
            probabilities: Tensor = self.softmax(self.classes(units))
            self.box(units)
            return probabilities

    model = mark_shape(Detector().eval(), NetworkShape(28, 28, 10))
    assert layers_before_logits(model) == ["conv", "units", "classes"]
    assert last_before_logits(model) == "units"


def test_what_is_no_map_isnt_taken_for_one() -> None:
    """Attention by heads, queries, and the tokens that a mixer's channels are for a moment."""

    class Attention(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv, self.queries, self.attention = nn.Conv2d(3, 12, 7, 7), nn.Identity(), nn.Softmax(-1)
            self.tokens, self.head = nn.Identity(), nn.Linear(12, 10)

        def forward(self, batch: Tensor) -> Tensor:
            tokens = self.tokens(self.conv(batch).flatten(2).transpose(1, 2))
            tokens = torch.cat([tokens.mean(1, keepdim=True), tokens], 1)
            queries = self.queries(self.tokens(tokens).unflatten(2, (3, 4)).transpose(1, 2))
            attention = self.attention(queries @ queries.transpose(2, 3))
            mixed: Tensor = self.head((attention @ queries).mean((2,)).flatten(1))
            return mixed

    assert list(layer_entries(Attention())) == ["conv", "tokens", "head"]
    assert not [name for name in layer_entries(mixer()) if "over_tokens" in name]


def test_no_embedding_of_patches_or_positions_is_taken_for_a_map_of_the_image() -> None:
    """A stem whose maps are finer than the tokens', and an encoding of positions that all images share."""

    class Stem(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.stem, self.positions = nn.Sequential(nn.Conv2d(3, 12, 2, 2), nn.Conv2d(12, 12, 5, 3)), nn.Linear(2, 12)
            self.blocks, self.norm = nn.Sequential(MixerBlock(16, 12), MixerBlock(16, 12)), nn.LayerNorm(12)
            self.head = nn.Linear(12, 10)

        def forward(self, batch: Tensor) -> Tensor:
            tokens = self.stem(batch).flatten(2).transpose(1, 2) + self.positions(batch.new_ones(1, 16, 2))
            logits: Tensor = self.head(self.norm(self.blocks(tokens)).mean(1))
            return logits

    model = mark_shape(Stem().eval(), NetworkShape(28, 28, 10))
    entries = layer_entries(model)
    assert entries["stem.0"].map_size == (14, 14) and "positions" not in entries
    assert choose_layer(model, "theirs", "grad-cam", None) == "norm"


def test_a_layer_of_tokens_is_read_by_its_mean_or_maximum() -> None:
    model, shown = vision_transformer(), np.zeros((2, 28, 28, 3), np.uint8)
    layer = "encoder.layers.encoder_layer_0"
    with torch.no_grad(), capture_activations(model, layer) as found:
        model(torch.zeros(2, 3, 28, 28))
    largest = gather_activations(model, [layer], shown, reduce=map_reduction("max"))[layer].values
    torch.testing.assert_close(largest, found[layer].amax(2))
    with pytest.raises(UsageError, match="by mean or max"):
        gather_activations(model, [layer], shown, reduce=map_reduction("1,1"))


def test_replacing_a_layer_of_tokens_is_to_give_channels_first() -> None:
    model, batch = vision_transformer(), images(2)
    with torch.no_grad(), replace_activations(model, "encoder.ln", lambda tokens: tokens * 0 + 1):
        logits = model(batch)
    head = model.get_submodule("heads.head")
    assert isinstance(head, nn.Linear)
    torch.testing.assert_close(logits[0], head.weight.sum(1) + head.bias)
