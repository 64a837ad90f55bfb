"""Sparse autoencoders: training TopK on 54,000 activations against peers that are installed, and a dial's answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import Any

import torch
from torch import Tensor

from benchmarks.ratio import Ratio, in_turn
from lazytui.data.params import DatasetParams
from lazytui.data.splits import build_dataset
from lazytui.hooks.split_model import SplitModel
from lazytui.models.build import build_model
from lazytui.sae.activation_samples import SampleLayout
from lazytui.sae.edits.spliced_model import SplicedModel
from lazytui.sae.sae_training import Recipe, train
from lazytui.sae.variants.topk import TopK
from lazytui.system.hardware import choose_hardware, configure_torch

SAMPLES, DIMENSIONS, FEATURES, K = 54_000, 128, 512, 16
STEPS, BATCH, LR = 300, 1024, 3e-4


def measure() -> list[Ratio]:
    configure_torch()
    samples = _activations()
    recipe = Recipe(TopK(k=K), FEATURES, STEPS, BATCH, LR)
    rows = []
    for name, make in _PEERS.items():
        if find_spec(name) is None:
            print(f"{name} isn't installed: no row for it")
            continue
        title = f"{STEPS} steps of TopK, batches of {BATCH}, against {name}"
        rows.append(in_turn(title, lambda: train(samples, recipe, point=_nobody), make(samples), asked=1, repeats=3))
    return [*rows, _dial(samples)]


def _dial(samples: Tensor) -> Ratio:
    """31 factors of one feature on one image; the peer is the 50 ms that are allowed."""
    import time

    model = train(samples, Recipe(TopK(k=K), FEATURES, 5, BATCH, LR), point=_nobody)
    cut = SplitModel(build_model("gap-cnn", seed=0).eval(), "features")
    hard = build_dataset(DatasetParams(source="strokes", train_size=20, test_size=100)).hard
    opened = SplicedModel(model, cut, SampleLayout(cut.shape), {}, choose_hardware("cpu", "fp32"))
    image = hard.images[0]
    return in_turn(
        "a dial's answer, against 50 ms", lambda: opened.dose_response(image, [0]), lambda: time.sleep(0.05), asked=1
    )


def _activations() -> Tensor:
    """(54,000, 128): never negative, of few directions and ten clusters, as pooled features are."""
    random = torch.Generator().manual_seed(0)
    centers = 3 * torch.rand(10, DIMENSIONS, generator=random)
    within = torch.randn(SAMPLES, 16, generator=random) @ torch.randn(16, DIMENSIONS, generator=random)
    return (centers[torch.randint(10, (SAMPLES,), generator=random)] + 0.2 * within).relu()


def _nobody(_point: object) -> None:
    pass


def _batches(samples: Tensor) -> Iterator[Tensor]:
    """Shuffled batches, forever."""
    while True:
        yield from samples[torch.randperm(len(samples))].split(BATCH)  # type: ignore[no-untyped-call]


def _dictionary_learning(samples: Tensor) -> Callable[[], object]:
    from dictionary_learning.trainers.top_k import TopKTrainer

    def work() -> None:
        made = {"activation_dim": DIMENSIONS, "dict_size": FEATURES, "k": K, "layer": 0, "lm_name": "", "lr": LR}
        trainer: Any = TopKTrainer(steps=STEPS, warmup_steps=3, device="cpu", **made)
        for step, batch in zip(range(STEPS), _batches(samples), strict=False):
            trainer.update(step, batch)

    return work


def _sae_lens(samples: Tensor) -> Callable[[], object]:
    from sae_lens.config import SAETrainerConfig
    from sae_lens.saes.topk_sae import TopKTrainingSAE, TopKTrainingSAEConfig
    from sae_lens.training.sae_trainer import SAETrainer

    def work() -> None:
        sae: Any = TopKTrainingSAE(TopKTrainingSAEConfig(d_in=DIMENSIONS, d_sae=FEATURES, k=K, device="cpu"))
        size: dict[str, Any] = {"total_training_samples": STEPS * BATCH, "train_batch_size_samples": BATCH}
        asked: Any = SAETrainerConfig(lr=LR, lr_end=LR, **size)
        SAETrainer(asked, sae, _batches(samples)).fit()

    return work


def _overcomplete(samples: Tensor) -> Callable[[], object]:
    from overcomplete.sae import TopKSAE
    from overcomplete.sae.train import train_sae

    class Loader:
        """One pass of STEPS batches."""

        def __iter__(self) -> Iterator[Tensor]:
            return (batch for _, batch in zip(range(STEPS), _batches(samples), strict=False))

    def criterion(x: Tensor, x_hat: Tensor, before: Tensor, f: Tensor, _dictionary: Tensor) -> Tensor:
        """The squared error, and a pull on dead features, as its documentation proposes."""
        dead = ((f > 0).sum(0) == 0).float().detach()
        return (x - x_hat).square().mean() - 1e-5 * (before * dead[None]).mean()

    def work() -> None:
        sae = TopKSAE(DIMENSIONS, nb_concepts=FEATURES, top_k=K, device="cpu")
        train_sae(sae, Loader(), criterion, torch.optim.Adam(sae.parameters(), lr=LR), nb_epochs=1, monitoring=0)

    return work


_PEERS = {"dictionary_learning": _dictionary_learning, "sae_lens": _sae_lens, "overcomplete": _overcomplete}
