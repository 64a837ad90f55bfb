"""A thousand runs of another machine, by a real ssh through a line of 100 ms and 1 Mbit/s: `benchmarks remote`.

Needs sshd. The other machine is this one, so that what takes a processor there takes it here.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.slow_line import SlowLine
from lazytui.remote.address import Address
from lazytui.remote.host import Host
from lazytui.runs.events import EventLog, EventReader
from lazytui.runs.status import Progress, Status
from lazytui.runs.workspace import Workspace, shipped_runs
from lazytui.runs.workspace_watch import WorkspaceWatch
from tests.remote.machines import Sshd, running_sshd

RUNS = 1000
FOLLOWED_SECONDS = 20.0
EVENTS_A_SECOND = 4
CUT_SECONDS = 30.0


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, running_sshd(Path(folder) / "sshd") as sshd:
        line = SlowLine(sshd.port)
        far = Path(folder) / "far"
        make_runs(far)
        os.environ.update(LAZYTUI_SSH=sshd.command(line.port), LAZYTUI_CACHE=str(Path(folder) / "cache"))
        address = Address("root@127.0.0.1", str(far), sshd.lazytui)
        print(f"{RUNS} runs, {size(far) / 1e6:.1f} MB in {far}, 100 ms round trip, 1 Mbit/s each way\n")
        print(f"{'what':<72} {'measured':>12} {'asked':>9}")
        report("ssh alone: `ssh host true`", timed(lambda: by_hand(sshd, line.port)), None, "s")
        commands(address, line, sshd)
        kept_line(address, line)
        following(address, far, line)
        on_the_screen(address, far)
        cutting(address, far, line)
        line.close()


def commands(address: Address, line: SlowLine, sshd: Sshd) -> None:
    """Each command connects anew."""
    list_them = command(address, "runs", "list")
    with counted(line) as bytes_down:
        seconds = timed(list_them)
    report("`lazytui runs list --at`, nothing known before", seconds, 3.0, "s")
    report("  which brought", bytes_down() / 1000, None, "kB")
    with counted(line) as bytes_down:
        seconds = timed(list_them)
    report("`lazytui runs list --at` again, another command: a new ssh", seconds, None, "s")
    report("  which brought", bytes_down() / 1000, None, "kB")
    socket = sshd.folder / "kept"
    kept = {"ControlMaster": "auto", "ControlPath": str(socket), "ControlPersist": "60"}
    before = os.environ["LAZYTUI_SSH"]
    os.environ["LAZYTUI_SSH"] = sshd.command(line.port, **kept)
    timed(list_them)
    report("the same where ssh keeps a connection (ControlMaster)", timed(list_them), None, "s")
    subprocess.run(["ssh", "-o", f"ControlPath={socket}", "-O", "exit", "x"], capture_output=True, check=False)
    os.environ["LAZYTUI_SSH"] = before


def kept_line(address: Address, line: SlowLine) -> None:
    """An app keeps the line."""
    shutil.rmtree(Path(os.environ["LAZYTUI_CACHE"]) / "at")
    began = time.monotonic()
    host = Host(address)
    watch = WorkspaceWatch(host.workspace)
    assert len(watch.refresh()) == RUNS
    report("the app: from nothing to all runs listed", time.monotonic() - began, 3.0, "s")
    with counted(line) as bytes_down:
        report("  what they found comes in another", timed(host.look), None, "s")
    report("  which brought", bytes_down() / 1000, None, "kB")

    def again() -> None:
        host.look()
        assert len(watch.refresh()) == RUNS

    report("the app: listed again", statistics.median(timed(again) for _ in range(5)), 0.3, "s")
    run = next(line.run for line in reversed(watch.refresh()) if line.kind == "train")
    report("the app: figures of a run opened", timed(lambda: open_figures(run)), None, "s")
    host.hang_up()


def open_figures(run: Any) -> None:
    from lazytui.analyses.core.execute import figures

    assert figures(run)


def following(address: Address, far: Path, line: SlowLine) -> None:
    """A training that writes four events a second and beats every two seconds."""
    run = going_run(far)
    host = Host(address)
    host.keep_up()
    reader = EventReader(host.workspace.path / run.id / "events.jsonl")
    reader.read()
    over = threading.Event()
    writer = threading.Thread(target=write_events, args=(run, over))
    lags: list[float] = []
    time.sleep(1.0)
    writer.start()
    began, bytes_before = time.monotonic(), line.down + line.up
    while time.monotonic() - began < FOLLOWED_SECONDS:
        lags += [time.time() - event["values"]["written"] for event in reader.read()]
        time.sleep(0.01)
    rate = (line.down + line.up - bytes_before) / (time.monotonic() - began)
    over.set()
    writer.join()
    report("following: median time from there into the copy", statistics.median(lags), 0.5, "s")
    report("following: the longest", max(lags), None, "s")
    report("following: both ways", rate / 1000, 10.0, "kB/s")
    host.hang_up()


def on_the_screen(address: Address, far: Path) -> None:
    """The same as a person at the app sees it: until a point is in the chart that is drawn."""
    run = going_run(far)
    host = Host(address)
    frames = asyncio.run(frames_drawn(host, run))
    host.hang_up()
    lags = []
    for event in EventReader(run.events).read():
        when = next((when for when, last in frames if last >= event["step"] > frames[0][1]), None)
        lags += [when - event["values"]["written"]] if when else []
    assert len(lags) > FOLLOWED_SECONDS, "hardly a point was drawn"
    report("following: median time from there onto the app's screen", statistics.median(lags), 0.5, "s")
    report("following: the longest", max(lags), None, "s")


async def frames_drawn(host: Host, run: Any) -> list[tuple[float, float]]:
    """When each frame was drawn of an app of 120 x 36 that shows the training, and the last step in its charts."""
    from lazytui.app.figures import LinesView
    from lazytui.app.shell.app import LazytuiApp

    frames: list[tuple[float, float]] = []

    class Watched(LazytuiApp):
        def _display(self, screen: Any, renderable: Any) -> None:
            super()._display(screen, renderable)
            points = [
                series.x[-1] for view in screen.query(LinesView) for series in view.figure.series if len(series.x)
            ]
            if points:
                frames.append((time.time(), max(points)))

    app = Watched(host.workspace, host)
    over = threading.Event()
    writer = threading.Thread(target=write_events, args=(run, over))
    async with app.run_test(size=(120, 36)):
        while host.workspace.run_at(run.id) is None:
            await asyncio.sleep(0.1)
        app.open_run(run.id)
        writer.start()
        await asyncio.sleep(5)  # until it is shown
        frames.clear()
        await asyncio.sleep(FOLLOWED_SECONDS)
        over.set()
    writer.join()
    return frames


def cutting(address: Address, far: Path, line: SlowLine) -> None:
    """Nothing goes over the line for a while, and no connection is closed."""
    host = Host(address)
    host.keep_up()
    time.sleep(2.0)
    line.is_cut = True
    cut = time.monotonic()
    while not host.trouble and time.monotonic() - cut < CUT_SECONDS:
        time.sleep(0.05)
    noticed = time.monotonic() - cut
    said = host.trouble
    time.sleep(max(0.0, CUT_SECONDS - noticed))
    new = going_run(far)
    line.is_cut = False
    back = time.monotonic()
    while host.trouble or host.workspace.run_at(new.id) is None:
        time.sleep(0.05)
        assert time.monotonic() - back < 120, "it doesn't heal"
    report(f"cut for {CUT_SECONDS:.0f} s: said on the screen after", noticed, None, "s")
    report("  healed by itself, with what came meanwhile, after", time.monotonic() - back, None, "s")
    print(f"  {said}")
    host.hang_up()


# The other machine


def make_runs(workspace: Path) -> None:
    """Copies of the runs that ship, each with other values where runs differ: ids, seeds, methods, times, metrics."""
    numbers = random.Random(0)
    kinds = [run for run in shipped_runs() if run.has_result]
    trainings = [run for run in kinds if run.record.kind == "train"]
    when = time.time() - 40 * 86_400
    for _ in range(RUNS):
        source = numbers.choice(trainings if numbers.random() < 0.8 else kinds)
        when += numbers.random() * 3000
        record = json.loads((source.path / "run.json").read_text())
        record |= {"created": when, "seed": numbers.randrange(50)}
        changes = {
            "seed": record["seed"],
            "method": numbers.choice(["erm", "jtt", "grl", "dfr"]),
            "bias": numbers.random(),
        }
        record["params"] |= {name: value for name, value in changes.items() if name in record["params"]}
        status = {"state": "done", "heartbeat": when, "started": when + 1, "ended": when + 60 * numbers.random()}
        result = json.loads((source.path / "result.json").read_text())
        metrics = result["metrics"]
        result["metrics"] = {
            name: numbers.random() if isinstance(metrics[name], float) else metrics[name] for name in metrics
        }
        stamp = time.strftime("%Y%m%d-%H%M", time.localtime(when))
        folder = workspace / f"{stamp}-{record['kind']}-{numbers.getrandbits(20):05x}"
        folder.mkdir(parents=True)
        for name, content in (("run", record), ("status", status), ("result", result)):
            (folder / f"{name}.json").write_text(json.dumps(content))
        if (source.path / "arrays.safetensors").exists():
            shutil.copy(source.path / "arrays.safetensors", folder)


def going_run(workspace: Path) -> Any:
    run = Workspace(workspace).create("train", {"seed": 1})
    beat(run, 0)
    EventLog(run.events).close()
    return run


def beat(run: Any, done: int) -> None:
    progress = Progress(done=done, total=1000, unit="steps")
    run.set_status(Status(state="running", heartbeat=time.time(), host="node", started=time.time(), progress=progress))


def write_events(run: Any, over: threading.Event) -> None:
    log = EventLog(run.events)
    numbers = random.Random(1)
    step = 0
    while not over.wait(1 / EVENTS_A_SECOND):
        step += 1
        values = {"written": time.time(), "loss": numbers.random(), "easy_accuracy": numbers.random()}
        log.append("metrics", step=step, values=values | {"hard_accuracy": numbers.random()})
        if step % (2 * EVENTS_A_SECOND) == 0:
            beat(run, step)
    log.close()


def size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


# Measuring


def command(address: Address, *words: str) -> Callable[[], None]:
    asked = [sys.executable, "-m", "lazytui", *words, "--at", address.text, "--remote-lazytui", address.lazytui]

    def run() -> None:
        listed = subprocess.run(asked, check=True, capture_output=True, text=True).stdout
        assert listed.count("\n") == RUNS + 1

    return run


def by_hand(sshd: Sshd, port: int) -> None:
    subprocess.run([*sshd.command(port).split(), "-C", "root@127.0.0.1", "true"], check=True)


def timed(work: Callable[[], object]) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began


@contextmanager
def counted(line: SlowLine) -> Iterator[Callable[[], int]]:
    before = line.down
    yield lambda: line.down - before


def report(what: str, measured: float, asked: float | None, unit: str) -> None:
    limit = "" if asked is None else f"< {asked:g} {unit}"
    sign = "" if asked is None or measured < asked else "  above"
    print(f"{what:<72} {measured:>7.2f} {unit:<4} {limit:>9}{sign}", flush=True)
