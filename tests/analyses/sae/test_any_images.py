"""Features of networks of any labeled images, by the real commands: with an attribute, and without one."""

from __future__ import annotations

import numpy as np
import pytest

from lazytui.analyses.core.execute import figures, recorded_result
from lazytui.analyses.sae.feature_labels import find_features
from lazytui.analyses.sae.result import SaeResult
from lazytui.analyses.sae_experiments.result import SaeExperimentsResult
from lazytui.figures.kinds import Figure, Lines, Matrix, Table, Text
from lazytui.runs.workspace import Workspace
from tests.analyses.neurons.any_images import TRAINING, VALUES, save_patterns
from tests.commands import Lab

QUICK = ("--steps", "150", "--k", "4", "--expansion", "1", "--lr", "3e-3", "--climb", "2", "--starts", "1")


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """Two networks, their features and experiments with these: of grounds, and of plain images."""
    lab = Lab(tmp_path_factory.mktemp("any"))
    for name in ("grounds", "plain"):
        archive = save_patterns(lab.folder / f"{name}.npz", grounds=name == "grounds")
        for command in (
            ("run", "train", "--source", f"npz:{archive}", *TRAINING, "--name", f"{name}-network"),
            ("run", "sae", f"{name}-network", *QUICK, "--probing", "1", "--name", name),
            ("run", "sae-experiments", name, "--samples", "100", "--draws", "3", "--name", f"{name}-edited"),
        ):
            done = lab.call(*command, "--device", "cpu", "--json")
            assert done.code == 0, done.err
    return lab


def features_of(lab: Lab, name: str) -> SaeResult:
    found: SaeResult = recorded_result(Workspace(lab.workspace).find(name))
    return found


def figures_of(lab: Lab, name: str) -> dict[str, Figure]:
    return {figure.name: figure for figure in figures(Workspace(lab.workspace).find(name))}


def test_features_stand_for_classes_and_values_by_name(lab: Lab) -> None:
    result, found = features_of(lab, "grounds"), figures_of(lab, "grounds")
    assert result.heat.shape[1:] == (3, 2) and result.effect is not None and result.effect.shape[1] == 3
    colors, table = found["colors"], found["features"]
    assert isinstance(colors, Matrix) and set(colors.column_labels) == set(VALUES)
    assert isinstance(table, Table) and {"class", result.content.attribute} <= {one.name for one in table.columns}
    named = find_features(result, {}, result.content.attribute)
    assert named == [feature for feature in result.by_mass.tolist() if result.is_of(feature, "color")]
    edited: SaeExperimentsResult = recorded_result(Workspace(lab.workspace).find("grounds-edited"))
    assert edited.networks[0].swap_after.shape == (2, 2)
    figures_by_name = figures_of(lab, "grounds-edited")
    dose, swap = figures_by_name["dose-response"], figures_by_name["swap"]
    assert isinstance(dose, Lines) and dose.series[2].name == f"{result.content.attribute}-follow rate"
    assert isinstance(swap, Matrix) and swap.row_labels == result.content.values


def test_without_an_attribute_features_stand_for_a_class_or_for_none(lab: Lab) -> None:
    result, found = features_of(lab, "plain"), figures_of(lab, "plain")
    assert result.attribute_features == result.both_features == 0 and result.label_features > 0
    assert np.isnan(result.attribute_selectivity).all() and result.heat.shape[1:] == (3, 0)
    assert "colors" not in found and "digits" in found and "geometry" not in found
    figures_by_name = figures_of(lab, "plain-edited")
    verdict, single = figures_by_name["verdict"], figures_by_name["single"]
    assert isinstance(verdict, Text) and "No attribute of these images is known" in verdict.paragraphs[0]
    assert isinstance(single, Table) and single.rows and {"swap", "bulk", "dose-response"}.isdisjoint(figures_by_name)


def test_one_feature_is_asked_for_each_class_and_value_beside_controls_and_dimensions(lab: Lab) -> None:
    for name, predicted in (("grounds", ["class", "ground"]), ("plain", ["class"])):
        found, table = features_of(lab, name).probing, figures_of(lab, name)["probing"]
        assert found is not None and isinstance(table, Table) and table.rows[0][:2] == ("class", 1)
        assert len(table.rows) == len(predicted) and found.label.shape == found.attribute.shape == (4, 1)
        if name == "plain":
            assert (found.label > 0.4).all() and 0.8 < (found.label_raw or 0) <= 1 and found.attribute_raw is None
        else:
            assert table.rows[0][2:] == (None,) * 5, "a handful of images of each group are too few"


@pytest.mark.parametrize(("name", "image"), [("grounds", "water down"), ("plain", "down")])
def test_a_dose_on_an_image_by_its_class(lab: Lab, name: str, image: str) -> None:
    done = lab.call("run", "sae-dial", name, "--image", image, "--factor", "0,1,2", "--split", "easy", "--json")
    assert done.code == 0, done.err
    table = next(one for one in figures(Workspace(lab.workspace).find("latest")) if one.name == "by-factor")
    assert isinstance(table, Table) and tuple(one.name for one in table.columns[2:]) == ("across", "checked", "down")
    assert all(abs(sum(float(str(share)) for share in row[2:]) - 100) < 0.1 for row in table.rows)
    refused = lab.call("run", "sae-dial", name, "--image", "red 7")
    assert refused.code == 2 and "isn't a" in refused.sentence
