"""What a GPU makes of small trainings: a step as one CUDA graph or not, bf16 or TF32, several trainings at a time.

Not yet run on a GPU. Without one it runs on the CPU, smaller, with the ways that there are: `python -m benchmarks gpu`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import torch

from lazytui.analyses.core.execute import recorded_params
from lazytui.analyses.train.params import TrainParams
from lazytui.data.splits import BiasedDataset, build_dataset, with_found_data
from lazytui.runs.status import read_status
from lazytui.runs.workspace import Workspace
from lazytui.system.gpus import visible_gpus
from lazytui.training.loop import train
from lazytui.training.methods import METHODS
from lazytui.training.settings import TrainingSettings

ASKED_SECONDS = 1.0
"""Of training the bundled lazy network, without loading, on one GPU."""

ASKED_MINUTES = 10.0
"""Of 20 methods with 5 seeds, 10 epochs each, on one GPU."""

METHODS_TRAINED = 20
AT_A_TIME = (1, 4, 8)
BUNDLED = "shipped/lazy-mnist"
SMALL = ("--source", "strokes", "--train-size", "600", "--test-size", "200", "--model", "lazy-gap")


@dataclass(frozen=True)
class Way:
    """How a training computes. tf32: whether float32 products are rounded to TF32."""

    device: str
    precision: str
    tf32: bool
    graph: str

    def __str__(self) -> str:
        precision = "tf32" if self.tf32 else self.precision
        return f"{self.device}, {precision}, {'graph' if self.graph == 'on' else 'eager'}"


def main() -> None:
    on_gpu = torch.cuda.is_available()
    where = torch.cuda.get_device_name() if on_gpu else f"the CPU only ({torch.get_num_threads()} threads), smaller"
    print(f"measured on {where}; load {os.getloadavg()[0]:.1f}")
    print(f"{'what':<58} {'seconds':>9} {'images/s':>10} {'asked':>7}")
    one_network(on_gpu)
    many_trainings(on_gpu)


def one_network(on_gpu: bool) -> None:
    """The bundled lazy network's training, in this process, each way twice: the second time counts."""
    params, data = bundled_training(on_gpu)
    for way in ways(on_gpu):
        asked = {"device": way.device, "precision": way.precision, "graph": way.graph, "metrics_every": 1_000_000}
        names = TrainingSettings.model_fields
        settings = TrainingSettings.model_validate({name: getattr(params, name) for name in names} | asked)
        torch.set_float32_matmul_precision("high" if way.tf32 else "highest")
        torch.backends.cudnn.allow_tf32 = way.tf32
        for _ in range(2):
            began = time.perf_counter()
            trained = train(settings, data, seed=params.seed)
            seconds = time.perf_counter() - began
        images = trained.steps * settings.batch_size / seconds
        epochs = f"{settings.epochs} epoch{'s' if settings.epochs > 1 else ''}"
        name = f"{settings.model}, {len(data.train):,} images, {epochs}: {way}"
        print_row(name, seconds, images, f"{ASKED_SECONDS:.0f} s" if on_gpu else "–")


def bundled_training(on_gpu: bool) -> tuple[TrainParams, BiasedDataset]:
    """What the bundled network was trained with, on drawn digits where MNIST isn't at hand; on the CPU 600 of these."""
    params = recorded_params(Workspace(Path("runs")).find(BUNDLED))
    assert isinstance(params, TrainParams)
    source = {"source": "auto"} if on_gpu else {"source": "strokes", "train_size": 600, "test_size": 200}
    found = with_found_data(params.model_copy(update={**source, "recorded_content": None}))
    return found, build_dataset(found).planted()


def ways(on_gpu: bool) -> Iterator[Way]:
    if not on_gpu:
        yield from (Way("cpu", precision, tf32=False, graph="off") for precision in ("fp32", "bf16"))
        return
    for graph, (precision, tf32) in product(("off", "on"), (("fp32", False), ("fp32", True), ("bf16", False))):
        yield Way("cuda", precision, tf32, graph)


def many_trainings(on_gpu: bool) -> None:
    """A study of many methods and seeds, so many at a time; on a GPU also with each step started by itself."""
    names = [name for name, entry in METHODS.items() if not entry.network and "object masks" not in entry.reads]
    methods, seeds, epochs = (names[:METHODS_TRAINED], "0-4", "10") if on_gpu else (names[:2], "0", "1")
    size = () if on_gpu else SMALL
    grid = ("--methods", ",".join(methods), "--seeds", seeds, "--epochs", epochs, "--no-plain", *size)
    for at_a_time, graph in product(AT_A_TIME if on_gpu else (1, 2), ("auto", "off") if on_gpu else ("auto",)):
        variables = {"CUDA_VISIBLE_DEVICES": visible_gpus()[0]} if on_gpu else {}
        sharing = ("--engine-option", f"per-device={at_a_time}") if on_gpu else ("--jobs", str(at_a_time))
        seconds, done = study((*grid, *sharing, "--graph", graph), variables)
        name = f"study of {done} trainings, {at_a_time} at a time, {epochs} epochs, --graph {graph}"
        print_row(name, seconds, None, f"{ASKED_MINUTES:.0f} min" if on_gpu else "–")


def study(options: Sequence[str], variables: Mapping[str, str]) -> tuple[float, int]:
    """Seconds of the whole command, and how many trainings are done; those that failed are said."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "lazytui", "run", "study", *options, "--quiet", "--workspace", folder]
        command += ["--engine", "local"]
        began = time.perf_counter()
        subprocess.run(command, env={**os.environ, **variables}, stdout=subprocess.DEVNULL, check=False)
        seconds = time.perf_counter() - began
        states = [read_status(path).state for path in Path(folder).glob("*-train-*/status.json")]
        if failed := len(states) - states.count("done"):
            print(f"of {len(states)} trainings {failed} aren't done", file=sys.stderr)
        return seconds, states.count("done")


def print_row(name: str, seconds: float, images: float | None, asked: str) -> None:
    print(f"{name:<58} {seconds:>9.2f} {f'{images:,.0f}' if images else '–':>10} {asked:>7}", flush=True)


if __name__ == "__main__":
    main()
