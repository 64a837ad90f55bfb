"""Make the shipped checkpoints again: `python checkpoints/make.py [NAME ...]`.

Each is the folder of a finished run: of a network, of an autoencoder of one, or of an analysis of one, so that every
screen has something to show in an empty workspace. It was made by the command in RECIPES and by nothing else, and lacks
what only matters where it was made. manifest.json says how each was made and what it measures.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from lazytui.runs.results.saved_result import ARRAYS_FILE, RESULT_FILE, read_metrics
from lazytui.runs.run_folder import AUTOENCODER_FILE, RECORD_FILE, WEIGHTS_FILE, RunFolder
from lazytui.runs.status import Status

HERE = Path(__file__).resolve().parent
MANIFEST = HERE / "manifest.json"
KEPT = (RECORD_FILE, RESULT_FILE, ARRAYS_FILE, WEIGHTS_FILE, AUTOENCODER_FILE)

# MNIST's own images are nobody's to give away, so the features of its network come without pictures.
RECIPES = {
    "lazy-strokes": "train --dataset background --source strokes --model gap-cnn --epochs 1 --batch-size 64 --seed 0",
    "lazy-mnist": "train --dataset background --source mnist --model gap-cnn --epochs 1 --batch-size 64 --seed 0",
    "cured-strokes": "train --dataset background --source strokes --model gap-cnn --method jtt --epochs 5 --seed 0",
    "cured-mnist": "train --dataset background --source mnist --model gap-cnn --method jtt --epochs 10 --seed 0",
    "sae-lazy-strokes": "sae shipped/lazy-strokes --seed 0 --pictured 40",
    "sae-cured-strokes": "sae shipped/cured-strokes --seed 0 --pictured 40",
    "side-by-side-strokes": "side-by-side shipped/sae-lazy-strokes shipped/sae-cured-strokes",
    "sae-lazy-mnist": "sae shipped/lazy-mnist --seed 0 --pictured 0",
    "dataset-strokes": "dataset --dataset background --source strokes --seed 0",
    "evaluate-lazy-strokes": "evaluate shipped/lazy-strokes",
    "evaluate-lazy-and-cured-strokes": "evaluate shipped/lazy-strokes --against shipped/cured-strokes",
    "transfer-lazy-strokes": "transfer shipped/lazy-strokes --against shipped/cured-strokes --to "
    "stroke,stroke-distinct,stroke-level,texture,rg95z,gr95z,gr95h,bw100z,bw100h",
    "gradcam-lazy-strokes": "gradcam shipped/lazy-strokes",
    "neurons-lazy-strokes": "neurons shipped/lazy-strokes",
    "llc-lazy-strokes": "llc shipped/lazy-strokes",
    "sae-experiments-lazy-strokes": "sae-experiments shipped/sae-lazy-strokes",
    "sae-selfcheck": "sae-selfcheck",
    "attack-lazy-strokes": "attack shipped/lazy-strokes",
    "compare-strokes": "compare",
    "audit-lazy-strokes": "audit shipped/lazy-strokes",
    "hidden-cue-strokes": "train --source strokes --cue border --train-size 6000 --test-size 1500 --model lazy-maxpool "
    "--epochs 2 --seed 0",
    "audit-hidden-cue-strokes": "audit shipped/hidden-cue-strokes",
}

BEFORE = {
    "compare-strokes": [
        f"train --dataset background --source strokes --model gap-cnn --method {method} --epochs 5 --seed {seed}"
        for method in ("erm", "jtt", "group-dro")
        for seed in (0, 1)
    ]
}
"""What has to be in the workspace first. Of a comparison the numbers are shipped, and not its networks."""


def make(name: str) -> None:
    """Run its command, and keep the run's folder as checkpoints/NAME."""
    with tempfile.TemporaryDirectory() as workspace:
        for words in (*BEFORE.get(name, ()), RECIPES[name]):
            asked = [sys.executable, "-m", *command(words), "--workspace", workspace, "--json"]
            printed = subprocess.run(asked, check=True, stdout=subprocess.PIPE, text=True).stdout
        made = Path(workspace) / json.loads(printed)["run"]
        shutil.rmtree(HERE / name, ignore_errors=True)
        (HERE / name).mkdir()
        for file in KEPT:
            if (made / file).exists():
                shutil.copyfile(made / file, HERE / name / file)
    _name_only_what_is_shipped(HERE / name / RECORD_FILE)
    run = RunFolder(HERE / name, f"shipped/{name}")
    run.set_status(Status(state="done", heartbeat=run.record.created))


def _name_only_what_is_shipped(record: Path) -> None:
    """The trainings of a comparison are of the workspace that it was made in."""
    entry = json.loads(record.read_text())
    entry["parents"] = [parent for parent in entry["parents"] if parent.startswith("shipped/")]
    if "runs" in entry["params"]:
        entry["params"]["runs"] = [run for run in entry["params"]["runs"] if run.startswith("shipped/")]
    record.write_text(json.dumps(entry, indent=1) + "\n")


def command(words: str) -> list[str]:
    return ["lazytui", "run", *words.split()]


def entry(name: str) -> dict[str, object]:
    """What the manifest says of a checkpoint. sha256: of what it learned, or else of what it found."""
    folder = HERE / name
    run = RunFolder(folder, f"shipped/{name}")
    params = run.record.params
    hashed = next(folder / file for file in reversed(KEPT) if (folder / file).exists())
    before = [" ".join(command(words)) for words in BEFORE.get(name, ())]
    return {
        **({"before": before} if before else {}),
        "command": " ".join(command(RECIPES[name])),
        "data": {name: params[name] for name in ("dataset", "source", "bias", "hard") if name in params},
        "seed": run.record.seed,
        "versions": run.record.versions,
        "metrics": read_metrics(folder),
        "sha256": hashlib.sha256(hashed.read_bytes()).hexdigest(),
    }


if __name__ == "__main__":
    manifest = json.loads(MANIFEST.read_text())
    for name in sys.argv[1:] or RECIPES:
        make(name)
        manifest[name] = entry(name)
        MANIFEST.write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n")
