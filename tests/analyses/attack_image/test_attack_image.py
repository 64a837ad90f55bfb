"""The attack of one image as a command: what it finds is what the app's live attack answers."""

from __future__ import annotations

import numpy as np
import pytest

from lazytui.analyses.attack.live import AttackSession
from lazytui.analyses.attack.live_question import AttackQuestion
from lazytui.analyses.core.execute import recorded_params, recorded_result
from lazytui.runs.workspace import Workspace
from tests.commands import Lab

OPTIONS = (
    "reference",
    "--image",
    "1",
    "--steps",
    "5",
    "--restarts",
    "1",
    "--pool",
    "target-colored",
    "--largest",
    "0.4",
    "--budgets",
    "2",
    "--epsilon",
    "0.2",
)


def test_an_image_is_attacked_as_the_app_attacks_it(lab_with_training: Lab) -> None:
    lab = lab_with_training
    done = lab.call("run", "attack-image", *OPTIONS, "--json")
    assert done.code == 0, done.err
    workspace = Workspace(lab.workspace)
    run = workspace.find(done.json["run"])
    found = recorded_result(run)
    question = AttackQuestion(recorded_params(run).of_pool, "target-colored", 1)  # type: ignore[attr-defined]
    *_, live = AttackSession(workspace).answers(question)
    assert live.source is not None and live.climb is not None and not live.refused
    assert np.array_equal(found.adversarial, live.climb.image) and np.allclose(found.steps, live.climb.probabilities)
    assert np.allclose(found.sensitivity, live.source.sensitivity) and bool(found.fooled) is live.fooled
    assert found.budgets.tolist() == [0.2, 0.4]
    assert np.allclose(found.by_budget[0], found.after, atol=1e-6), "the same budget gives the same"
    rows = done.json["figures"]["by-step"]["rows"]
    assert len(rows) == len(found.steps) > 0 and sum(rows[0][str(digit)] for digit in range(10)) == pytest.approx(100)


def test_the_smallest_budget_fools_and_a_level_less_does_not(lab_with_training: Lab) -> None:
    lab = lab_with_training
    options = ("run", "attack-image", *OPTIONS[:-2], "--no-targeted", "--pool", "aligned", "--image", "0")
    smallest = lab.call(*options, "--smallest", "--json").json["metrics"]
    if smallest["smallest_budget"] is None:
        pytest.skip("no budget fools this image of so short a training")
    assert smallest["fooled"] == 1 and smallest["budget"] == smallest["smallest_budget"]
    less = lab.call(*options, "--epsilon", str(smallest["smallest_budget"] - 1 / 255), "--json").json["metrics"]
    assert less["fooled"] == 0


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--pool", "drawn"), "No drawing of a 7"),
        (("--target-class", "7"), "choose two classes"),
        (("--dataset", "bw100z"), "have no color"),
    ],
)
def test_what_cannot_be_attacked_is_said(options: tuple[str, ...], sentence: str, lab_with_training: Lab) -> None:
    done = lab_with_training.call("run", "attack-image", "reference", *options)
    assert done.code in {2, 3} and sentence in done.err
