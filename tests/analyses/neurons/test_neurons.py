"""The neurons analysis, run as a person runs it, and what it says where something is wrong."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from lazytui.analyses.core.execute import figures, recorded_result
from lazytui.analyses.neurons.analysis import open_session
from lazytui.analyses.neurons.neuron_page import neuron_page
from lazytui.analyses.neurons.params import NeuronsParams
from lazytui.analyses.neurons.result import NeuronsResult
from lazytui.figures.kinds import Bars, Figure, Lines, Matrix, Pixels, Table, Text
from lazytui.neurons.roles import ROLES
from lazytui.runs.results.saved_result import ARRAYS_FILE
from lazytui.runs.workspace import Workspace
from tests.commands import TINY_TRAINING, Lab

QUICK = ("--samples", "100", "--starts", "2", "--steps", "2", "--json")


@pytest.fixture(scope="module")
def examined(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """A laboratory with a training that kept checkpoints, and what its neurons are."""
    lab = Lab(tmp_path_factory.mktemp("neurons"))
    trained = lab.call("run", "train", *TINY_TRAINING, "--keep-checkpoints", "4", "--name", "lazy", "--json")
    assert trained.code == 0, trained.err
    (lab.folder / "mine.py").write_text("def contrast(logits):\n    return 2 * (logits[:, 3] - logits[:, 8])\n")
    asked = ("--class-start", "texture", "--image", "hard 3", "--target", "mine.py:contrast", "--name", "asked")
    done = lab.call("run", "neurons", "lazy", *QUICK, *asked)
    assert done.code == 0, done.err
    return lab


def result_of(lab: Lab, run: str) -> NeuronsResult:
    found: NeuronsResult = recorded_result(Workspace(lab.workspace).find(run))
    return found


@pytest.fixture(scope="module")
def result(examined: Lab) -> NeuronsResult:
    return result_of(examined, "asked")


@pytest.fixture(scope="module")
def shown(examined: Lab) -> dict[str, Figure]:
    return {figure.name: figure for figure in figures(Workspace(examined.workspace).find("asked"))}


def test_every_neuron_has_a_role_and_the_roles_are_counted(result: NeuronsResult, shown: dict[str, Figure]) -> None:
    metrics = result.metrics
    roles = [metrics[name] for name in ("traitors", "heroes", "mixed", "silent", "flat")]
    assert sum(value or 0 for value in roles) == metrics["neurons"] == 128
    assert np.bincount(result.role, minlength=5).tolist() == roles
    for name in ("neurons", "effects", "polysemanticity"):
        table = shown[name]
        assert isinstance(table, Table) and len(table.rows) == 128
        assert {row[1] for row in table.rows} <= set(ROLES)
        assert sorted(int(row[0] or 0) for row in table.rows) == list(range(128))


def test_the_error_that_decides_a_role_stands_beside_what_it_decides(shown: dict[str, Figure]) -> None:
    table = shown["neurons"]
    assert isinstance(table, Table)
    names = [column.name for column in table.columns]
    for row in table.rows:
        cells = dict(zip(names, row, strict=True))
        difference, margin = float(cells["color MI"] or 0) - float(cells["digit MI"] or 0), float(cells["±"] or 0)
        assert cells["diff"] == pytest.approx(difference, abs=1e-6)
        if cells["role"] in {"traitor", "hero", "mixed"}:
            assert cells["role"] == ("mixed" if abs(difference) <= margin else "traitor" if difference > 0 else "hero")


def test_roles_of_an_older_version_are_not_shown(examined: Lab, tmp_path: Path) -> None:
    lab = Lab(tmp_path)
    shutil.copytree(examined.workspace, lab.workspace)
    folder = Workspace(lab.workspace).find("asked").path
    kept = load_file(folder / ARRAYS_FILE)
    save_file({name: array for name, array in kept.items() if name != "information_margin"}, folder / ARRAYS_FILE)
    done = lab.call("runs", "show", "asked")
    assert done.code == 3 and "run neurons again" in done.sentence


def test_the_default_layer_is_the_last_fine_one_and_is_recorded(examined: Lab) -> None:
    assert Workspace(examined.workspace).find("asked").record.params["layer"] == "features.relu3"


def test_ordered_ablations_begin_intact_and_end_alike(result: NeuronsResult, shown: dict[str, Figure]) -> None:
    curves = shown["without-hard"]
    assert isinstance(curves, Lines)
    by_name = {series.name: series for series in curves.series}
    assert [series.y[0] for series in curves.series] == [pytest.approx(result.hard.intact)] * 5
    assert len({series.y[-1] for series in curves.series}) == 1
    assert (by_name["random, lowest"].y <= by_name["random order"].y + 1e-9).all()
    assert result.hard.random.shape == (20, len(by_name["random order"].x))
    assert by_name["random order"].x[-1] == 128 - result.silent - result.flat
    verdict = shown["verdict"]
    assert isinstance(verdict, Text) and "20 draws" in verdict.paragraphs[1]


def test_pictures_and_views_have_the_shapes_that_they_show(result: NeuronsResult, shown: dict[str, Figure]) -> None:
    assert result.visualizations.shape == (2, 128, 28, 28, 3)
    assert result.visualizations.dtype == np.uint8
    preferred, classes, filters, maps = (
        shown[name] for name in ("preferred", "class-images", "filters", "feature-maps")
    )
    assert isinstance(preferred, Pixels) and len(preferred.images) == len(preferred.captions) == 16
    assert isinstance(classes, Pixels) and len(classes.images) == 30 == len(classes.captions)
    assert classes.row_labels[0] == "texture" and result.class_texture_logits is not None
    assert result.class_logits is not None and result.class_logits.mean() > result.class_texture_logits.mean()
    target = shown["target-images"]
    assert isinstance(target, Pixels) and target.title == "Inputs that maximize the contrast of mine.py"
    assert target.images.shape == (2, 28, 28, 3) and result.target_values is not None
    assert target.captions == tuple(f"{value:.3g}" for value in result.target_values)
    image = shown["mapped-image"]
    assert isinstance(image, Pixels) and image.title == "The image: hard 3" and result.mapped is not None
    assert isinstance(filters, Pixels) and filters.images.shape == (32, 3, 3, 3)
    assert isinstance(maps, Pixels) and maps.images.shape[1:] == (7, 7, 3)
    assert maps.white == pytest.approx(float(result.mapped.max())) and maps.images.max() == 255
    related = shown["relations"]
    assert isinstance(related, Pixels) and related.images.shape == (2, 128, 128, 3)


def test_measures_through_training_are_lines_over_its_checkpoints(
    result: NeuronsResult, shown: dict[str, Figure]
) -> None:
    assert result.through_training and result.through_training.step.tolist() == [0, 1, 4, 17]
    roles, single = shown["training-roles"], shown["training-neurons"]
    assert isinstance(roles, Lines) and isinstance(single, Lines)
    assert sum(series.y for series in roles.series).tolist() == [128.0] * 4
    last = result.through_training.attribute_information[-1]
    few = result.attribute_information
    assert np.corrcoef(last, few)[0, 1] > 0.99


def test_a_page_shows_one_neuron(result: NeuronsResult) -> None:
    figures_by_name = {figure.name.removeprefix("neuron-5-"): figure for figure in neuron_page(result, 5)}
    assert set(figures_by_name) == {
        *("preferred", "evidence", "maps", "image", "colors", "heat", "says", "patched", "snippets", "training")
    }
    evidence, colors, heat, says = (figures_by_name[name] for name in ("evidence", "colors", "heat", "says"))
    assert isinstance(evidence, Pixels) and len(evidence.images) == 16
    top = [float(caption) for caption in evidence.captions[:8]]
    assert top == sorted(top, reverse=True)
    assert isinstance(colors, Bars) and len(colors.values) == 10
    assert isinstance(heat, Matrix) and heat.values.shape == (10, 10)
    assert isinstance(says, Table) and len(says.rows) == 10
    kept = result.heat[5].mean(0)
    np.testing.assert_allclose(colors.values, kept, rtol=1e-3, atol=1e-5)


def test_one_page_says_what_drives_each_neuron(result: NeuronsResult, shown: dict[str, Figure]) -> None:
    """Each row's numbers are those of the tables and of the neuron's own page."""
    drivers, table = shown["drivers"], shown["neurons"]
    assert isinstance(drivers, Pixels) and isinstance(table, Table)
    assert len(drivers.images) == 6 * len(drivers.row_labels) == 6 * 128
    for row, (neuron, role, color, digit, *_rest, _sel, favorite) in enumerate(table.rows):
        heading, captions = drivers.row_labels[row], drivers.captions[6 * row : 6 * row + 6]
        assert heading.startswith(f"{neuron} {role}: MI color {color:.2f}, digit {digit:.2f} bits; strongest ")
        assert heading.endswith(f", {favorite}")
        page = {figure.name.rsplit("-", 1)[-1]: figure for figure in neuron_page(result, int(str(neuron)))}
        snippets = page["snippets"]
        assert isinstance(snippets, Pixels) and snippets.captions[0] in captions[3:], "the strongest of all"
        if row == 2:
            break


def test_small_questions_are_answered_from_what_is_kept(examined: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same answers as the run's, from a session that is asked again and again."""
    for name, value in examined.environment().items():
        monkeypatch.setenv(name, value)
    workspace = Workspace(examined.workspace)
    kept = result_of(examined, "asked")
    session = open_session(NeuronsParams(run="lazy", samples=100), workspace)
    asked = session.ablation
    assert kept.mapped_image is not None and kept.mapped_grad_cam is not None
    again = session.maps.grad_cams(kept.mapped_image, [3, 5], session.hardware.device)
    np.testing.assert_allclose(again, kept.mapped_grad_cam[np.searchsorted(kept.exemplars.units, [3, 5])], atol=1e-6)
    for neuron in (0, 77):
        for mode in ("mean", "zero"):
            answer = asked.accuracies([neuron], mode)  # type: ignore[arg-type]
            for split in ("easy", "hard"):
                ablation, _ = kept.by_split(split)
                alone = ablation.without_mean if mode == "mean" else ablation.without_zero
                assert answer[split] == pytest.approx(float(alone[neuron]))
    own, red = kept.red_one_images[:, None]
    np.testing.assert_allclose(asked.patch(own, red, [3])[0], kept.red_one_shift[3], atol=1e-5)


