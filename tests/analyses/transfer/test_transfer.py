"""The transfer analysis, run as a person runs it: networks on data that they weren't trained on."""

from __future__ import annotations

import numpy as np
import pytest

from lazytui.analyses.core.execute import figures, recorded_result
from lazytui.analyses.networks.other_data import painted_otherwise
from lazytui.analyses.train.params import TrainParams
from lazytui.analyses.transfer.analysis import learned_classes
from lazytui.analyses.transfer.result import MEASURED, TransferResult
from lazytui.data.content import NO_CLASS
from lazytui.data.params import DatasetParams
from lazytui.errors import UsageError
from lazytui.figures.kinds import Matrix, Table, Text
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace import Workspace
from tests.commands import TINY_TRAINING, Lab

LAZY = "shipped/lazy-strokes"
TO = ("stroke-distinct", "gr100z", "bw100z")


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """Two networks, the second trained for longer."""
    lab = Lab(tmp_path_factory.mktemp("transfer"))
    for name, epochs in (("first", "2"), ("second", "4")):
        done = lab.call("run", "train", *TINY_TRAINING, "--model", "mlp", "--epochs", epochs, "--name", name)
        assert done.code == 0, done.err
    return lab


@pytest.fixture(scope="module")
def transfer(trained: Lab) -> RunFolder:
    done = trained.call("run", "transfer", "first", "--against", "second", "--to", ",".join(TO), "--json")
    assert done.code == 0, done.err
    return Workspace(trained.workspace).find(done.json["run"])


def test_each_network_is_asked_about_each_data_set(transfer: RunFolder) -> None:
    result = recorded_result(transfer)
    assert isinstance(result, TransferResult)
    assert result.networks == ("first", "second") and result.data_sets == ("own", *TO)
    _, _, unbiased, _, follows = np.moveaxis(result.measured, 2, 0)
    assert np.isnan([unbiased[:, 3], follows[:, 3]]).all(), "white digits have no color"
    assert (np.isfinite(result.measured[:, :3, :3])).all()
    assert (result.images[:, 3, MEASURED.index("unbiased_accuracy")] == 0).all()
    own, distinct, study_d, _ = result.images[0, :, MEASURED.index("training_color_follow_rate")]
    assert own == distinct > study_d > 0, "study D's palette has only some of the colors"


def test_its_own_data_give_what_an_evaluation_gives(trained: Lab, transfer: RunFolder) -> None:
    result = recorded_result(transfer)
    for network, name in enumerate(result.networks):
        found = trained.call("run", "evaluate", name, "--json").json["metrics"]
        own = dict(zip(MEASURED, result.measured[network, 0].tolist(), strict=True))
        assert own["training_color_follow_rate"] == pytest.approx(found["color_follow_rate"])
        for metric in ("easy_accuracy", "hard_accuracy", "unbiased_accuracy"):
            assert own[metric] == pytest.approx(found[metric]), (name, metric)


def test_its_figures_are_two_matrices_side_by_side_and_the_denominators(transfer: RunFolder) -> None:
    verdict, first, second, table = figures(transfer)
    assert isinstance(first, Matrix) and isinstance(second, Matrix) and second.name == f"against-{first.name}"
    assert first.row_labels == ("own", *TO) and first.values.shape == (4, len(MEASURED))
    assert isinstance(table, Table) and [row[0] for row in table.rows] == ["own", *TO]
    assert isinstance(verdict, Text) and verdict.paragraphs[0].startswith("first: easy ")
    assert "does worst on" in verdict.paragraphs[0]


def test_colors_mean_what_they_meant_in_the_training() -> None:
    rg, gr = DatasetParams(dataset="rg95z"), DatasetParams(dataset="gr95z")
    assert learned_classes(rg, rg).tolist() == [*range(10), NO_CLASS]
    assert learned_classes(rg, gr).tolist() == [1, 0, 3, 2, 5, 4, 7, 6, 9, 8, NO_CLASS]
    assert (learned_classes(DatasetParams(dataset="clean"), gr) == NO_CLASS).all()


def test_other_data_keep_the_digits_and_what_was_held_out() -> None:
    trained = TrainParams(dataset="rg95h", source="strokes", train_size=700, test_size=300, seed=3, bias=0.99)
    shown = painted_otherwise(trained, {"dataset": "background"})
    assert (shown.seed, shown.train_size, shown.source, shown.bias) == (3, 700, "strokes", 0.99)
    assert (shown.placement, shown.palette, shown.tier, shown.noise_layer) == (
        "background",
        "distinct",
        "none",
        "under",
    )
    assert painted_otherwise(trained, {"dataset": "gr90m"}).bias == 0.9
    assert painted_otherwise(trained, {"placement": "none"}).hard == "gray"
    with pytest.raises(UsageError, match="hides the digit"):
        painted_otherwise(trained, {"palette": "distinct"})


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--to", "gr95q"), "There is no dataset 'gr95q'"),
        (("--to", "stroke", "--source", "fashion"), "can't be asked about clothes"),
        (("--against", LAZY), "can't be compared with itself"),
    ],
)
def test_what_cannot_be_shown_is_refused_before_anything_is_written(
    arguments: tuple[str, ...], sentence: str, lab: Lab
) -> None:
    done = lab.call("run", "transfer", LAZY, *arguments)
    assert done.code in {2, 3} and sentence in done.sentence
    assert not list(lab.workspace.glob("*transfer*"))
