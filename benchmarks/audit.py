"""What the audit says of networks of which the cue is known: cues planted in images, and nothing planted.

    python -m benchmarks audit                 all of it: hours
    AUDIT_SOURCES=strokes AUDIT_CUES=hue,none AUDIT_SEEDS=0 python -m benchmarks audit
    AUDIT_PROVE=1 python -m benchmarks audit   trains each again without the property: is it needed, and is that a cure?
    AUDIT_BIAS=.8 python -m benchmarks audit   another share of images that have their class's value; .1: by chance
    AUDIT_UNUSED=1 python -m benchmarks audit  trained where the value goes with no class, audited where it does
    AUDIT_CALIBRATE=3 python -m benchmarks audit   counts false alarms on three clean trainings beside each

Each is a small network that is trained on 6,000 images at a bias of .95 and audited on 500 others. The cues are painted
by lazytui.data.cues, which shares no code with the audit's editors. On clothes, `color` is planted as a tint, as they
have no strokes; with AUDIT_SOURCES=photos it is the photographed ground. Where a cue goes with no class (`none` is one
of those), nothing may be named. What was measured is kept in AUDIT_FOLDER, and so are the trained networks: where
measurements are removed, only the audits run again.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

import lazytui as lt
from lazytui.errors import LazytuiError

Row = dict[str, Any]

NAMED_BY: dict[str, tuple[str, ...]] = {
    "color": ("hue", "ground hue", "object hue"),
    "hue": ("hue",),
    "ground": ("hue", "ground hue"),
    "texture": ("texture",),
    "brightness": ("gain", "brightness", "contrast", "ink"),
    "blur": ("blur",),
    "watermark": ("lower right corner",),
    "border": ("border",),
    "position": ("position",),
    "scale": ("size",),
    "second-object": ("second object",),
    "noise-frequency": ("noise",),
}
"""Which of the audit's properties are a right name for a planted cue."""

TRAINING = {"model": "lazy-maxpool", "epochs": 3, "metrics_samples": 100, "metrics_every": 1000}
PLANTED, CHANCE = 0.95, 0.1
"""Shares of images that have their class's value of a cue; one in ten classes has it by chance."""

UNUSED = "AUDIT_UNUSED" in os.environ
BIAS = CHANCE if UNUSED else float(os.environ.get("AUDIT_BIAS", PLANTED))
PHOTOGRAPHED = ("background", "pattern", "texture", "ground hue")
"""The right names where the cue is the photographed ground."""

COLUMNS = f"{'source':<9} {'cue':<16} {'seed':>4} {'true':>6} {'lost':>6} {'s.e.':>5}  {'cpu s':>5}  named, flagged"


def main() -> None:
    ending = "-unused" if UNUSED else ""
    print(COLUMNS)
    print_summary(list(printed(as_line, (*NAMED_BY, "none"), ("0", "1", "2"), measured, f"{{}}{ending}.json")))


def printed(
    as_line: Callable[[Row], str],
    cues: tuple[str, ...],
    seeds: tuple[str, ...],
    measure: Callable[[Path, str, str, int], Row],
    file: str,
) -> Iterator[Row]:
    """What is kept of each network in a file of this name, and what is measured now, a line each."""
    folder = Path(os.environ.get("AUDIT_FOLDER", "audit-benchmark"))
    folder.mkdir(parents=True, exist_ok=True)
    for source in chosen("SOURCES", ("strokes", "mnist", "fashion")):
        for cue in chosen("CUES", cues):
            for seed in map(int, chosen("SEEDS", seeds)):
                kept = folder / file.format(name_of(source, cue, seed))
                if not kept.exists():
                    kept.write_text(json.dumps(measure(folder / "runs", source, cue, seed)))
                row = json.loads(kept.read_text())
                print(as_line(row), flush=True)
                yield row


