"""Pictures: drawn for real, whole, and the same every time."""

from __future__ import annotations

import io
import re
from xml.etree import ElementTree

import matplotlib
import numpy as np
import pytest
from PIL import Image

from lazytui.figures.kinds import Figure
from lazytui.figures.picture import inline_svg, picture
from lazytui.figures.picture.ink import INKS
from lazytui.figures.picture.pixels_picture import pixels_body
from tests.figures import samples
from tests.figures.samples import DIFFICULT, EACH, EMPTY, HOSTILE, ids, with_text

pytestmark = pytest.mark.filterwarnings("error")


def decoded(content: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(content)) as image:
        image.load()
        return np.asarray(image.convert("RGB"))


def words(svg: str) -> str:
    """All text of an SVG, whose syntax is checked on the way."""
    return " ".join(
        "".join(element.itertext()) for element in ElementTree.fromstring(svg).iter() if element.tag.endswith("text")
    )


@pytest.mark.parametrize(
    ("figure", "theme"), [*((figure, "light") for figure in EACH), (EACH[3], "dark"), (EACH[4], "dark")]
)
def test_a_png_shows_something_and_keeps_its_margin_free(figure: Figure, theme: str) -> None:
    image = decoded(picture([figure], "png", theme=theme)).astype(int)  # type: ignore[arg-type]
    paper = np.array([int(INKS[theme].paper[i : i + 2], 16) for i in (1, 3, 5)])  # type: ignore[index]
    has_ink = np.abs(image - paper).sum(axis=2) > 30
    assert has_ink.mean() > 0.005
    assert image.shape[1] >= 1500
    edge = 12
    for border in (has_ink[:edge], has_ink[-edge:], has_ink[:, :edge], has_ink[:, -edge:]):
        assert not border.any(), "nothing is cut at the edge"


@pytest.mark.parametrize("figure", [*EMPTY, *DIFFICULT], ids=ids)
def test_difficult_figures_are_pictures_too(figure: Figure) -> None:
    has_ink = decoded(picture([figure], "png")) < 200
    assert has_ink.any()
    assert (
        not has_ink[:12].any() and not has_ink[-12:].any() and not has_ink[:, :12].any() and not has_ink[:, -12:].any()
    )


@pytest.mark.parametrize("figure", EACH, ids=ids)
@pytest.mark.parametrize("kind", ["svg", "png"])
def test_the_same_figure_gives_the_same_bytes(figure: Figure, kind: str) -> None:
    _assert_the_same_bytes(figure, kind)


def test_a_pdf_is_the_same_bytes_too() -> None:
    _assert_the_same_bytes(samples.lines(), "pdf")


def _assert_the_same_bytes(figure: Figure, kind: str) -> None:
    first = picture([figure], kind)
    assert first == picture([figure], kind)
    assert not re.search(rb"20\d\d-\d\d-\d\d|CreationDate|Matplotlib v", first)


def test_the_pixels_of_an_image_are_its_own_in_a_png() -> None:
    image = samples.digit((12, 200, 77))
    figure = samples.pixels(images=image[None], columns=1, captions=(), tones=(), title="", note="")
    shown = decoded(picture([figure], "png")).reshape(-1, 3)
    colors, counts = np.unique(shown, axis=0, return_counts=True)
    share = {tuple(color): count for color, count in zip(colors.tolist(), counts.tolist(), strict=True)}
    stroke = (image == (12, 200, 77)).all(axis=2).mean()
    assert share[(12, 200, 77)] / (share[(12, 200, 77)] + share[(0, 0, 0)]) == pytest.approx(stroke, rel=0.05)


def test_values_labels_and_units_are_text_in_an_svg() -> None:
    matrix = words(picture([samples.matrix()], "svg").decode())
    for expected in ("Confusion matrix", "predicted →", "true ↓", "0.25", "99.25", "99.25 %", "–"):
        assert expected in matrix
    bars = words(picture([samples.bars()], "svg").decode())
    for expected in ("zero", "12.5 % [10.0, 15.0]", "chance: 10.0 %", "–"):
        assert expected in bars
    lines = words(picture([samples.lines()], "svg").decode())
    for expected in ("easy", "never (no values)", "chance: 0.1", "step", "accuracy"):
        assert expected in lines
    table = words(picture([samples.table()], "svg").decode())
    for expected in ("95.24", "value (%)", "10000", "–"):
        assert expected in table


