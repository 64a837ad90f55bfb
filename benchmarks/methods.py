"""What a step of each training method costs, as a multiple of a plain one."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch

from lazytui.data.device_split import DeviceSplit
from lazytui.data.params import DatasetParams
from lazytui.data.splits import BiasedDataset, build_dataset
from lazytui.models.build import build_model
from lazytui.system.hardware import choose_hardware, configure_torch
from lazytui.training.methods import METHODS
from lazytui.training.methods.base import Method, MethodContext
from lazytui.training.settings import TrainingSettings

ASKED = {"grl": 1.8}
MODEL, BATCH, STEPS, REPEATS = "gap-cnn", 64, 10, 7
SECOND_EPOCH = 1
"""Methods that train twice are timed in their second phase; their first is plain."""


@dataclass(frozen=True)
class Cost:
    """Median seconds of a step; ratio: median over blocks of steps timed in turn with plain ones."""

    method: str
    seconds: float
    ratio: float


def main() -> None:
    configure_torch()
    print(f"{MODEL}, batches of {BATCH}: a step of each method, in turn with a plain one")
    print(f"{'method':<22} {'ms a step':>10} {'x erm':>7} {'asked':>6}")
    for row in measure():
        asked = ASKED.get(row.method)
        limit = f"{asked:>6.2f}{'' if row.ratio <= asked else '  above'}" if asked else f"{'–':>6}"
        print(f"{row.method:<22} {1e3 * row.seconds:>10.2f} {row.ratio:>7.2f} {limit}", flush=True)


def measure(names: tuple[str, ...] = tuple(METHODS)) -> list[Cost]:
    data = build_dataset(DatasetParams(source="strokes", train_size=4000, test_size=100))
    plain = _steps(_at_work("erm", data))
    return [_cost(name, _steps(_at_work(name, data)), plain) for name in names]


def _at_work(name: str, data: BiasedDataset) -> Method:
    settings = TrainingSettings(method=name, model=MODEL, batch_size=BATCH)
    hardware = choose_hardware(settings.device, settings.precision)
    model = build_model(settings.model, seed=0).to(hardware.device).to(memory_format=torch.channels_last).train()
    context = MethodContext(
        method=name,
        options=settings.method_options,
        model=model,
        data=data,
        train=DeviceSplit(data.train, hardware.device),
        settings=settings,
        hardware=hardware,
        seed=0,
        total_steps=10_000,
    )
    method = METHODS[name].method_class(context)
    method.begin_epoch(SECOND_EPOCH)
    return method


def _steps(method: Method) -> Callable[[], float]:
    """Seconds a step, of some steps; later than any annealing."""
    order = method.order(SECOND_EPOCH).to(method.context.train.device)

    def some() -> float:
        begin = time.perf_counter()
        for index in range(STEPS):
            batch = method.batch(order[index * BATCH : (index + 1) * BATCH])
            loss = method.step(batch, 5_000 + index)
        loss.item()  # the device may still be computing
        return (time.perf_counter() - begin) / STEPS

    some()
    return some


def _cost(name: str, steps: Callable[[], float], plain: Callable[[], float]) -> Cost:
    pairs = [(steps(), plain()) for _ in range(REPEATS)]
    return Cost(name, statistics.median(own for own, _ in pairs), statistics.median(own / erm for own, erm in pairs))
