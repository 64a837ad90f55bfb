"""The engine `ray` against a small server of its own kind; `python -m benchmarks ray` asks a real one."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from lazytui.errors import BadInput, UsageError
from lazytui.runs.engines.engine import RefusedJobs
from lazytui.runs.engines.ray import Ray
from lazytui.runs.workspace import Workspace
from tests.commands import ROOT, wait_until
from tests.runs.engines.observed_loop import executing, hold_is_reached, let_go, runs_of, starts, states
from tests.runs.engines.small_ray import SmallRay

_TOKEN = "a-token-of-forty-letters"


@pytest.fixture
def ray(monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallRay]:
    monkeypatch.setenv("RAY_AUTH_TOKEN", _TOKEN)
    with SmallRay(_TOKEN).serving() as server:
        yield server


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "runs")


@pytest.fixture
def settings(ray: SmallRay, tmp_path: Path) -> Mapping[str, str]:
    python = tmp_path / "tiny-python"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} {ROOT}/tests/runs/engines/tiny_job.py "$@"\n')
    python.chmod(0o755)
    return {"address": ray.address, "python": str(python), "look-every": "0.2", "setup": f"export PYTHONPATH={ROOT}"}


def test_jobs_are_submitted_and_seen_through(ray: SmallRay, settings: Mapping[str, str], workspace: Workspace) -> None:
    runs = runs_of(workspace, 2)
    engine = Ray({**settings, "gpus": "0.5", "cpus": "2"})
    engine.check()
    with executing(engine, runs, workspace):
        pass
    assert states(runs) == ["done"] * 2 and [len(starts(run)) for run in runs] == [1, 1]
    asked = list(ray.jobs.values())
    assert [(job["entrypoint_num_gpus"], job["entrypoint_num_cpus"]) for job in asked] == [(0.5, 2)] * 2
    assert [job["runtime_env"]["env_vars"]["OMP_NUM_THREADS"] for job in asked] == ["2"] * 2


def test_a_killed_one_is_submitted_again_under_another_id(
    ray: SmallRay, settings: Mapping[str, str], workspace: Workspace
) -> None:
    (run,) = runs = runs_of(workspace, 1, hold=3)
    with executing(Ray(settings), runs, workspace) as observer:
        wait_until(lambda: hold_is_reached(run))
        ray.broken = True
        wait_until(lambda: "the head is busy" in observer.said)
        os.kill(starts(run)[0][0], signal.SIGKILL)
        ray.broken = False
        wait_until(lambda: len(starts(run)) == 2)
        let_go(runs)
    assert states(runs) == ["done"] and len(ray.jobs) == 2


def test_a_stop_saves(settings: Mapping[str, str], workspace: Workspace) -> None:
    (run,) = runs = runs_of(workspace, 1, hold=3)
    with executing(Ray(settings), runs, workspace) as observer:
        wait_until(lambda: hold_is_reached(run))
        observer.stop.set()
    assert states(runs) == ["stopped"] and (run.path / "saved").read_text() == "3"


def test_a_wrong_token_is_refused_in_a_sentence(
    settings: Mapping[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("RAY_AUTH_TOKEN", "another")
    with pytest.raises(RefusedJobs, match="refused the token: set RAY_AUTH_TOKEN, or write it to"):
        Ray(settings).check()
    monkeypatch.delenv("RAY_AUTH_TOKEN")
    file = tmp_path / "token"
    file.write_text(f"{_TOKEN}\n")
    monkeypatch.setenv("RAY_AUTH_TOKEN_PATH", str(file))
    Ray(settings).check()


def test_a_cluster_that_is_not_there_is_said() -> None:
    with pytest.raises(BadInput, match=r"Ray at http://127.0.0.1:1 doesn't answer: .*refused"):
        Ray({"address": "http://127.0.0.1:1"}).check()


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"address": "ray://head:10001"}, "isn't the address of a Ray dashboard"),
        ({"gpu": "1"}, "There is no option of the engine ray 'gpu'. Did you mean gpus, cpus?"),
        ({"gpus": "many"}, "gpus=many: must be a number"),
    ],
)
def test_bad_settings_are_reported(settings: Mapping[str, str], sentence: str) -> None:
    with pytest.raises(UsageError) as error:
        Ray(settings)
    assert sentence in str(error.value)
