"""Do strokes stand for real digits? A network that saw only one source reads the other."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from lazytui.data.source_images import SourceImages, WholeSource
from lazytui.data.sources.gray_shapes import load_source
from lazytui.models.build import build_model

MODEL, EPOCHS, BATCH, PEAK_RATE, SEED = "cnn3-flatten", 4, 128, 3e-3, 0
ASKED = 0.95


@dataclass(frozen=True)
class Transfer:
    """Accuracies on the whole test split of the source that was learnt from, and of the other one."""

    learnt: str
    read: str
    own: float
    other: float
    n: int
    seconds: float


def main() -> None:
    """Print both directions; gray digits, and no augmentation but what `strokes` draws."""
    strokes, mnist = load_source("strokes"), load_source("mnist")
    columns = ("trained on", "reads", "n", "accuracy", "asked", "own test", "epochs", "seconds")
    print("{:<12} {:<10} {:>7} {:>9} {:>7} {:>9} {:>7} {:>8}".format(*columns))
    for learnt, read in ((strokes, mnist), (mnist, strokes)):
        row = measure(learnt, read)
        print(
            f"{row.learnt:<12} {row.read:<10} {row.n:>7,} {row.other:>9.2%} {ASKED:>7.0%} {row.own:>9.2%} "
            f"{EPOCHS:>7} {row.seconds:>8.0f}{'' if row.other >= ASKED else '  below'}",
            flush=True,
        )


def measure(learnt: WholeSource, read: WholeSource) -> Transfer:
    start = time.perf_counter()
    network = train(learnt.train)
    seconds = time.perf_counter() - start
    return Transfer(
        learnt=learnt.name,
        read=read.name,
        own=accuracy(network, learnt.test),
        other=accuracy(network, read.test),
        n=len(read.test),
        seconds=seconds,
    )


def train(digits: SourceImages) -> nn.Module:
    """Plain training on the CPU: AdamW, one cycle of the learning rate, bfloat16 convolutions."""
    torch.set_num_threads(os.cpu_count() or 1)
    torch.manual_seed(SEED)  # for dropout; this process does nothing else
    network = build_model(MODEL, seed=SEED).to(memory_format=torch.channels_last)
    labels = torch.from_numpy(digits.labels.astype(np.int64))
    steps = len(labels) // BATCH
    optimizer = torch.optim.AdamW(network.parameters(), fused=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, PEAK_RATE, total_steps=EPOCHS * steps)
    for _ in range(EPOCHS):
        order = torch.randperm(len(labels))
        for batch in order[: steps * BATCH].split(BATCH):
            with torch.autocast("cpu", torch.bfloat16):
                logits = network(gray_to_rgb(digits, batch))
            loss = nn.functional.cross_entropy(logits.float(), labels[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    return network.eval()


@torch.inference_mode()
def accuracy(network: nn.Module, digits: SourceImages) -> float:
    right = 0
    for batch in torch.arange(len(digits)).split(1_000):
        predicted = network(gray_to_rgb(digits, batch)).argmax(1).numpy()
        right += int((predicted == digits.labels[batch.numpy()]).sum())
    return right / len(digits)


def gray_to_rgb(digits: SourceImages, indices: Tensor) -> Tensor:
    """(n, 3, 28, 28) float32 in [0, 1], channels_last, the three channels alike."""
    gray = torch.from_numpy(digits.images[indices.numpy()])
    rgb = gray[:, None].expand(-1, 3, -1, -1).contiguous(memory_format=torch.channels_last)
    return rgb.float().div_(255)


if __name__ == "__main__":
    main()
