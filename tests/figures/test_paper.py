"""Figures for papers: a width in millimeters, dots an inch, without title and note, several together, LaTeX."""

from __future__ import annotations

import base64
import io
import re
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from fontTools.ttLib import TTFont
from PIL import Image

from lazytui.errors import UsageError
from lazytui.figures.colors import series_color
from lazytui.figures.figure_files import export
from lazytui.figures.kinds import Figure
from lazytui.figures.paper import Paper, parse_width
from tests.figures import samples

PAIR = [samples.matrix(name="one"), samples.matrix(name="other")]


def width_in_dots(path: Path) -> int:
    with Image.open(path) as image:
        return image.width


@pytest.mark.parametrize(
    ("text", "width"),
    [
        ("100", (100, None)),
        ("85mm", (None, 85 / 25.4)),
        ("8.5cm", (None, 8.5 / 2.54)),
        ("3.3in", (None, 3.3)),
        ("240 pt", (None, 240 / 72)),
    ],
)
def test_widths(text: str, width: tuple[int | None, float | None]) -> None:
    columns, inches = parse_width(text)
    assert columns == width[0] and inches == (None if width[1] is None else pytest.approx(width[1]))


@pytest.mark.parametrize("text", ["", "85xx", "-3mm", "19", "1001", "20.5", "5mm", "2m", "nan", "1e3mm"])
def test_what_is_no_width_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="width"):
        parse_width(text)


def test_a_png_has_the_asked_width_in_dots(tmp_path: Path) -> None:
    for inches, dpi in ((3.3, 300), (2.0, 100)):
        (path,) = export([samples.matrix()], tmp_path / "a.png", paper=Paper(inches=inches, dpi=dpi))
        assert width_in_dots(path) == pytest.approx(inches * dpi, abs=1)


def test_an_svg_has_the_asked_width(tmp_path: Path) -> None:
    (path,) = export([samples.matrix()], tmp_path / "a.svg", paper=Paper(inches=2.0))
    found = re.search(r'<svg[^>]*\bwidth="([0-9.]+)pt"', path.read_text())
    assert found and float(found[1]) == pytest.approx(144, abs=0.01)


def test_a_page_of_a_pdf_that_needs_more_is_scaled_down_as_a_picture_is(tmp_path: Path) -> None:
    (svg,) = export([samples.matrix()], tmp_path / "a.svg", paper=Paper(inches=1.0))
    (pdf,) = export([samples.matrix(), samples.bars()], tmp_path / "a.pdf", paper=Paper(inches=1.0))
    sizes = re.findall(rb"/MediaBox \[ 0 0 ([0-9.]+) ([0-9.]+) \]", pdf.read_bytes())
    assert len(sizes) == 2 and all(float(width) == pytest.approx(72, abs=0.01) for width, _ in sizes)
    height = re.search(r'<svg[^>]*\bheight="([0-9.]+)pt"', svg.read_text())
    assert height and float(sizes[0][1]) == pytest.approx(float(height[1]), abs=0.01)
    stream = re.search(rb"stream\n(.*?)\nendstream", pdf.read_bytes(), re.DOTALL)
    assert stream and re.search(rb"\n(0\.[0-9]+) 0 0 \1 0 0 cm\n", zlib.decompress(stream[1])), (
        "letters are scaled, too"
    )


def test_bare_pictures_have_neither_title_nor_note(tmp_path: Path) -> None:
    figure = samples.bars(title="A title", note="A note.")
    whole, bare = (
        export([figure], tmp_path / f"{bare}.svg", paper=Paper(bare=bare))[0].read_text() for bare in (False, True)
    )
    assert "A title" in whole and "A note." in whole
    assert "A title" not in bare and "A note." not in bare


@pytest.mark.parametrize("suffix", [".svg", ".png", ".pdf"])
def test_figures_together_are_one_picture(tmp_path: Path, suffix: str) -> None:
    assert len(export(PAIR, tmp_path / f"apart{suffix}")) == (1 if suffix == ".pdf" else 2)
    together = export(PAIR, tmp_path / f"pair{suffix}", figure="one, other", paper=Paper(together=True))
    assert together == [tmp_path / f"pair{suffix}"]
    if suffix == ".png":
        alone = export(PAIR[:1], tmp_path / "alone.png")[0]
        assert width_in_dots(together[0]) > width_in_dots(alone)


@pytest.mark.parametrize(
    "kinds", [(samples.lines, samples.lines), (samples.lines, samples.histogram)], ids=["curves", "bins"]
)
def test_charts_together_stand_beside_each_other(tmp_path: Path, kinds: tuple[Callable[..., Figure], ...]) -> None:
    pair = [kind(name=name, title="", note="") for kind, name in zip(kinds, "ab", strict=True)]
    (path,) = export(pair, tmp_path / "pair.png", paper=Paper(together=True))
    with Image.open(path) as image:
        dots = np.asarray(image.convert("RGB"))
    columns = (dots == series_color(0, "light")).all(axis=2).any(axis=0)
    left, right = np.array_split(columns, 2)
    assert left.mean() > 0.3 and right.mean() > 0.3, "a legend alone takes less"


def test_an_svg_holds_the_letters_of_its_texts(tmp_path: Path) -> None:
    figure = samples.bars(title="Zürich ✓", note="")
    (path,) = export([figure], tmp_path / "a.svg")
    svg = path.read_text()
    faces = re.findall(r"font-weight:(\w+);src:url\(data:font/ttf;base64,([^)]*)\)", svg)
    letters = {weight: set(TTFont(io.BytesIO(base64.b64decode(data))).getBestCmap()) for weight, data in faces}
    assert {ord(letter) for letter in "Zürich✓"} <= letters["bold"]
    assert len(svg) < 200_000
    (again,) = export([figure], tmp_path / "b.svg")
    assert again.read_bytes() == path.read_bytes()


def test_tables_and_matrices_become_latex(tmp_path: Path) -> None:
    table = samples.table()
    (path,) = export([table, samples.matrix(), samples.bars()], tmp_path / "a.tex")
    tex = path.read_text()
    assert tex.count(r"\begin{tabular}") == tex.count(r"\end{tabular}") == 2
    rows = [line for line in tex.splitlines() if line.endswith(r"\\")]
    assert len(rows) == len(table.rows) + 1 + len(samples.matrix().row_labels) + 1
    assert len({line.count(" & ") for line in rows[: len(table.rows) + 1]}) == 1


def test_latex_reads_no_text_as_a_command(tmp_path: Path) -> None:
    hostile = r"\input{x} $a_b$ 50 % & #1 ^~"
    columns, rows = samples.table().columns[:1], ((hostile,),)
    (path,) = export([samples.table(columns=columns, rows=rows, title=hostile)], tmp_path / "a.tex")
    line = next(line for line in path.read_text().splitlines() if line.startswith(r"\textbackslash"))
    assert line == (r"\textbackslash{}input\{x\} \$a\_b\$ 50 \% \& \#1 \textasciicircum{}\textasciitilde{} \\")


def test_a_tex_without_tables_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"holds tables and matrices; these figures are neither: bars"):
        export([samples.bars(name="bars")], tmp_path / "a.tex")
