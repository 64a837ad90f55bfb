"""Web pages: whole, escaped, and in need of nothing."""

from __future__ import annotations

import base64
import io
import re
from html.parser import HTMLParser

import numpy as np
import pytest
from PIL import Image

from lazytui.figures.html import KeyNumber, Section, page
from lazytui.figures.image_overlays import overlay_evidence
from lazytui.figures.kinds import Figure
from tests.figures import samples
from tests.figures.samples import DIFFICULT, EACH, EMPTY, HOSTILE, ids, with_text

VOID = {"meta", "img", "br", "link", "input", "hr"}


class Reader(HTMLParser):
    """Reads a page strictly: every element closed in its turn, every id once."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(content)
        self.close()
        assert self.open == []
        names = [attributes["id"] for _, attributes in self.elements if "id" in attributes]
        assert len(names) == len(set(names))

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attributes}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attributes}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] != "style":
            self.text += data

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]


def one(figure: Figure) -> Reader:
    return Reader(page("Title", [Section(figures=(figure,))]))


@pytest.mark.parametrize("figure", [*EACH, *EMPTY, *DIFFICULT], ids=ids)
def test_every_figure_is_well_formed_and_has_its_words(figure: Figure) -> None:
    reader = one(figure)
    assert figure.title in reader.text and figure.note in reader.text


def test_a_page_loads_nothing_and_runs_nothing() -> None:
    content = page("Title", [Section(heading="All", figures=EACH)])
    reader = Reader(content)
    assert not {"script", "link", "iframe", "object", "embed", "base", "form"} & {tag for tag, _ in reader.elements}
    for _, attributes in reader.elements:
        for name, value in attributes.items():
            assert not name.startswith("on")
            if name in ("src", "href", "xlink:href", "srcset", "action"):
                assert value.startswith(("data:image/png;base64,", "#")), value
    assert "@import" not in content and not re.search(r"url\((?!#)", content)


@pytest.mark.parametrize("figure", [with_text(figure, HOSTILE) for figure in EACH], ids=ids)
def test_hostile_text_is_only_text(figure: Figure) -> None:
    content = page(HOSTILE, [Section(heading=HOSTILE, paragraphs=(HOSTILE,), figures=(figure,))], subtitle=HOSTILE)
    reader = Reader(content)
    assert not reader.all("script")
    assert reader.text.count("<script>x</script>") >= 4
    assert "&amp; " not in reader.text or "&amp;" in HOSTILE
    assert "\x1b" not in content and "\u202e" not in content and "\x9b" not in content


def test_sections_are_numbered_and_listed_from_three_on() -> None:
    sections = [
        Section(heading=name, paragraphs=("Words.",), figures=EACH[:2]) for name in ("Canvas", "Cheat", "Evidence")
    ]
    reader = Reader(page("Story", sections, subtitle="Study E"))
    links = [attributes["href"] for attributes in reader.all("a")]
    assert links == ["#section-1", "#section-2", "#section-3"]
    targets = {attributes.get("id") for _, attributes in reader.elements}
    assert {link[1:] for link in links} <= targets
    assert "Figure 6" in reader.text
    assert not Reader(page("Story", sections[:2])).all("nav")


def test_a_page_opens_with_its_numbers() -> None:
    reader = Reader(page("A run", [Section(heading="One")], numbers=[KeyNumber("95.0%", "easy <b>accuracy</b>")]))
    text = reader.text
    assert text.index("easy <b>accuracy</b>") < text.index("95.0%") < text.index("One")


def test_figures_can_be_folded_and_runs_linked() -> None:
    bars, matrix = samples.bars(title="At once"), samples.matrix(title="Folded")
    html = page("A run", [Section(figures=(bars,), folded=(matrix,), link=("Run x<y", '../x"y/'))])
    assert html.index("At once") < html.index("<details>") < html.index("Folded") < html.index("</details>")
    assert "1 more figure" in html
    assert Reader(html).all("a") == [{"href": "../x%22y/"}]
    assert 'id="figure-1"' in html and 'id="figure-2"' in html


def test_the_page_says_what_it_is() -> None:
    reader = Reader(page("Story & more", []))
    assert reader.all("html") == [{"lang": "en"}]
    assert {"charset": "utf-8"} in reader.all("meta")
    assert any(meta.get("name") == "viewport" for meta in reader.all("meta"))
    assert "prefers-color-scheme: dark" in page("t", []) and "@media print" in page("t", [])


def test_images_are_lossless_png_with_alternative_text() -> None:
    figure = samples.pixels()
    images = one(figure).all("img")
    assert [image["alt"] for image in images[2:4]] == ["· digit 2", "digit 3"]
    for image, expected in zip(images, figure.images, strict=True):
        data = base64.b64decode(image["src"].removeprefix("data:image/png;base64,"))
        assert np.array_equal(np.asarray(Image.open(io.BytesIO(data))), expected)
    assert one(samples.conflict_grid()).all("img")[57]["alt"] == "digit 5, color pink"


def test_evidence_is_laid_over_the_images() -> None:
    figure = samples.evidence()
    data = one(figure).all("img")[0]["src"].removeprefix("data:image/png;base64,")
    assert figure.overlay is not None
    expected = overlay_evidence(figure.images, figure.overlay)[0]
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(base64.b64decode(data)))), expected)


def test_matrices_and_tables_are_tables() -> None:
    reader = one(samples.matrix())
    assert len(reader.all("td")) == 2 + 100
    assert sum(attributes.get("scope") == "row" for attributes in reader.all("th")) == 10
    assert "99.25" in reader.text and "–" in reader.text
    text = one(samples.table()).text
    assert "95.24" in text and "value (%)" in text and "–" in text


def test_charts_are_drawings_with_a_name() -> None:
    for figure in (samples.lines(), samples.bars(), samples.histogram()):
        (svg,) = one(figure).all("svg")
        assert svg["role"] == "img" and svg["aria-label"] == figure.title


def test_the_same_sections_give_the_same_page() -> None:
    sections = [Section(heading="All", figures=EACH)]
    assert page("Title", sections) == page("Title", sections)
