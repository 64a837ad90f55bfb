"""The dial as a command: what it finds is what the app's dial answers, and what can't be turned is refused."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from lazytui.analyses.core.execute import recorded_result
from lazytui.analyses.sae.live import DoseAnswer, DoseQuestion, DoseResponseSession
from lazytui.analyses.sae_dial.params import read_factors
from lazytui.runs.workspace import Workspace
from lazytui.sae.edits.dose_response import Dose
from tests.commands import Lab


@pytest.fixture
def features(features_found: Lab, lab: Lab) -> Lab:
    """A copy of the features that others read as well."""
    shutil.copytree(features_found.workspace, lab.workspace)
    return lab


def dialed(workspace: Workspace, dose: Dose, index: int) -> DoseAnswer:
    """The last answer of the app's dial."""
    *_, answer = DoseResponseSession(workspace).answers(DoseQuestion("found", dose, index))
    assert isinstance(answer, DoseAnswer) and not answer.refused
    return answer


@pytest.mark.parametrize(
    ("options", "dose"),
    [
        (("--feature", "3,5", "--factor", "0:2:3"), Dose((3, 5), 2.0)),
        (("--feature", "3", "--how", "steer", "--factor", "2"), Dose((3,), 2.0, "steer")),
        (("--feature", "3", "--how", "swap", "--into", "8", "--factor", "2"), Dose((3,), 2.0, "swap", (8,))),
    ],
)
def test_a_turn_is_what_the_dial_of_the_app_answers(options: tuple[str, ...], dose: Dose, features: Lab) -> None:
    done = features.call("run", "sae-dial", "found", "--image", "7", *options, "--json")
    assert done.code == 0, done.err
    workspace = Workspace(features.workspace)
    result, answer = recorded_result(workspace.find(done.json["run"])), dialed(workspace, dose, 7)
    assert answer.before is not None and answer.after is not None and answer.curve is not None
    assert np.allclose(result.probabilities[-1], answer.curve[20], atol=1e-6)
    assert np.allclose(result.unchanged, answer.before.probabilities, atol=1e-6)
    assert answer.after.heat is not None and np.allclose(result.heat_after, answer.after.heat, atol=1e-6)
    assert result.mapped is None, "the layer is one of units, after a hidden one"
    assert result.mapped_grad_cam is not None and result.cam_layer == "features.relu3"
    here = answer.shown.features
    assert [one.feature for one in here] == list(dose.features)
    assert all(np.allclose(kept, one.grad_cam) for kept, one in zip(result.mapped_grad_cam, here, strict=True))
    rows = done.json["figures"]["by-factor"]["rows"]
    assert [row["factor"] for row in rows] == done.json["figures"]["turn"]["series"][0]["x"]
    assert sum(rows[-1][str(digit)] for digit in range(10)) == pytest.approx(100, abs=1e-3)


def test_by_default_the_most_active_feature_of_the_image_named_by_its_looks(features: Lab) -> None:
    done = features.call("run", "sae-dial", "found", "--image", "red 7", "--json")
    result = recorded_result(Workspace(features.workspace).find(done.json["run"]))
    assert (result.label, result.attribute, result.name) == (7, 0, "red 7")
    assert len(result.features) == 1 and result.activity[0] > 0 and len(result.probabilities) == 31


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--feature", "9999"), "There is no feature 9999"),
        (("--image", "purplish"), "isn't a color and a digit"),
        (("--how", "swap"), "--into and --how swap go together"),
        (("--factor", "0:x"), "aren't factors"),
        (("--factor", "0:3:0"), "1 to 1,000 factors"),
        (("--split", "drawn"), "No drawing was kept yet"),
    ],
)
def test_what_cannot_be_turned_is_refused_before_anything_is_written(
    options: tuple[str, ...], sentence: str, features: Lab
) -> None:
    before = sorted(features.workspace.iterdir())
    done = features.call("run", "sae-dial", "found", *options)
    assert done.code in {2, 3} and sentence in done.sentence
    assert sorted(features.workspace.iterdir()) == before


def test_factors_are_a_span_or_a_list() -> None:
    assert read_factors("0:3:4") == (0, 1, 2, 3) and read_factors("2, 0.5") == (0.5, 2)
    assert read_factors("0:3:31")[1] == 0.1
