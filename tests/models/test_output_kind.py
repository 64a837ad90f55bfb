"""A network that outputs probabilities is distinguished from one that outputs logits, where that matters."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import nn

from lazytui.analyses.gradcam.live import SaliencyQuestion, SaliencySession
from lazytui.analyses.gradcam.live_figures import map_scores_text
from lazytui.analyses.gradcam.params import GradcamParams
from lazytui.code_permission import allow
from lazytui.models.output_kind import PROBABILITIES, advice_on_analysis, advice_on_answers, advice_on_training
from lazytui.runs.workspace import Workspace
from tests.commands import TINY_TRAINING, Lab


def network(last: nn.Module) -> nn.Module:
    return nn.Sequential(nn.Flatten(), nn.Linear(2352, 10), nn.Dropout(0.5), last)


@pytest.mark.parametrize(
    ("last", "of_training", "of_answers", "of_analysis"),
    [
        (nn.Identity(), None, None, None),
        (nn.ReLU(), None, None, None),
        (nn.Softmax(1), "probabilities", "probabilities", "probabilities"),
        (nn.LogSoftmax(1), None, None, "log-probabilities"),
    ],
)
def test_what_is_said_of_a_networks_outputs(
    last: nn.Module, of_training: str | None, of_answers: str | None, of_analysis: str | None
) -> None:
    def said(advice: Callable[[nn.Module], str | None]) -> str | None:
        text = advice(model)
        return text.partition(":")[0].removeprefix("This network outputs ") if text else None

    model = network(last)
    assert (said(advice_on_training), said(advice_on_answers)) == (of_training, of_answers)
    assert said(advice_on_analysis) == of_analysis
    assert all(module.training for module in model.modules())


class Noisy(nn.Linear):
    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return super().forward(images.flatten(1)) + torch.rand(len(images), 10)


def test_asking_leaves_the_random_numbers_that_a_network_draws_to_its_training() -> None:
    model = Noisy(2352, 10)
    before = torch.get_rng_state()
    advice_on_training(model)
    assert torch.equal(torch.get_rng_state(), before)


def test_training_and_analyses_say_what_an_attack_says(lab: Lab) -> None:
    (lab.folder / "net.py").write_text(
        "from torch import nn\n"
        "def net(): return nn.Sequential(nn.Conv2d(3, 4, 5, 2), nn.ReLU(), nn.Flatten(), nn.Linear(576, 10), "
        "nn.Softmax(1))\n"
    )
    code = ("--model", f"{Path(lab.folder, 'net.py')}:net")
    calls = [
        ("train", *TINY_TRAINING, "--name", "soft"),
        ("evaluate", "soft"),
        ("gradcam", "soft", "--images", "20", "--checked", "2"),
        ("llc", "soft", "--chains", "2", "--steps", "10", "--batch", "4"),
    ]
    for call in calls:
        done = lab.call("run", *call, *code)
        assert done.code == 0 and PROBABILITIES in done.err, call
    allow(code[1])
    *_, live = SaliencySession(Workspace(lab.workspace)).answers(
        SaliencyQuestion(GradcamParams(run="soft", model=code[1]), 0)
    )
    assert any(PROBABILITIES in paragraph for paragraph in map_scores_text(live).paragraphs), live.refused
    refused = lab.call("run", "attack", "soft", *code, "--sources", "10")
    assert refused.code == 3 and refused.last == f"lazytui: {PROBABILITIES}"
