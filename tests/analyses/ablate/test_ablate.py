"""Ablation of chosen neurons as a command: what it finds is what the app answers between two key presses."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lazytui.analyses.ablate.analysis import read_neurons
from lazytui.analyses.core.execute import recorded_params, recorded_result
from lazytui.analyses.neurons.live import AblationQuestion, AblationSession
from lazytui.analyses.neurons.params import PLURALS, NeuronsParams
from lazytui.analyses.neurons.patch_request import read_patch
from lazytui.errors import UsageError
from lazytui.runs.workspace import Workspace
from tests.commands import Lab


def test_neurons_are_taken_out_as_the_app_does(every_run: dict[str, Path]) -> None:
    lab, neurons = Lab(every_run["neurons"].parent.parent), every_run["neurons"].name
    patch = "hard 17 into probe red 1"
    done = lab.call("run", "ablate", neurons, "--neuron", "0,2-4", "--stand-in", "zero", "--patch", patch, "--json")
    assert done.code == 0, done.err
    workspace = Workspace(lab.workspace)
    found, run = recorded_result(workspace.find(done.json["run"])), workspace.find(neurons)
    params, examined = recorded_params(run), recorded_result(run)
    assert isinstance(params, NeuronsParams) and found.chosen == (0, 2, 3, 4)
    question = AblationQuestion(params, tuple(examined.active.tolist()), found.chosen, "zero")
    session = AblationSession(workspace)
    *_, live = session.answers(question)
    assert live.intact and live.ablated
    assert (found.easy_intact, found.hard_ablated) == (live.intact["easy"], live.ablated["hard"])
    assert np.allclose(found.random[:, 0], [draw["easy"] for draw in live.random])
    *_, patched = session.answers(
        AblationQuestion(params, (), found.chosen, "zero", read_patch(patch, examined.content))
    )
    assert patched.patched is not None and np.allclose(found.logits[1], patched.patched.after, atol=1e-5)
    assert len(done.json["figures"]["shift"]["bars"]) == 10
    assert patched.patched.images is not None and np.array_equal(found.images, patched.patched.images)
    captions = done.json["figures"]["images"]["captions"]
    assert captions[0].startswith("hard 17 → ") and captions[1].startswith("probe red 1 → ")


def test_neurons_are_numbers_spans_and_roles(every_run: dict[str, Path]) -> None:
    workspace = Workspace(every_run["neurons"].parent)
    examined = recorded_result(workspace.find(every_run["neurons"].name))
    assert read_neurons("1,3-5", examined) == (1, 3, 4, 5)
    role = int(examined.role[0])
    assert len(read_neurons(PLURALS[role], examined)) == int((examined.role == role).sum())
    with pytest.raises(UsageError, match="There is no neuron 9999"):
        read_neurons("9999", examined)
    with pytest.raises(UsageError, match="traitors"):
        read_neurons("villains", examined)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--neuron", "9999"), "There is no neuron 9999"),
        (("--patch", "red 1"), "Name two images"),
        (("--patch", "17 into red 1"), "needs a split"),
    ],
)
def test_what_cannot_be_taken_out_is_refused_before_anything_is_written(
    options: tuple[str, ...], sentence: str, every_run: dict[str, Path]
) -> None:
    lab = Lab(every_run["neurons"].parent.parent)
    before = sorted(lab.workspace.iterdir())
    done = lab.call("run", "ablate", every_run["neurons"].name, *options)
    assert done.code == 2 and sentence in done.sentence and sorted(lab.workspace.iterdir()) == before
