"""One image under attack, answered while it climbs: the same as the attack itself makes, whatever is asked next."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from lazytui.analyses.attack.analysis import problem_of
from lazytui.analyses.attack.live import AttackSession
from lazytui.analyses.attack.live_answer import AttackAnswer
from lazytui.analyses.attack.live_figures import attack_figures, headline, outcome
from lazytui.analyses.attack.live_question import (
    AttackQuestion,
    budget_units,
    other_attack,
    other_budget,
    other_classes,
)
from lazytui.analyses.attack.params import AttackParams
from lazytui.analyses.attack.result import AttackResult, PoolResult
from lazytui.analyses.core.execute import recorded_params, recorded_result
from lazytui.analyses.networks.model_under_study import ModelUnderStudyParams, load_model_under_study
from lazytui.attacks import ATTACKS
from lazytui.attacks.problem import Problem
from lazytui.attacks.source_pools import Pool, source_pool
from lazytui.data.content import colored_digits
from lazytui.figures.kinds import Lines, Matrix, Pixels
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace import Workspace
from tests.commands import TINY_TRAINING, Lab

LAZY, CURED = "shipped/lazy-strokes", "shipped/cured-strokes"
SOURCES = 12
DIGITS = colored_digits("distinct")
LEVELS = 40
"""A budget within which the cured network is fooled from a source in any color."""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return Workspace(tmp_path_factory.mktemp("live") / "runs")


@pytest.fixture(scope="module")
def live(workspace: Workspace) -> AttackSession:
    return AttackSession(workspace)


def asked(run: str = CURED, **options: Any) -> AttackParams:
    return AttackParams(**{"run": run, "source": "strokes", "sources": SOURCES, "epsilon": LEVELS / 255, **options})


def last(answers: Iterator[AttackAnswer]) -> AttackAnswer:
    *_, answer = answers
    return answer


def alone(question: AttackQuestion, workspace: Workspace) -> Problem:
    """The problem of the question's one image, built by hand."""
    params = question.params
    subject = load_model_under_study(params.network_params[question.network], workspace, print)
    data = load_model_under_study(params.network_params[0], workspace, print).data
    source, target = params.source_label(data.content), params.target_label(data.content)
    split = source_pool(data, question.pool, source, target, params.sources)
    asked = problem_of(params, subject, split.take(np.array([question.index])), lambda: None)
    return replace(asked, arithmetic=nullcontext)


@pytest.mark.parametrize("attack", ["pgd", "mi-fgsm", "ddn", "fgsm", "square"])
def test_the_answer_is_what_the_attack_makes_of_this_image(
    attack: str, live: AttackSession, workspace: Workspace
) -> None:
    epsilon = LEVELS / 255 if ATTACKS[attack].norm == "linf" else 9.0
    question = AttackQuestion(asked(attack=attack, steps=20, queries=200, epsilon=epsilon), "neutral", index=3)
    answer, problem = last(live.answers(question)), alone(question, workspace)
    options = {name: {"steps": 20, "queries": 200}.get(name, 1) for name in ATTACKS[attack].defaults}
    made = ATTACKS[attack].perturb(problem, **options)
    assert answer.source and answer.climb
    np.testing.assert_array_equal(answer.climb.image, (made[0] * 255).round().byte().permute(1, 2, 0).numpy())
    assert answer.fooled is bool(problem.is_fooled(made))
    with torch.no_grad():
        before, now = (problem.model(images).softmax(1)[0].numpy() for images in (problem.images, made))
    np.testing.assert_allclose(answer.source.probabilities, before, atol=1e-6)
    np.testing.assert_allclose(answer.climb.now, now, atol=1e-6)
    assert (len(answer.climb.probabilities) > 0) is ATTACKS[attack].needs_gradient
    np.testing.assert_allclose(answer.climb.probabilities.sum(1), 1, atol=1e-5)


def test_the_climb_ends_where_the_target_overtakes_the_source(live: AttackSession) -> None:
    answer = last(live.answers(AttackQuestion(asked(), "neutral", index=3)))
    assert answer.fooled and answer.climb and answer.planned == 40
    probabilities = answer.climb.probabilities
    assert 2 < len(probabilities) < 40, "it stops when it is there"
    assert probabilities[0].argmax() == 7 and probabilities[:-1, 3].max() < 0.6
    assert probabilities[-1, 3] > probabilities[0, 3] + 0.3 and answer.climb.now.argmax() == 3


