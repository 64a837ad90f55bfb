"""Export: the suffix decides, and a file is there whole or not at all."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from lazytui.errors import BadInput, UsageError
from lazytui.figures.figure_files import SUFFIXES, export
from lazytui.figures.kinds import Figure, Matrix, Table
from tests.figures import samples
from tests.figures.samples import EACH, HOSTILE, ids, with_text


def listed(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


BEGINNINGS = {
    ".svg": b"<?xml",
    ".png": b"\x89PNG\r\n",
    ".pdf": b"%PDF-",
    ".html": b"<!DOCTYPE html>",
    ".json": b'{"title"',
}


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("figure", EACH, ids=ids)
def test_every_kind_through_every_suffix(figure: Figure, suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"out{suffix}"
    if suffix == ".tex" and not isinstance(figure, Table | Matrix):
        with pytest.raises(UsageError, match="holds tables and matrices"):
            export([figure], path)
        return
    assert export([figure], path, title="A run") == [path]
    assert path.read_bytes().startswith(BEGINNINGS.get(suffix, b""))
    assert listed(tmp_path) == [path.name]
    if suffix in (".txt", ".ansi"):
        assert figure.title in path.read_text()


@pytest.mark.parametrize("suffix", [".html", ".txt", ".ansi", ".json"])
def test_one_file_holds_all_figures(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"out{suffix}"
    assert export(EACH, path) == [path]
    text = path.read_text()
    assert all(figure.title in text for figure in EACH)


@pytest.mark.parametrize("suffix", [".svg", ".png"])
def test_several_pictures_are_several_files_named_by_figure(suffix: str, tmp_path: Path) -> None:
    figures = [samples.matrix(), samples.bars()]
    written = export(figures, tmp_path / f"out{suffix}")
    assert [path.name for path in written] == [f"out-confusion{suffix}", f"out-recall{suffix}"]
    assert listed(tmp_path) == [path.name for path in written]


def test_a_figures_name_is_never_a_path(tmp_path: Path) -> None:
    figures = [samples.bars(name="../../etc/x"), samples.bars(name="b")]
    written = export(figures, tmp_path / "sub.svg")
    assert {path.parent for path in written} == {tmp_path}


def test_the_suffix_may_be_written_in_capitals(tmp_path: Path) -> None:
    (path,) = export([samples.bars()], tmp_path / "OUT.PNG")
    assert path.read_bytes().startswith(BEGINNINGS[".png"])


def test_one_figure_is_chosen_by_name(tmp_path: Path) -> None:
    (path,) = export(EACH, tmp_path / "out.csv", figure="confusion")
    assert path.read_text().startswith("true / predicted,0,1")
    (path,) = export(EACH, tmp_path / "out.json", figure="recall", title="A run")
    content = json.loads(path.read_text())
    assert content["title"] == "A run" and [figure["name"] for figure in content["figures"]] == ["recall"]


@pytest.mark.parametrize("name", ["out.gif", "out", "out.txt.gz", ".svg"])
def test_an_unknown_suffix_names_those_that_exist(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"\.svg, \.png, \.pdf, \.html, \.txt, \.ansi, \.json, \.csv"):
        export(EACH, tmp_path / name)
    assert listed(tmp_path) == []


def test_an_unknown_figure_offers_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Did you mean confusion"):
        export(EACH, tmp_path / "out.svg", figure="confusoin")


def test_an_unknown_theme_and_a_width_of_nothing_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"theme 'drak'\. Did you mean dark"):
        export(EACH, tmp_path / "out.svg", theme="drak")
    with pytest.raises(UsageError, match="width must be at least 1 column, not 0"):
        export(EACH, tmp_path / "out.txt", width=0)


def test_a_csv_of_several_figures_asks_for_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"--figure .*confusion.*recall"):
        export([samples.matrix(), samples.bars()], tmp_path / "out.csv")


def test_text_has_the_asked_width_and_no_escape_sequence(tmp_path: Path) -> None:
    for width in (40, 100):
        (path,) = export(EACH, tmp_path / "out.txt", width=width)
        text = path.read_text()
        assert max(map(len, text.splitlines())) <= width and "\x1b" not in text
        assert not re.search(r" $", text, re.MULTILINE)


def test_ansi_is_colored_whatever_the_surroundings_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (usual,) = export(EACH, tmp_path / "usual.ansi")
    for name, value in (("NO_COLOR", "1"), ("TERM", "dumb"), ("COLUMNS", "33")):
        monkeypatch.setenv(name, value)
    (other,) = export(EACH, tmp_path / "other.ansi")
    assert other.read_bytes() == usual.read_bytes()
    assert "\x1b[38;2;" in usual.read_text()


@pytest.mark.parametrize("suffix", [".svg", ".html", ".txt", ".ansi", ".json", ".csv"])
def test_hostile_text_through_every_suffix_that_is_text(suffix: str, tmp_path: Path) -> None:
    figures = [with_text(figure, HOSTILE) for figure in EACH]
    alone = suffix in (".svg", ".csv")
    for group in [[figure] for figure in figures] if alone else [figures]:
        path = export(group, tmp_path / f"out{suffix}", title=HOSTILE)[0]
        content = path.read_bytes()
        assert b"\x1b[2J" not in content and b"\x1b]0;" not in content
        if suffix in (".svg", ".html"):
            assert b"<script>" not in content


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_folder_that_does_not_exist_is_one_clear_sentence(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / "nowhere" / f"out{suffix}"
    with pytest.raises(BadInput, match=re.escape(f"{path} can't be written: the folder doesn't exist.")):
        export([samples.matrix()], path)


def test_a_file_in_the_place_of_a_folder_is_one_clear_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput, match="can't be written"):
        export([samples.bars()], tmp_path / "file" / "out.txt")


def test_a_folder_in_the_place_of_the_file_stays(tmp_path: Path) -> None:
    (tmp_path / "out.txt").mkdir()
    with pytest.raises(BadInput, match="can't be written"):
        export([samples.bars()], tmp_path / "out.txt")
    assert listed(tmp_path) == ["out.txt"]


def test_what_can_not_be_drawn_leaves_the_old_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "out.svg"
    path.write_text("old")
    with pytest.raises(ValueError):
        export([samples.table(rows=(("a row that is too short",),))], path)
    assert path.read_text() == "old" and listed(tmp_path) == ["out.svg"]


def test_a_full_disk_leaves_the_old_file_as_it_was(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("no file system can be mounted here to be filled")
    try:
        path = disk / "out.json"
        path.write_text("old")
        with pytest.raises(BadInput, match="the disk is full"):
            export([samples.lines(), samples.conflict_grid(), *EACH * 4], path)
        assert path.read_text() == "old" and listed(disk) == ["out.json"]
    finally:
        subprocess.run(["umount", disk], check=True)


LOADED = """
import sys
{code}
heavy = ("torch", "torchvision", "textual", "matplotlib", "PIL", "rich", "pydantic", "numpy")
print(*(name for name in heavy if name in sys.modules))
"""


@pytest.mark.parametrize(
    ("code", "loaded"),
    [
        ("import lazytui.figures.kinds", {"numpy"}),
        ("import lazytui.figures.terminal", {"numpy", "rich"}),
        ("import lazytui.figures.figure_files", {"numpy"}),
        ("import lazytui.figures.html", {"numpy"}),
    ],
)
def test_importing_costs_only_what_is_needed(code: str, loaded: set[str]) -> None:
    result = subprocess.run(
        [sys.executable, "-c", LOADED.format(code=code)], capture_output=True, text=True, check=True
    )
    assert set(result.stdout.split()) == loaded


@pytest.mark.parametrize(
    ("sample", "suffix", "absent"),
    [
        ("table", ".txt", {"matplotlib", "PIL"}),
        ("lines", ".txt", {"matplotlib"}),
        ("pixels", ".ansi", {"matplotlib", "PIL"}),
        ("lines", ".csv", {"matplotlib", "PIL", "rich"}),
        ("matrix", ".html", {"matplotlib", "rich"}),
        ("lines", ".svg", {"rich"}),
    ],
)
def test_writing_loads_only_what_the_suffix_needs(sample: str, suffix: str, absent: set[str], tmp_path: Path) -> None:
    code = (
        "from pathlib import Path\nfrom lazytui.figures.figure_files import export\nfrom tests.figures import samples\n"
        f"export([samples.{sample}()], Path({str(tmp_path)!r}) / 'out{suffix}')"
    )
    result = subprocess.run(
        [sys.executable, "-c", LOADED.format(code=code)], capture_output=True, text=True, check=True
    )
    assert not set(result.stdout.split()) & (absent | {"torch", "torchvision", "textual"})
