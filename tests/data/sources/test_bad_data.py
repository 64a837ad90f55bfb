"""Data that can't be worked with: each is refused in one sentence by the command, before anything is written."""

from __future__ import annotations

import os
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.commands import Lab
from tests.data.sources.files import arrays, class_folders, pixels, save, save_npz, waterbirds, write_table

Make = Callable[[Path], Path]


def folder(**counts: int) -> Make:
    return lambda root: class_folders(root, counts)


def with_file(name: str, content: bytes) -> Make:
    """Two classes, and one file more."""

    def make(root: Path) -> Path:
        class_folders(root, {"a": 3, "b": 3})
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_bytes(content)
        return root

    return make


def cut_short(root: Path) -> Path:
    class_folders(root, {"a": 3, "b": 3})
    whole = (root / "a" / "1.png").read_bytes()
    (root / "a" / "1.png").write_bytes(whole[: len(whole) // 2])
    return root


def jpeg_cut_short(root: Path) -> Path:
    """Its beginning, which has its size, is there."""
    class_folders(root, {"a": 3, "b": 3})
    whole = save(root / "a" / "x.jpg", pixels(0, 9), quality=95).read_bytes()
    (root / "a" / "x.jpg").write_bytes(whole[: len(whole) - 200])
    return root


def two_sizes(root: Path) -> Path:
    class_folders(root, {"a": 3, "b": 3})
    save(root / "b" / "large.png", pixels(1, 9, side=20))
    return root


def leading_out(root: Path) -> Path:
    class_folders(root / "inside", {"a": 3, "b": 3})
    outside = save(root / "secret.png", pixels(0, 0))
    (root / "inside" / "a" / "link.png").symlink_to(outside)
    return root / "inside"


def pipe(root: Path) -> Path:
    class_folders(root, {"a": 3, "b": 3})
    os.mkfifo(root / "a" / "pipe.png")
    return root


def foreign_test(root: Path) -> Path:
    class_folders(root / "train", {"a": 2, "b": 2})
    class_folders(root / "test", {"a": 2, "b": 2, "c": 2})
    return root


def table(*rows: tuple[object, ...], names: tuple[str, ...] = ("path", "label")) -> Make:
    def make(root: Path) -> Path:
        for index in range(6):
            save(root / f"{index}.png", pixels(index % 2, index))
        return write_table(root / "table.csv", names, rows)

    return make


GOOD = [(f"{index}.png", "ab"[index % 2]) for index in range(6)]


def npz(**changed: object) -> Make:
    def make(root: Path) -> Path:
        found = {**arrays(), **changed}
        return save_npz(root / "a.npz", {name: array for name, array in found.items() if array is not None})

    return make


def bomb(root: Path) -> Path:
    """A megabyte that says it is 64 GB of zeros."""
    save_npz(root / "a.npz", arrays())
    header = b"\x93NUMPY\x01\x00v\x00{'descr': '|u1', 'fortran_order': False, 'shape': (64000000, 32, 32), }".ljust(127)
    with zipfile.ZipFile(root / "b.npz", "w", zipfile.ZIP_DEFLATED) as bombed, zipfile.ZipFile(root / "a.npz") as good:
        for name in good.namelist():
            content = header + b"\n" + bytes(2**20) if name == "x_train.npy" else good.read(name)
            bombed.writestr(name, content)
    return root / "b.npz"


CASES: dict[str, tuple[str, Make, tuple[str, ...], int, str]] = {
    "no folder": ("folder", lambda root: root / "nowhere", (), 3, "it doesn't exist"),
    "a file": ("folder", lambda root: save(root / "x.png", pixels(0, 0)), (), 3, "is a file, not a folder"),
    "one class": ("folder", folder(a=5), (), 3, "has 1 folders of classes: two or more are needed"),
    "an empty class": ("folder", folder(a=5, b=5, c=0), (), 3, "c has no images"),
    "one image": ("folder", folder(a=5, b=1), (), 3, "The class b in .* has one image"),
    "1,001 classes": ("folder", folder(**{f"c{n}": 0 for n in range(1001)}), (), 3, "1,001 folders of classes"),
    "a class to test alone": ("folder", foreign_test, (), 3, "has the class c, which train hasn't"),
    "no picture": ("folder", with_file("a/x.png", b"hello"), (), 3, "x.png isn't a picture in a supported format"),
    "an empty file": ("folder", with_file("a/x.png", b""), (), 3, "x.png isn't a picture in a supported format"),
    "cut short": ("folder", cut_short, (), 3, "1.png is damaged or cut short"),
    "a JPEG cut short": ("folder", jpeg_cut_short, (), 3, "x.jpg is damaged or cut short"),
    "a huge picture": ("folder", with_file("a/x.ppm", b"P6 10000 10000 255 "), (), 3, "10,000 x 10,000 pixels, more"),
    "a bomb": ("folder", with_file("a/x.ppm", b"P6 90000 90000 255 "), (), 3, "has more than 64,000,000 pixels"),
    "a link out": ("folder", leading_out, (), 3, "leads out of"),
    "a pipe": ("folder", pipe, (), 3, "pipe.png isn't a file"),
    "two sizes": ("folder", two_sizes, (), 3, "12 x 12 .* and 20 x 20 .*: choose one with --image-size"),
    "too large": ("folder", lambda root: class_folders(root, {"a": 2, "b": 2}, side=200), (), 3, "with --image-size"),
    "too small a size": ("folder", folder(a=2, b=2), ("--image-size", "4"), 2, "--image-size: Must be at least 8"),
    "too few": ("folder", folder(a=5, b=5), ("--train-size", "20"), 3, "has 8 images in its train split, not 20"),
    "too many classes for a cue": (
        "folder", folder(**{f"c{n:02d}": 2 for n in range(11)}), ("--cue", "border"), 2, "at most 10 classes"
    ),
    "color": ("folder", folder(a=2, b=2), ("--cue", "color"), 2, "The cue color is planted in digits"),
    "no table": ("csv", lambda root: root / "none.csv", (), 3, "can't be read"),
    "no text": ("csv", lambda root: save(root / "x.png", pixels(0, 0)).rename(root / "x.csv"), (), 3, "isn't a table"),
    "an empty table": ("csv", table(), (), 3, "has 0 rows"),
    "unknown columns": ("csv", table(*GOOD, names=("one", "two")), (), 3, "it has one, two: choose --path-column"),
    "no such column": ("csv", table(*GOOD), ("--label-column", "lable"), 3, "no column 'lable'. Did you mean label"),
    "a missing file": ("csv", table(*GOOD, ("7.png", "a")), (), 3, "7.png can't be read"),
    "a ragged row": ("csv", table(*GOOD, ("7.png",)), (), 3, "1 cells in row 8, but 2 columns"),
    "another folder": ("csv", table(*GOOD, ("../x.png", "a")), (), 3, "../x.png isn't a path inside"),
    "an absolute path": ("csv", table(*GOOD, ("/etc/passwd", "a")), (), 3, "/etc/passwd isn't a path inside"),
    "one label": ("csv", table(*[(name, "a") for name, _ in GOOD]), (), 3, r"has 1 value \(a\): two or more"),
    "parts of other names": (
        "csv", table(*[(*row, "later") for row in GOOD], names=("path", "label", "split")), (), 3, "holds 'later'"
    ),
    "a group's file is missing": ("csv", lambda root: waterbirds(root, missing=True), (), 3, "7.jpg can't be read"),
    "the attribute is the class": (
        "csv", table(*[(*row, row[1]) for row in GOOD], names=("path", "label", "attribute")), (), 3,
        "goes with the class in every test image"),
    "no archive": ("npz", with_file("a/x.npz", b"hello"), (), 3, "it is a folder"),
    "no arrays": ("npz", lambda root: save_npz(root / "a.npz", {"z": np.zeros(3)}), (), 3, "it has z"),
    "objects": ("npz", npz(y_train=np.array([{}] * 30, object)), (), 3, "Python objects, which aren't read"),
    "not finite": ("npz", npz(x_train=np.full((30, 12, 12), np.nan)), (), 3, "aren't finite"),
    "too bright": ("npz", npz(x_train=np.full((30, 12, 12), 7.0)), (), 3, "7.0: they must be 0 to 1"),
    "labels of another length": ("npz", npz(y_test=np.arange(7) % 3), (), 3, "7 entries in y_test, but 30 images"),
    "many labels an image": ("npz", npz(y_train=np.zeros((30, 14), int)), (), 3, "one label an image is needed"),
    "a class that isn't tested": ("npz", npz(y_test=np.arange(30) % 2), (), 3, "no image of the class 2 in its test"),
    "no images": ("npz", npz(x_train=np.float64(3)), (), 3, r"x_train has the shape \(\): images are"),
    "no image": ("npz", npz(x_test=np.zeros((0, 12, 12))), (), 3, "x_test .* there is nothing in it"),
    "no test part": ("npz", npz(x_test=None), (), 3, "has neither x_train"),
    "an archive bomb": ("npz", bomb, (), 3, "too large to be read here"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_it_is_one_sentence_and_nothing_is_written(case: str, lab: Lab) -> None:
    kind, make, options, code, sentence = CASES[case]
    folder = lab.folder / "images"
    folder.mkdir()
    refused = lab.call("run", "dataset", "--source", f"{kind}:{make(folder)}", *options)
    assert refused.code == code, refused.err
    assert refused.out == ""
    assert re.search(sentence, refused.sentence), refused.sentence
    assert not lab.workspace.exists()
