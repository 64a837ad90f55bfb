"""The image cache: the same bytes as without it, whatever has become of its folder."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from lazytui.data import image_cache
from lazytui.data.data_folder import image_folder
from lazytui.data.image_cache import cached_arrays, clear_memory
from lazytui.data.painting.painted_splits import _IN_SHAPES_AND_COLORS, paint_cached
from lazytui.data.painting.painter import repaint
from lazytui.data.params import DatasetParams
from lazytui.data.sources.gray_shapes import load_digits
from lazytui.data.strokes.handwriting import draw_split
from tests.commands import ROOT

SIZE = 500


@pytest.fixture(autouse=True)
def _empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("LAZYTUI_CACHE", str(tmp_path / "images"))
    clear_memory()
    yield
    clear_memory()


class Maker:
    """Makes two arrays from a number, and counts how often it has to."""

    def __init__(self, number: int, size: int = 1000) -> None:
        self.number, self.size, self.made = number, size, 0

    def make(self) -> list[NDArray[np.uint8]]:
        self.made += 1
        random = np.random.default_rng(self.number)
        return [random.integers(256, size=shape, dtype=np.uint8) for shape in self.shapes]

    @property
    def shapes(self) -> list[tuple[int, ...]]:
        return [(self.size, 7), (self.size,)]

    def had(self) -> list[NDArray[np.uint8]]:
        """As another process has them: from disk, if at all."""
        clear_memory()
        return cached_arrays({"test": self.number}, self.shapes, self.make)


def assert_same(one: list[NDArray[np.uint8]], other: list[NDArray[np.uint8]]) -> None:
    assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def entries() -> list[Path]:
    return sorted(image_folder().iterdir()) if image_folder().is_dir() else []


def test_what_is_on_disk_or_in_memory_is_not_made_again() -> None:
    maker = Maker(1)
    first, again = maker.had(), maker.had()
    in_memory = cached_arrays({"test": 1}, maker.shapes, maker.make)
    assert maker.made == 1
    assert_same(first, again)
    assert_same(first, in_memory)
    assert [array.shape for array in again] == maker.shapes


def test_drawn_digits_are_those_that_are_drawn_without_a_cache() -> None:
    fresh = draw_split("test", SIZE)
    for _ in range(2):
        clear_memory()
        found = load_digits("strokes", "test", SIZE)
        assert_same([found.images, found.labels], [fresh.images, fresh.labels])
    assert len(entries()) == 1


def _cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-500])


def _emptied(file: Path) -> None:
    file.write_bytes(b"")


def _first_byte(file: Path) -> None:
    _flip(file, 0)


def _last_byte(file: Path) -> None:
    _flip(file, -1)


def _flip(file: Path, offset: int) -> None:
    content = bytearray(file.read_bytes())
    content[offset] ^= 1
    file.write_bytes(content)


def _longer(file: Path) -> None:
    file.write_bytes(file.read_bytes() + b"more")


def _other_bytes(file: Path) -> None:
    file.write_bytes(b"{" * file.stat().st_size)


@pytest.mark.parametrize("damage", [_cut, _emptied, _first_byte, _last_byte, _longer, _other_bytes])
def test_a_damaged_entry_is_made_again(damage) -> None:  # type: ignore[no-untyped-def]
    maker = Maker(2)
    first = [array.copy() for array in maker.had()]
    (file,) = entries()
    damage(file)
    assert_same(maker.had(), first)
    assert maker.made == 2
    assert_same(maker.had(), first)
    assert maker.made == 2, "the sound one has taken the damaged one's place"


def test_a_cache_that_can_only_be_read_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    maker = Maker(6)
    first = [array.copy() for array in maker.had()]

    def refuse(_file: Path) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(image_cache.os, "utime", refuse)
    assert_same(maker.had(), first)
    assert maker.made == 1 and len(entries()) == 1


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes among files here")
def test_a_pipe_in_an_entrys_place_is_not_waited_for() -> None:
    maker = Maker(3)
    first = [array.copy() for array in maker.had()]
    (file,) = entries()
    file.unlink()
    os.mkfifo(file)
    assert_same(maker.had(), first)


def test_a_file_in_the_folders_place_is_no_failure(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    maker = Maker(4)
    assert_same(maker.had(), Maker(4).make())
    assert maker.made == 1


def test_a_full_disk_is_no_failure(tmp_path: Path) -> None:
    """The system lets no file grow beyond 1,000 bytes: the digits come, and nothing half-written stays."""
    program = (
        "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "from lazytui.data.sources.gray_shapes import load_digits\n"
        "print(load_digits('strokes', 'test', 250).images.sum())"
    )
    assert _other_process(program, tmp_path) == f"{draw_split('test', 250).images.sum()}\n"
    assert entries() == []


def test_what_was_used_longest_ago_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image_cache, "ON_DISK", 25_000)  # three entries of 8,128 bytes
    makers = [Maker(number) for number in range(4)]
    for age, maker in enumerate(makers[:3]):
        maker.had()
        (newest,) = (file for file in entries() if file.stat().st_mtime > 2000)
        os.utime(newest, (1000 + age, 1000 + age))
    makers[0].had()  # used again
    makers[3].had()
    assert sum(file.stat().st_size for file in entries()) <= 25_000
    for number in (0, 2, 3, 1):
        makers[number].had()
    assert [maker.made for maker in makers] == [1, 2, 1, 1]


def test_what_is_larger_than_the_cache_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image_cache, "ON_DISK", 5_000)
    maker = Maker(5)
    assert_same(maker.had(), Maker(5).make())
    assert entries() == []


def test_two_processes_that_draw_the_same_do_each_other_no_harm(tmp_path: Path) -> None:
    program = (
        "from lazytui.data.sources.gray_shapes import load_digits\n"
        "print(load_digits('strokes', 'train', 3000).images.sum())"
    )
    both = [_start(program, tmp_path) for _ in range(2)]
    first, second = (process.communicate()[0] for process in both)
    assert first == second == f"{draw_split('train', 3000).images.sum()}\n"
    assert len(entries()) == 1


def test_what_is_painted_is_what_is_painted_without_a_cache() -> None:
    """Each parameter that decides pixels is part of an entry's fingerprint; a new one has to be thought of here."""
    shapes = np.tile(draw_split("test", 512).images, (8, 1, 1))
    colors = (np.arange(len(shapes)) % 10).astype(np.uint8)
    values = {
        "seed": [1],
        "placement": ["stroke"],
        "texture": ["gaussian"],
        "sigma": [0.3],
        "tier": ["h"],
        "noise_layer": ["over"],
        "noise_channels": ["rgb"],
        "palette": ["bright"],
    }
    assert set(values) == set(DatasetParams.model_fields) - _IN_SHAPES_AND_COLORS
    plain = {"source": "strokes", "texture": ["uniform", "gaussian"]}
    needed = {"noise_channels": {"noise_layer": "over"}}
    asked = [plain, *({**plain, name: value, **needed.get(name, {})} for name, (value,) in values.items())]
    for key in [*asked, *asked]:
        clear_memory()
        params = DatasetParams.model_validate(key)
        assert np.array_equal(
            paint_cached(shapes, colors, params, "train"), repaint(shapes, colors, params, "train")
        ), key
    params = DatasetParams.model_validate(plain)
    assert np.array_equal(paint_cached(shapes, colors, params, "hard"), repaint(shapes, colors, params, "hard"))
    assert np.array_equal(
        paint_cached(shapes, colors[::-1], params, "hard"), repaint(shapes, colors[::-1], params, "hard")
    )
    assert len(entries()) == len(asked) + 2


def test_other_code_that_draws_makes_other_entries(tmp_path: Path) -> None:
    """Digits of a heavier hand aren't taken for those that the cache has of the hand before."""
    before = load_digits("strokes", "test", 500).images.sum()
    package = tmp_path / "changed" / "lazytui"
    shutil.copytree(ROOT / "lazytui", package, ignore=shutil.ignore_patterns("__pycache__"))
    (package.parent / "assets").symlink_to(ROOT / "assets")
    drawing = package / "data" / "strokes" / "handwriting.py"
    drawing.write_text(drawing.read_text().replace("radius: float = 1.18", "radius: float = 2.0"))
    program = (
        "from lazytui.data.sources.gray_shapes import load_digits; "
        f"print(load_digits('strokes', 'test', {SIZE}).images.sum())"
    )
    assert int(_other_process(program, tmp_path, package.parent)) > 1.2 * before


def _other_process(program: str, tmp_path: Path, package: Path = ROOT) -> str:
    process = _start(program, tmp_path, package)
    out, err = process.communicate()
    assert process.returncode == 0, err
    return out


def _start(program: str, tmp_path: Path, package: Path = ROOT) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(package), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
