"""Choosing among a lazy network, a cured one and what they were on their way."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lazytui.analyses.core.execute import recorded_result
from lazytui.analyses.select.candidate_scores import Answers, candidate_probabilities, selectors_of
from lazytui.analyses.select.result import SelectResult
from lazytui.analyses.trainings.training_lookup import trained_params
from lazytui.data.splits import build_dataset
from lazytui.runs.events import EventLog
from lazytui.runs.progress_report import Report, SilentNarrator
from lazytui.runs.workspace import Workspace
from lazytui.system.hardware import choose_hardware
from tests.commands import Lab

DATA = ("--source", "strokes", "--train-size", "1500", "--test-size", "300", "--validation-share", "0.2")


def selected(lab: Lab, *options: str) -> SelectResult:
    ended = lab.call("run", "select", *options, "--quiet", "--json")
    assert ended.code == 0, ended.err
    found = recorded_result(Workspace(lab.workspace).find(ended.json["run"]))
    assert isinstance(found, SelectResult)
    assert ended.json["metrics"]["regret"] == found.regret_of(found.preferred)
    return found


def test_the_worse_environment_finds_the_cure_that_accuracy_passes_over(lab: Lab) -> None:
    assert "There is no finished training" in lab.call("run", "select").sentence
    train = ("run", "train", *DATA, "--model", "mlp", "--metrics-every", "1000")
    assert lab.call(*train, "--epochs", "3", "--name", "lazy").code == 0
    assert "lazy is the only candidate" in lab.call("run", "select", "lazy").sentence
    cure = ("--epochs", "8", "--method", "resample", "--keep-checkpoints", "3", "--name", "cured")
    assert lab.call(*train, *cure).code == 0
    found = selected(lab, "--property", "ground hue,background")
    assert found.selectors == ("accuracy", "worst class", "worst environment", "worst group", "worst swap")
    assert found.preferred == "worst swap" and found.fewest[-1] > 290, "all that show an object"
    assert found.candidates[0] == "lazy" and len(found.candidates) > 2, "weights on the way are candidates too"
    assert found.candidates[found.chosen["accuracy"] or 0] == "lazy"
    for selector in ("worst environment", "worst group", "worst swap"):
        regret, of_accuracy = found.regret_of(selector), found.regret_of("accuracy")
        assert regret is not None and of_accuracy is not None and regret < of_accuracy
    assert found.plain == Workspace(lab.workspace).find("lazy").reference
    assert np.isfinite(found.values).all() and found.steps[1] == 0 < found.steps[2]

    ranked = lab.call(
        "run", "compare", "lazy", "cured", "--no-plain", "--rank", "worst-environment", "--quiet", "--json"
    )
    groups = recorded_result(Workspace(lab.workspace).find(ranked.json["run"])).groups
    values = {run.run: run.metrics["worst_environment_accuracy"] for group in groups for run in group.runs}
    index = found.selectors.index("worst environment")
    assert values == {found.runs[0]: found.values[0, index], found.runs[-1]: found.values[-1, index]}, (
        "the same measure"
    )

    on_the_way = selected(lab, "cured")
    assert on_the_way.selectors[-1] == "last" and on_the_way.chosen["last"] == len(on_the_way.candidates) - 1
    other = (*train[:2], *DATA, "--bias", "0.9", "--model", "mlp", "--epochs", "1", "--name", "other")
    assert lab.call(*other).code == 0
    refused = lab.call("run", "select", "lazy", "other")
    assert refused.code == 2 and "other data than" in refused.sentence and "--bias" in refused.sentence
    assert "no plain training on these data" not in lab.call("run", "select", "lazy", "cured", "--quiet").err


def test_networks_of_ones_own_code_are_judged_once_a_person_names_it(lab: Lab) -> None:
    (lab.folder / "net.py").write_text(
        "from torch import nn\n\ndef linear():\n    return nn.Sequential(nn.Flatten(), nn.Linear(2352, 10))\n"
    )
    named = ("--model", "net.py:linear")
    training = ("--source", "strokes", "--train-size", "300", "--test-size", "200", "--epochs", "1", *named)
    assert lab.call("run", "train", *training, "--keep-checkpoints", "1", "--name", "own").code == 0
    refused = lab.call("run", "select", "own", "--quiet")
    assert refused.code == 3 and "was trained with the code net.py:linear; to allow it to run" in refused.sentence
    allowed = lab.run("run", "select", "own", *named, "--quiet", "--json")
    assert allowed.code == 0 and set(allowed.json["metrics"]) >= {"regret"}, allowed.err


def test_selectors_read_no_label_of_the_shortcut(lab_with_training: Lab) -> None:
    """They say the same where the labels of the property, and the images before it was planted, are gone."""
    workspace = Workspace(lab_with_training.workspace)
    run = workspace.find("latest", kinds=("train",))
    log = EventLog(lab_with_training.folder / "events.jsonl")
    report = Report(run, workspace, log, SilentNarrator())
    split, hardware = build_dataset(trained_params(run)).validation, choose_hardware("cpu", "fp32")
    blind = replace(split, attributes=np.zeros_like(split.attributes), originals=np.zeros_like(split.originals))
    assert (split.attributes != blind.attributes).any() and (split.originals != blind.originals).any()
    values = []
    for one in (split, blind):
        of_plain = candidate_probabilities(run, run.path, one, hardware, report)
        selectors = selectors_of(one, of_plain, ("ground hue", "background"), report)
        answers = Answers(run, run.path, one, hardware, report)
        values.append({name: selector(answers) for name, selector in selectors.items()})
    log.close()
    assert values[0]["worst swap"] < values[0]["accuracy"], "it is lazy"
    np.testing.assert_equal(*values)