def test_being_sure_takes_more_steps(live: AttackSession) -> None:
    question = AttackQuestion(asked(), "neutral", index=3)
    first, sure = last(live.answers(question)), last(live.answers(replace(question, sure=True)))
    assert first.climb and sure.climb and sure.fooled
    assert sure.climb.now[3] > 0.9 > first.climb.now[3] and len(sure.climb.probabilities) > len(
        first.climb.probabilities
    )


def test_sensitivity_shows_what_a_level_adds(live: AttackSession, workspace: Workspace) -> None:
    question = AttackQuestion(asked(), "neutral")
    answer, problem = last(live.answers(question)), alone(question, workspace)
    assert answer.source is not None and answer.source.sensitivity is not None
    slope = torch.from_numpy(answer.source.sensitivity).permute(2, 0, 1)
    step = 1e-2 * slope / slope.abs().max()
    with torch.no_grad():
        up, down = (float(problem.objective(problem.model(problem.images + sign * step))) for sign in (1, -1))
    assert up - down == pytest.approx(float(2 * 255 * (slope * step).sum()), rel=0.05)


def test_pictures_are_the_source_and_the_result_with_the_signed_change_between(live: AttackSession) -> None:
    answer = last(live.answers(AttackQuestion(asked(), "neutral", index=3)))
    pictures, climb, probabilities = attack_figures(answer)
    assert isinstance(pictures, Pixels) and isinstance(climb, Lines) and isinstance(probabilities, Matrix)
    source, slope, size, change, result = pictures.images.astype(int)
    strength = int(pictures.column_labels[3].removeprefix("added, x "))
    assert strength == 127 // np.abs(result - source).max() and np.abs(result - source).max() <= LEVELS
    np.testing.assert_array_equal(change, 128 + strength * (result - source))
    assert answer.source and answer.source.sensitivity is not None
    assert np.abs(slope - 128).max() == 127
    steepest = np.unravel_index(np.abs(answer.source.sensitivity).argmax(), slope.shape)
    assert abs(slope[steepest] - 128) == 127
    assert size.max() == 255 == size[steepest]
    largest = np.abs(answer.source.sensitivity).max()
    assert pictures.captions[1:3] == (f"±{largest:.2g}", f"0 to {largest:.2g}")
    stronger, *_ = attack_figures(replace(answer, question=replace(answer.question, factor=4.0)))
    assert isinstance(stronger, Pixels) and stronger.captions[2] == f"0 to {largest / 4:.2g}"
    assert stronger.column_labels[1:3] == ("sensitivity x4", "absolute x4")
    expected = np.rint(255 * 4 * np.abs(answer.source.sensitivity) / largest).clip(0, 255)
    assert np.abs(stronger.images[2] - expected).max() <= 1
    assert pictures.captions[0].startswith("7, ") and pictures.captions[4].startswith("3, ")
    assert pictures.tones[0] == "good" and pictures.tones[4] == "bad"
    assert answer.climb is not None
    np.testing.assert_allclose(
        probabilities.values, 100 * np.stack([answer.source.probabilities, answer.climb.now]), rtol=1e-5
    )
    wanted, shown = climb.series
    steps = len(answer.climb.probabilities)
    assert (wanted.name, shown.name) == ("a 3", "a 7") and len(wanted.x) == 40, "room for the steps that it may take"
    np.testing.assert_allclose(wanted.y[:steps], answer.climb.probabilities[:, 3])
    np.testing.assert_allclose(shown.y[:steps], answer.climb.probabilities[:, 7])
    assert np.isnan(wanted.y[steps:]).all() and np.isnan(shown.y[steps:]).all()


def test_anything_else_is_what_the_source_is_not(live: AttackSession) -> None:
    answer = last(live.answers(AttackQuestion(asked(targeted=False), "neutral", index=3)))
    climb = attack_figures(answer)[1]
    assert isinstance(climb, Lines) and climb.series[0].name == "anything else"
    steps = np.isfinite(climb.series[0].y)
    np.testing.assert_allclose(climb.series[0].y[steps] + climb.series[1].y[steps], 1)
    assert answer.fooled and "to anything else" in headline(answer)


