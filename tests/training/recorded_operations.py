"""What a CUDA graph does, on the CPU: the operations of a step on its tensors, recorded once and repeated as they are.

Nothing of the step's Python runs when it is repeated. So a method that decides by the step's number, draws from a
generator, rebinds what it remembers or asks for a value gives other weights here, or is refused, as it would on a GPU.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

_REFUSED = (
    "_local_scalar_dense",
    "item",
    "equal",
    "nonzero",
    "masked_select",
    "bincount",
    "unique",
    "unique_consecutive",
    "_unique2",
    "lift_fresh",
)
"""What waits for the device, has a result of which only the device knows the size, or brings numbers to it."""


class _Recorder(TorchDispatchMode):
    def __init__(self) -> None:
        super().__init__()
        self.operations: list[tuple[Any, tuple[Any, ...], dict[str, Any], list[Tensor]]] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        name = func._schema.name.removeprefix("aten::").rstrip("_")
        if name in _REFUSED or (name == "index" and any(one.dtype is torch.bool for one in args[1] if one is not None)):
            raise RuntimeError(f"operation not permitted when stream is capturing: {name}")
        if any(isinstance(one, torch.Generator) for one in tree_leaves((args, kwargs))):
            raise RuntimeError("a generator that isn't registered with the graph")
        made = func(*args, **kwargs)
        self.operations.append((func, args, kwargs, [one for one in tree_leaves(made) if isinstance(one, Tensor)]))
        return made


def record_operations(work: Callable[[], Tensor]) -> tuple[Callable[[], object], Tensor]:
    """See `lazytui.training.static_step.Record`. Recording does the work, and so the first repetition doesn't."""
    recorder = _Recorder()
    with recorder:
        result = work()
    done = [True]

    def repeat() -> None:
        if done:
            done.pop()
            return
        with torch.no_grad():
            for func, args, kwargs, before in recorder.operations:
                made = [one for one in tree_leaves(func(*args, **kwargs)) if isinstance(one, Tensor)]
                for old, new in zip(before, made, strict=True):
                    if old.data_ptr() != new.data_ptr() and old is not new:
                        old.copy_(new)

    return repeat, result
