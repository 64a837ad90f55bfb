"""Neurons of networks of any labeled images, by the real commands: with an attribute, without one, with a cue."""

from __future__ import annotations

import numpy as np
import pytest

from lazytui.analyses.core.execute import figures, recorded_result
from lazytui.analyses.neurons.result import NeuronsResult
from lazytui.figures.kinds import Bars, Figure, Matrix, Pixels, Table
from lazytui.runs.workspace import Workspace
from tests.analyses.neurons.any_images import CLASSES, TRAINING, VALUES, save_patterns
from tests.commands import Lab

QUICK = ("--steps", "2", "--starts", "1", "--samples", "100", "--device", "cpu")


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """Networks of three kinds of data, and their neurons: grounds, plain, marked."""
    lab = Lab(tmp_path_factory.mktemp("any"))
    for name, grounds, cue in (("grounds", True, ()), ("plain", False, ()), ("marked", False, ("--cue", "watermark"))):
        archive = save_patterns(lab.folder / f"{name}.npz", grounds=grounds)
        for command in (
            ("run", "train", "--source", f"npz:{archive}", *cue, *TRAINING, "--name", f"{name}-network"),
            ("run", "neurons", f"{name}-network", *QUICK, "--name", name),
        ):
            done = lab.call(*command, "--json")
            assert done.code == 0, done.err
    return lab


def neurons_of(lab: Lab, name: str) -> tuple[NeuronsResult, dict[str, Figure]]:
    run = Workspace(lab.workspace).find(name)
    return recorded_result(run), {figure.name: figure for figure in figures(run)}


def test_groups_are_classes_by_values_and_nothing_is_patched_without_an_editor(lab: Lab) -> None:
    result, found = neurons_of(lab, "grounds")
    assert result.content.classes == tuple(sorted(CLASSES)) and set(result.content.values) == set(VALUES)
    assert result.heat.shape[1:] == (3, 2) and result.contribution_mean.shape[1] == 3
    means = result.heat.astype(np.float64)
    np.testing.assert_allclose(means.mean(2), result.label_response, atol=1e-5)
    colors, table = found["colors"], found["neurons"]
    assert isinstance(colors, Matrix) and colors.column_labels == result.content.values
    assert isinstance(table, Table) and {column.name for column in table.columns} >= {"class", "class MI"}
    assert result.red_one_images is None and result.stimuli is None and result.patch_response is None
    assert {"color", "digit"}.isdisjoint(column.name for column in table.columns)
    images = found["inverted"]
    assert isinstance(images, Pixels) and images.images.shape == (6, 16, 16, 3) and images.columns == 3


def test_without_an_attribute_neurons_describe_the_class_or_nothing(lab: Lab) -> None:
    result, found = neurons_of(lab, "plain")
    assert result.attribute_selective == 0 and result.label_selective > 0 and result.heat.shape[1:] == (3, 0)
    assert np.abs(result.attribute_information).max() == 0 and result.label_information.max() > 0.2
    assert {"scatter", "colors"}.isdisjoint(found) and found["mapped-image"].title == "The image: probe 0"
    table = found["neurons"]
    assert isinstance(table, Table) and table.ordered_by == "class MI"
    informed = [float(str(row[2])) for row in table.rows if row[1] != "silent"]
    assert informed == sorted(informed, reverse=True)


def test_a_planted_cue_has_its_grid_and_patches(lab: Lab) -> None:
    result, found = neurons_of(lab, "marked")
    own, red = result.red_one_names
    patched = next(figure for name, figure in found.items() if name.endswith("-patched"))
    assert isinstance(patched, Bars) and patched.title.endswith(f"{red} into {own}") and len(patched.values) == 3
    assert result.red_one_images is not None and result.stimuli is not None
    assert (result.red_one_images[0] != result.red_one_images[1]).any()
    done = lab.call("run", "ablate", "marked", "--neuron", "0-2", "--patch", f"{red} into {own}", "--json")
    assert done.code == 0 and 0 <= done.json["metrics"]["hard_ablated"] <= 1, done.err
    shift = next(figure for figure in figures(Workspace(lab.workspace).find("latest")) if figure.name == "shift")
    assert isinstance(shift, Bars) and shift.labels == result.content.classes


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (("neurons", "grounds-network", "--class-start", "texture"), "class images start at noise"),
        (("neurons", "grounds-network", "--image", "down water"), "name a split of 'water down', such as hard water"),
        (("ablate", "grounds", "--neuron", "0", "--patch", "down water into down land"), "name a split of"),
        (("neurons", "plain-network", "--image", "hard dawn"), "isn't a class: "),
    ],
)
def test_what_needs_repainting_is_refused_in_a_sentence(lab: Lab, command: tuple[str, ...], sentence: str) -> None:
    runs = len(Workspace(lab.workspace).runs())
    done = lab.call("run", *command)
    assert done.code in (2, 3) and sentence in done.sentence
    assert len(Workspace(lab.workspace).runs()) == runs, "nothing is written"
