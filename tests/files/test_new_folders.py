"""Folders that are made for what is written into them: none is left where that fails, but those that were there."""

from __future__ import annotations

from pathlib import Path

import pytest

from lazytui.errors import BadInput
from lazytui.files.writing import new_folders, write_together


def test_what_was_made_is_removed_where_the_writing_fails(tmp_path: Path) -> None:
    new, there = tmp_path / "new", tmp_path / "there"
    there.mkdir()
    with pytest.raises(BadInput), new_folders([new, there]):
        write_together({new / "one": b"1", there / "nowhere" / "two": b"2"})
    assert not new.exists() and there.is_dir()
    with new_folders([new, there]):
        write_together({new / "one": b"1"})
    assert (new / "one").read_bytes() == b"1"


def test_what_cannot_be_made_is_reported_and_what_was_made_is_removed(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    refused = pytest.raises(BadInput, match=r"file/new can't be written: a part of the path is a file")
    with refused, new_folders([tmp_path / "first", tmp_path / "file" / "new"]):
        pass
    assert not (tmp_path / "first").exists()
