"""Every long text is shown somewhere, and every one that is shown is there."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest

from lazytui.analyses.core.metric_catalog import METRICS
from lazytui.analyses.story.chapters import CHAPTERS
from lazytui.data.content import colored_digits
from lazytui.files.long_texts import long_text, long_texts
from tests.commands import ROOT


def test_every_note_is_used_and_every_used_note_is_there() -> None:
    used = [note for path in sorted((ROOT / "lazytui").rglob("*.py")) for note in notes_in(path.read_text())]
    assert sorted(used) == sorted(long_texts("notes")), "each under one figure"


def notes_in(source: str) -> list[str]:
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    arguments = [call.args for call in calls if isinstance(call.func, ast.Name) and call.func.id == "long_text"]
    texts = [[each.value for each in args if isinstance(each, ast.Constant)] for args in arguments]
    return [text[1] for text in texts if text[0] == "notes"]


def test_every_chapter_has_its_introduction_and_every_introduction_a_chapter() -> None:
    assert {chapter.name for chapter in CHAPTERS} == set(long_texts("story"))
    assert all("{" not in chapter.introduction(colored_digits("distinct")) for chapter in CHAPTERS)


def test_only_metrics_are_explained() -> None:
    assert set(long_texts("metrics")) <= set(METRICS)


@pytest.mark.parametrize("group", ["metrics", "story", "notes"])
def test_a_text_is_one_paragraph_of_whole_sentences(group: str) -> None:
    for name in long_texts(group):
        text = long_text(group, name)
        assert text == " ".join(text.split()) and text.endswith((".", "?")), name


def test_help_does_not_read_them() -> None:
    listing = "import sys; from lazytui.__main__ import main\ntry: main()\nexcept SystemExit: pass\nprint(*sys.modules)"
    modules = subprocess.run(
        [sys.executable, "-c", listing, "--help"], capture_output=True, text=True, check=True
    ).stdout
    assert "lazytui.cli" in modules and "lazytui.files.long_texts" not in modules.split()
