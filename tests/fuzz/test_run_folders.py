"""One run folder, whatever is in it, costs that run and nothing else: it is drawn, or refused in one sentence."""

from __future__ import annotations

import os
import shutil
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lazytui.analyses.core.execute import figures, recorded_result
from lazytui.analyses.neurons.neuron_page import neuron_page
from lazytui.analyses.sae.feature_browser import ROOM_FOR_LABELS, browser_table
from lazytui.analyses.sae.feature_labels import find_features, read_labels
from lazytui.analyses.sae.feature_page import feature_page
from lazytui.cli.run_json import run_json
from lazytui.errors import LazytuiError
from lazytui.figures.figure_files import export
from lazytui.figures.kinds import Figure, Pixels
from lazytui.runs.metric_history import read_history
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace_watch import run_line
from tests.commands import read_events
from tests.fuzz.conftest import LONG, MINUTES, MOST_MEMORY, bounded, peak_memory
from tests.fuzz.mutations import CHANGES

CASES = 1700
"""With those of figures and screens 2,000 in the suite."""

QUICK = (".txt", ".ansi", ".json")
SLOW = (".html", ".svg", ".png", ".pdf")


def draw_damage(draw: Callable[[st.SearchStrategy[Any]], Any], seeds: list[Path]) -> tuple[Path, dict[str, bytes]]:
    """A finished run, and one or two of its files as they aren't."""
    seed = draw(st.sampled_from(seeds))
    files = [name for name in CHANGES if (seed / name).exists()]
    likely = [name for name in files if name in {"result.json", "arrays.safetensors"}]
    chosen = draw(st.lists(st.sampled_from([*likely, *likely, *files]), min_size=1, max_size=2, unique=True))
    return seed, {name: CHANGES[name](draw, (seed / name).read_bytes()) for name in chosen}


def damaged(seed: Path, changed: Mapping[str, bytes], into: Path) -> RunFolder:
    """A copy of the run with those files."""
    folder = into / seed.name
    folder.mkdir()
    for file in seed.iterdir():
        if file.is_file() and file.name not in changed and file.stat().st_size < 2**23:
            os.link(file, folder / file.name)
    for name, content in changed.items():
        (folder / name).write_bytes(content)
    return RunFolder(folder, folder.name)


def read_all(run: RunFolder) -> Sequence[Figure]:
    """What lists, headlines and screens read of a run, and its figures where it has any."""
    run_line(run)
    read_events(run.events)
    read_history(run.events)
    try:
        run_json(run)
        read_labels(run)
        return figures(run)
    except LazytuiError as error:
        assert 0 < len(str(error)) < 5000
        return ()


def pages(run: RunFolder, chance: Random) -> list[Figure]:
    """What is drawn of one neuron or feature when a person asks."""
    if run.record.kind not in {"neurons", "sae"}:
        return []
    result = recorded_result(run)
    if run.record.kind == "neurons":
        return neuron_page(result, chance.randrange(len(result.role)))
    labels = read_labels(run)
    chosen = find_features(result, labels, chance.choice(["", "color", "digit 7", "dead"]))
    table = browser_table(result, labels, chosen, ROOM_FOR_LABELS)
    return [table, *feature_page(result, chance.randrange(len(result.category)))]


def draw_some(found: Sequence[Figure], chance: Random, room: Path) -> None:
    """Write figures to files: in the suite one in a quick way, rarely in a slow one; in the long run all in all."""
    width = chance.choice([20, 80, 200])
    one = chance.choice(found)
    if LONG:
        for suffix in (*QUICK, ".html"):
            export(found, room / f"all{suffix}", width=width)
        export([one], room / f"one{chance.choice(SLOW)}")
    else:
        suffix = chance.choice((*QUICK * 24, *SLOW))
        export([one], room / f"one{suffix}", width=width)
    if not isinstance(one, Pixels) or one.images.size < 25_000:
        export([one], room / "one.csv")


def survive(data: st.DataObject, seeds: list[Path], room: Path) -> str:
    """One case: `refused` or `drawn`. All that hypothesis draws is drawn before anything is written: often it draws
    something else instead."""
    (seed, changed), chance = draw_damage(data.draw, seeds), Random(data.draw(st.integers(0, 2**32)))
    shutil.rmtree(room, ignore_errors=True)
    room.mkdir()
    run = damaged(seed, changed, room)
    with bounded(), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of NumPy, about numbers that are NaN
        found = read_all(run)
        if not found:
            return "refused"
        draw_some([*found, *pages(run, chance)], chance, room)
        return "drawn"


def test_any_damage_costs_one_run_at_most(seeds: list[Path], tmp_path: Path) -> None:
    ended: dict[str, int] = {}
    before = peak_memory()
    until = time.monotonic() + 60 * MINUTES

    @settings(
        max_examples=100 if LONG else CASES,
        derandomize=not LONG,
        database=None,
        suppress_health_check=list(HealthCheck),
        deadline=None,
    )
    @given(st.data())
    def cases(data: st.DataObject) -> None:
        how = survive(data, seeds, tmp_path / "room")
        ended[how] = ended.get(how, 0) + 1

    cases()
    while LONG and time.monotonic() < until:
        cases()
    summary = f"{ended}, peak {peak_memory() / 2**20:.0f} MB, {(peak_memory() - before) / 2**20:.0f} MB of it here"
    print(summary)
    assert LONG or min(ended["refused"], ended["drawn"]) > 100, summary
    assert peak_memory() - before < MOST_MEMORY, summary
    assert not LONG or peak_memory() < MOST_MEMORY, summary
