"""Looking at single images: the same numbers as the run over the whole split, filters, and what is said of a map."""

from __future__ import annotations

import gc
import os
import shutil
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lazytui.analyses.gradcam.image_filter import ANSWERS, ImageFilter, read_filter
from lazytui.analyses.gradcam.live import SaliencyAnswer, SaliencyQuestion, SaliencySession
from lazytui.analyses.gradcam.live_figures import image_figures, map_scores_text
from lazytui.analyses.gradcam.params import GradcamParams
from lazytui.app.workers.newest_only import Newest
from lazytui.data.content import colored_digits
from lazytui.data.image_cache import clear_memory
from lazytui.errors import UsageError
from lazytui.models.architectures.classifier import Classifier
from lazytui.runs.results.saved_result import load_result
from lazytui.runs.workspace import Workspace
from lazytui.saliency.checks import localization as masks
from lazytui.saliency.checks.localization import object_masks
from lazytui.saliency.checks.one_map_scores import score_map
from lazytui.saliency.checks.reason_categories import evidence_categories
from tests.commands import Lab
from tests.conftest import FinishedTraining

CONTENT = colored_digits("distinct")


@pytest.fixture(scope="module")
def lab(finished_training: FinishedTraining, tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """A workspace of one's own, with that training in it."""
    lab = Lab(tmp_path_factory.mktemp("gazing"))
    shutil.copytree(finished_training.lab.workspace, lab.workspace)
    return lab


@pytest.fixture(scope="module")
def gaze(lab: Lab) -> SaliencySession:
    return SaliencySession(Workspace(lab.workspace))


def asked(gaze: SaliencySession, index: int, **params: object) -> SaliencyAnswer:
    *_, answer = gaze.answers(SaliencyQuestion(GradcamParams(run="reference", **params), index))
    return answer


def test_an_image_is_judged_as_a_survey_of_all_judges_it() -> None:
    draw = np.random.default_rng(0)
    shapes = (draw.random((30, 28, 28)) ** 4 * 255).astype(np.uint8)
    maps = draw.standard_normal((30, 28, 28)).astype(np.float32)
    maps[3] = -1
    evidence, strokes = np.maximum(maps, 0), masks.stroke_masks(shapes)
    energy, others = masks.energy_in_mask(evidence, strokes), masks.energy_in_other_masks(evidence, strokes)
    perfect, stands = masks.perfect_energy(strokes, 28, 28), masks.mask_percentile(evidence, strokes)
    right = np.arange(30) % 2 == 0
    ways = evidence_categories(right, stands)
    for index in range(30):
        found = score_map(maps[index], strokes, index, correct=bool(right[index]))
        assert found.category == ways[index]
        if index == 3:
            assert np.isnan([found.energy, found.others, found.perfect, found.focus, found.percentile]).all()
            continue
        expected = [energy[index], others[index], perfect[index], stands[index]]
        np.testing.assert_allclose([found.energy, found.others, found.perfect, found.percentile], expected, rtol=1e-5)
        focus = masks.focus_score(energy, others, perfect)[index]
        assert found.focus == pytest.approx(focus, rel=1e-4)


def test_single_answers_and_the_sorting_are_those_of_the_run(gaze: SaliencySession, lab: Lab) -> None:
    run = lab.call("run", "gradcam", "reference", "--split", "probe", "--checked", "100", "--json", "--quiet").json
    arrays = load_result(lab.workspace / run["run"]).arrays
    sorting = asked(gaze, 0, split="probe").categories
    assert sorting is not None
    np.testing.assert_array_equal(sorting.predicted, arrays["predicted"])
    np.testing.assert_array_equal(sorting.evidence, arrays["ways"])
    np.testing.assert_array_equal(sorting.reasons[:100], arrays["causes"])
    for index in (0, 17, 90):
        (look,) = asked(gaze, index, split="probe").explanations
        assert look.scores.category == arrays["ways"][index]
        assert look.scores.energy == pytest.approx(float(arrays["energy"][index]), rel=1e-4)
        assert look.scores.percentile == pytest.approx(float(arrays["standing"][index]), abs=0.01)


def test_an_answer_grows_and_what_is_known_comes_first_the_second_time(gaze: SaliencySession) -> None:
    question = SaliencyQuestion(GradcamParams(run="reference", split="hard"), 5)
    first, again = list(gaze.answers(question)), list(gaze.answers(question))
    assert [bool(answer.explanations) for answer in first] == sorted(bool(answer.explanations) for answer in first)
    assert next(answer for answer in again if answer.explanations).categories is not None
    assert first[-1].doing == again[-1].doing == ""


def test_a_session_that_starts_anew_finds_answers_sorted_as_they_were(gaze: SaliencySession, lab: Lab) -> None:
    """For a network of the catalog, and no images but these."""
    sorting, other = asked(gaze, 0, split="hard").categories, asked(gaze, 0, split="probe").categories
    clear_memory()
    again = asked(SaliencySession(Workspace(lab.workspace)), 0, split="hard").categories
    assert sorting is not None and again is not None and other is not None
    assert again.map_title == sorting.map_title
    for field in ("predicted", "evidence", "reasons"):
        np.testing.assert_array_equal(getattr(again, field), getattr(sorting, field))
    assert not np.array_equal(other.predicted, sorting.predicted)


def test_a_sort_makes_way_for_another_question_and_goes_on_after_it(
    lab: Lab, gaze: SaliencySession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = asked(gaze, 0, split="hard").categories
    monkeypatch.setenv("LAZYTUI_CACHE", str(tmp_path))
    clear_memory()
    session, params = SaliencySession(Workspace(lab.workspace)), GradcamParams(run="reference", split="hard")
    shares = _shares(session.answers(SaliencyQuestion(params, 0)))
    first = [next(shares) for _ in range(4)]
    other = SaliencyQuestion(params.model_copy(update={"target": "digit"}), 1)
    assert next(answer for answer in session.answers(other) if answer.explanations).categories is None
    *later, last = session.answers(other)
    assert next(_shares(iter(later))) == first[-1] > first[0], "what was done isn't done again"
    assert expected is not None and last.categories is not None and not last.doing
    for field in ("predicted", "evidence", "reasons", "map_title"):
        np.testing.assert_array_equal(getattr(last.categories, field), getattr(expected, field))


def _shares(answers: Iterator[SaliencyAnswer]) -> Iterator[int]:
    """How much of the sort is done, in percent, while it goes on."""
    for answer in answers:
        if answer.doing.startswith("sorting"):
            yield int(answer.doing.split()[-3])


def test_a_live_look_takes_the_seed_that_a_run_would(gaze: SaliencySession) -> None:
    first, other, again = (asked(gaze, 0, method="smooth-grad", seed=seed).explanations[0].heat for seed in (0, 1, 0))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_networks_that_were_looked_at_long_ago_are_let_go(lab: Lab) -> None:
    """A training that goes on writes its weights again and again, and is another network each time."""
    gaze, before = SaliencySession(Workspace(lab.workspace)), len(networks_in_memory())
    weights = Workspace(lab.workspace).find("reference").weights
    for second in range(12):
        os.utime(weights, (second, second))
        assert asked(gaze, 0).categories is not None
    assert len(networks_in_memory()) - before <= 8


def networks_in_memory() -> list[Classifier]:
    gc.collect()
    return [found for found in gc.get_objects() if type(found) is Classifier]


def test_albums_of_the_same_size_are_distinguished(gaze: SaliencySession) -> None:
    album = asked(gaze, 0, split="hard").browsed
    assert album is not None
    assert album is asked(gaze, 1, split="hard", target="digit").browsed
    assert album != replace(album, split=album.split.take(np.arange(len(album.split))))


def test_a_map_without_positive_evidence_says_so(gaze: SaliencySession) -> None:
    answer = asked(gaze, 0, split="hard")
    assert answer.browsed is not None
    look = answer.explanations[0]
    nothing = score_map(-np.abs(look.heat), object_masks(answer.browsed.split), 0, correct=True)
    answer = replace(answer, explanations=(replace(look, heat=-np.abs(look.heat), scores=nothing),))
    assert "no positive evidence" in image_figures(answer, 0)[1].captions[0]  # type: ignore[attr-defined]
    assert map_scores_text(answer).paragraphs[0].startswith("no positive evidence")


def test_color_on_the_stroke_and_coarse_maps_are_warned_of(gaze: SaliencySession) -> None:
    answer = asked(gaze, 0, split="hard", layer="features.pool3")
    assert any("3 x 3 is too coarse" in paragraph for paragraph in map_scores_text(answer).paragraphs)
    assert not any("can separate color from shape" in paragraph for paragraph in map_scores_text(answer).paragraphs)
    album = answer.browsed
    assert album is not None
    painted = replace(album, trained=album.trained.model_copy(update={"placement": "stroke"}))
    paragraphs = map_scores_text(replace(answer, browsed=painted)).paragraphs
    assert any("no localization score can separate color from shape" in sentence for sentence in paragraphs)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("", ImageFilter()),
        ("7", ImageFilter(label=7)),
        ("Red  7 wrong", ImageFilter(7, 0, "wrong")),
        ("wrong reason", ImageFilter(answers="right for the wrong reason")),
        ("because of the color", ImageFilter(answers="wrong because of the color")),
        ("digit 3, incorrect, evidence off", ImageFilter(label=3, answers="incorrect, evidence off the stroke")),
        *((ImageFilter(4, 1, name).description(CONTENT), ImageFilter(4, 1, name)) for name in ANSWERS),
    ],
)
def test_a_filter_is_read_from_words(text: str, read: ImageFilter) -> None:
    assert read_filter(text, CONTENT) == read


