"""A lazy network is cured without a label, and one that has no shortcut is left alone."""

from __future__ import annotations

from math import prod

import numpy as np
import pytest

from lazytui.analyses.core.execute import figures, recorded_params, recorded_result
from lazytui.analyses.cure.analysis import best_first, chosen_trial
from lazytui.analyses.cure.candidates import candidates, rungs
from lazytui.analyses.cure.maps import choose_images
from lazytui.analyses.cure.params import CureParams
from lazytui.analyses.cure.result import CureResult, Trial, read
from lazytui.analyses.train.params import TrainParams
from lazytui.figures.kinds import Pixels
from lazytui.runs.results.saved_result import Result
from lazytui.runs.results.typed_result import write_fields
from lazytui.runs.workspace import Workspace
from tests.commands import Lab

DATA = ("--source", "strokes", "--train-size", "1500", "--test-size", "300", "--validation-share", "0.2")
QUICK = ("--images", "60", "--budget", "10m", "--quiet", "--json")


def cured(lab: Lab, *options: str) -> CureResult:
    ended = lab.call("run", "cure", *options, *QUICK)
    assert ended.code == 0, ended.err
    found = recorded_result(Workspace(lab.workspace).find(ended.json["run"]))
    assert isinstance(found, CureResult)
    return found


def test_a_lazy_network_is_cured(lab: Lab) -> None:
    train = ("run", "train", *DATA, "--metrics-every", "1000")
    assert lab.call(*train, "--model", "mlp", "--epochs", "3", "--name", "lazy").code == 0
    found = cured(lab, "lazy", "--methods", "scramble,resample,focal", "--epochs", "24")
    assert found.named in {"hue", "ground hue"} and found.selector == "worst swap" and found.groups is not None
    assert [trial.method for trial in found.trials[:3]] == ["scramble", "resample", "focal"]
    assert [trial.epochs for trial in found.trials] == [8, 8, 8, 24], "the best of three for three times as long"
    assert found.before is not None and found.best is not None and found.best.method in {"scramble", "resample"}
    assert (found.best.score or 0) > (found.before.score or 0) + 0.3
    assert found.lost_before is not None and found.lost_before.flagged and found.lost_after is not None
    assert found.lost_after.loss < found.lost_before.loss - 0.3
    assert found.gain is not None and found.gain > 0.3, "and so it is on conflicting images, which nobody looked at"
    look_at_maps(lab, found)
    workspace = Workspace(lab.workspace)
    trained = [recorded_params(workspace.find(trial.run)) for trial in found.trials]
    assert all(
        isinstance(one, TrainParams) and (one.groups is not None) == (one.method == "resample") for one in trained
    )
    before = len(workspace.runs())
    again = cured(lab, "lazy", "--methods", "scramble,resample,focal", "--epochs", "24")
    assert again.trials == found.trials and len(workspace.runs()) == before + 1, "what is there isn't done again"


def look_at_maps(lab: Lab, found: CureResult) -> None:
    """Of the same images by both networks, of which a part is right before and all but a few after."""
    maps = found.maps
    assert maps is not None and found.map_method == "input-gradient", "a perceptron has no layer with a map"
    assert maps.second.tolist() == [False] * 4 + [True] * 4 and maps.before.shape == maps.after.shape == (8, 28, 28)
    assert maps.before.any((1, 2)).all() and maps.after.any((1, 2)).all() and (maps.before != maps.after).any()
    right = [(says.argmax(1) == maps.labels)[4:].sum() for says in (maps.says_before, maps.says_after)]
    assert right[0] < right[1], "those that contradict what it relied on"
    figures_by_name = {
        figure.name: figure for figure in figures(Workspace(lab.workspace).find("latest", kinds=("cure",)))
    }
    figure = figures_by_name["maps"]
    assert isinstance(figure, Pixels) and figure.columns == 8 and figure.row_labels == ("image", "before", "after")
    assert figure.column_labels == ("agrees",) * 4 + ("contradicts",) * 4
    assert figure.overlay is not None and np.isnan(figure.overlay[:8]).all() and np.isfinite(figure.overlay[8:]).all()
    saved = write_fields(found)
    older = Result(
        saved.metrics,
        {
            name: fact
            for name, fact in saved.facts.items()
            if name not in {"palette_name", "map_method", "map_layers", "map_parts"}
        },
        {},
    )
    old = read(CureParams(run="lazy"), older)
    assert old.maps is None and old.trials == found.trials, "what was found before there were maps still opens"