@pytest.mark.parametrize(
    ("model", "layer"), [("mlp", "features.relu1"), ("small-16", "features.conv2"), ("gap-cnn", "features")]
)
def test_layers_without_a_map_and_before_a_relu_can_be_asked_too(lab: Lab, model: str, layer: str) -> None:
    assert lab.call("run", "train", *TINY_TRAINING, "--model", model, "--json").code == 0
    done = lab.call("run", "neurons", "latest", "--layer", layer, *QUICK)
    assert done.code == 0, done.err
    names = {figure.name for figure in figures(Workspace(lab.workspace).find(done.json["run"]))}
    assert ("feature-maps" in names) == (layer == "features.conv2")


def test_code_of_ones_own_is_asked_by_name(lab: Lab) -> None:
    code = "from tests.neurons.networks import Residual\n\n\ndef make():\n    return Residual()\n"
    (lab.folder / "mine.py").write_text(code)
    assert lab.call("run", "train", *TINY_TRAINING, "--model", "mine.py:make", "--json").code == 0
    refused = lab.call("run", "neurons", "latest", *QUICK)
    assert refused.code == 3 and "to allow it to run: --model mine.py:make" in refused.sentence
    done = lab.call("run", "neurons", "latest", "--model", "mine.py:make", *QUICK)
    assert done.code == 0, done.err
    assert done.json["metrics"]["neurons"] == 6
    run = Workspace(lab.workspace).find(done.json["run"])
    without_any, verdict = result_of(lab, run.id).hard.attribute_first[-1], figures(run)[0]
    assert isinstance(verdict, Text) and f"on {100 * without_any:.1f} %" in verdict.paragraphs[1], "past the layer"


