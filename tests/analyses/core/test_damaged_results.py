"""A run whose arrays aren't what its analysis makes is one sentence, for whoever wants to see it."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save_file

from lazytui.runs.workspace import shipped_run
from tests.commands import ROOT, Lab


def test_curves_of_different_lengths_are_one_sentence(lab: Lab) -> None:
    folder = lab.workspace / "20260101-0000-train-damaged-aaaa"
    shutil.copytree(shipped_run("lazy-strokes").path, folder)
    arrays = load_file(folder / "arrays.safetensors")
    save_file(arrays | {"history_shape_bias": np.zeros(0)}, folder / "arrays.safetensors")
    for command in (("runs", "show", "latest"), ("export", "latest", "x.svg"), ("run", "compare")):
        refused = lab.call(*command)
        assert refused.code == 3, refused.err
        assert "damaged" in refused.sentence or "no finished training" in refused.sentence
    assert lab.call("runs", "list").code == 0
    assert not list(lab.folder.glob("*.svg"))


def test_an_accuracy_that_is_no_share_is_one_sentence(lab: Lab) -> None:
    folder = lab.workspace / "20260101-0000-train-damaged-aaaa"
    shutil.copytree(shipped_run("lazy-strokes").path, folder)
    result = json.loads((folder / "result.json").read_text())
    result["metrics"]["hard_accuracy"] = -1
    (folder / "result.json").write_text(json.dumps(result))
    refused = lab.call("runs", "show", "latest")
    assert refused.code == 3 and "its metric 'hard_accuracy' is -1" in refused.sentence


def test_results_are_read_through_one_door() -> None:
    package = ROOT / "lazytui"
    readers = [path.relative_to(package).as_posix() for path in package.rglob("*.py") if _imports_the_raw_reader(path)]
    assert readers == ["analyses/core/execute.py"]


def _imports_the_raw_reader(path: Path) -> bool:
    lines = path.read_text(encoding="utf-8").splitlines()
    return any("import" in line and "load_result" in line for line in lines)


def test_only_result_files_know_how_results_are_saved() -> None:
    knowing = [
        path.relative_to(ROOT / "lazytui" / "analyses").as_posix()
        for path in (ROOT / "lazytui").rglob("*.py")
        if "runs" not in path.relative_to(ROOT / "lazytui").parts
        and re.search(r"saved_result import .*\bResult\b", path.read_text("utf-8"))
    ]
    others = {"core/analysis.py", "core/content_facts.py", "core/embedded_result.py", "networks/network_pair_result.py"}
    assert {path for path in knowing if not path.endswith("/result.py")} == others
