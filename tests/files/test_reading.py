"""Files that may be anything: what isn't a regular file of a fair size is refused at once."""

from __future__ import annotations

import os
import socket
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from lazytui.files.reading import (
    Unreadable,
    open_regular,
    open_to_append,
    parse_json,
    read_json,
    read_regular,
    read_toml,
    require_size,
    require_unpacked_size,
)

ZIP_END = b"PK\x05\x06" + struct.pack("<4H2LH", 0, 0, 1, 1, 46, 3, 0)
"""How a zip archive ends: with a directory that, of these, is none."""


def pipe(path: Path) -> None:
    os.mkfifo(path)


def hard_linked_pipe(path: Path) -> None:
    os.mkfifo(path.with_name("pipe"))
    path.hardlink_to(path.with_name("pipe"))


def listening(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(path))  # the name of a socket may have 107 bytes only


def endless(path: Path) -> None:
    path.symlink_to("/dev/zero")


def link_to_itself(path: Path) -> None:
    path.symlink_to(path)


def sparse(path: Path) -> None:
    path.touch()
    os.truncate(path, 20 << 30)


STRANGE: dict[str, Callable[[Path], None]] = {
    "pipe": pipe,
    "hard-linked pipe": hard_linked_pipe,
    "socket": listening,
    "folder": Path.mkdir,
    "link to a device": endless,
    "link to itself": link_to_itself,
    "huge": sparse,
}
"""By what it is, how to put it somewhere."""


@pytest.mark.parametrize("kind", STRANGE)
def test_what_is_no_file_or_a_huge_one_is_refused(tmp_path: Path, kind: str) -> None:
    """In a process of its own, which can be ended where it waits for somebody to write."""
    STRANGE[kind](tmp_path / "file")
    program = """if True:
        import resource, sys
        from pathlib import Path
        from lazytui.files.reading import open_regular, open_to_append, read_regular
        resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
        def refuses(opening):
            try:
                opening(Path(sys.argv[1]))
            except OSError as error:
                return bool(error.strerror)
        print(refuses(lambda path: read_regular(path, 1000)), refuses(open_to_append))
        print(refuses(lambda path: read_regular(path, 1000, links=True)))
    """
    ended = subprocess.run(
        [sys.executable, "-c", program, tmp_path / "file"], capture_output=True, text=True, timeout=120, check=True
    )
    refused_to_append = kind != "huge"
    assert ended.stdout.split() == ["True", str(refused_to_append or None), "True"]


def test_a_person_may_name_a_link_and_a_run_folder_holds_none(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"12345")
    (tmp_path / "link").symlink_to("file")
    assert read_regular(tmp_path / "link", 5, links=True) == b"12345"
    with pytest.raises(Unreadable, match="it is a link"):
        read_regular(tmp_path / "link", 5)
    with pytest.raises(Unreadable, match="it is a link"):
        open_to_append(tmp_path / "link")
    with pytest.raises(Unreadable, match="more than 4 bytes"):
        read_regular(tmp_path / "file", 4)


@pytest.mark.skipif(not Path("/proc/kallsyms").exists(), reason="there is no such file here")
def test_a_file_that_says_it_is_empty_is_read_up_to_the_limit() -> None:
    with pytest.raises(Unreadable, match="more than 1,000 bytes"):
        read_regular(Path("/proc/kallsyms"), 1000)


def test_what_is_packed_counts_as_it_is_unpacked(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(1 << 20))
    with open_regular(tmp_path / "bomb") as file:
        require_size(file, 1 << 20)
        require_unpacked_size(file, 1 << 20)
        assert file.tell() == 0
        with pytest.raises(Unreadable, match="more than 1,000,000 bytes"):
            require_unpacked_size(file, 1_000_000)


@pytest.mark.parametrize("begins", [b"PK\x03\x04", b"other"])
def test_what_only_looks_like_an_archive_is_refused_where_it_begins_as_one(tmp_path: Path, begins: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(begins + bytes(100) + ZIP_END)
    with open_regular(path) as file:
        if begins == b"other":
            require_unpacked_size(file, 1000)
        else:
            with pytest.raises(Unreadable, match="it is damaged or cut short"):
                require_unpacked_size(file, 1000)
    os.truncate(path, 20 << 30)
    with open_regular(path) as file, pytest.raises(Unreadable, match="more than 1,000 bytes"):
        require_unpacked_size(file, 1000)


def test_a_file_that_is_gone_or_forbidden_is_reported_as_the_system_does(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_regular(tmp_path / "nowhere", 5)
    with pytest.raises(NotADirectoryError):
        (tmp_path / "file").touch()
        read_regular(tmp_path / "file" / "in-it", 5)


@pytest.mark.parametrize(
    "content",
    [20_000 * "[", 20_000 * '{"a":', "1" + 400 * "0", "-" + 19 * "9", "9" * 5000, "[1", "\xff", ""],
    ids=range(8),
)
def test_json_of_any_damage_is_a_value_error(tmp_path: Path, content: str) -> None:
    (tmp_path / "file").write_text(content, encoding="latin-1")
    with pytest.raises(ValueError, match=r"\w"):
        read_json(tmp_path / "file", 1 << 20)


def test_numbers_that_are_not_finite_are_null() -> None:
    assert parse_json("[NaN, -Infinity, 1e999, 1.5, 9223372036854775807]") == [None, None, None, 1.5, 2**63 - 1]


@pytest.mark.parametrize("content", ["a = " + 20_000 * "[", "a = ", "\xff = 1"], ids=range(3))
def test_toml_of_any_damage_is_a_value_error(tmp_path: Path, content: str) -> None:
    (tmp_path / "file").write_text(content, encoding="latin-1")
    with pytest.raises(ValueError, match=r"\w"):
        read_toml(tmp_path / "file", 1 << 20)
