"""The same parameters and seed give the same bytes as an earlier revision:

    python -m benchmarks.same_bytes REVISION [NAME ...]

Both revisions run the same commands on this machine, and every saved array is compared by its contents, not its name.
NAME: of the commands, as it prints them, such as `sae` or `"train jtt"`; all of them take half an hour.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from safetensors.numpy import load_file

ROOT = Path(__file__).resolve().parent.parent

DATA = ("--source", "strokes", "--train-size", "300", "--test-size", "200", "--seed", "3")
TRAINING = (*DATA, "--batch-size", "16", "--metrics-samples", "200", "--epochs", "2", "--device", "cpu")
CPU = ("--device", "cpu")
NETWORK = "shipped/lazy-strokes"
UNTIMED = {"seconds", "images_per_second", "steps_per_second"}

COMMANDS: dict[str, tuple[str, ...]] = {
    "dataset": ("dataset", *DATA),
    "dataset textured": ("dataset", *DATA, "--texture", "uniform", "--placement", "stroke"),
    "evaluate": ("evaluate", NETWORK, "--against", "shipped/cured-strokes", *CPU),
    "gradcam": ("gradcam", NETWORK, "--images", "40", *CPU),
    "neurons": ("neurons", NETWORK, "--samples", "300", "--steps", "16", "--starts", "2", *CPU),
    "llc": ("llc", NETWORK, "--chains", "2", "--steps", "20", *CPU),
    "sae": ("sae", NETWORK, "--samples", "300", "--steps", "100", *CPU),
    "sae-selfcheck": ("sae-selfcheck", "--steps", "100", *CPU),
    "attack": ("attack", NETWORK, "--attack", "fmn", "--sources", "10", *CPU),
    "attack square": ("attack", NETWORK, "--attack", "square", "--sources", "10", "--queries", "50", *CPU),
}  # fmt: skip


def main(revision: str, *names: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        earlier = folder / "earlier"
        subprocess.run(["git", "worktree", "add", "--quiet", "--detach", str(earlier), revision], cwd=ROOT, check=True)
        try:
            before, after = (_runs(tree, folder / label, names) for tree, label in ((earlier, "a"), (ROOT, "b")))
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", str(earlier)], cwd=ROOT, check=True)
    other = [name for name in before if before[name] != after[name]]
    for name in other:
        print(f"{name}: {_difference(before[name], after[name])}")
    print(f"{len(before) - len(other)} of {len(before)} runs have the same bytes and numbers as {revision}")
    sys.exit(bool(other))


def _runs(tree: Path, folder: Path, names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """What each run saved: the contents of its arrays, and its numbers. names: of the commands; none: all."""
    methods = _json(tree, folder, "methods", "--json")
    commands = dict(COMMANDS)
    for method in methods:
        commands[f"train {method['method']}"] = ("train", "--method", method["method"], *TRAINING)
    if unknown := set(names) - commands.keys():
        sys.exit(f"There is no command {', '.join(sorted(unknown))}. There are: {', '.join(commands)}.")
    return {name: _run(tree, folder, *commands[name]) for name in names or commands}


def _run(tree: Path, folder: Path, *command: str) -> dict[str, Any]:
    found = _json(tree, folder, "run", *command, "--json", "--quiet")
    run = folder / "runs" / found["run"]
    numbers = {name: value for name, value in found["metrics"].items() if name not in UNTIMED}
    return {"numbers": numbers, "arrays": sorted(_contents(path) for path in run.glob("*.safetensors"))}


def _contents(path: Path) -> list[str]:
    arrays = load_file(path).values()
    return sorted(
        hashlib.sha256(f"{array.dtype}{array.shape}".encode() + array.tobytes()).hexdigest() for array in arrays
    )


def _json(tree: Path, folder: Path, *arguments: str) -> Any:
    environment = {
        **os.environ,
        "PYTHONPATH": str(tree),
        "LAZYTUI_WORKSPACE": str(folder / "runs"),
        "LAZYTUI_CACHE": str(folder / "images"),
    }
    folder.mkdir(exist_ok=True)
    command = [sys.executable, "-P", "-m", "lazytui", *arguments]
    ended = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if ended.returncode:
        sys.exit(f"{tree}: lazytui {' '.join(arguments)}: {ended.stderr}")
    return json.loads(ended.stdout)


def _difference(before: dict[str, Any], after: dict[str, Any]) -> str:
    numbers = [
        name for name in {**before["numbers"], **after["numbers"]}
        if before["numbers"].get(name) != after["numbers"].get(name)
    ]  # fmt: skip
    arrays = "equal" if before["arrays"] == after["arrays"] else "other"
    return f"numbers {', '.join(sorted(numbers)) or 'equal'}; arrays {arrays}"


if __name__ == "__main__":
    main(*sys.argv[1:])
