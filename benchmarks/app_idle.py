"""What an app costs that stands idle over many runs, and what listing them costs: seconds of the processor."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from benchmarks.terminal import Terminal, surroundings, terminal
from lazytui.app.workers.polling_pace import IDLE_AFTER
from lazytui.runs.run_folder import RECORD_FILE
from lazytui.runs.workspace import shipped_run

RUNS_AND_SHARE_ASKED = ((12, 0.02), (1_000, 0.02), (10_000, 0.05))
LISTED = 10_000
LIST_SECONDS_ASKED = 3.0
WATCHED_SECONDS = 20.0
SETTLED_SHARE = 0.1
"""Of a core: below it for two seconds, the app has read and drawn what there is."""
SCREENS = {"home": "0", "runs": "9", "jobs drawer": "j"}


def main() -> None:
    """The real app on a real pty; its process is measured, whatever else the machine does."""
    print(f"{'idle':<24} {'ready':>8} {'of a core':>10} {'asked':>7} {'load':>5}")
    for count, asked in RUNS_AND_SHARE_ASKED:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            make_runs(count, folder)
            with terminal(["-m", "lazytui"], folder, (120, 36)) as shown:
                for screen, key in SCREENS.items():
                    ready, share = idle(shown, key)
                    print(
                        f"{f'{count:,} runs, {screen}':<24} {ready:>6.1f} s {share:>10.2%} {asked:>7.0%} "
                        f"{os.getloadavg()[0]:>5.1f}{'' if share < asked else '  missed'}",
                        flush=True,
                    )
                shown.type("\x1b")
                shown.watch(1)  # at once, the next key would make another one of the escape
                shown.quit()
            if count == LISTED:
                seconds = listing(folder)
                print(
                    f"{f'runs list of {count:,}':<24} {seconds:>6.2f} s {'':>10} {LIST_SECONDS_ASKED:>5.0f} s "
                    f"{os.getloadavg()[0]:>5.1f}{'' if seconds < LIST_SECONDS_ASKED else '  missed'}"
                )


def idle(shown: Terminal, key: str) -> tuple[float, float]:
    """Seconds of the processor from the key until the app has settled, and its share of a core from then on."""
    process = psutil.Process(shown.process.pid)
    shown.until(shown.shows("Jobs"))
    before = spent(process)
    shown.type(key)
    shown.watch(1)
    while share_while_watched(shown, process, 2) > SETTLED_SHARE and spent(process) - before < 60:
        pass
    shown.watch(IDLE_AFTER)
    return spent(process) - before, share_while_watched(shown, process, WATCHED_SECONDS)


def share_while_watched(shown: Terminal, process: psutil.Process, seconds: float) -> float:
    start, before = time.monotonic(), spent(process)
    shown.watch(seconds)
    return (spent(process) - before) / (time.monotonic() - start)


def spent(process: psutil.Process) -> float:
    return float(sum(process.cpu_times()[:2]))


def listing(folder: Path) -> float:
    """Seconds of the processor for `lazytui runs list` in a process of its own."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "lazytui", "runs", "list"]
    subprocess.run(command, cwd=folder, env=surroundings(folder), check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def make_runs(count: int, folder: Path) -> None:
    """Finished trainings, a minute apart, each tenth with a name; without weights, which no list reads."""
    shipped = shipped_run("lazy-strokes").path
    record = json.loads((shipped / RECORD_FILE).read_bytes())
    others = {file: (shipped / file).read_bytes() for file in ("status.json", "result.json", "arrays.safetensors")}
    others |= {"events.jsonl": b"", ".claim": b""}
    now = time.time()
    for number in range(count):
        run = folder / "runs" / f"20260101-0000-train-gap-cnn-erm-{number:05}"
        run.mkdir(parents=True)
        created = now - 60 * (count - number)
        files = others | {RECORD_FILE: json.dumps(record | {"created": created, "seed": number}).encode()}
        if number % 10 == 0:
            files["name"] = f"run-{number}\n".encode()
        for file, content in files.items():
            (run / file).write_bytes(content)


if __name__ == "__main__":
    main()