@pytest.mark.parametrize(
    ("text", "sentence"), [("off the stroke", "may be"), ("tartan", "There is no"), ("77", "There is no")]
)
def test_words_that_say_no_filter_are_refused(text: str, sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        read_filter(text, CONTENT)


def test_only_the_newest_of_the_waiting_questions_is_answered() -> None:
    begun, go_on = threading.Event(), threading.Event()
    heard: list[tuple[int, str]] = []

    def answers(question: int) -> Iterator[tuple[int, str]]:
        begun.set()
        assert go_on.wait(60)
        yield question, "at first"
        yield question, "all of it"

    threads: list[threading.Thread] = []

    def start(work: object) -> None:
        threads.append(threading.Thread(target=work))  # type: ignore[arg-type]
        threads[-1].start()

    newest = Newest(answers, start, heard.append)
    newest.ask(1)
    assert begun.wait(60)
    newest.ask(2)
    newest.ask(3)
    go_on.set()
    threads[0].join(60)
    assert heard == [(3, "at first"), (3, "all of it")] and len(threads) == 1
    newest.ask(4)
    threads[1].join(60)
    assert heard[2:] == [(4, "at first"), (4, "all of it")]


def test_whoever_leaves_hears_nothing_more() -> None:
    heard: list[str] = []
    ended: list[int] = []

    def answers(question: int) -> Iterator[str]:
        try:
            yield "at first"
            newest.ask(2)
            newest.close()
            yield "all of it"
        finally:
            ended.append(question)

    newest = Newest(answers, lambda work: work(), heard.append)
    newest.ask(1)
    assert heard == ["at first"] and ended == [1], "what waited isn't begun"


def test_a_question_that_fails_takes_no_other_with_it() -> None:
    begun, go_on = threading.Event(), threading.Event()
    heard: list[int] = []

    def answers(question: int) -> Iterator[int]:
        begun.set()
        assert go_on.wait(60)
        if question == 1:
            raise ZeroDivisionError
        yield question

    newest = Newest(answers, lambda _work: None, heard.append)
    newest.ask(1)
    failed: list[str] = []

    def work() -> None:
        try:
            newest._work()
        except ZeroDivisionError as error:
            failed.append(type(error).__name__)

    thread = threading.Thread(target=work)
    thread.start()
    assert begun.wait(60)
    newest.ask(2)
    go_on.set()
    thread.join(60)
    assert heard == [2] and failed == ["ZeroDivisionError"], "and it is heard of"
