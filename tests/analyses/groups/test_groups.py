"""Groups inferred without labels, and trainings that take them in place of labels."""

from __future__ import annotations

import numpy as np
import pytest

from lazytui.analyses.core.execute import recorded_result
from lazytui.analyses.groups.result import GroupsResult
from lazytui.data.params import DatasetParams
from lazytui.data.splits import build_dataset
from lazytui.runs.workspace import Workspace
from lazytui.training.loop import train
from lazytui.training.methods import METHODS
from lazytui.training.settings import TrainingSettings
from tests.commands import TINY_DATA, TINY_TRAINING, Lab
from tests.data.sources.files import class_folders
from tests.training.any_images import patterns

QUICK = {
    "model": "lazy-cnn",
    "device": "cpu",
    "precision": "fp32",
    "epochs": 2,
    "batch_size": 100,
    "metrics_samples": 100,
}


def found_by(lab: Lab, *options: str) -> GroupsResult:
    ended = lab.call("run", "groups", *options, "--quiet", "--json")
    assert ended.code == 0, ended.err
    found = recorded_result(Workspace(lab.workspace).find(ended.json["run"]))
    assert isinstance(found, GroupsResult)
    return found


def test_groups_of_an_audited_property_stand_in_for_the_color(lab: Lab) -> None:
    assert lab.call("run", "train", *TINY_TRAINING, "--model", "lazy-cnn", "--epochs", "2", "--name", "lazy").code == 0
    said = lab.call("run", "groups", "lazy")
    assert said.code == 3 and "`lazytui run audit lazy` first" in said.sentence
    found = found_by(lab, "lazy", "--property", "ground hue", "--name", "groups")
    data = build_dataset(DatasetParams(source="strokes", train_size=300, test_size=200))
    truth = data.train.cue_classes != data.train.labels
    assert found.conflicting is not None and (found.conflicting == truth).all()
    assert found.precision == found.recall == found.rand == 1, "ten flat colors are separated perfectly"
    assert (found.like == data.train.cue_classes).all() and found.marked == truth.mean() == found.prevalence
    assert found.numbers is not None and truth[found.numbers].all()

    with_groups = lab.call(
        "run", "train", *TINY_TRAINING, "--model", "mlp", "--method", "resample", "--epochs", "1", "--json"
    )
    blind = ("--method", "resample", "--epochs", "1", "--groups", "groups", "--json")
    without = lab.call("run", "train", *TINY_TRAINING, "--model", "mlp", *blind)
    assert without.code == with_groups.code == 0, without.err
    one, other = ({k: v for k, v in run.json["metrics"].items() if k != "seconds"} for run in (with_groups, without))
    assert one == other, "the same groups, so the same training"
    for options, sentence in (
        (("--method", "erm"), "The method erm reads no groups"),
        (("--method", "resample", "--bias", "0.9"), "other training images than these: --bias differs"),
        (("--method", "resample", "--colors", "detected"), "Give --groups or --colors, not both"),
    ):
        refused = lab.call("run", "train", *TINY_DATA, *options, "--groups", "groups")
        assert refused.code == 2 and sentence in refused.sentence


def test_a_person_has_the_last_word(lab: Lab) -> None:
    assert lab.call("run", "train", *TINY_TRAINING, "--model", "mlp", "--epochs", "1", "--name", "net").code == 0
    plain = found_by(lab, "net", "--by", "errors")
    marked = np.flatnonzero(plain.contradicting)
    missed = np.flatnonzero(~plain.contradicting)[0]
    other = (int(plain.labels[missed]) + 1) % 10
    words = ("--agreeing", f"{marked[0]},{marked[1]}", "--contradicting", f"{missed}:{other}")
    mine = found_by(lab, "net", "--by", "errors", *words)
    assert mine.corrected == 3 and mine.precision == plain.precision, "precision is that of the marks"
    assert (np.flatnonzero(mine.contradicting) == np.sort([*marked[2:], missed])).all()
    assert mine.like[missed] == other
    for options, code, sentence in (
        (("--contradicting", "17"), 2, "'17' isn't NUMBER:CLASS"),
        (("--contradicting", "17:ten"), 2, "There is no digit 'ten'"),
        (("--agreeing", "300"), 3, "There is no training image 300: they are numbered from 0 to 269"),
        (("--property", "hue"), 2, "--by errors uses none"),
    ):
        refused = lab.call("run", "groups", "net", "--by", "errors", "--quiet", *options)
        assert refused.code == code and sentence in refused.sentence


def test_images_without_any_attribute_have_groups(lab: Lab) -> None:
    """Their method needs an attribute, and has none but these groups."""
    folder = class_folders(lab.folder / "images", {"a": 60, "b": 60})
    data = ("--source", f"folder:{folder}", "--model", "mlp", "--epochs", "1", "--batch-size", "16")
    assert lab.call("run", "train", *data, "--name", "net").code == 0
    assert "have no attribute" in lab.call("run", "train", *data, "--method", "group-dro").sentence
    found = found_by(lab, "net", "--by", "environments", "--name", "groups")
    assert found.precision is found.conflicting is None and found.contradicting.any()
    cured = lab.call("run", "train", *data, "--method", "group-dro", "--groups", "groups", "--json")
    assert cured.code == 0, cured.err


@pytest.mark.parametrize("method", [name for name, entry in METHODS.items() if entry.reads_values])
def test_every_method_that_reads_values_can_read_groups(method: str) -> None:
    """On images without an attribute; other groups make another network."""
    data = patterns(tinted=False)
    settings = TrainingSettings.model_validate({**QUICK, "method": method})
    heads = []
    for every in (7, 3):
        like = data.train.labels.copy()
        like[::every] = (like[::every] + 1) % 3
        heads.append(next(reversed(train(settings, data, like=like).model.state_dict().values())))
    assert not heads[0].equal(heads[1])
