"""A network whose training goes on for as long as a test needs it, and leaves the processor to the test."""

from __future__ import annotations

from tests.commands import Lab

_CODE = """
import time
import torch

class Slow(torch.nn.Linear):
    def __init__(self):
        super().__init__(2352, 10)

    def forward(self, images):
        if self.training:
            time.sleep(0.02)
        return super().forward(images.flatten(1))
"""


def endless_training(lab: Lab) -> tuple[str, ...]:
    """Options of a training that doesn't end by itself; its network's code is written into the laboratory's folder."""
    (lab.folder / "slow.py").write_text(_CODE)
    return ("--model", "slow.py:Slow", "--epochs", "10000")
