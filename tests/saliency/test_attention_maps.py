"""Attention rollout and LeGrad of a small vision transformer, against the same written out by hand."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from lazytui.errors import UsageError
from lazytui.models.build import build_model
from lazytui.models.shapes import NetworkShape, mark_shape
from lazytui.saliency import attention_maps
from lazytui.saliency.attention_maps import attention_rollout, legrad
from lazytui.saliency.attention_weights import record_attention
from lazytui.saliency.map_layers import available_methods, choose_layer, map_sizes
from lazytui.saliency.maps_by_name import explain
from tests.saliency.networks import images, request
from tests.saliency.token_networks import mixer, swin, vision_transformer

TARGETS = torch.tensor([0, 3, 9])


def by_hand(model: nn.Module, batch: Tensor) -> tuple[list[Tensor], list[Tensor]]:
    """The attention weights (N, 2, 17, 17) and the tokens (N, 17, 16) of both blocks of torchvision's transformer."""
    part: Callable[[str], nn.Module] = model.get_submodule
    weights = dict(model.named_parameters())
    patches = part("conv_proj")(batch).flatten(2).transpose(1, 2)
    x = torch.cat([weights["class_token"].expand(len(batch), -1, -1), patches], 1) + weights["encoder.pos_embedding"]
    attention, tokens = [], []
    for block in ("encoder.layers.encoder_layer_0", "encoder.layers.encoder_layer_1"):
        normed = part(f"{block}.ln_1")(x)
        own = {name.removeprefix(f"{block}.self_attention."): value for name, value in weights.items()}
        q, k, v = (normed @ own["in_proj_weight"].T + own["in_proj_bias"]).chunk(3, dim=2)
        heads = [slice(0, 8), slice(8, 16)]
        each = [(q[..., head] @ k[..., head].transpose(1, 2) / math.sqrt(8)).softmax(2) for head in heads]
        stacked = torch.stack(each, 1)
        mixed = torch.cat([stacked[:, index] @ v[..., head] for index, head in enumerate(heads)], 2)
        x = x + mixed @ own["out_proj.weight"].T + own["out_proj.bias"]
        x = x + part(f"{block}.mlp")(part(f"{block}.ln_2")(x))
        attention.append(stacked)
        tokens.append(x)
    return attention, tokens


def scores_of(model: nn.Module, tokens: Tensor) -> Tensor:
    read: Tensor = model.get_submodule("heads")(model.get_submodule("encoder.ln")(tokens)[:, 0])
    return read.gather(1, TARGETS[:, None]).sum()


def test_weights_are_those_of_fused_attention_and_change_nothing() -> None:
    model, batch = vision_transformer(), images(3)
    with torch.no_grad(), record_attention(model) as found:
        logits = model(batch)
    torch.testing.assert_close(logits, model(batch).detach(), rtol=1e-4, atol=1e-5)
    for ours, theirs in zip(found, by_hand(model, batch)[0], strict=True):
        torch.testing.assert_close(ours.weights, theirs.detach())


@pytest.mark.parametrize("at_once", [10**6, 600])
def test_rollout_is_the_class_tokens_row_of_the_product(at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """at_once: weights held; each image has 1,156, so that with 600 images go through one by one."""
    monkeypatch.setattr(attention_maps, "_MOST_VALUES", at_once)
    model, batch = vision_transformer(), images(3)
    first, second = (each.detach().mean(1) / 2 + torch.eye(17) / 2 for each in by_hand(model, batch)[0])
    expected = (second @ first)[:, 0, 1:].reshape(3, 4, 4)
    torch.testing.assert_close(attention_rollout(model, batch, TARGETS), expected)


@pytest.mark.parametrize("frozen", [False, True])
def test_legrad_is_the_mean_positive_gradient_of_the_scores_of_all_blocks(frozen: bool) -> None:
    model, batch = vision_transformer(), images(3)
    attention, tokens = by_hand(model, batch)
    expected = torch.zeros(3, 17)
    for weights, z in zip(attention, tokens, strict=True):
        (gradient,) = torch.autograd.grad(scores_of(model, z), weights, retain_graph=True)
        expected += gradient.clamp(min=0).sum((1, 2)) / (2 * 17) / 2
    ours = explain(model.requires_grad_(not frozen), batch, TARGETS, request("legrad", None)).maps
    torch.testing.assert_close(ours, expected[:, 1:].reshape(3, 4, 4), rtol=1e-4, atol=1e-7)
    assert expected.min() >= 0 and expected[:, 1:].max() > 0


class Written(nn.Module):
    """Attention that is written out, without a class token: tokens are averaged at the end."""

    def __init__(self) -> None:
        super().__init__()
        self.patches, self.head = nn.Conv2d(3, 8, 7, 7), nn.Linear(8, 10)
        self.blocks = nn.ModuleList([Attending(), Attending()])

    def forward(self, batch: Tensor) -> Tensor:
        tokens = self.patches(batch).flatten(2).transpose(1, 2)
        for block in self.blocks:
            tokens = block(tokens)
        logits: Tensor = self.head(tokens.mean(1))
        return logits


class Attending(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.queries = nn.Linear(8, 8)

    def forward(self, tokens: Tensor) -> Tensor:
        scores = self.queries(tokens) @ tokens.transpose(1, 2)
        mixed: Tensor = scores[:, None].softmax(3)[:, 0] @ tokens
        return tokens + mixed


def test_without_a_class_token_all_rows_that_are_read_count() -> None:
    torch.manual_seed(0)
    model, batch = mark_shape(Written().eval(), NetworkShape(28, 28, 10)), images(3)
    with torch.no_grad(), record_attention(model) as found:
        model(batch)
    first, second = (each.weights.mean(1) / 2 + torch.eye(16) / 2 for each in found)
    torch.testing.assert_close(
        attention_rollout(model, batch, TARGETS), (second @ first).mean(1).reshape(3, 4, 4), rtol=1e-4, atol=1e-6
    )
    assert "legrad" in available_methods(model, map_sizes(model))


@pytest.mark.parametrize("build", [swin, mixer, lambda: build_model("gap-cnn", seed=0)])
def test_networks_without_attention_among_all_tokens_arent_offered_it(build: Callable[[], nn.Module]) -> None:
    """Swin attends within windows."""
    model = build()
    assert not {"attention-rollout", "legrad"} & {*available_methods(model, map_sizes(model))}
    with pytest.raises(UsageError, match="legrad needs a network all of whose layers attend"):
        choose_layer(model, "theirs", "legrad", None)
    with pytest.raises(UsageError, match="need a network all of whose layers attend"):
        legrad(model, images(3), TARGETS)
