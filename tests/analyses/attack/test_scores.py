"""`--score margin:3,7` and `--score file.py:function`: what attacks find of them, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import torch

from lazytui.analyses.core.execute import recorded_params, recorded_result
from lazytui.runs.workspace import Workspace, shipped_run
from lazytui.training.initial_model import load_trained
from tests.commands import Lab

OF = ("shipped/lazy-strokes", "--attack", "pgd", "--steps", "5")
FUNCTIONS = """
def contrast(logits):
    return logits[:, 3] - logits[:, 7]
def whole(logits):
    return logits.sum()
"""


def margins(images: np.ndarray) -> np.ndarray:
    """(n,), the shipped network's logit of 3 minus that of 7, of (n, h, w, 3) uint8 images."""
    run = shipped_run("lazy-strokes")
    params: Any = recorded_params(run)
    model = load_trained(run.path, params, params.content)
    with torch.no_grad():
        logits = model(torch.from_numpy(images).permute(0, 3, 1, 2).float() / 255)
    found: np.ndarray = (logits[:, 3] - logits[:, 7]).numpy()
    return found


def test_every_budget_that_is_found_changes_the_sign_of_the_margin(lab: Lab) -> None:
    options = ("--score", "margin:3,7", "--sources", "12", "--pool", "aligned", "--json")
    done = lab.call("run", "attack", *OF, *options)
    assert done.code == 0, done.err
    found = recorded_result(Workspace(lab.workspace).find(done.json["run"]))
    pool = found.networks[0].pools["aligned"]
    attacked = pool.perturbations
    assert (margins(attacked.clean) <= 0).all() and pool.correct.sum() == len(attacked.budgets)
    enough = np.isfinite(attacked.budgets)
    assert enough.any() and ((margins(attacked.adversarial) > 0) == enough).all()
    metrics = done.json["metrics"]
    assert metrics["aligned_success_rate"] == pytest.approx((attacked.budgets <= 0.05).mean())
    assert metrics["aligned_at_target"] == pytest.approx(1 - pool.correct.mean())
    assert metrics["aligned_sure_success_rate"] is None and "aligned_clean_accuracy" not in metrics
    assert "margin 3 - 7 above 0" in json.dumps(done.json["figures"]) and done.json["params"]["score"] == "margin:3,7"


def test_one_image_by_a_function_of_ones_own_is_raised_as_by_the_same_margin(lab: Lab) -> None:
    (lab.folder / "mine.py").write_text(FUNCTIONS)
    found = {}
    for score in ("margin:3,7", "mine.py:contrast"):
        asked = ("--score", score, "--above", "-2", "--smallest", "--budgets", "0", "--json")
        done = lab.call("run", "attack-image", *OF, *asked)
        assert done.code == 0, done.err
        found[score] = recorded_result(Workspace(lab.workspace).find(done.json["run"]))
        assert "above -2" in json.dumps(done.json["figures"])
    by_margin, by_function = found.values()
    assert np.array_equal(by_margin.adversarial, by_function.adversarial)
    before, after = margins(np.stack([by_margin.image, by_margin.adversarial]))
    assert (by_margin.score_before, by_margin.score_after) == pytest.approx((before, after), abs=1e-4)
    assert before <= -2 < after and by_margin.fooled == 1 and by_margin.smallest_sure_budget is None
    on_the_way = np.log(by_margin.steps[:, 3]) - np.log(by_margin.steps[:, 7])
    assert len(on_the_way) and np.allclose(by_margin.scores, on_the_way, atol=1e-3)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--score", "margin:3,3"), "names one class twice"),
        (("--score", "margin:3,red"), "There is no digit 'red'"),
        (("--score", "3"), "neither margin:A,B, of two classes, nor file.py:function"),
        (("--score", "mine.py:contrast"), "A function needs --above: the value that it must exceed"),
        (("--score", "mine.py:whole", "--above", "1"), "makes a tensor of shape ()"),
        (("--above", "1"), "give --score too"),
        (("--score", "margin:3,7", "--no-targeted"), "leave targeted on"),
        (("--score", "margin:3,7", "--attack", "mean-image"), "goes towards a class, so it raises no score"),
        (("--score", "margin:3,7", "--attack", "apgd-dlr"), "uses the logits of several classes"),
        (("--score", "margin:3,7", "--sure"), "--sure needs a probability"),
    ],
)
def test_what_is_no_score_is_refused_before_a_run_is_made(options: tuple[str, ...], sentence: str, lab: Lab) -> None:
    (lab.folder / "mine.py").write_text(FUNCTIONS)
    refused = lab.call("run", "attack-image", "shipped/lazy-strokes", *options)
    assert refused.code in (2, 3) and sentence in refused.sentence, refused.err
    assert not lab.workspace.exists()