@pytest.mark.parametrize(
    ("options", "code", "sentence"),
    [
        (("--layer", "features.relu4"), 2, "There is no layer 'features.relu4'. Did you mean features.relu3"),
        (("--read", "median"), 2, "--read: Take mean, max, or a position: a row and a column such as 3,4."),
        (("--read", "9,9"), 2, "Row 9, column 9 is outside the map of this layer, which is 7 x 7."),
        (("--target", "nine"), 2, "--target 'nine' isn't a digit, margin:A,B or file.py:function."),
        (("--target", "margin:3,3"), 2, "a margin needs two classes"),
        (("--target", "mine.py:absent"), 3, "absent"),
        (("--samples", "5"), 2, "--samples: Must be at least 100."),
        (("--source", "mnist"), 3, "mnist"),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_before_anything_is_written(
    examined: Lab, options: tuple[str, ...], code: int, sentence: str
) -> None:
    before = sorted(examined.workspace.iterdir())
    done = examined.call("run", "neurons", "lazy", *options)
    assert done.code == code and sentence in done.sentence
    assert sorted(examined.workspace.iterdir()) == before


def test_a_position_outside_of_the_map_is_reported(examined: Lab) -> None:
    done = examined.call("run", "neurons", "lazy", "--read", "9,9", *QUICK)
    assert done.code == 2
    assert "Row 9, column 9 is outside the map of this layer, which is 7 x 7." in done.last


def test_data_without_color_are_refused(lab: Lab) -> None:
    assert lab.call("run", "train", *TINY_TRAINING, "--dataset", "clean", "--model", "mlp", "--json").code == 0
    done = lab.call("run", "neurons", "latest")
    assert done.code == 3
    assert done.sentence.endswith("have no color, so its neurons can't be tested for color or digit.")


def test_damaged_checkpoints_on_the_way_are_reported(examined: Lab, tmp_path: Path) -> None:
    lab = Lab(tmp_path)
    shutil.copytree(examined.workspace, lab.workspace)
    kept = Workspace(lab.workspace).find("lazy").weights_by_step()
    kept[4].write_bytes(b"nonsense")
    done = lab.call("run", "neurons", "lazy", *QUICK)
    assert done.code == 3 and "weights-at-00000004" in done.last
