"""Weights that others saved, brought to a network's names and type; and what differs where they can't be."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping

import torch
from torch import Tensor

_COMPILED = "_orig_mod."
_PARALLEL = re.compile(r"\A(?:module\.)*")
_NARROW = (torch.float16, torch.bfloat16)
_MOST_NAMED = 3


def fit_weights(weights: Mapping[str, Tensor], expected: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The weights by the network's names: without what torch.compile puts into names, and without a prefix, however
    nested, that the network lacks; half precision as float32 where that is wanted. What doesn't fit stays as it is.

    Where all of the network is found under a prefix, what lies beside it (a metric, a loss) isn't the network's.
    """
    own = weights if weights.keys() == expected.keys() else _by_names_of(expected, weights)
    return {name: _widened(value, expected.get(name)) for name, value in own.items()}


def differences(expected: Mapping[str, Tensor], weights: Mapping[str, Tensor]) -> list[str]:
    """What differs in names and shapes, some words each; none where the weights fit."""
    return [*_of_shapes(expected, weights), *_of_names(expected, weights)]


def _by_names_of(expected: Mapping[str, Tensor], weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    names = {name.replace(_COMPILED, ""): name for name in expected}
    own = {name.replace(_COMPILED, ""): value for name, value in weights.items()}
    prefix = _likeliest_prefix(own, names)
    inside = {name.removeprefix(prefix): value for name, value in own.items() if name.startswith(prefix)}
    if inside.keys() != names.keys():
        beside = {name: value for name, value in own.items() if not name.startswith(prefix)}
        inside = {**beside, **inside}
    return {names.get(name, name): value for name, value in inside.items()}


def _likeliest_prefix(weights: Mapping[str, Tensor], expected: Mapping[str, str]) -> str:
    """What stands before most of the wanted names; what DataParallel puts there, where nothing does. Of two that stand
    before equally many neither: `model.` and `ema.` may be two networks."""
    ends = [(name, end) for name in weights for end in expected if name.endswith(end)]
    prefixes = Counter(name.removesuffix(end) for name, end in ends if f".{name}".endswith(f".{end}"))
    if not prefixes:
        return min((_PARALLEL.findall(name)[0] for name in weights), key=len, default="")
    most = max(prefixes.values())
    likeliest = [prefix for prefix, count in prefixes.items() if count == most]
    return likeliest[0] if len(likeliest) == 1 else ""


def _shared_prefix(weights: Mapping[str, Tensor]) -> str:
    """`net.` where all names begin with that; nothing where they have none in common, or nothing else."""
    first = {name.partition(".")[0] for name in weights}
    prefix = f"{first.pop()}." if len(first) == 1 else ""
    return prefix if all(name.startswith(prefix) and name != prefix for name in weights) else ""


def _widened(value: Tensor, expected: Tensor | None) -> Tensor:
    fits = expected is not None and expected.dtype == torch.float32 and value.dtype in _NARROW
    return value.float() if fits else value


def _of_shapes(expected: Mapping[str, Tensor], weights: Mapping[str, Tensor]) -> Iterator[str]:
    others = [name for name, value in expected.items() if name in weights and weights[name].shape != value.shape]
    if others:
        name = others[0]
        more = f" (and {len(others) - 1} more of another shape)" if len(others) > 1 else ""
        yield f"their {name} is {_size(weights[name])}, the network's is {_size(expected[name])}{more}"


def _of_names(expected: Mapping[str, Tensor], weights: Mapping[str, Tensor]) -> Iterator[str]:
    missing = [name for name in expected if name not in weights]
    surplus = [f"{name!r:.80}" for name in weights if name not in expected]
    if missing:
        yield f"they have no {_some(missing)}"
    if surplus:
        prefix = _shared_prefix(weights)
        shared = f" (all their names begin with {prefix!r:.80})" if prefix and not _shared_prefix(expected) else ""
        yield f"the network has no {_some(surplus)}{shared}"


def _some(names: list[str]) -> str:
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _size(value: Tensor) -> str:
    return " x ".join(map(str, value.shape)) or "a single number"
