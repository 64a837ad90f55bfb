"""`--log`: other programs show a run's curves while it goes and its figures at its end, every step once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lazytui.analyses.core.execute import create, figures, validate
from lazytui.evaluation.cue_conflict_images import COLUMNS
from lazytui.runs.metric_history import read_history
from lazytui.runs.results.saved_result import read_metrics
from lazytui.runs.workspace import Workspace
from lazytui.system import optional_packages
from tests.commands import TRAINING, Lab, finish, last_step, wait_until

_MISSING = "isn't installed: python -m pip install"


def killed_and_resumed(lab: Lab, log: str) -> Path:
    """The folder of a training that was killed after some points, and went on."""
    process = lab.start(*TRAINING, "--checkpoint-seconds", "0", "--log", log, WANDB_MODE="offline")
    run = lab.only_run()
    wait_until(lambda: last_step(run) >= 40, process)
    process.kill()
    finish(process)
    resumed = lab.run("runs", "resume", "latest", "--log", log, "--json", WANDB_MODE="offline")
    assert resumed.code == 0, resumed.err
    assert resumed.json["artifacts"][log] == str(run / log)
    return run


def logged_in(run: Path) -> dict[str, list[tuple[int, float]]]:
    """The points of each curve that count, but for what the network says of single images."""
    columns = read_history(run / "events.jsonl")
    steps = columns.pop("step").astype(int)
    return {
        name: [(int(step), value) for step, value in zip(steps, column, strict=True) if np.isfinite(value)]
        for name, column in columns.items()
        if name not in COLUMNS
    }


def in_tensorboard(run: Path) -> Any:
    package = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator", reason=_MISSING)
    shown = package.EventAccumulator(str(run / "tensorboard"), {"scalars": 0, "images": 0})
    shown.Reload()
    return shown


def test_tensorboard_shows_the_curves_of_a_killed_training_once_and_its_figures(lab: Lab) -> None:
    pytest.importorskip("tensorboard", reason=_MISSING)
    run = killed_and_resumed(lab, "tensorboard")
    shown, tags = in_tensorboard(run), in_tensorboard(run).Tags()
    curves = logged_in(run)
    assert {tag for tag in tags["scalars"] if "/" not in tag} == set(curves)
    for name, points in curves.items():
        assert [(one.step, pytest.approx(one.value)) for one in shown.Scalars(name)] == points
    found = {name: value for name, value in read_metrics(run).items() if value is not None}
    assert {tag.removeprefix("result/") for tag in tags["scalars"] if "/" in tag} == set(found)
    (accuracy,) = shown.Scalars("result/hard_accuracy")
    assert accuracy.value == pytest.approx(found["hard_accuracy"]) and accuracy.step == 136
    names = {figure.name for figure in figures(Workspace(run.parent).find(run.name))}
    assert {tag.removeprefix("figures/") for tag in tags["images"]} == names
    (picture,) = shown.Images("figures/loss")
    assert picture.encoded_image_string.startswith(b"\x89PNG") and picture.width > picture.height > 100


def test_wandb_is_sent_every_step_once(lab: Lab) -> None:
    pytest.importorskip("wandb", reason=_MISSING)
    from wandb.proto.wandb_internal_pb2 import Record

    run = killed_and_resumed(lab, "wandb")
    pictures = list(run.glob("wandb/*/files/media/images/figures/loss*.png"))
    files = sorted(run.glob("wandb/*/*.wandb"))
    assert len(files) == 1 and len(pictures) == 1
    history = [Record.FromString(content).history for file in files for content in contents_of(file.read_bytes())]
    of_loss = [point for point in history if any("loss" in (item.key, *item.nested_key) for item in point.item)]
    assert [point.step.num for point in of_loss] == [step for step, _ in logged_in(run)["loss"]]


def contents_of(file: bytes) -> Iterator[bytes]:
    """The messages in W&B's own file: after its head of 7 bytes LevelDB's log format, blocks of 32 KiB."""
    begun, at = b"", 7
    while at < len(file):
        if (left := -at % 32768) < 7:
            at += left
            continue
        size, kind = int.from_bytes(file[at + 4 : at + 6], "little"), file[at + 6]
        begun, at = begun + file[at + 7 : at + 7 + size], at + 7 + size
        if kind in {1, 4}:  # a whole one, or the last part of one
            yield begun
            begun = b""


def test_a_folder_alone_sends_nothing_elsewhere(lab: Lab) -> None:
    params = validate("dataset", {"source": "strokes", "train_size": 100, "test_size": 50})
    run = create("dataset", params, Workspace(lab.workspace))
    (run.path / "wandb").mkdir()
    ended = lab.run("runs", "resume", run.id)
    assert ended.code == 0 and "Nothing is sent to W&B: a setting in the run's folder isn't enough." in ended.err
    assert not list((run.path / "wandb").iterdir())


def test_the_figures_of_any_analysis(lab: Lab) -> None:
    pytest.importorskip("tensorboard", reason=_MISSING)
    done = lab.call("run", "curves", "shipped/lazy-strokes", "shipped/cured-strokes", "--log", "tensorboard", "--json")
    assert done.code == 0, done.err
    assert set(done.json["figures"]) == {
        tag.removeprefix("figures/") for tag in in_tensorboard(lab.only_run()).Tags()["images"]
    }


def test_a_run_that_is_done_is_not_logged_and_says_so(lab_with_training: Lab) -> None:
    pytest.importorskip("tensorboard", reason=_MISSING)
    again = lab_with_training.call(*TRAINING, "--resume", "--log", "tensorboard")
    assert again.code == 0 and "is done already, so --log writes nothing." in again.err
    assert not list(lab_with_training.workspace.glob("*/tensorboard"))


def test_a_log_that_cannot_be_is_refused_before_a_run_is_made(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    unknown = lab.call(*TRAINING, "--log", "tensorbord")
    assert (unknown.code, unknown.sentence) == (2, "There is no log 'tensorbord'. Did you mean tensorboard?")
    monkeypatch.setattr(optional_packages, "find_spec", lambda _name: None)
    missing = lab.call(*TRAINING, "--log", "wandb")
    sentence = "--log wandb needs the package wandb: python -m pip install wandb"
    assert (missing.code, missing.sentence) == (3, sentence)
    assert not lab.workspace.exists()