def chosen(what: str, all_of_them: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(os.environ[f"AUDIT_{what}"].split(",")) if f"AUDIT_{what}" in os.environ else all_of_them


def name_of(source: str, cue: str, seed: int) -> str:
    return f"{source}-{cue}-{seed}" + ("" if BIAS == PLANTED or cue == "none" else f"-bias-{BIAS}")


def trained_on(workspace: Path, source: str, cue: str, seed: int) -> Any:
    """The network of that name, trained now where it wasn't."""
    name = name_of(source, cue, seed)
    data: dict[str, Any] = {"source": source, "train_size": 6000, "test_size": 1500, "bias": BIAS}
    if cue == "none":
        data |= {"cue": "border", "bias": CHANCE}
    elif cue != "color":
        data["cue"] = cue
    elif source == "fashion":
        data["cue"] = "tint"
    try:
        return lt.open_run(name, workspace=workspace)
    except LazytuiError:
        return lt.train(**data, **TRAINING, seed=seed, workspace=workspace, name=name)


def measured(workspace: Path, source: str, cue: str, seed: int) -> dict[str, Any]:
    trained = trained_on(workspace, source, cue, seed)
    more: dict[str, Any] = {"bias": PLANTED} if UNUSED else {}
    more |= {"prove": "AUDIT_PROVE" in os.environ, "calibrate": int(os.environ.get("AUDIT_CALIBRATE", "0"))}
    begun = time.process_time()
    audit = lt.audit(name_of(source, cue, seed), workspace=workspace, seed=seed, **more).result
    numbers = trained.metrics
    return {
        "source": source,
        "cue": cue,
        "seed": seed,
        "clean": cue == "none" or BIAS == CHANCE,
        "easy": numbers["easy_accuracy"],
        "hard": numbers["hard_accuracy"],
        "seconds": time.process_time() - begun,
        "named": audit.named,
        "kept": audit.kept,
        "null": None if audit.null is None else calibration(audit),
        "cured": [lt.open_run(one.run, workspace=workspace).metrics["hard_accuracy"] for one in audit.rounds],
        "losses": {name: (swap.delta, swap.error, swap.hosts) for name, swap in audit.swaps.items()},
    }


def calibration(audit: Any) -> dict[str, Any]:
    """What clean trainings beside a network lose."""
    learned = sum(one.learned for one in audit.clean)
    null = audit.null
    return {
        "networks": learned,
        "tests": null.tests,
        "alarms": null.alarms,
        "largest": null.largest,
        "by": audit.null_by,
        "floor": null.floor,
    }


def as_line(row: dict[str, Any]) -> str:
    true = row["easy"] - row["hard"] if not row["clean"] else 0.0
    lost, error, _ = row["losses"][row["named"][0]] if row["named"] else (0.0, 0.0, 0)
    said = ", ".join(row["named"][:1]) or "nothing"
    sign = "" if is_right(row) else "  WRONG"
    others = f" ({', '.join(row['named'][1:])})" if row["named"][1:] else ""
    start = f"{row['source']:<9} {row['cue']:<16} {row['seed']:>4} {true:>6.2f} {lost:>6.2f} {error:>5.2f}"
    return f"{start}  {row['seconds']:>5.1f}  {said}{others}{sign}"


def is_right(row: dict[str, Any]) -> bool:
    """Whether the first that is named is what was planted, or nothing where nothing was."""
    named = row["named"][:1]
    if row["clean"]:
        return not named
    names = PHOTOGRAPHED if row["source"] == "photos" and row["cue"] == "color" else NAMED_BY[row["cue"]]
    return bool(named) and named[0] in names


def print_summary(found: list[dict[str, Any]]) -> None:
    planted = [row for row in found if not row["clean"]]
    clean = [row for row in found if row["clean"]]
    print(f"\nnamed: {sum(map(is_right, planted))} of {len(planted)}")
    for cue in dict.fromkeys(row["cue"] for row in planted):
        of_cue = [row for row in planted if row["cue"] == cue]
        print(f"  {cue:<16} {sum(map(is_right, of_cue))} of {len(of_cue)}")
    clean_accuracy = {row["source"]: row["hard"] for row in clean if row["cue"] == "none"}
    cured = [(row, row["cured"][0]) for row in planted if row["cured"] and row["source"] in clean_accuracy]
    if cured:
        near = sum(accuracy >= clean_accuracy[row["source"]] - 0.05 for row, accuracy in cured)
        print(f"trained without it, within 5 points of the clean network's hard accuracy: {near} of {len(cured)}")
        for row, accuracy in cured:
            print(
                f"  {row['source']:<9} {row['cue']:<16} {row['seed']} hard {row['hard']:.2f} -> {accuracy:.2f} "
                f"(clean {clean_accuracy[row['source']]:.2f}), kept {row['kept']:.2f}"
            )
    print(f"alarms where nothing was planted: {sum(not is_right(row) for row in clean)} of {len(clean)}")
    if nulls := [row["null"] for row in found if row.get("null")]:
        networks, tests, alarms = (sum(null[what] for null in nulls) for what in ("networks", "tests", "alarms"))
        print(f"alarms of clean trainings: {alarms} in {networks} networks, {tests} tests; floors of their audits:")
        print("  " + ", ".join(f"{100 * null['floor']:.1f} ({null['by']})" for null in nulls))
    right = [row for row in planted if is_right(row)]
    print_agreement("loss of the named property", right, [row["losses"][row["named"][0]] for row in right])
    largest = [max((row["losses"][name] for name in row["named"]), key=lambda loss: loss[0]) for row in right]
    print_agreement("largest loss of a flagged property", right, largest)
    if seconds := [row["seconds"] for row in found if row["kept"] is None and row["null"] is None]:
        print(f"an audit takes {np.median(seconds):.1f} CPU s (median), {max(seconds):.1f} at most")


def print_agreement(what: str, rows: list[dict[str, Any]], losses: list[Any]) -> None:
    """Of losses, standard errors and numbers of images beside the true losses."""
    if len(rows) > 2:
        true = np.array([row["easy"] - row["hard"] for row in rows])
        lost, error, _ = np.array(losses).T
        ratio = float((lost * true).sum() / (true**2).sum())
        below = float((lost - 1.96 * error <= true).mean())
        print(
            f"{what} beside the true one, where named: r {np.corrcoef(true, lost)[0, 1]:.3f}, ratio {ratio:.2f}, "
            f"interval covers or lies below the truth in {100 * below:.0f} %"
        )
