"""Where the audit's claims end: cues among others that vary, cues without an editor, two at once, marks, tasks, groups.

    python -m benchmarks audit_limits          all of it: hours
    AUDIT_PARTS=varying,place AUDIT_SOURCES=strokes AUDIT_SEEDS=0 python -m benchmarks audit_limits

`varying`: one cue goes with the class, all others vary at random (`some_varying`: a group of them). `without_editor`:
twelve properties that no editor is called after. `two_cues`: both should be found when what is found first is exchanged
at random. `place`: a mark of five pixels in one cell. `tasks`: the label is the property, which the second training
should say. `minority`: which training images contradict the cue. What is asked stands beside what is measured. Nothing
is tuned to these images; they are painted by code that the editors share nothing with. AUDIT_CUES chooses cases by
name, AUDIT_FOLDER as in `audit`.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import lazytui as lt
from benchmarks.audit import NAMED_BY, TRAINING, chosen
from benchmarks.invented_cues import INVENTED
from benchmarks.planted_images import (
    CELLS,
    Originals,
    as_the_label,
    mark_in,
    with_all_varying,
    with_one,
    with_two,
    write_planted,
)
from lazytui.data.splits import build_dataset
from lazytui.errors import LazytuiError

SOURCES = ("strokes", "mnist", "fashion")
USED = 0.1
"""A network relies on a property where it loses at least this share of its accuracy without it."""

LEAST = 0.05
"""A loss below it may be chance, whichever cell it is of."""

TASK = 0.4
"""The share of accuracy above chance up to which a network trained without the property says that it is the task."""

EPOCHS = {"varying": 10}
"""More where a network needs more to learn the shape at all."""

PAIRS = (
    ("strokes", "hue", "border"),
    ("strokes", "watermark", "texture"),
    ("strokes", "position", "hue"),
    ("strokes", "scale", "border"),
    ("strokes", "second-object", "ground"),
    ("strokes", "noise-frequency", "border"),
    ("mnist", "blur", "watermark"),
    ("mnist", "texture", "color"),
    ("mnist", "brightness", "watermark"),
    ("mnist", "ground", "border"),
    ("mnist", "position", "watermark"),
    ("mnist", "scale", "hue"),
)
TASK_CUES = ("hue", "border", "position", "texture", "scale", "watermark")
SEPARABLE = ("hue", "texture", "border", "watermark", "position", "ground", "noise-frequency")
GRADUAL = ("scale", "blur")


TOGETHER = {
    "none varies": (),
    "frame": ("border",),
    "marks": ("watermark", "second-object"),
    "object": ("position", "scale"),
    "ground": ("ground", "texture", "noise-frequency"),
    "whole": ("brightness", "blur"),
}
"""Groups of cues that vary alone, which shows which of them hides a cue among all."""


@dataclass(frozen=True)
class Case:
    """One network and its audit. paint: makes the images of a part of the source; None where `data` plants them.
    audit: options. right: names that are right. extra: what else the judgment needs."""

    part: str
    name: str
    source: str
    seed: int
    paint: Callable[[Originals], Mapping[str, Any]] | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    audit: Mapping[str, Any] = field(default_factory=dict)
    right: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Of its file, images and network."""
        return re.sub(r"[^\w-]+", "-", f"{self.part}-{self.source}-{self.name}-{self.seed}")


def main() -> None:
    folder = Path(os.environ.get("AUDIT_FOLDER", "audit-benchmark"))
    for part in chosen("PARTS", tuple(PARTS)):
        cases_of, judge, asked = PARTS[part]
        print(f"\n{part}: {asked}")
        rows = []
        for case in cases_of():
            if is_chosen(case):
                rows.append(row_of(case, folder))
                print(as_line(rows[-1], judge(rows[-1])), flush=True)
        print_summary(rows, judge, asked)


def is_chosen(case: Case) -> bool:
    seeds = map(int, chosen("SEEDS", ("0", "1", "2")))
    names = chosen("CUES", (case.name,))
    return case.seed in seeds and case.source in chosen("SOURCES", SOURCES) and case.name in names


def row_of(case: Case, folder: Path) -> dict[str, Any]:
    """What was measured of it, now where it wasn't; what is right is as it is said now."""
    kept = folder / f"{case.key}.json"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        measurement = json.dumps(measured(case, folder))
        kept.write_text(measurement)
    own = {"part": case.part, "name": case.name, "source": case.source, "seed": case.seed, "right": case.right}
    return json.loads(kept.read_text()) | own | case.extra


