"""How fast this machine trains: images a second of plain steps, by device, precision and threads."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch

from lazytui.data.content import colored_digits
from lazytui.data.device_split import DeviceSplit
from lazytui.data.params import DatasetParams
from lazytui.data.splits import BiasedDataset, Split, find_data
from lazytui.models.build import build_model
from lazytui.models.shapes import IMAGE_SHAPE
from lazytui.system.cores import cores
from lazytui.system.hardware import Hardware, choose_hardware, configure_torch
from lazytui.training.methods import METHODS
from lazytui.training.methods.base import MethodContext
from lazytui.training.settings import TrainingSettings
from lazytui.training.static_step import StaticStep, record_cuda_graph, takes_graph

_IMAGES = 4096
_ROUNDS = 5
_ROUND_SECONDS = 0.15


@dataclass(frozen=True)
class Speed:
    """images: a second. threads: of the processor. graph: whether each step was one CUDA graph."""

    device: str
    precision: str
    threads: int
    graph: bool
    images: float


@dataclass(frozen=True)
class Speeds:
    """auto: what a training without options takes, one of those that were measured. at_a_time: trainings that a study
    trains beside each other, with as many threads each as `each` says."""

    model: str
    batch_size: int
    measured: tuple[Speed, ...]
    auto: Speed
    at_a_time: int
    each: int

    @property
    def fastest(self) -> Speed:
        return max(self.measured, key=lambda speed: speed.images)

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "fastest": asdict(self.fastest)}


def measure_speeds(settings: TrainingSettings | None = None) -> Speeds:
    """Time plain steps on random images, a second or so each, in turns, so that what else the machine does hits all."""
    settings = settings or TrainingSettings()
    configure_torch()
    threads, auto = torch.get_num_threads(), choose_hardware("auto", "auto")
    ways = [
        (Hardware(device, precision), count, graph)
        for device in _devices(auto)
        for precision in ("fp32", "bf16")
        for count in (_thread_counts(threads) if device.type == "cpu" else [threads])
        for graph in ([False, True] if device.type == "cuda" else [False])
    ]
    seconds: list[list[float]] = [[] for _ in ways]
    with _threads_restored():
        steps = [_step(settings, hardware, graph, count) for hardware, count, graph in ways]
        for _ in range(_ROUNDS):
            for way, step in enumerate(steps):
                seconds[way].append(step())
    measured = tuple(
        Speed(hardware.device.type, hardware.precision, count, graph, settings.batch_size / statistics.median(each))
        for (hardware, count, graph), each in zip(ways, seconds, strict=True)
    )
    chosen = (auto.device.type, auto.precision, threads, takes_graph(settings, auto))
    taken = next(one for one in measured if (one.device, one.precision, one.threads, one.graph) == chosen)
    at_a_time = min(cores(), 8)
    return Speeds(settings.model, settings.batch_size, measured, taken, at_a_time, max(1, cores() // at_a_time))


def _devices(auto: Hardware) -> list[torch.device]:
    cpu = torch.device("cpu")
    return [cpu] if auto.device.type == "cpu" else [auto.device, cpu]


def _thread_counts(most: int) -> list[int]:
    """1, 2, 4, ... and the most."""
    return sorted({most, *(2**power for power in range(most.bit_length()))})


def _step(settings: TrainingSettings, hardware: Hardware, graph: bool, threads: int) -> Callable[[], float]:
    """Seconds of a step, on an average over a round; warmed up."""
    split = DeviceSplit(_random_images(), hardware.device)
    model = build_model(settings.model, seed=0).to(hardware.device).to(memory_format=torch.channels_last).train()
    data = BiasedDataset(params := DatasetParams(source="strokes"), find_data(params))
    context = MethodContext(
        "erm", settings.method_options, model, data, split, settings, hardware, seed=0, total_steps=1_000_000
    )
    method = METHODS["erm"].method_class(context)
    static = StaticStep(method, settings.batch_size, record_cuda_graph) if graph else None
    order = torch.randperm(len(split), generator=torch.Generator().manual_seed(0)).to(hardware.device)
    whole = len(order) - len(order) % settings.batch_size
    parts = order[:whole].view(-1, settings.batch_size)

    def step(number: int) -> torch.Tensor:
        indices = parts[number % len(parts)]
        return static.step(indices, number) if static else method.step(method.batch(indices), number)

    def some() -> float:
        torch.set_num_threads(threads)
        began, done = time.perf_counter(), 0
        while done < 2 or time.perf_counter() - began < _ROUND_SECONDS:
            loss = step(done)
            done += 1
        loss.item()  # the device may still be computing
        return (time.perf_counter() - began) / done

    some()
    return some


def _random_images() -> Split:
    """What is on them makes no difference to how long a step takes."""
    random = np.random.default_rng(0)
    _, height, width = IMAGE_SHAPE
    images = random.integers(0, 256, (_IMAGES, height, width, 3), dtype=np.uint8)
    labels = random.integers(0, 10, _IMAGES, dtype=np.uint8)
    return Split(images, labels, labels, images[..., 0], colored_digits("distinct"))


@contextmanager
def _threads_restored() -> Iterator[None]:
    before = torch.get_num_threads()
    try:
        yield
    finally:
        torch.set_num_threads(before)
