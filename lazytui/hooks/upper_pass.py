"""Running a network on from one of its layers where it isn't a plain sequence: what is done before isn't run again.

Modules that have finished when the layer puts out its activation can't depend on what it is replaced by. In an upper
pass they don't run: they put out not-a-number. Whether anything above needs them nevertheless, as a skip connection
does, is found by trying: then the logits aren't numbers either, and such a network has no upper pass.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from lazytui.evaluation.forward import device_of, evaluation_mode
from lazytui.hooks.layer_hooks import layer_of

_IMAGES = 2
"""Images of noise that it is tried with."""


@dataclass(frozen=True)
class _Call:
    """One run of a module. began, ended: in the order of all of these. nothing: not-a-number in the place of one
    image's output, (1, ...); None where it doesn't put out a tensor of as many images."""

    module: nn.Module
    number: int
    began: int
    ended: int
    nothing: Tensor | None


Skipped = Mapping[nn.Module, Mapping[int, Tensor]]
"""The runs of modules that are left out, by number, with what stands in the place of one image's output, (1, ...)."""


def modules_before(model: nn.Module, layer: str, image_shape: tuple[int, ...], runs: int) -> Skipped:
    """What has run when `layer` puts out its activation, the layer among them; what runs within another isn't listed.

    runs: how often the layer runs in a pass.
    """
    calls = _calls(model, image_shape)
    last = [call for call in calls if call.module is layer_of(model, layer)][runs - 1]
    before = [(call, call.nothing) for call in calls if call.ended <= last.ended and call.nothing is not None]
    skipped: dict[nn.Module, dict[int, Tensor]] = {}
    for call, nothing in before:
        if not any(other.began < call.began and call.ended < other.ended for other, _ in before):
            skipped.setdefault(call.module, {})[call.number] = nothing
    return skipped


@contextmanager
def skipping(skipped: Skipped, images: int) -> Iterator[None]:
    """Within the block, of one pass of so many images: these modules don't run and put out not-a-number."""
    with ExitStack() as stack:
        for module, outputs in skipped.items():
            own = module.__dict__.get("forward")  # of the module itself, where somebody put one there
            object.__setattr__(module, "forward", _without(module.forward, outputs, images))
            stack.callback(_restore, module, own)
        yield


def is_independent(
    model: nn.Module,
    skipped: Skipped,
    image_shape: tuple[int, ...],
    replaced: Callable[[Tensor], AbstractContextManager[None]],
    activation_shape: tuple[int, ...],
) -> bool:
    """Whether a pass without the skipped modules comes to what a whole one does.

    replaced: the block in which the layer's activation, (2, *activation_shape), is replaced by another.
    """
    images, activation = _noise(model, image_shape), _noise(model, activation_shape)
    with torch.no_grad(), evaluation_mode(model):
        with replaced(activation.clone()):
            whole = model(images)
        try:
            with replaced(activation.clone()), skipping(skipped, len(images)):
                upper = model(images)
        except Exception:  # custom code may reject such values: then the network runs as a whole
            return False
    return torch.allclose(whole, upper, rtol=1e-4, atol=1e-5)


def _calls(model: nn.Module, image_shape: tuple[int, ...]) -> list[_Call]:
    """The runs of all modules below the model in a pass, in the order in which they end."""
    calls: list[_Call] = []
    clock, begun, numbers = itertools.count(), dict[nn.Module, list[int]](), dict[nn.Module, int]()

    def begin(module: nn.Module, _inputs: object) -> None:
        begun.setdefault(module, []).append(next(clock))

    def end(module: nn.Module, _inputs: object, output: object) -> None:
        nothing = None
        if isinstance(output, Tensor) and output.is_floating_point() and output.shape[:1] == (_IMAGES,):
            nothing = output.new_full((1,), torch.nan).expand(1, *output.shape[1:])
        number = numbers[module] = numbers.get(module, 0) + 1
        calls.append(_Call(module, number, begun[module].pop(), next(clock), nothing))

    with ExitStack() as stack, torch.no_grad(), evaluation_mode(model):
        for name, module in model.named_modules():
            if name:
                stack.callback(module.register_forward_pre_hook(begin).remove)
                stack.callback(module.register_forward_hook(end).remove)
        model(_noise(model, image_shape))
    return calls


def _without(forward: Callable[..., Any], outputs: Mapping[int, Tensor], images: int) -> Callable[..., Any]:
    """A module's forward, but for the runs that are left out."""
    numbers = itertools.count(1)

    def run(*inputs: Any, **named: Any) -> Any:
        nothing = outputs.get(next(numbers))
        if nothing is None:
            return forward(*inputs, **named)
        return nothing.expand(images, *nothing.shape[1:])

    return run


def _restore(module: nn.Module, own: Any) -> None:
    if own is None:
        del module.__dict__["forward"]
    else:
        object.__setattr__(module, "forward", own)


def _noise(model: nn.Module, shape: tuple[int, ...]) -> Tensor:
    """(2, *shape) float32 in [0, 1], on the model's device."""
    random = torch.Generator().manual_seed(0)
    return torch.rand(_IMAGES, *shape, generator=random).to(device_of(model))
