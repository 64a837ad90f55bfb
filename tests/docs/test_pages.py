"""What the pages say exists: files, headings, sources, pictures; and the made ones are current."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from docs.make import pages
from tests.commands import ROOT

DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.glob("*.md")])


@pytest.mark.parametrize("name", pages())
def test_made_pages_are_current(name: str) -> None:
    """After a change of options, methods, attacks or metrics: python -m docs.make."""
    assert (DOCS / name).read_text() == pages()[name].rstrip() + "\n"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]*(?:#[^)\s]+)?)\)", page.read_text()):
        file, _, heading = target.partition("#")
        if file.startswith("https://"):
            continue
        there = page.parent / file if file else page
        assert there.exists(), target
        if heading:
            assert heading in _anchors(there.read_text()), target


def _anchors(text: str) -> set[str]:
    """The anchors of a page's headings, as they are made where Markdown is shown."""
    headings = re.findall(r"^#+ (.+)$", text, flags=re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


_PATH = re.compile(r"`((?:[\w.-]+/)+[\w.-]*)`")
_TOP = {path.name for path in ROOT.iterdir()} | {path.name for path in (ROOT / "lazytui").iterdir()}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_that_are_named_exist(page: Path) -> None:
    """Paths from the top or from the package; those of an example that adds a file aren't there yet."""
    text = page.read_text()
    added = set(re.findall(r"^# (\S+/\S+\.py)$", text, flags=re.M))
    for path in _PATH.findall(text):
        if path.partition("/")[0] in _TOP and path not in added:
            assert any((base / path).exists() for base in (ROOT, ROOT / "lazytui")), path


def test_every_source_is_among_the_references() -> None:
    text = (DOCS / "science.md").read_text()
    body, references = text.split("## References")
    body += (DOCS / "lists.md").read_text()
    listed = set(re.findall(r"^- ([\w-]+).*? (\d{4}[ab]?)\.", references, flags=re.M))
    for name, year in re.findall(r"([A-Z][\w-]+)(?: & [A-Z][\w-]+|, Epps & Bailey| et al\.)?,? (\d{4}[ab]?)\b", body):
        assert (name, year) in listed or name in {"PyPI", "in"}, f"{name} {year}"


def test_the_landing_page_is_short_and_begins_with_a_picture() -> None:
    lines = (ROOT / "README.md").read_text().splitlines()
    assert len(lines) <= 150
    assert any(line.startswith("![") for line in lines[:20])


def test_pictures_are_small_and_all_shown() -> None:
    shown = " ".join(page.read_text() for page in PAGES)
    for picture in (path for path in (DOCS / "pictures").rglob("*") if path.is_file()):
        assert len(gzip.compress(picture.read_bytes())) <= 200_000, picture.name
        assert picture.relative_to(DOCS).as_posix() in shown
