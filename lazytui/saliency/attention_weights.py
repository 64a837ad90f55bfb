"""The attention weights of a network's layers while it runs, whatever computes them.

Fused attention never has its weights in memory. While `record_attention` is on, torch's fused functions are computed
step by step instead: softmax(q k^T / sqrt(d)) (Vaswani et al. 2017, eq. 1), then times v. Attention that is written out
is known by its softmax over a square of tokens.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.overrides import TorchFunctionMode

from lazytui.evaluation.forward import evaluation_mode
from lazytui.hooks.layer_hooks import black_images, layer_entries
from lazytui.hooks.layer_layout import Size

ATTENTION = "a network all of whose layers attend among all tokens of an image, as a vision transformer's do"
"""What maps of attention need, in a sentence."""

_SOFTMAX = (torch.softmax, Tensor.softmax, functional.softmax)
_MULTI_HEAD = inspect.signature(functional.multi_head_attention_forward)


@dataclass(frozen=True)
class Attention:
    """weights: (N, heads, T, T), of token i (row) to token j; rows add up to 1. modules: the names of those that it is
    computed in, from the outermost inwards, but for a softmax."""

    weights: Tensor
    modules: tuple[str, ...]


@dataclass(frozen=True)
class AttentionBlocks:
    """Of a network that attends among all tokens of an image.

    blocks: a module for each attention, in their order, which holds it and no other, and puts out tokens. grid: rows
    and columns of the patches' tokens, which are the last of all. values: how many weights there are for one image.
    """

    blocks: tuple[str, ...]
    grid: Size
    values: int


@contextmanager
def record_attention(model: nn.Module) -> Iterator[list[Attention]]:
    """Within the block: the attention of the passes that the model makes, in the order in which it is computed.

    Gradients can be taken with respect to the weights. Other attention than that of tokens to one another, each image
    by itself, is recorded with the shape it has.
    """
    recorded: list[Attention] = []
    running: list[str] = []

    def enter(name: str) -> Callable[[nn.Module, object], None]:
        return lambda _module, _inputs: running.append(name)

    def leave(_module: nn.Module, _inputs: object, _output: object) -> None:
        running.pop()

    with ExitStack() as stack:
        for name, module in model.named_modules():
            if name and not isinstance(module, nn.Softmax):
                stack.callback(module.register_forward_pre_hook(enter(name)).remove)
                stack.callback(module.register_forward_hook(leave).remove)
        stack.enter_context(_StepByStep(lambda weights: recorded.append(Attention(weights, tuple(running)))))
        yield recorded


def attention_blocks(model: nn.Module, image_shape: tuple[int, ...]) -> AttentionBlocks | None:
    """None where a network has no attention, or some of it isn't among all tokens of an image: within windows, of other
    counts of tokens, or masked. image_shape: (3, h, w)."""
    with torch.no_grad(), evaluation_mode(model), record_attention(model) as recorded:
        model(black_images(model, image_shape))
    if not recorded:
        return None
    tokens = recorded[0].weights.shape[-1]
    entries = layer_entries(model, image_shape)
    makes_tokens = {name: entry for name, entry in entries.items() if entry.shape[1:] == (tokens,)}
    if any(each.weights.shape[::2] != (1, tokens) or each.weights.shape[-1] != tokens for each in recorded):
        return None
    blocks = []
    for one in recorded:
        others = {name for other in recorded if other is not one for name in other.modules}
        own = [name for name in one.modules if name not in others and name in makes_tokens]
        if not own:
            return None
        blocks.append(own[0])
    grid = makes_tokens[blocks[0]].map_size
    return AttentionBlocks(tuple(blocks), grid, sum(each.weights.numel() for each in recorded)) if grid else None


def layers_inside_attention(model: nn.Module, layers: Iterable[str], image_shape: tuple[int, ...]) -> set[str]:
    """Those of some layers that are part of what computes attention of any kind, such as a projection to queries."""
    with torch.no_grad(), evaluation_mode(model), record_attention(model) as recorded:
        model(black_images(model, image_shape))
    attending = tuple({f"{each.modules[-1]}." for each in recorded if each.modules})
    return {layer for layer in layers if layer.startswith(attending)}


class _StepByStep(TorchFunctionMode):
    """Computes attention so that its weights can be kept. Torch asks it for every one of its functions that is called,
    but not for those that it calls itself."""

    def __init__(self, keep: Callable[[Tensor], None]) -> None:
        super().__init__()
        self._keep = keep

    def __torch_function__(
        self, func: Callable[..., Any], types: object, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        named = kwargs or {}
        if func is functional.scaled_dot_product_attention:
            return self._attend(*args, **named)
        if func is functional.multi_head_attention_forward:
            call = _MULTI_HEAD.bind(*args, **named)
            call.apply_defaults()
            if _is_plain(call.arguments):
                return self._attend_by_heads(call.arguments)
            return self._unknown(func(*args, **named))
        output = func(*args, **named)
        return self._kept(output) if func in _SOFTMAX and output.ndim == 4 else output

    def _kept(self, weights: Tensor) -> Tensor:
        if torch.is_grad_enabled() and not weights.requires_grad:
            weights.requires_grad_()
        self._keep(weights)
        return weights

    def _unknown(self, output: Any) -> Any:
        """Of attention whose weights stay unknown."""
        self._keep(torch.empty(0, 0, 0, 0))
        return output

    def _attend(
        self,
        q: Tensor,
        k: Tensor,
        v: Tensor,
        attn_mask: Tensor | None = None,
        dropout_p: float = 0.0,
        is_causal: bool = False,
        scale: float | None = None,
        enable_gqa: bool = False,
    ) -> Tensor:
        """`scaled_dot_product_attention` of (N, heads, T, d); its dropout is that of a network in evaluation mode."""
        if is_causal or enable_gqa or dropout_p:
            options = {"is_causal": is_causal, "enable_gqa": enable_gqa, "dropout_p": dropout_p}
            fused: Any = functional.scaled_dot_product_attention
            output: Tensor = self._unknown(fused(q, k, v, attn_mask, scale=scale, **options))
            return output
        scores = q @ k.transpose(-2, -1) * (1 / math.sqrt(q.shape[-1]) if scale is None else scale)
        if attn_mask is not None:
            hides = attn_mask.dtype == torch.bool
            scores = scores.masked_fill(~attn_mask, -math.inf) if hides else scores + attn_mask
        return self._kept(scores.softmax(-1)) @ v

    def _attend_by_heads(self, arguments: Mapping[str, Any]) -> tuple[Tensor, Tensor | None]:
        """`multi_head_attention_forward` of (T, N, channels); of the weights it gives the mean over heads, if any."""
        heads, weight, bias = arguments["num_heads"], arguments["in_proj_weight"].chunk(3), arguments["in_proj_bias"]
        biases = (None, None, None) if bias is None else bias.chunk(3)
        inputs = (arguments["query"], arguments["key"], arguments["value"])
        projected = (functional.linear(*each) for each in zip(inputs, weight, biases, strict=True))
        q, k, v = (each.reshape(*each.shape[:2], heads, -1).permute(1, 2, 0, 3) for each in projected)
        weights = self._kept((q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])).softmax(-1))
        mixed = (weights @ v).permute(2, 0, 1, 3).flatten(2)
        output = functional.linear(mixed, arguments["out_proj_weight"], arguments["out_proj_bias"])
        returned = weights.mean(1) if arguments["average_attn_weights"] else weights
        return output, returned if arguments["need_weights"] else None


def _is_plain(arguments: Mapping[str, Any]) -> bool:
    """Whether it is attention in a batch of sequences, with one projection and neither a mask nor tokens of its own."""
    extra = ("bias_k", "bias_v", "key_padding_mask", "attn_mask", "static_k", "static_v")
    others = (
        arguments["add_zero_attn"],
        arguments["use_separate_proj_weight"],
        arguments["training"] and arguments["dropout_p"],
    )
    return arguments["query"].ndim == 3 and not any(others) and all(arguments[name] is None for name in extra)
