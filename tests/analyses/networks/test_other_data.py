"""Every analysis of a network on other data than those of its training, run as a person runs it."""

from __future__ import annotations

import pytest

from lazytui.analyses.core.execute import figures
from lazytui.analyses.networks.other_data import OtherDataParams, is_on_data
from lazytui.figures.kinds import Text
from lazytui.runs.human_names import DATA_FIELDS, name_of_run
from lazytui.runs.workspace import Workspace
from tests.commands import TINY_TRAINING, Lab

SMALL = {
    "gradcam": ("--images", "40", "--checked", "0"),
    "neurons": ("--samples", "100", "--steps", "2", "--starts", "1", "--pages", "0"),
    "sae": ("--steps", "20", "--samples", "500", "--pictured", "0", "--pages", "0"),
    "attack": ("--attack", "fgsm", "--sources", "10"),
    "llc": ("--steps", "10", "--chains", "2"),
}


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    lab = Lab(tmp_path_factory.mktemp("other-data"))
    done = lab.call("run", "train", *TINY_TRAINING, "--model", "lazy-gap", "--epochs", "1", "--name", "lazy")
    assert done.code == 0, done.err
    return lab


def test_an_evaluation_on_other_data_is_what_transfer_finds(trained: Lab) -> None:
    asked = trained.call("run", "evaluate", "lazy", "--dataset", "gr95h", "--json").json
    run = Workspace(trained.workspace).find(asked["run"])
    verdict = next(iter(figures(run)))
    assert isinstance(verdict, Text) and verdict.paragraphs[0].endswith("of its training: gr95h.")
    assert name_of_run(run).endswith(" on gr95h")
    own = trained.call("run", "evaluate", "lazy", "--json").json["metrics"]
    found = trained.call("run", "transfer", "lazy", "--to", "gr95h", "--json").json
    table = Workspace(trained.workspace).find(found["run"])
    matrix = figures(table)[1]
    easy = matrix.values[:, 0] / 100  # type: ignore[attr-defined]
    assert easy.tolist() == pytest.approx([own["easy_accuracy"], asked["metrics"]["easy_accuracy"]])


@pytest.mark.parametrize("analysis", SMALL)
def test_other_analyses_look_at_it_too(analysis: str, trained: Lab) -> None:
    done = trained.call("run", analysis, "lazy", *SMALL[analysis], "--palette", "spectral", "--bias", "0.5")
    assert done.code == 0, done.err
    assert "On other data than those of its training: bias 0.5, palette spectral." in " ".join(done.out.split())


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("evaluate", "--source", "fashion"), "can't be asked about clothes"),
        (("evaluate", "--placement", "none", "--hard", "random"), "needs a color to move"),
        (("attack", "--dataset", "bw100z"), "The data that are asked for have no color"),
        (("neurons", "--dataset", "bw100z"), "The data that are asked for have no color"),
        (("sae", "--palette", "mauve"), "mauve"),
        (("gradcam", "--texture", "flat,lines"), "can't be combined"),
    ],
)
def test_data_that_cannot_be_shown_are_refused_before_anything_is_written(
    arguments: tuple[str, ...], sentence: str, trained: Lab
) -> None:
    before = list(trained.workspace.iterdir())
    done = trained.call("run", arguments[0], "lazy", *arguments[1:])
    assert done.code in {2, 3} and sentence in done.sentence
    assert list(trained.workspace.iterdir()) == before


def test_runs_on_other_data_are_distinguished() -> None:
    assert set(OtherDataParams.model_fields) == {"source", *DATA_FIELDS}
    own, other = {"source": "strokes"}, {"source": "strokes", "dataset": "gr95h"}
    assert is_on_data(own, {}) and not is_on_data(other, {}) and is_on_data(other, {"dataset": "gr95h"})
