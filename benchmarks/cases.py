"""Every analysis on other people's data and networks: one number that it printed, or the sentence that refused it.

    python -m benchmarks cases
    CASES=2,5 ANALYSES=audit,groups python -m benchmarks cases       only some of them

Data sets are small and trainings short: the table shows that an analysis runs, not what it finds. Two cases read files
of Debian packages (dataset-fashion-mnist; tuxpaint-stamps-default and tuxpaint-data).
"""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parent.parent

Options = tuple[str, ...]

SHAPES = ("circle", "cross", "square")
PLAIN_NETWORK = """
from torch import nn

def three_classes(outputs=3):
    return nn.Sequential(nn.Conv2d(3, 16, 5, stride=2), nn.ReLU(), nn.Conv2d(16, 32, 3, stride=2), nn.ReLU(),
                         nn.AdaptiveAvgPool2d(4), nn.Flatten(), nn.Linear(512, outputs))

def one_logit():
    return three_classes(1)
"""

OF_RESULTS = {
    "dataset": "validation_color_ceiling",
    "train": "hard_accuracy",
    "evaluate": "unbiased_accuracy",
    "gradcam": "concentration",
    "attack": "aligned_median_budget",
}
"""The metric that stands in the table; where there is no such metric, the first."""


@dataclass(frozen=True)
class Case:
    """data: options. training: options, where it is trained here. network: of network.py, where it is trained in a
    script and added."""

    data: Options
    training: Options = ()
    network: str = ""

    @property
    def code(self) -> Options:
        """That custom code may run."""
        return ("--model", f"network.py:{self.network}") if self.network else ()


QUICK = ("--metrics-samples", "100", "--metrics-every", "1000")
SMALL = ("--epochs", "2", *QUICK)
FOLDER = ("--source", "folder:shapes", "--image-size", "64")
TABLE = ("--source", "csv:table.csv")
CASES = {
    "fashion, watermark": Case(
        ("--source", "fashion", "--cue", "watermark", "--train-size", "1500", "--test-size", "400"), SMALL
    ),
    "folder, 3 classes": Case(FOLDER, SMALL),
    "csv, attribute": Case(TABLE, SMALL),
    "photos": Case(("--source", "photos", "--image-size", "32", "--train-size", "1000", "--test-size", "300"), SMALL),
    "one logit, added": Case(TABLE, network="one_logit"),
    "ResNet-18, 64 px": Case(FOLDER, ("--model", "torchvision:resnet18", "--epochs", "1", *QUICK)),
    "script's weights": Case(FOLDER, network="three_classes"),
}


def main() -> None:
    """Each case in a process of its own, which gives back all memory."""
    numbers = os.environ.get("CASES", ",".join(map(str, range(1, len(CASES) + 1)))).split(",")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_files(folder)
        here = {"LAZYTUI_WORKSPACE": str(folder / "runs"), "COLUMNS": "200", "PYTHONPATH": str(ROOT)}
        for number in numbers:
            command = [sys.executable, "-m", "benchmarks.cases", number]
            subprocess.run(command, cwd=folder, env={**os.environ, **here}, check=True)


def print_case(number: int) -> None:
    title, case = list(CASES.items())[number - 1]
    print(f"\n{title}", flush=True)
    for analysis, said in rows(case, f"net{number}"):
        print(f"  {analysis:<16} {said}", flush=True)


def rows(case: Case, net: str) -> Iterator[tuple[str, str]]:
    """Of each analysis its name, and what it printed."""
    image = next(Path("shapes").rglob("*.png"))
    added = ("add", f"{case.network}.pth", *case.code, *case.data)
    trained = added if case.network else ("run", "train", *case.data, *case.training)
    chains = ("--chains", "2", "--steps", "10")
    commands: dict[str, Options] = {
        "dataset": ("run", "dataset", *case.data),
        "train": (*trained, "--name", net),
        "evaluate": ("run", "evaluate", net, *case.code),
        "gradcam": ("run", "gradcam", net, "--images", "24", *case.code),
        "ask": ("run", "ask", str(image), net, *case.code),
        "neurons": ("run", "neurons", net, "--samples", "200", "--steps", "8", "--name", f"{net}n", *case.code),
        "ablate": ("run", "ablate", f"{net}n", "--neuron", "0-3", *case.code),
        "sae": ("run", "sae", net, "--samples", "400", "--steps", "40", "--pictured", "8", "--starts", "1",
                "--climb", "8", "--name", f"{net}s", *case.code),
        "sae-dial": ("run", "sae-dial", f"{net}s", "--factor", "0,1,2", *case.code),
        "sae-experiments": ("run", "sae-experiments", f"{net}s", "--samples", "100", "--draws", "3", *case.code),
        "attack": ("run", "attack", net, "--attack", "fgsm", "--sources", "10", "--source-class", "0",
                   "--target-class", "1", *case.code),
        "attack-image": ("run", "attack-image", net, "--attack", "fgsm", "--source-class", "0", "--target-class", "1",
                         *case.code),
        "compare": ("run", "compare", net, "--no-plain"),
        "probes": ("run", "probes", net, "--samples", "300", *case.code),
        "concepts": ("run", "concepts", net, "--samples", "10", "--runs", "3", *case.code),
        "llc": ("run", "llc", net, *chains, "--name", f"{net}l", *case.code),
        "transfer": ("run", "transfer", net, *case.code),
        "curves": ("run", "curves", net),
        "side-by-side": ("run", "side-by-side", f"{net}l", f"{net}m"),
        "select": ("run", "select", net, f"{net}c", *case.code),
        "audit": ("run", "audit", net, "--images", "60", *case.code),
        "groups": ("run", "groups", net, "--by", "errors", *case.code),
        "certify": ("run", "certify", net, "--certificates", "ibp,smoothing", "--images", "2", "--draws", "20",
                    *case.code),
        "cure": ("run", "cure", net, "--images", "60", "--methods", "scramble", "--epochs", "1", *case.code),
        "study": ("run", "study", *case.data, "--methods", "erm", "--seeds", "0,1", "--jobs", "1",
                  *(case.training or ("--epochs", "1", *QUICK, *case.code))),
    }  # fmt: skip
    beside = {
        "side-by-side": (
            ("run", "train", *case.data, "--epochs", "1", "--seed", "1", *QUICK, "--name", f"{net}b"),
            ("run", "llc", f"{net}b", *chains, "--name", f"{net}m"),
        ),
        "select": (("run", "train", *case.data, "--epochs", "1", "--lr", "0.01", *QUICK, "--name", f"{net}c"),),
    }
    chosen = os.environ.get("ANALYSES", ",".join(commands)).split(",")
    for analysis, command in commands.items():
        if analysis in {"train", *chosen}:
            for preparing in beside.get(analysis, ()):
                called("", preparing)
            yield analysis, called(analysis, command)


