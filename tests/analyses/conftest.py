"""One finished run of every analysis, for all tests that only read them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands import TINY_DATA, TINY_TRAINING, Lab

COMMANDS: dict[str, tuple[str, ...]] = {
    "dataset": TINY_DATA,
    "train": (*TINY_TRAINING, "--epochs", "2"),
    "evaluate": ("latest",),
    "gradcam": ("latest", "--images", "100", "--checked", "10"),
    "neurons": ("latest", "--samples", "100", "--starts", "2", "--steps", "2"),
    "sae": ("latest", "--steps", "60", "--expansion", "1", "--k", "8"),
    "sae-experiments": ("latest", "--samples", "100", "--draws", "3"),
    "sae-selfcheck": (
        "--variants",
        "topk,l1",
        "--features",
        "16",
        "--dimensions",
        "8",
        "--active",
        "1",
        "--steps",
        "50",
    ),
    "llc": ("latest", "--steps", "10", "--batch", "4"),
    "attack": ("shipped/lazy-strokes", "--sources", "12", "--steps", "5", "--pool", "aligned"),
    "compare": (),
    "study": (*TINY_TRAINING, "--model", "mlp", "--methods", "focal", "--seeds", "0", "--bias", "0.95,0.995"),
    "recipe": ("e-gap-cnn-1", "--source", "strokes", "--train-size", "300", "--test-size", "200", "--seeds", "0"),
    "story": ("--train-size", "6000", "--test-size", "1000"),
}
"""How to run each analysis in a minute or less, in this order."""


@pytest.fixture(scope="session")
def every_run(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The folder of a finished run of each analysis."""
    lab = Lab(tmp_path_factory.mktemp("every"))
    folders = {}
    for kind, options in COMMANDS.items():
        answer = lab.call("run", kind, *options, "--json").json
        folders[kind] = lab.workspace / answer["run"]
    return folders
