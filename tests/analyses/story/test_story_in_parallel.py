"""Chapters side by side: whatever happens to the story or to the processes that carry its chapters, it goes on."""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import psutil

from lazytui.runs.run_folder import RunFolder
from lazytui.runs.status import ACTIVE
from tests import fork_server
from tests.commands import PATIENCE, Lab, finish, read_events, read_json, wait_until

QUICK = ("--dataset", "clean", "--train-size", "1000", "--test-size", "1000")
"""Seven chapters, two of which are trainings that go on at the same time."""

NET = ("--model", "net.py:Net")
"""Code that a person named, which the story's workers may run."""

CODE = f"""
import time
from pathlib import Path
import torch

class Net(torch.nn.Linear):
    def __init__(self):
        super().__init__(2352, 10)

    def forward(self, images):
        if self.training and torch.is_grad_enabled() and not Path("open").exists():
            time.sleep(0.5)
            deadline = time.monotonic() + {PATIENCE}
            while not Path("ajar").exists() and time.monotonic() < deadline:
                time.sleep(0.02)
        return super().forward(images.flatten(1))
"""
"""A network whose steps wait for a file `ajar`, and take their time until there is one called `open`: its trainings go
on for as long as they are to be disturbed, and cost next to nothing."""


def state_of(run: Path) -> str:
    """As it must be by now, also where its process was killed."""
    return RunFolder(run, run.name).status.state


class _Story:
    """A story that is disturbed, and its chapters."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        (lab.folder / "net.py").write_text(CODE)
        self.process = lab.start("run", "story", *QUICK, *NET)
        self.folder = lab.only_run()

    def go_on(self) -> None:
        self.hold()
        self.process = self.lab.start("runs", "resume", self.folder.name, *NET)

    def hold(self) -> None:
        """From here on its trainings wait in their next step."""
        (self.lab.folder / "ajar").unlink(missing_ok=True)

    def let_go(self) -> None:
        """They do a step now and then, and listen in between."""
        (self.lab.folder / "ajar").touch()

    def chapters(self) -> list[Path]:
        """Runs that the story began."""
        folders = [path.parent for path in self.lab.workspace.glob("[!.]*/run.json")]
        return [path for path in folders if read_json(path / "run.json").get("started_by") == self.folder.name]

    def trainings(self, state: str) -> list[Path]:
        return [path for path in self.chapters() if "-train-" in path.name and state_of(path) == state]

    def wait(self, condition: Callable[[], object]) -> None:
        wait_until(condition, self.process)

    def workers(self) -> list[psutil.Process]:
        children = psutil.Process(self.process.pid).children()
        return [child for child in children if child.name() != fork_server.NAME]


def _is_reported_without_what_only_color_has(story: _Story) -> None:
    """The canvas of this story has none."""
    shown = story.lab.call("export", story.folder.name, "story.json")
    assert shown.code == 0, shown.err
    names = {figure["name"] for figure in read_json(story.lab.folder / "story.json")["figures"]}
    assert "gaze-matching" in names and "gaze-recoloring" not in names
    assert not any(name.startswith("cloak") for name in names)


def _pid(run: Path) -> int:
    return int(read_json(run / "status.json")["pid"])


def _are_gone(processes: list[psutil.Process]) -> bool:
    return not any(process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in processes)


def test_a_story_survives_a_pause_a_stop_the_death_of_a_worker_and_its_own(lab: Lab) -> None:
    story = _Story(lab)
    _pause_and_wake(story)
    _kill_a_worker(story)
    story.go_on()
    _stop(story)
    story.go_on()
    _kill_the_story(story)
    story.go_on()
    (lab.folder / "open").touch()
    story.let_go()
    ended = finish(story.process)
    assert ended.code == 0, ended.err
    kinds = Counter(read_json(path / "run.json")["kind"] for path in story.chapters())
    assert kinds == {"dataset": 1, "train": 2, "evaluate": 1, "gradcam": 1, "compare": 1, "audit": 1}
    assert {state_of(path) for path in story.chapters()} == {"done"}
    metrics = read_json(story.folder / "result.json")["metrics"]
    assert metrics["hard_accuracy"] is not None and metrics["cured_hard_accuracy"] is not None
    events, _ = read_events(story.folder / "events.jsonl")
    counted = [event["done"] for event in events if event["kind"] == "progress"]
    assert counted[-1] == 7 and len(counted) <= 4 * 8, "reported when a chapter ends: between, the bar shows its steps"
    titles = [line for line in ended.err.splitlines() if line.startswith("chapter ")]
    assert [title.split(":")[0] for title in titles] == [f"chapter {number} of 7" for number in range(1, 8)]
    _is_reported_without_what_only_color_has(story)


def _pause_and_wake(story: _Story) -> None:
    story.wait(lambda: len(story.trainings("running")) == 2)
    pids = {_pid(run) for run in story.trainings("running")}
    assert len(pids) == 2 and story.process.pid not in pids
    assert story.lab.run("runs", "pause", story.folder.name).code == 0
    story.let_go()
    story.wait(lambda: state_of(story.folder) == "paused" and len(story.trainings("paused")) == 2)
    story.hold()
    assert story.lab.run("runs", "resume", story.folder.name).code == 0
    story.wait(lambda: story.trainings("running"))


def _kill_a_worker(story: _Story) -> None:
    """The story fails in one sentence, and what went on beside is stopped, with all that it had."""
    os.kill(_pid(story.trainings("running")[0]), signal.SIGKILL)
    story.let_go()
    ended = finish(story.process)
    assert ended.code == 1
    assert "was ended from outside" in ended.last
    assert state_of(story.folder) == "failed"
    assert not [path for path in story.chapters() if state_of(path) in ACTIVE]


def _stop(story: _Story) -> None:
    story.wait(lambda: story.trainings("running"))
    workers = story.workers()
    story.process.send_signal(signal.SIGINT)
    story.let_go()
    assert finish(story.process).code == 130
    assert state_of(story.folder) == "stopped"
    assert not [path for path in story.chapters() if state_of(path) in ACTIVE]
    assert _are_gone(workers)


def _kill_the_story(story: _Story) -> None:
    """Its workers notice, save what they have, and leave."""
    story.wait(lambda: story.trainings("running") or len(story.trainings("done")) == 2)
    workers = story.workers()
    assert workers
    story.process.kill()
    story.let_go()
    story.process.communicate()
    wait_until(lambda: _are_gone(workers))
    assert not [path for path in story.chapters() if state_of(path) in ACTIVE]