def called(analysis: str, command: Sequence[str]) -> str:
    """`hard_accuracy 0.25  (3 s)`, or what was said instead."""
    from lazytui.__main__ import main as lazytui

    out, err, begun = io.StringIO(), io.StringIO(), time.perf_counter()
    with (
        redirect_stdout(out),
        redirect_stderr(err),
        mock.patch.object(sys, "argv", ["lazytui", *command, "--json", "--quiet"]),
    ):
        try:
            lazytui()
            code: int | str | None = 0
        except SystemExit as end:
            code = end.code
    if code:
        return f"{code}: {err.getvalue().strip()}"
    metrics = {name: value for name, value in json.loads(out.getvalue())["metrics"].items() if value is not None}
    name = OF_RESULTS.get(analysis, "")
    name = name if name in metrics else next(iter(metrics), "done")
    return f"{name} {metrics.get(name, 0):.4g}  ({time.perf_counter() - begun:.0f} s)"


def make_files(folder: Path) -> None:
    """shapes/CLASS/*.png of 64 pixels; table.csv with a label, an attribute and parts; network.py and two files of
    weights that a plain script trained."""
    random = np.random.default_rng(0)
    labels = np.arange(240) % 3
    images = np.stack([draw_shape(int(label), int(label), 64, random) for label in labels])
    for index, (label, image) in enumerate(zip(labels, images, strict=True)):
        save(image, folder / "shapes" / SHAPES[label] / f"{index}.png")
    two = np.arange(300) % 2
    grounds = np.where(random.random(len(two)) < 0.9, two, 1 - two)
    grounds[200:] = random.permutation(np.resize([0, 1, 1], 100))
    tabled = np.stack([draw_shape(int(y), int(a), 24, random) for y, a in zip(two, grounds, strict=True)])
    with (folder / "table.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("path", "label", "attribute", "split"))
        for index, (y, a) in enumerate(zip(two, grounds, strict=True)):
            save(tabled[index], folder / "images" / f"{index}.png")
            writer.writerow(
                (f"images/{index}.png", SHAPES[y], ("dark", "light")[a], "train" if index < 200 else "test")
            )
    (folder / "network.py").write_text(PLAIN_NETWORK)
    train_plainly(folder, "three_classes", images, labels)
    train_plainly(folder, "one_logit", tabled[:200], two[:200])


def draw_shape(shape: int, ground: int, side: int, random: np.random.Generator) -> NDArray[np.uint8]:
    """(side, side, 3): a circle, a cross or a square somewhere, on a ground of one of three levels."""
    image = random.integers(0, 40, (side, side, 3)) + 40 * ground
    y, x = np.mgrid[:side, :side] - random.integers(side // 3, side - side // 3, (2, 1, 1))
    reach = side // 4
    inside = (x**2 + y**2 < reach**2, (np.minimum(abs(x), abs(y)) < 2) & (np.maximum(abs(x), abs(y)) < reach),
              np.maximum(abs(x), abs(y)) < 0.8 * reach)[shape]  # fmt: skip
    image[inside] = random.integers(150, 255, 3)
    return image.astype(np.uint8)


def save(image: NDArray[np.uint8], path: Path) -> None:
    from PIL import Image

    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(image).save(path)


def train_plainly(folder: Path, name: str, images: NDArray[np.uint8], labels: NDArray[np.int_]) -> None:
    """What a script without lazytui would do: 40 steps of Adam on all images, and torch.save."""
    import torch
    from torch.nn import functional

    torch.manual_seed(0)
    code: dict[str, Callable[[], torch.nn.Module]] = {}
    exec(PLAIN_NETWORK, code)
    network = code[name]()
    optimizer = torch.optim.Adam(network.parameters(), 1e-2)
    x, y = torch.from_numpy(images / 255).float().permute(0, 3, 1, 2), torch.from_numpy(labels)
    for _ in range(40):
        logits = network(x)
        loss = (
            functional.binary_cross_entropy_with_logits(logits[:, 0], y.float())
            if logits.shape[1] == 1
            else functional.cross_entropy(logits, y)
        )
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    torch.save(network.state_dict(), folder / f"{name}.pth")


if __name__ == "__main__":
    print_case(int(sys.argv[1]))