def measured(case: Case, folder: Path) -> dict[str, Any]:
    trained = trained_on(case, folder)
    audit = lt.audit(case.key, workspace=folder / "runs", seed=case.seed, **case.audit).result
    return {
        "easy": trained.metrics["easy_accuracy"],
        "hard": trained.metrics["hard_accuracy"],
        "named": audit.named,
        "kept": audit.kept,
        "rounds": [{"exchanged": one.exchanged, "goes_by": one.goes_by, "kept": one.kept} for one in audit.rounds],
        "minority": minority_of(trained, audit.minority),
        "losses": {name: (swap.delta, swap.error, swap.hosts) for name, swap in audit.swaps.items()},
    }


def minority_of(trained: Any, minority: Any) -> dict[str, Any] | None:
    """Who contradicts the cue according to the audit, beside the attributes that were painted: counted here anew."""
    if minority is None or minority.share is None:
        return None
    train = build_dataset(trained.params).train
    conflicting = train.cue_classes != train.labels
    both = float((minority.marked & conflicting).sum())
    return {
        "share": minority.share,
        "precision": both / max(1.0, float(minority.marked.sum())),
        "recall": both / max(1.0, float(conflicting.sum())),
    }


def trained_on(case: Case, folder: Path) -> Any:
    """The network, trained now where it wasn't; the images are written anew where they aren't there."""
    data: dict[str, Any] = {"source": case.source, "train_size": 6000, "test_size": 1500, "bias": 0.95, **case.data}
    if case.paint is not None:
        data = {"source": f"npz:{write_planted(folder / 'images' / f'{case.key}.npz', case.source, case.paint)}"}
    training = TRAINING | {"epochs": EPOCHS.get(case.part, TRAINING["epochs"])}
    try:
        return lt.open_run(case.key, workspace=folder / "runs")
    except LazytuiError:
        return lt.train(**data, **training, seed=case.seed, workspace=folder / "runs", name=case.key)


def varying_cases() -> Iterator[Case]:
    for seed in range(3):
        for cue in (*NAMED_BY, "none"):
            planted = None if cue == "none" else cue
            for source in SOURCES:
                paint = partial(with_all_varying, planted, seed)
                yield Case("varying", cue, source, seed, paint, right=NAMED_BY.get(cue, ()))


def some_varying_cases() -> Iterator[Case]:
    for cue in ("hue", "ground", "texture", "brightness"):
        for group, others in TOGETHER.items():
            paint = partial(with_all_varying, cue, 0, others=others)
            yield Case("some_varying", f"{cue} with {group}", "strokes", 0, paint, right=NAMED_BY[cue])


def invented_cases() -> Iterator[Case]:
    for source in ("strokes", "fashion", "mnist"):
        for cue, invented in INVENTED.items():
            paint = with_one(invented.paint, 0, cue, invented.kinds)
            yield Case("without_editor", cue, source, 0, paint, right=invented.right)


def pair_cases() -> Iterator[Case]:
    for source, *cues in PAIRS:
        first, second = cues
        wanted = [NAMED_BY[cue] for cue in cues]
        paint = partial(with_two, (first, second), 0)
        yield Case("two_cues", "+".join(cues), source, 0, paint, audit={"peel": 2}, extra={"wanted": wanted})


def place_cases() -> Iterator[Case]:
    for source in ("strokes", "mnist"):
        for cell in CELLS:
            yield Case("place", cell, source, 0, with_one(mark_in(cell), 0, cell), right=(cell,))
        gray = with_one(mark_in("left edge", by_level=True), 0, "left edge by level")
        yield Case("place", "left edge by level", source, 0, gray, right=("left edge",))


def task_cases() -> Iterator[Case]:
    for cue in TASK_CUES:
        yield Case(
            "tasks", cue, "strokes", 0, partial(as_the_label, cue, 0), audit={"prove": True}, right=NAMED_BY[cue]
        )


def minority_cases() -> Iterator[Case]:
    for source in SOURCES:
        for cue in (*SEPARABLE, *GRADUAL):
            options = {"minority": True}
            yield Case("minority", cue, source, 0, data={"cue": cue}, audit=options, right=NAMED_BY[cue])