def test_a_long_attack_is_reported_while_it_climbs_and_ends_when_nobody_listens(live: AttackSession) -> None:
    last(live.answers(AttackQuestion(asked(), "neutral")))  # networks are open
    long = AttackQuestion(asked(attack="ddn", steps=10_000, epsilon=9.0), "neutral")
    answers = live.answers(long)
    climbing = [next(answers) for _ in range(4)]
    lengths = [len(answer.climb.probabilities) for answer in climbing if answer.climb]
    assert lengths == sorted(lengths) and lengths[-1] > lengths[0] > 0
    assert all(answer.fooled is None and answer.source for answer in climbing)
    answers.close()  # type: ignore[attr-defined]  # waits for the attack, which would take minutes
    assert last(live.answers(AttackQuestion(asked(), "neutral"))).fooled is not None


def test_one_that_only_asks_ends_too(live: AttackSession) -> None:
    last(live.answers(AttackQuestion(asked(LAZY), "aligned")))
    answers = live.answers(AttackQuestion(asked(LAZY, attack="square", queries=10**6, epsilon=1 / 255), "aligned"))
    assert next(answers).source is not None and next(answers).climb is None
    answers.close()  # type: ignore[attr-defined]
    assert attack_figures(last(live.answers(AttackQuestion(asked(attack="square", queries=2), "neutral"))))[
        1
    ].title == ("square only queries: no steps")