def test_without_a_shortcut_nothing_is_trained(lab: Lab) -> None:
    train = ("run", "train", *DATA, "--placement", "none", "--model", "mlp", "--epochs", "8")
    assert lab.call(*train, "--metrics-every", "1000", "--name", "clean").code == 0
    found = cured(lab, "clean")
    assert found.named == "" and not found.trials and found.steps == 0 and found.chosen is None


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--budget", "soon"), "'soon' isn't a time such as 90s, 20m or 2h"),
        (("--budget", "0s"), "--budget: 0s is too small for one training."),
        (("--budget", "1s", "--epochs", "9999"), "--budget 1s is too small for one training of 9,999 epochs"),
        (("--methods", "scrumble"), "There is no method 'scrumble'"),
    ],
)
def test_bad_input(lab_with_training: Lab, options: tuple[str, ...], sentence: str) -> None:
    before = sorted(lab_with_training.workspace.iterdir())
    refused = lab_with_training.call("run", "cure", "latest", *options)
    assert refused.code == 2 and sentence in refused.sentence
    assert sorted(lab_with_training.workspace.iterdir()) == before


def test_rungs_take_three_tenths_of_the_epochs_of_all_trainings_or_the_least_that_they_can() -> None:
    assert rungs(1, 5) == [(1, 5)] and rungs(3, 2) == [(3, 2)]
    for count in range(1, 40):
        for epochs in range(3, 120):
            plan = rungs(count, epochs)
            counts, lengths = zip(*plan, strict=True)
            assert counts[0] == count and lengths[-1] == epochs and (counts[-1] == 1 or len(plan) == 1)
            assert list(lengths) == sorted(set(lengths)) and list(counts) == sorted(set(counts), reverse=True)
            least = 2 * count + epochs if count > 1 else epochs
            most = 0.3 * count * epochs if count > 3 else 2 * epochs
            assert sum(map(prod, plan)) <= max(most, least), (plan, "two epochs are the shortest")


def test_candidates_are_given_the_property_and_the_groups() -> None:
    asked = candidates(TrainParams(init="elsewhere"), ("scramble", "resample", "jtt"), "hue", None)
    assert [one.method for one in asked] == ["scramble", "jtt"], "without groups nothing reads them"
    assert asked[0].scrambled == "hue" and all(one.init is None for one in asked)


def trial(score: float | None, epochs: int, accuracy: float = 0.9) -> Trial:
    return Trial(rung=1, method="erm", run=f"{score}-{epochs}", epochs=epochs, steps=1, score=score, accuracy=accuracy)


def test_the_longest_training_within_one_standard_error_of_the_best_is_chosen() -> None:
    """Of 100 images, half of them right, the error is five points."""
    before, short = trial(0.3, 9), trial(0.5, 2)
    assert chosen_trial([short, trial(0.46, 6)], before, 100) == trial(0.46, 6)
    assert chosen_trial([short, trial(0.44, 6)], before, 100) == short
    assert chosen_trial([short, trial(0.46, 6)], before, 10_000) == short, "of more images less is chance"
    assert chosen_trial([short, trial(0.46, 2)], before, 100) == short, "as long, the better one"
    assert chosen_trial([trial(0.3, 20), trial(None, 20)], before, 100) is None, "none is better than before"
    assert chosen_trial([trial(0.5, 2), trial(0.47, 9)], trial(0.48, 9), 100) == short, "nor what is worse than before"


def test_near_the_best_what_relies_least_on_the_property_goes_on() -> None:
    lazy, honest, worse = trial(0.5, 2, accuracy=0.9), trial(0.47, 2, accuracy=0.5), trial(0.44, 2, accuracy=0.44)
    assert best_first([worse, lazy, honest], 100) == [honest, lazy, worse]
    assert best_first([worse, honest, lazy], 10_000) == [lazy, honest, worse], "of more images less is chance"
    unknown = trial(None, 2), trial(None, 2, accuracy=0.95)
    assert best_first([*unknown, lazy], 100) == [lazy, *unknown[::-1]] and best_first(unknown, 0) == [*unknown[::-1]]


def test_images_are_chosen_class_by_class_from_both_parts() -> None:
    labels = np.array([0, 0, 1, 0, 2, 1, 3, 4, 2], np.uint8)
    second = np.array([0, 0, 0, 1, 0, 1, 0, 0, 0], bool)
    assert choose_images(labels, second).tolist() == [0, 2, 4, 6, 3, 5], "the second part has no more"
    assert choose_images(labels[:2], second[:2]).tolist() == [0, 1]