@pytest.mark.parametrize("figure", [with_text(figure, HOSTILE) for figure in EACH], ids=ids)
def test_hostile_text_is_neither_markup_nor_mathematics(figure: Figure) -> None:
    svg = picture([figure], "svg").decode()
    text = re.sub(r"\s+", "", words(svg))
    assert "$\\frac{1}{2}$" in text and "[red]c[/red]" in text and "<script>x</script>" in text
    assert not any(element.tag.endswith("script") for element in ElementTree.fromstring(svg).iter())
    assert "\x1b" not in svg and "\u202e" not in svg


def test_an_svg_asks_nobody_for_anything() -> None:
    for figure in EACH:
        svg = picture([figure], "svg").decode()
        assert not re.search(r'(href|src)="(?!#|data:)', svg) and "url(http" not in svg


def test_long_titles_and_notes_are_wrapped_inside() -> None:
    words_in = " ".join(f"word{i}" for i in range(120))
    figure = samples.matrix(title=words_in, note=words_in)
    width = decoded(picture([figure], "png")).shape[1]
    assert width == decoded(picture([samples.matrix()], "png")).shape[1]
    shown = words(picture([figure], "svg").decode())
    assert all(f"word{i}" in shown for i in range(120))


def test_a_wide_matrix_widens_the_picture_and_keeps_its_numbers() -> None:
    values = np.arange(80.0).reshape(1, 80) * 1000
    labels = tuple(map(str, range(80)))
    figure = samples.matrix(
        values=values, row_labels=("r",), column_labels=labels, row_colors=(), column_colors=(), decimals=0
    )
    content = picture([figure], "svg").decode()
    assert float(re.search(r'width="([\d.]+)pt"', content)[1]) > 1500  # type: ignore[index]
    assert set(map(str, values[0].astype(int))) <= set(words(content).split())


def test_a_pdf_has_a_page_for_each_figure() -> None:
    assert picture(EACH[-3:], "pdf").count(b"/Type /Page ") == 3


def test_a_long_series_stays_a_small_file_with_its_extremes() -> None:
    y = np.random.default_rng(0).random(200_000)
    figure = samples.lines(series=(samples.Series(name="noise", x=np.arange(2e5), y=y),))
    assert len(picture([figure], "svg")) < 200_000


def test_drawing_leaves_the_users_settings_alone_and_ignores_them() -> None:
    usual = picture([samples.lines()], "svg")
    with matplotlib.rc_context({"font.size": 30, "axes.facecolor": "red", "text.parse_math": True}):
        before = dict(matplotlib.rcParams)
        assert picture([samples.lines()], "svg") == usual
        assert dict(matplotlib.rcParams) == before


def test_an_inline_svg_takes_its_inks_from_the_page() -> None:
    svg = inline_svg(samples.bars(), "figure-7")
    assert svg.startswith("<svg") and "var(--text)" in svg and "var(--muted)" in svg
    assert INKS["light"].text not in svg
    assert all(name.startswith("figure-7-") for name in re.findall(r'\bid="([^"]*)"', svg))
    ids = set(re.findall(r'\bid="([^"]*)"', svg))
    assert set(re.findall(r'(?:url\(#|href="#)([^)"]*)', svg)) <= ids


def test_the_scale_of_signed_evidence_has_its_room() -> None:
    one = samples.pixels(images=samples.digit()[None], columns=1, captions=(), tones=())
    signed = samples.pixels(
        images=one.images, columns=1, captions=(), tones=(), overlay=np.full((1, 28, 28), -1.0, dtype=np.float32)
    )
    assert pixels_body(signed, INKS["light"], 1.0).width > pixels_body(one, INKS["light"], 1.0).width + 1
    text = picture([signed], "svg").decode()
    assert all(words in text for words in ("against -max", "max for"))
