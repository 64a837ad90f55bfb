"""The loop in this process: its curves, its manners, and how it ends when numbers break."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file

from lazytui.analyses.core import execute
from lazytui.cli.narration import open_narrator
from lazytui.code_permission import allow_named
from lazytui.data.params import DatasetParams
from lazytui.data.splits import BiasedDataset, build_dataset
from lazytui.errors import BadInput, Interrupted, LazytuiError, UsageError
from lazytui.evaluation.scorecard import evaluate_split
from lazytui.runs.execution import run_execution
from lazytui.runs.metric_history import read_history
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.status import Progress
from lazytui.runs.workspace import Workspace
from lazytui.training.loop import Trained, steps_in_epoch, train
from lazytui.training.monitor import Monitor
from lazytui.training.resume_state import load_snapshot
from lazytui.training.settings import TrainingSettings
from lazytui.training.training_files import RunFolderFiles
from tests.commands import read_events
from tests.training.methods.whole_trainings import Breaker, train_to_more_epochs, train_whole

SETTINGS = {"model": "mlp", "batch_size": 32, "metrics_samples": 100, "precision": "fp32", "device": "cpu"}
Train = Callable[..., Trained]


@pytest.fixture(scope="module")
def data() -> BiasedDataset:
    return build_dataset(DatasetParams(source="strokes", train_size=200, test_size=150))


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    return Workspace(tmp_path).create("train", {})


@pytest.fixture
def trained(run: RunFolder, data: BiasedDataset, tmp_path: Path) -> Train:
    """Train in the run folder. 180 images in batches of 32: 6 steps an epoch."""

    def train_briefly(seed: int = 0, **settings: object) -> Trained:
        chosen = TrainingSettings.model_validate({**SETTINGS, **settings})
        allow_named(settings)
        with open_narrator("", quiet=True) as narrator, run_execution(run, Workspace(tmp_path), narrator) as report:
            return train(chosen, data, seed=seed, progress=report, files=RunFolderFiles(report, chosen.model))

    return train_briefly


def test_curves_begin_before_the_first_step_and_end_after_the_last(trained: Train, run: RunFolder) -> None:
    done = trained(epochs=3, metrics_every=4)
    assert done.steps == 18
    assert done.history["step"] == [0, 4, 8, 12, 16, 18]
    assert np.isnan(done.history["loss"][0]) and np.isfinite(done.history["loss"][1:]).all()
    assert {"easy_accuracy", "hard_accuracy", "color_follow_rate"} <= done.history.keys()
    assert {len(column) for column in done.history.values()} == {6}
    logged = read_history(run.events)
    assert logged["step"].tolist() == done.history["step"]
    for name, column in done.history.items():
        np.testing.assert_array_equal(logged[name], column)


def test_a_point_shows_the_accuracy_on_the_images_that_it_learns_from(trained: Train, data: BiasedDataset) -> None:
    done = trained(epochs=20)
    few = data.train.take(np.arange(100))
    predicted = evaluate_split(done.model, few, done.hardware).predicted
    assert done.history["train_accuracy"][-1] == (predicted == few.labels).mean() > 0.9


def test_the_number_of_points_is_chosen_where_nobody_does(trained: Train) -> None:
    assert len(trained(epochs=10).history["step"]) in range(25, 35)


def test_more_epochs_keep_the_points_of_the_shorter_training(data: BiasedDataset, tmp_path: Path) -> None:
    """Whose spacing goes by how many steps there are, 30 and then 54; all else is that of one training."""
    short, long = (TrainingSettings.model_validate({**SETTINGS, "epochs": epochs}) for epochs in (5, 9))
    straight, continued = train_whole(long, data, tmp_path), train_to_more_epochs(short, long, data, tmp_path)
    assert straight.history["step"] == list(range(0, 55, 2))
    assert continued.history["step"] == [*range(30), *range(30, 55, 2)]
    for name, values in straight.model.state_dict().items():
        assert torch.equal(continued.model.state_dict()[name], values), name
    for name in straight.history.keys() - {"loss"}:
        shared = np.isin(continued.history["step"], straight.history["step"])
        np.testing.assert_array_equal(np.array(continued.history[name])[shared], straight.history[name])


@pytest.mark.parametrize(("method", "more"), [("erm", 0), ("dfr", 1)])
def test_curves_are_measured_once_a_point_unless_the_method_changes_the_network_at_the_end(
    method: str, more: int, trained: Train, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured = []

    def measure(monitor: Monitor, model: torch.nn.Module) -> dict[str, float]:
        measured.append(model)
        return really(monitor, model)

    really = Monitor.measure
    monkeypatch.setattr(Monitor, "measure", measure)
    options = {"refits": 2, "aside": 0.5} if method == "dfr" else {}
    done = trained(method=method, epochs=1, metrics_every=3, model="lazy-gap", **options)
    assert done.history["step"][-1] == done.steps and done.steps % 3 == 0
    assert len(measured) == len(done.history["step"]) + more


def test_a_resume_reports_nothing_again_of_earlier_stretches_at_chance(
    data: BiasedDataset, run: RunFolder, tmp_path: Path
) -> None:
    """Twice stopped after the network, which learns nothing, was reported to be at chance."""
    slow = {"epochs": 2, "metrics_every": 2, "checkpoint_seconds": 0, "lr": 1e-12}
    settings = TrainingSettings.model_validate({**SETTINGS, **slow})
    for step in (8, 10, None):
        with (
            nullcontext() if step is None else pytest.raises(Interrupted),
            run_execution(run, Workspace(tmp_path), Breaker(step)) as report,
        ):
            train(settings, data, seed=0, progress=report, files=RunFolderFiles(report, settings.model))
    notes = [event["text"] for event in read_events(run.events)[0] if event["kind"] == "note"]
    assert len([text for text in notes if text.startswith("At chance")]) == 1


def test_a_stop_file_stops_a_run_as_a_stop_from_another_host_does(
    run: RunFolder, data: BiasedDataset, tmp_path: Path
) -> None:
    class Stopper:
        """Asks for the stop as soon as it hears of step 20."""

        def progress(self, progress: Progress) -> None: ...
        def note(self, text: str) -> None: ...
        def continued(self) -> None: ...
        def metrics(self, step: int, values: Mapping[str, float]) -> None:  # noqa: ARG002
            if step == 20:
                run.stop_file.touch()

    settings = TrainingSettings.model_validate({**SETTINGS, "epochs": 10_000, "metrics_every": 20})
    with pytest.raises(Interrupted, match=r"^Stopped at step \d+ of 60000"):  # noqa: SIM117
        with run_execution(run, Workspace(tmp_path), Stopper()) as report:
            train(settings, data, seed=0, progress=report, files=RunFolderFiles(report, settings.model))
    assert run.status.state == "stopped" and run.weights.exists() and (run.path / "resume.pt").exists()


def test_a_batch_larger_than_the_split_is_one_step_an_epoch(trained: Train) -> None:
    assert trained(epochs=2, batch_size=60_000).steps == 2


def test_a_last_image_alone_joins_the_batch_before_it(trained: Train, tmp_path: Path) -> None:
    """BatchNorm, in the network or its adversary, makes nothing of a single one of the 180 images."""
    (tmp_path / "normed.py").write_text(
        "from torch import nn\n"
        "def normed(): return nn.Sequential(nn.Flatten(), nn.Linear(2352, 8), nn.BatchNorm1d(8), nn.Linear(8, 10))\n"
    )
    assert trained(epochs=2, batch_size=179, model=f"{tmp_path}/normed.py:normed").steps == 2
    assert [steps_in_epoch(180, size) for size in (1, 90, 178, 179, 180, 181)] == [180, 2, 2, 1, 1, 1]


def test_an_adversary_is_never_shown_one_image(trained: Train) -> None:
    assert trained(batch_size=179, method="grl").steps == 1


@pytest.mark.parametrize("optimizer", ["adam", "adamw", "sgd"])
def test_every_optimizer_learns(trained: Train, optimizer: str) -> None:
    lr = {"adam": 1e-3, "adamw": 1e-3, "sgd": 0.05}[optimizer]
    done = trained(epochs=10, optimizer=optimizer, lr=lr, momentum=0.9, metrics_every=6)
    assert done.history["loss"][-1] < 0.8 * done.history["loss"][1]


def test_the_global_random_state_and_the_mode_are_left_as_they_were(trained: Train) -> None:
    torch.manual_seed(11)
    before = torch.get_rng_state()
    done = trained(model="cnn3")
    assert torch.equal(torch.get_rng_state(), before)
    assert done.model.training, "the curves look at the network without leaving it in evaluation mode"


def test_seeds_make_a_difference_and_nothing_else_does(data: BiasedDataset, tmp_path: Path) -> None:
    weights = []
    for number, (seed, disturbed) in enumerate([(0, 1), (0, 2), (1, 2)]):
        torch.manual_seed(disturbed)
        run = Workspace(tmp_path / str(number)).create("train", {})
        settings = TrainingSettings.model_validate({**SETTINGS, "model": "cnn3"})
        with open_narrator("", quiet=True) as narrator, run_execution(run, Workspace(tmp_path), narrator) as report:
            done = train(settings, data, seed=seed, progress=report, files=RunFolderFiles(report, settings.model))
        weights.append(torch.cat([value.flatten() for value in done.model.parameters()]))
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])


@pytest.mark.parametrize("seed", [0, 2**40, 2**63 - 1])
def test_any_seed_will_do(trained: Train, seed: int) -> None:
    assert trained(seed=seed).steps == 6


def test_a_loss_that_is_no_number_stops_with_the_last_finite_weights_kept(trained: Train, run: RunFolder) -> None:
    with pytest.raises(LazytuiError, match=r"^(The loss|Weights) of erm became .*a smaller --lr") as raised:
        trained(model="gap-cnn", optimizer="sgd", lr=100, epochs=5, checkpoint_seconds=0)
    assert raised.value.exit_code == 1
    status = run.status
    assert (status.state, status.error) == ("failed", str(raised.value))
    if run.weights.exists():
        assert all(np.isfinite(values).all() for values in load_file(run.weights).values())
    snapshot = load_snapshot(run.path / "resume.pt")
    if snapshot is not None:
        assert all(values.isfinite().all() for values in snapshot.model.values())
    assert not any(np.isnan(v) for e in read_events(run.events)[0] for v in e.get("values", {}).values() if v)


def test_weights_that_break_after_a_finite_loss_are_not_saved(trained: Train, run: RunFolder, tmp_path: Path) -> None:
    """The third update makes the weights infinite; its loss was still a number."""
    (tmp_path / "late.py").write_text(
        "import torch\n"
        "class Late(torch.nn.Linear):\n"
        "    def __init__(self):\n        super().__init__(2352, 10)\n        self.steps = 0\n"
        "    def forward(self, images):\n        self.steps += self.training\n"
        "        logits = super().forward(images.flatten(1))\n"
        "        if self.steps == 3: logits.register_hook(lambda gradient: gradient * float('inf'))\n"
        "        return logits\n"
    )
    with pytest.raises(LazytuiError, match=r"^Weights of erm became infinite or undefined by step 3 \(weight first\)"):
        trained(model=f"{tmp_path}/late.py:Late", metrics_every=1000, checkpoint_seconds=0)
    snapshot = load_snapshot(run.path / "resume.pt")
    assert snapshot is not None and snapshot.step == 2
    assert all(np.isfinite(values).all() for values in load_file(run.weights).values())


@pytest.mark.parametrize("damage", ["truncated", "nonsense", "empty", "pickled code", "another network", "no dict"])
def test_a_damaged_snapshot_is_refused_and_its_code_never_run(
    trained: Train, run: RunFolder, tmp_path: Path, damage: str
) -> None:
    snapshot = run.path / "resume.pt"
    match damage:
        case "truncated":
            torch.save({"step": 3, "model": torch.zeros(1000)}, snapshot)
            snapshot.write_bytes(snapshot.read_bytes()[:-500])
        case "nonsense":
            snapshot.write_bytes(b"\x80\x02nonsense" * 9)
        case "empty":
            snapshot.write_bytes(b"")
        case "pickled code":
            torch.save(_Evil(str(tmp_path / "ran")), snapshot)
        case "another network":
            state = {"step": 1, "model": {"weight": torch.zeros(3)}, "method": {}, "random": [], "history": {}}
            torch.save({**state, "loss_sum": torch.zeros(()), "loss_count": 0}, snapshot)
        case "no dict":
            torch.save([1, 2], snapshot)
    before = snapshot.read_bytes()
    with pytest.raises(BadInput, match="can't be resumed; start it again"):
        trained()
    assert snapshot.read_bytes() == before
    assert not (tmp_path / "ran").exists()


class _Evil:
    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (Path(self.path),)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"model": "gap-cn"}, "--model: There is no model 'gap-cn'. Did you mean gap-cnn"),
        ({"method": "erm2"}, "--method: There is no method 'erm2'. Did you mean erm"),
        ({"epochs": -1}, "--epochs: Must be at least 0."),
        ({"batch_size": 10**9}, "--batch-size: Must be at most 65536."),
        ({"lr": float("nan")}, "--lr: Must be a finite number."),
        ({"lr": 0}, "--lr: Must be more than 0."),
        ({"checkpoint_seconds": float("inf")}, "--checkpoint-seconds: Must be a finite number."),
        ({"momentum": 1.0}, "--momentum: Must be less than 1."),
        ({"optimizer": "lion"}, "--optimizer: Must be one of 'adam', 'adamw' or 'sgd'."),
        ({"epoch": 3}, "--epoch: "),
    ],
    ids=str,
)
def test_settings_that_cannot_be_are_refused_before_anything_is_written(
    settings: dict[str, object], sentence: str
) -> None:
    with pytest.raises(UsageError) as raised:
        execute.validate("train", {"source": "strokes", **settings})
    assert str(raised.value).startswith(sentence)
