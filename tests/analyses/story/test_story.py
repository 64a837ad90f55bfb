"""The main job, as a newcomer runs it: one command, no download, and a page at its end."""

from __future__ import annotations

import json
import shutil
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from lazytui.analyses.core.execute import figures, recorded_result
from lazytui.analyses.story.chapters import CHAPTERS
from lazytui.figures.kinds import Pixels, Table, Text
from lazytui.runs.metric_history import read_history
from lazytui.runs.run_folder import RunFolder
from tests.commands import Lab, read_json


@pytest.fixture(scope="session")
def story(every_run: dict[str, Path]) -> Path:
    return every_run["story"]


class _Outside(HTMLParser):
    """Collects whatever a page would load from elsewhere, and its headings."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in {"src", "href"} and value and not value.startswith(("#", "data:")):
                self.loaded.append(f"{tag} {value}")

    def handle_data(self, data: str) -> None:
        self.text.append(data.strip())


def test_the_network_takes_the_bait(story: Path) -> None:
    metrics = read_json(story / "result.json")["metrics"]
    assert metrics["easy_accuracy"] >= 0.94
    assert metrics["hard_accuracy"] <= 0.20
    assert metrics["color_follow_rate"] >= 0.8


def test_the_cure_is_held_against_plain_training_in_percent(story: Path) -> None:
    result = read_json(story / "result.json")
    groups = result["facts"]["comparison"]["facts"]["groups"]
    hard = {group["recipe"]["method"]: 100 * group["runs"][0]["metrics"]["hard_accuracy"] for group in groups}
    assert hard["jtt"] == pytest.approx(100 * result["metrics"]["cured_hard_accuracy"])
    text = " ".join((story / "report.html").read_text(encoding="utf-8").split())
    assert f"right on {hard['erm']:.1f} % of the hard split, the cure on {hard['jtt']:.1f} %" in text


def test_the_plain_training_beside_the_cure_goes_on_where_the_cheat_ended(story: Path) -> None:
    result = read_json(story / "result.json")["facts"]
    (plain,) = (
        group["runs"][0]["run"]
        for group in result["comparison"]["facts"]["groups"]
        if group["recipe"]["method"] == "erm"
    )
    cheat, longer = (read_history(story.parent / run / "events.jsonl") for run in (result["cheat"]["run"], plain))
    assert longer["step"][-1] == 3 * cheat["step"][-1]
    for column in ("step", "easy_accuracy"):
        np.testing.assert_array_equal(longer[column][: len(cheat[column]) - 1], cheat[column][:-1])


def test_each_chapter_is_a_run_of_its_own(story: Path) -> None:
    result = read_json(story / "result.json")["facts"]
    for chapter in CHAPTERS:
        folder = story.parent / result[chapter.name]["run"]
        record = read_json(folder / "run.json")
        assert (record["kind"], record["started_by"]) == (chapter.kind, story.name)
    evidence = read_json(story.parent / result["evidence"]["run"] / "run.json")
    assert evidence["parents"] == [result["cheat"]["run"]]


def test_the_report_needs_nothing_else_and_shows_the_numbers(story: Path) -> None:
    page = _Outside()
    page.feed((story / "report.html").read_text(encoding="utf-8"))
    result = read_json(story / "result.json")["facts"]
    assert page.loaded == [f"a ../{result[chapter.name]['run']}/" for chapter in CHAPTERS]
    assert all((story / address.removeprefix("a ")).is_dir() for address in page.loaded)
    text = " ".join(page.text)
    metrics = read_json(story / "result.json")["metrics"]
    assert f"{100 * metrics['easy_accuracy']:.1f} %" in text
    assert f"{100 * metrics['color_follow_rate']:.1f} %" in text
    for chapter in CHAPTERS:
        assert chapter.title in page.text


def test_it_opens_with_four_numbers_and_ends_with_the_answer(story: Path) -> None:
    result = read_json(story / "result.json")
    figures_by_name = {figure.name: figure for figure in figures(RunFolder(story, ""))}
    numbers, answer = figures_by_name["numbers"], figures_by_name["answer"]
    assert next(iter(figures_by_name)) == "numbers" and list(figures_by_name)[-1] == "answer"
    assert isinstance(numbers, Table) and isinstance(answer, Text)
    asked = ("easy_accuracy", "hard_accuracy", "color_follow_rate", "cured_hard_accuracy")
    assert [row[1] for row in numbers.rows] == [f"{100 * result['metrics'][name]:.1f} %" for name in asked]
    cloak = recorded_result(RunFolder(story.parent / result["facts"]["cloak"]["run"], ""))
    for network in cloak.networks:
        found = network.pools["aligned"].robustness(cloak.target)
        share = found.sure_success_rate(cloak.epsilon)
        words = "unknown" if share is None else f"{100 * share:.1f} % of the {found.sources}"
        assert words in answer.paragraphs[1]
    assert answer.paragraphs[1] in " ".join((story / "report.html").read_text(encoding="utf-8").split())


def test_it_ends_on_data_of_which_nobody_said_what_is_in_them(story: Path) -> None:
    figures_by_name = {figure.name: figure for figure in figures(RunFolder(story, ""))}
    text, verdict, shown = (figures_by_name[name] for name in ("audit", "audit-verdict", "audit-examples"))
    assert isinstance(text, Text) and isinstance(verdict, Text) and isinstance(shown, Pixels)
    assert text.title.startswith("10. ") and "names the frame" in text.paragraphs[1]
    assert shown.column_labels == ("unedited", "same class", "another class")
    assert any("were tried" in paragraph for paragraph in verdict.paragraphs), "with its limits"


def test_a_story_goes_on_where_it_was_left(story: Path, tmp_path: Path) -> None:
    """With its own folder's result gone, resuming finds the chapters done and reports the same again."""
    lab = Lab(tmp_path)
    shutil.copytree(story.parent, lab.workspace)
    copy = lab.workspace / story.name
    before = read_json(copy / "result.json")
    for file in ("result.json", "arrays.safetensors", "report.html"):
        (copy / file).unlink()
    status = read_json(copy / "status.json")
    (copy / "status.json").write_text(json.dumps({**status, "state": "stopped"}))
    runs = {path.name for path in lab.workspace.iterdir()}
    again = lab.call("runs", "resume", story.name, "--json")
    assert again.code == 0, again.err
    assert {path.name for path in lab.workspace.iterdir()} == runs
    assert read_json(copy / "result.json") == before
    assert (copy / "report.html").exists()