def test_a_source_that_is_wrong_as_it_is_is_said(live: AttackSession) -> None:
    """The lazy network takes a 7 in the color of the 3 for a 3."""
    answer = last(live.answers(AttackQuestion(asked(LAZY), "target-colored")))
    assert answer.source and answer.source.probabilities.argmax() == 3
    assert answer.source.already_fooled
    assert outcome(answer) == "Already classified as a 3: nothing has to be changed, and no rate includes it."
    red = last(live.answers(AttackQuestion(asked(LAZY), "neutral")))
    assert red.source and red.source.probabilities.argmax() == 0 and not red.source.already_fooled
    assert outcome(red).startswith("Already classified as a 0, not as a 7: no rate includes it. ")
    anything = last(live.answers(AttackQuestion(asked(LAZY, targeted=False), "neutral")))
    assert anything.source and anything.source.already_fooled, "whatever it is, it isn't a 7"


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A run about two networks."""
    lab = Lab(tmp_path_factory.mktemp("attacked"))
    options = ("--sources", str(SOURCES), "--steps", "5", "--source", "strokes", "--json", "--quiet")
    done = lab.call("run", "attack", LAZY, "--against", CURED, *options)
    assert done.code == 0, done.err
    return Workspace(lab.workspace).find("latest")


def found_in(run: RunFolder, network: int, pool: Pool) -> PoolResult:
    result: AttackResult = recorded_result(run)
    return result.networks[network].pools[pool]


def test_smallest_budgets_of_the_run_are_reported_for_the_very_image(attacked: RunFolder, live: AttackSession) -> None:
    params, found = recorded_params(attacked), found_in(attacked, 1, "neutral")
    assert isinstance(params, AttackParams) and found.perturbations
    budgets = found.perturbations.budgets.tolist()
    for index, budget in list(zip(np.flatnonzero(found.correct).tolist(), budgets, strict=True))[:4]:
        question = AttackQuestion(params, "neutral", index, network=1, run=attacked)
        answer = last(live.answers(question))
        assert answer.networks == ("lazy-strokes", "cured-strokes") and answer.smallest == pytest.approx(budget)
        at_it = last(live.answers(replace(question, params=other_budget(params, round(budget * 255) - 12))))
        assert at_it.smallest == pytest.approx(budget), "another budget asks for the same smallest one"
        assert f"Smallest in the run: {round(budget * 255)} of 255." in outcome(at_it)
    other = other_classes(params, DIGITS, target=1)
    assert last(live.answers(AttackQuestion(other, "neutral", 0, network=1, run=attacked))).smallest is None


def test_what_a_run_did_not_find_is_reported_as_well(attacked: RunFolder, live: AttackSession) -> None:
    params, found = recorded_params(attacked), found_in(attacked, 0, "aligned")
    assert isinstance(params, AttackParams) and found.perturbations
    unfooled = int(np.flatnonzero(np.isinf(found.perturbations.budgets))[0])
    assert found.correct.all()
    answer = last(live.answers(AttackQuestion(params, "aligned", unfooled, run=attacked)))
    assert "The run found no budget here up to 0.5." in outcome(answer)
    (wrong, *_) = np.flatnonzero(~found_in(attacked, 0, "target-colored").correct).tolist()
    assert last(live.answers(AttackQuestion(params, "target-colored", wrong, run=attacked))).smallest is None


def test_other_questions() -> None:
    params = asked(epsilon=0.05)
    assert budget_units(params) == 12 and budget_units(other_budget(params, 1)) == 13
    assert budget_units(other_budget(params, -100)) == 1 and other_budget(params, 1000).epsilon == 1
    ball = other_attack(params, "ddn", DIGITS)
    assert ball.attack == "ddn" and ball.epsilon == pytest.approx(12 / 255 * 2352**0.5, abs=0.025)
    assert budget_units(other_attack(ball, "pgd", DIGITS)) == 12, "there and back"
    assert (
        other_classes(params, DIGITS, target=1).target_class == 4
        and other_classes(params, DIGITS, source=1).source_class == "8"
    )
    assert other_classes(asked(target_class=6), DIGITS, target=1).target_class == 8, "never the digit that is shown"
    assert other_classes(asked(target_class=8), DIGITS, source=1).source_class == "9"


def test_what_does_not_go_together_is_refused(live: AttackSession) -> None:
    answer = last(live.answers(AttackQuestion(asked().model_copy(update={"target_class": 7}), "aligned")))
    assert "both 7: choose two classes" in answer.refused and answer.source is None


def test_a_network_that_is_gone_is_said(workspace: Workspace) -> None:
    answer = last(AttackSession(workspace).answers(AttackQuestion(asked("20260101-0000-train-gone"), "aligned")))
    assert "no run" in answer.refused and answer.source is None


def test_a_network_without_gradient_is_asked_all_the_same(lab: Lab) -> None:
    code = lab.folder / "own.py"
    code.write_text(
        "from torch import nn\n"
        "class Blind(nn.Sequential):\n"
        "    def forward(self, images):\n"
        "        logits = super().forward(images)\n"
        "        return logits if self.training else logits.detach()\n"
        "def blind(): return Blind(nn.Flatten(), nn.Linear(2352, 10))\n"
    )
    model = f"{code}:blind"
    assert lab.call("run", "train", *TINY_TRAINING, "--model", model, "--name", "blind", "--quiet").code == 0
    live = AttackSession(Workspace(lab.workspace))
    params = AttackParams(run="blind", model=model, sources=10, epsilon=0.5)
    refused = last(live.answers(AttackQuestion(params, "aligned")))
    assert "no gradient to the image" in refused.refused and refused.source and refused.source.sensitivity is None
    pictures = attack_figures(refused)[0]
    assert isinstance(pictures, Pixels) and pictures.captions[1] == "no gradient"
    assert (pictures.images[1] == 128).all()
    only_asks = last(live.answers(AttackQuestion(params.model_copy(update={"attack": "square"}), "aligned")))
    assert not only_asks.refused and only_asks.fooled is not None
    unsaid = last(live.answers(AttackQuestion(params.model_copy(update={"model": None}), "aligned")))
    assert "to allow it to run" in unsaid.refused, "code that only a run names is never executed"


def test_it_is_read_without_torch(lab: Lab) -> None:
    ended = lab.python("import sys, lazytui.app.screens.attack.live_attack; sys.exit('torch' in sys.modules)")
    assert ended.code == 0, ended.err


def test_networks_are_asked_about_the_same_image(live: AttackSession, workspace: Workspace) -> None:
    """Those of the first one's training; `network` chooses who is asked."""
    params = asked(LAZY, against=(CURED,))
    both = [last(live.answers(AttackQuestion(params, "neutral", network=number))) for number in (0, 1)]
    assert both[0].source and both[1].source
    np.testing.assert_array_equal(both[0].source.image, both[1].source.image)
    for answer, run in zip(both, (LAZY, CURED), strict=True):
        model = load_model_under_study(ModelUnderStudyParams(run=run, source="strokes"), workspace, print).model
        image = torch.from_numpy(answer.source.image).permute(2, 0, 1)[None] / 255  # type: ignore[union-attr]
        with torch.no_grad():
            np.testing.assert_allclose(answer.source.probabilities, model(image).softmax(1)[0].numpy(), atol=1e-5)  # type: ignore[union-attr]


