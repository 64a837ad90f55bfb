"""A step whose tensors stay where they are, so that a GPU can repeat all of it as one CUDA graph.

A small network's step is some forty kernels of a few microseconds each, which Python takes longer to launch than a GPU
to do. Recorded once, they are launched together. What is recorded is what was done to which tensors: so a method must
do the same in every step (`MethodEntry.static_step`), and what differs is written into tensors that stay, here the
indices of the images and the learning rate.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from lazytui.errors import BadInput, LazytuiError
from lazytui.models.architectures import ARCHITECTURES
from lazytui.system.hardware import Hardware
from lazytui.system.memory import memory_error_or
from lazytui.training.methods import METHODS
from lazytui.training.methods.base import Method
from lazytui.training.optimizers import keep_rate_on_device, set_rate
from lazytui.training.phases import GRAPH
from lazytui.training.settings import TrainingSettings

WARM_UP = 3
"""Plain steps before one is recorded: by then whatever is allocated or chosen once has been."""

Record = Callable[[Callable[[], Tensor]], tuple[Callable[[], object], Tensor]]
"""Records what a function does to tensors, without doing it. Returns what does it, and the tensor that it makes."""


def takes_graph(settings: TrainingSettings, hardware: Hardware) -> bool:
    """Whether the steps of a training are one CUDA graph. auto: on an NVIDIA GPU, for networks and methods of ours.

    Raises BadInput where one is asked for and there is no such GPU.
    """
    on_gpu = hardware.device.type == "cuda"
    if settings.graph == "on" and not on_gpu:
        raise BadInput(
            f"--graph on needs an NVIDIA GPU, and this training would compute on {hardware.device.type}: leave it out."
        )
    static = METHODS[settings.method].static_step and not settings.augments
    return settings.graph == "on" or (
        settings.graph == "auto" and on_gpu and static and settings.model in ARCHITECTURES
    )


class StaticStep:
    """The steps of a method for batches of one size: a few plain ones, one that is recorded, then repetitions of that.

    Batches of another size, such as the last of an epoch, take plain steps. Weights and all state of the optimizer are
    the same tensors throughout, so that the two may alternate.
    """

    def __init__(
        self, method: Method, size: int, record: Record, failed: Callable[[str], object] | None = None
    ) -> None:
        """size: of the batches. failed: called with the reason where a step can't be recorded, and all steps are plain
        then; None ends the training there."""
        self._method, self._size, self._record, self._failed = method, size, record, failed
        self._indices = torch.zeros(size, dtype=torch.int64, device=method.context.hardware.device)
        self._done = 0
        self._cannot = False
        self._repeat: Callable[[], object] | None = None
        self._loss = torch.zeros(())

    def step(self, indices: Tensor, step: int) -> Tensor:
        """One update of the weights; returns the loss, detached and on the device, which the next call overwrites."""
        if self._done == 0:
            keep_rate_on_device(self._method.optimizer)
        self._done += 1
        if len(indices) != self._size or self._cannot:
            return self._plain_step(indices, step)
        self._indices.copy_(indices)
        if self._repeat is None and self._done <= WARM_UP:
            return _on_side_stream(lambda: self._plain_step(self._indices, step))
        if self._repeat is None and not self._begin(step):
            return self._plain_step(indices, step)
        assert self._repeat is not None
        set_rate(self._method.optimizer, self._method.context.settings, *self._method.in_schedule(step))
        with self._method.context.phases.phase(GRAPH):
            self._repeat()
        return self._loss

    def _plain_step(self, indices: Tensor, step: int) -> Tensor:
        return self._method.step(self._method.batch(indices), step)

    def _begin(self, step: int) -> bool:
        """Record the step, without doing it; whether that could be done."""
        self._method.optimizer.zero_grad(set_to_none=True)  # or it would add to gradients that lie elsewhere
        try:
            self._repeat, self._loss = self._record(
                lambda: self._method.update(self._method.batch(self._indices), step)
            )
        except RuntimeError as error:
            reason = next(iter(str(error).splitlines()), "no reason is given")
            sentence = f"The steps of this training can't be recorded as a CUDA graph ({reason})"
            if self._failed is None:
                refused = LazytuiError(f"{sentence}; train it with --graph off.")
                raise memory_error_or(error, "record a step", refused) from error
            self._failed(f"{sentence}, so they run without one.")
            self._cannot = True
        return not self._cannot


def record_cuda_graph(work: Callable[[], Tensor]) -> tuple[Callable[[], object], Tensor]:
    """See `Record`; the graph is repeated on whichever stream is the current one then."""
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph, capture_error_mode="thread_local"):
        result = work()
    return graph.replay, result


def _on_side_stream(work: Callable[[], Tensor]) -> Tensor:
    """Do the work on a stream of its own, as CUDA asks for before a recording; without CUDA, just do it."""
    if not torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
        return work()
    stream = torch.cuda.Stream()  # type: ignore[no-untyped-call]
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        result = work()
    torch.cuda.current_stream().wait_stream(stream)
    return result
