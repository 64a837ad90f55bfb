"""Folders of any depth: their size is taken and they go."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lazytui.files.trees import remove_tree, size_of_tree


def deep_tree(top: Path, depth: int) -> None:
    """Folders in one another, each with a file of three bytes: deeper than a path can name where there are so many."""
    before = Path.cwd()
    try:
        os.chdir(top)
        for _ in range(depth):
            Path("file").write_bytes(b"123")
            Path("d").mkdir()
            os.chdir("d")
    finally:
        os.chdir(before)


@pytest.mark.parametrize("depth", [1990, 3000])
def test_a_deep_tree_is_measured_and_goes(tmp_path: Path, depth: int) -> None:
    top = tmp_path / "top"
    top.mkdir()
    (top / "run.json").touch()
    deep_tree(top, depth)
    assert size_of_tree(top) > 3 * 1000
    remove_tree(top, last="run.json")
    assert list(tmp_path.iterdir()) == []


def test_links_go_and_where_they_lead_stays(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "file").write_bytes(b"123")
    (tmp_path / "top" / "inner").mkdir(parents=True)
    (tmp_path / "top" / "inner" / "link").symlink_to(outside)
    (tmp_path / "top" / "link").symlink_to(outside)
    remove_tree(tmp_path / "top", last="run.json")
    assert [path.name for path in tmp_path.iterdir()] == ["outside"]
    assert (outside / "file").read_bytes() == b"123"