def test_it_opens_at_the_smallest_budget_that_fools_the_image(attacked: RunFolder, live: AttackSession) -> None:
    """From the run's result, or by its own search where no run looked; one level less doesn't fool, from the start."""
    params = recorded_params(attacked)
    assert isinstance(params, AttackParams)
    for run, index in ((attacked, 1), (None, 3)):
        question = AttackQuestion(params, "neutral", index, network=1, run=run, at_smallest=True)
        answer = last(live.answers(question))
        assert answer.fooled and answer.smallest_found and answer.climb and answer.climb.now.argmax() == 3
        opened = budget_units(answer.attacked.params)
        assert headline(answer).endswith(f"pgd within {opened} of 255") and opened == round(answer.smallest_found * 255)
        assert "within the smallest budget that was found for this image: it sees a 3" in outcome(answer)
        assert answer.question is question, "whoever asked knows its answer"
        changed = np.abs(answer.climb.image.astype(int) - answer.source.image)  # type: ignore[union-attr]
        assert changed.max() <= opened
        if run is None:
            less = replace(question, params=other_budget(answer.attacked.params, -1), at_smallest=False)
            assert last(live.answers(less)).fooled is False
        elif answer.smallest is not None and opened == round(answer.smallest * 255):
            assert f"Smallest in the run: {opened} of 255." in outcome(answer)


@pytest.mark.parametrize("attack", ["ddn", "fmn"])
def test_one_that_finds_the_smallest_itself_is_asked_once_for_it(attack: str, live: AttackSession) -> None:
    params = asked(attack=attack, steps=60, epsilon=0.05)
    answer = last(live.answers(AttackQuestion(params, "neutral", index=3, at_smallest=True)))
    assert answer.fooled and answer.smallest_found and answer.climb and answer.source
    change = (answer.climb.image.astype(float) - answer.source.image) / 255
    size = np.linalg.norm(change) if attack == "ddn" else np.abs(change).max()
    unit = 0.05 if attack == "ddn" else 1 / 255
    assert answer.smallest_found - unit * 1.01 <= size <= answer.smallest_found + 1e-6


def test_where_no_budget_is_enough_it_says_so(live: AttackSession) -> None:
    params = asked(LAZY, largest=3 / 255, epsilon=2 / 255)
    answer = last(live.answers(AttackQuestion(params, "aligned", at_smallest=True)))
    assert answer.smallest_found == np.inf and answer.fooled is False
    assert "No budget up to 3 of 255 was found to fool it: at the largest it sees a 7" in outcome(answer)
    assert headline(answer).endswith("pgd within 3 of 255"), "the largest that was tried is shown"


def test_what_is_seen_as_the_target_as_it_is_is_not_searched(live: AttackSession) -> None:
    answer = last(live.answers(AttackQuestion(asked(LAZY), "target-colored", at_smallest=True)))
    assert answer.smallest_found is None and outcome(answer).startswith("Already classified as a 3")


def test_a_search_that_nobody_waits_for_ends(live: AttackSession) -> None:
    last(live.answers(AttackQuestion(asked(), "neutral")))
    slow = AttackQuestion(asked(LAZY, attack="square", queries=10**6, largest=2 / 255, epsilon=1 / 255), "aligned")
    answers = live.answers(replace(slow, at_smallest=True))
    while "smallest budget" not in (answer := next(answers)).doing:
        assert answer.fooled is None
    answers.close()  # type: ignore[attr-defined]  # waits for the search, which would take minutes
    assert last(live.answers(AttackQuestion(asked(), "neutral"))).fooled is not None
