"""Training in a plain script: no workspace, no run folder, nothing printed."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from lazytui.data.params import DatasetParams
from lazytui.data.splits import build_dataset
from lazytui.training.loop import train
from lazytui.training.settings import TrainingSettings


def test_a_few_lines_train(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    data = build_dataset(DatasetParams(source="strokes", train_size=300, test_size=200))
    settings = TrainingSettings(epochs=1, batch_size=16, metrics_samples=200, metrics_every=9)
    trained = train(settings, data)
    assert trained.steps == 17 and trained.history["step"] == [0.0, 9.0, 17.0]
    assert len(trained.history["says_1"]) == 3, "what it says of a red 1, at each point"
    again = train(settings, data)
    weights = zip(trained.model.parameters(), again.model.parameters(), strict=True)
    assert all(torch.equal(one, other) for one, other in weights)
    assert not list(tmp_path.iterdir()) and capsys.readouterr().out == ""