def judge_first(row: dict[str, Any]) -> str:
    """Whether the first that is named is right; without a planted cue nothing is to be named."""
    if row["name"] == "none":
        return "clean, silent" if not row["named"] else "clean, alarm"
    if row["named"][:1] and row["named"][0] in row["right"]:
        return "right"
    return "wrong" if row["named"] else "silent"


def judge_invented(row: dict[str, Any]) -> str:
    """Right, silent or wrong, where the network uses the property at all."""
    return judge_first(row) if row["easy"] - row["hard"] > USED else f"unused, {judge_first(row)}"


def judge_pair(row: dict[str, Any]) -> str:
    """Whether both are the first of the audit or of one of its rounds; else whether both are flagged somewhere."""
    goes_by = [row["named"], *(one["goes_by"] for one in row["rounds"])]
    firsts = {names[0] for names in goes_by if names}
    flagged = {name for names in goes_by for name in names}
    if all(firsts & set(names) for names in row["wanted"]):
        return "right"
    if all(flagged & set(names) for names in row["wanted"]):
        return "flagged only"
    return "missed " + ", ".join(names[0] for names in row["wanted"] if not flagged & set(names))


def judge_place(row: dict[str, Any]) -> str:
    """Whether the cell is named first, or loses most of the eight, and enough not to do so by chance."""
    if judge_first(row) == "right":
        return "right"
    greatest = max(CELLS, key=lambda cell: row["losses"].get(cell, (0.0,))[0])
    if row["losses"][greatest][0] < LEAST:
        return "silent: no cell loses anything"
    return "right, by loss" if greatest in row["right"] else f"wrong: {greatest} loses most"


def judge_task(row: dict[str, Any]) -> str:
    if row["kept"] is None:
        return "silent"
    return "right" if row["kept"] <= TASK else f"wrong: keeps {row['kept']:.2f}"


def judge_minority(row: dict[str, Any]) -> str:
    """Both shares at least .9, or refused where the property is gradual."""
    found = row["minority"]
    if row["name"] in GRADUAL:
        return "gradual, NOT refused" if found else "gradual, refused"
    if not found:
        return "refused"
    said = f"precision {found['precision']:.2f}, recall {found['recall']:.2f}"
    return f"right: {said}" if min(found["precision"], found["recall"]) >= 0.9 else f"wrong: {said}"


PARTS: dict[str, tuple[Callable[[], Iterator[Case]], Callable[[dict[str, Any]], str], str]] = {
    "varying": (varying_cases, judge_first, "named first in 95 of 108"),
    "some_varying": (some_varying_cases, judge_first, "which of the others hides it; nothing is asked"),
    "without_editor": (invented_cases, judge_invented, "a right container or place in 8 of 12, no wrong narrow name"),
    "two_cues": (pair_cases, judge_pair, "both listed first, of the audit or of a round, in 9 of 12"),
    "place": (place_cases, judge_place, "the cell is named first or loses most of the eight in 15 of 18"),
    "tasks": (task_cases, judge_task, "called the task in 6 of 6"),
    "minority": (minority_cases, judge_minority, "precision and recall of .9 in 18 of 21; scale and blur refused"),
}
"""The cases of each part, how one is judged, and what is asked."""


def as_line(row: dict[str, Any], judgment: str) -> str:
    names = row["named"][:3]
    losses = ", ".join(f"{name} {row['losses'][name][0]:.2f}" for name in names) or "nothing"
    rounds = "".join(f" | {', '.join(one['goes_by'][:3]) or 'nothing'}" for one in row["rounds"])
    true = f"{row['easy'] - row['hard']:.2f}" if row["easy"] is not None and row["hard"] is not None else "-"
    kept = "" if row["kept"] is None else f" kept {row['kept']:.2f}"
    start = f"{row['source']:<8} {row['name']:<24} {row['seed']} easy {row['easy'] or 0:.2f} true {true}"
    return f"{start}{kept}  {losses}{rounds}  {judgment}"


def print_summary(rows: list[dict[str, Any]], judge: Callable[[dict[str, Any]], str], asked: str) -> None:
    """How often each judgment was passed, beside what is asked."""
    judgments = [judge(row).split(":")[0] for row in rows]
    counts = ", ".join(f"{kind} {judgments.count(kind)}" for kind in sorted(set(judgments)))
    print(f"asked: {asked}. measured, of {len(rows)}: {counts}")
