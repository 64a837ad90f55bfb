"""Where the runs of one machine are placed, and what of the engine's options is refused."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from lazytui.errors import BadInput, UsageError
from lazytui.runs.engines.catalog import open_engine
from lazytui.runs.engines.local import LocalProcesses
from lazytui.runs.engines.loop import EngineExecutor
from lazytui.runs.engines.placement import Placement
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.status import Status
from lazytui.runs.workspace import Workspace
from lazytui.system.gpus import VISIBLE, visible_gpus
from tests.commands import TINY_TRAINING, Lab
from tests.runs.engines.observed_loop import Observer


@pytest.fixture
def three_gpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As nvidia-smi lists them."""
    program = tmp_path / "nvidia-smi"
    program.write_text('#!/bin/sh\n[ "$1 $2" = "--query-gpu=index --format=csv,noheader" ] && printf "0\\n1\\n2\\n"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.delenv(VISIBLE, raising=False)


def runs(tmp_path: Path, *devices: str) -> list[RunFolder]:
    workspace = Workspace(tmp_path / "runs")
    return [workspace.create("train", {"device": device}) for device in devices]


def test_each_run_gets_the_gpu_that_fewest_have(tmp_path: Path) -> None:
    placement, going = Placement(["0", "2"], 2), set[str]()
    all_runs = runs(tmp_path, *["auto"] * 4, "cuda", "cpu", "mps")
    placed = []
    for run in all_runs[:4]:
        placed.append(placement.assign_gpu(run, going)[VISIBLE])
        going.add(run.id)
    assert placement.at_a_time == 4 and placed == ["0", "2", "0", "2"]
    going -= {all_runs[1].id, all_runs[3].id}  # both of the second GPU have ended
    for run in all_runs[4:]:
        assert placement.assign_gpu(run, going) == ({VISIBLE: "2"} if run is all_runs[4] else {})
    assert Placement([], 0).assign_gpu(all_runs[0], ()) == {}


def test_what_another_process_has_finished_meanwhile_is_not_executed_again(tmp_path: Path) -> None:
    (run,) = runs(tmp_path, "cpu")
    submitted: list[str] = []

    class Watched(LocalProcesses):
        def submit(self, runs: Mapping[str, RunFolder], workspace: Workspace) -> Mapping[str, str]:
            submitted.extend(runs)
            return super().submit(runs, workspace)

    observer = Observer(Workspace(tmp_path))
    observer.looked = lambda _: run.set_status(Status(state="done", heartbeat=time.time()))
    EngineExecutor(Watched(1)).execute({"one": run}, observer, lambda _: "")
    assert not submitted and run.status.state == "done"


@pytest.mark.usefixtures("three_gpus")
def test_all_gpus_of_a_machine_are_used(tmp_path: Path) -> None:
    engine = open_engine("local", ["per-device=3"])
    assert isinstance(engine, LocalProcesses) and engine.at_a_time == 9
    assert open_engine("local", ["per-device=3"], 4).at_a_time == 4, "--jobs says it more plainly"
    assert open_engine("local", ["per-device=2", "devices=0,2"]).at_a_time == 4
    engine.check()
    (run,) = runs(tmp_path, "auto")
    assert LocalProcesses(1)._placement.assign_gpu(run, ()) == {VISIBLE: "0"}, "of several also without an option"
    with pytest.raises(BadInput, match=r"names the GPU 3, which this machine doesn't have: it has 0, 1, 2\."):
        open_engine("local", ["devices=1,3"]).check()


_NETWORK = """
import os, pathlib, torch

class Net(torch.nn.Linear):
    def __init__(self):
        super().__init__(2352, 10)
        pathlib.Path(f"sees-{os.getpid()}").write_text(os.environ.get("CUDA_VISIBLE_DEVICES", "nothing"))

    def forward(self, images):
        return super().forward(images.flatten(1))
"""


@pytest.mark.usefixtures("three_gpus")
def test_each_training_sees_the_gpu_that_it_was_given_and_no_other(lab: Lab) -> None:
    """As it would with GPUs; without any it computes on the processor."""
    (lab.folder / "net.py").write_text(_NETWORK)
    grid = ("--methods", "erm", "--seeds", "0-1", "--no-plain", "--model", "net.py:Net", "--epochs", "1")
    sharing = ("--per-device", "1", "--engine-option", "devices=0,2")
    ended = lab.call("run", "study", *TINY_TRAINING, *grid, *sharing, "--quiet", "--json")
    assert (ended.code, ended.err) == (0, "")
    here = f"sees-{os.getpid()}"
    assert sorted(file.read_text() for file in lab.folder.glob("sees-*") if file.name != here) == ["0", "2"]


@pytest.mark.usefixtures("three_gpus")
def test_only_what_is_visible_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VISIBLE, "2, GPU-5f,-1,0")
    assert visible_gpus() == ["2", "GPU-5f"]
    monkeypatch.setenv(VISIBLE, "")
    assert visible_gpus() == []
    with pytest.raises(BadInput, match="per-device needs GPUs, and nvidia-smi finds none"):
        open_engine("local", ["per-device=2"]).check()


@pytest.mark.parametrize(
    ("option", "sentence"),
    [
        ("per-device=0", "per-device=0: must be a whole number from 1 to 64."),
        ("per-device=many", "per-device=many: must be a whole number from 1 to 64."),
        ("persistent=maybe", "persistent=maybe: must be yes or no."),
        ("persistant=yes", "There is no option of the engine local 'persistant'. Did you mean persistent?"),
    ],
)
def test_other_options_are_refused(option: str, sentence: str) -> None:
    with pytest.raises(UsageError) as refused:
        open_engine("local", [option])
    assert str(refused.value) == sentence
