"""Sources on disk, damaged, absent and without a network."""

from __future__ import annotations

import functools
import gzip
import hashlib
import http.server
import socket
import struct
import threading
from pathlib import Path

import numpy as np
import pytest

from lazytui.data.data_folder import data_folder
from lazytui.data.mnist import download
from lazytui.data.params import DatasetParams
from lazytui.data.sources import gray_shapes
from lazytui.data.sources.gray_shapes import is_cached, load_digits, load_source, resolve_gray
from lazytui.data.splits import build_dataset, find_data
from lazytui.errors import BadInput

KINDS = {"images": 3, "labels": 1}


def idx(array: np.ndarray) -> bytes:
    """The file that LeCun's description of the format gives for bytes."""
    header = bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    return header + array.astype(np.uint8).tobytes()


def write(folder: Path, *, train: int = 60, test: int = 30, compressed: bool = False) -> None:
    """A small data set in torchvision's layout, of random images."""
    generator = np.random.default_rng(0)
    folder.mkdir(parents=True)
    for prefix, n in (("train", train), ("t10k", test)):
        arrays = {"images": generator.integers(0, 256, (n, 28, 28)), "labels": np.arange(n) % 10}
        for kind, array in arrays.items():
            path = folder / f"{prefix}-{kind}-idx{KINDS[kind]}-ubyte"
            if compressed:
                path.with_name(path.name + ".gz").write_bytes(gzip.compress(idx(array)))
            else:
                path.write_bytes(idx(array))


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    """Serves a folder without a log."""

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of data sets, and none that a package of the system's installed."""
    monkeypatch.setenv("LAZYTUI_DATA", str(tmp_path))
    monkeypatch.setattr(gray_shapes, "system_folder", lambda: tmp_path / "system")
    return tmp_path


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Point the mirrors at a closed port of this machine: what a machine without a network sees, anywhere."""
    closed = "http://127.0.0.1:9/none.gz"
    monkeypatch.setattr(download, "_MIRRORS", {"mnist": closed, "fashion": closed})


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize(("name", "inside"), [("mnist", "MNIST"), ("fashion", "FashionMNIST")])
def test_torchvision_layout_is_read(folder: Path, name: str, inside: str, compressed: bool) -> None:
    write(folder / inside / "raw", compressed=compressed)
    source = load_source(name)  # type: ignore[arg-type]
    assert (source.name, len(source.train), len(source.test)) == (name, 60, 30)
    assert source.train.images.shape == (60, 28, 28)
    expected = np.random.default_rng(0).integers(0, 256, (60, 28, 28)).astype(np.uint8)
    assert np.array_equal(source.train.images, expected)
    assert source.test.labels.tolist() == [index % 10 for index in range(30)]


def test_a_read_only_folder_is_enough(folder: Path) -> None:
    write(folder / "MNIST" / "raw")
    before = sorted(folder.rglob("*"))
    for path in (folder, *before):
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        assert resolve_gray("auto") == "mnist"
        assert len(load_source("auto").train) == 60
        assert sorted(folder.rglob("*")) == before
    finally:
        for path in (folder, folder / "MNIST", folder / "MNIST" / "raw"):
            path.chmod(0o755)


def damage(kind: str, content: bytes) -> bytes:
    return {
        "empty": b"",
        "truncated header": content[:6],
        "truncated": content[:-1],
        "too long": content + b"\0",
        "foreign": b"\x89PNG\r\n" + content[6:],
        "another type": content[:2] + b"\x0d" + content[3:],
        "huge": content[:4] + b"\xff\xff\xff\xff" + content[8:],
    }[kind]


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("which", ["images", "labels"])
@pytest.mark.parametrize(
    "kind", ["empty", "truncated header", "truncated", "too long", "foreign", "another type", "huge"]
)
def test_damaged_files_are_refused_in_one_sentence(folder: Path, which: str, kind: str, compressed: bool) -> None:
    raw = folder / "MNIST" / "raw"
    write(raw, compressed=compressed)
    path = raw / f"t10k-{which}-idx{KINDS[which]}-ubyte{'.gz' if compressed else ''}"
    content = path.read_bytes()
    path.write_bytes(gzip.compress(damage(kind, gzip.decompress(content))) if compressed else damage(kind, content))
    with pytest.raises(BadInput) as caught:
        load_digits("mnist", "test")
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("kept", [0, 5, 40, -3])
def test_damaged_gzip_files_are_refused(folder: Path, kept: int) -> None:
    write(folder / "MNIST" / "raw", compressed=True)
    path = folder / "MNIST" / "raw" / "t10k-images-idx3-ubyte.gz"
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(BadInput, match=r"t10k-images-idx3-ubyte\.gz"):
        load_digits("mnist", "test")


def test_contents_that_dont_fit_are_refused(folder: Path) -> None:
    raw = folder / "MNIST" / "raw"
    write(raw)
    labels = raw / "t10k-labels-idx1-ubyte"
    labels.write_bytes(idx(np.full(30, 10)))
    with pytest.raises(BadInput, match="holds the label 10"):
        load_digits("mnist", "test")
    labels.write_bytes(idx(np.zeros(29)))
    with pytest.raises(BadInput, match=r"holds 30 images, but .* 29 labels"):
        load_digits("mnist", "test")
    (raw / "t10k-images-idx3-ubyte").write_bytes(idx(np.zeros((30, 32, 32))))
    with pytest.raises(BadInput, match="32x32 pixels, not 28x28"):
        load_digits("mnist", "test")


def test_files_of_four_classes_are_refused_before_any_run(folder: Path) -> None:
    raw = folder / "MNIST" / "raw"
    write(raw)
    (raw / "t10k-labels-idx1-ubyte").write_bytes(idx(np.arange(30) % 4))
    with pytest.raises(BadInput) as refusal:
        find_data(DatasetParams(source="mnist"))
    assert str(refusal.value) == (
        f"{raw / 't10k-labels-idx1-ubyte'} holds 30 digits, but no 4: all ten classes, 0 to 9, are needed."
    )


def test_sizes_larger_than_the_source_are_known_before_painting(folder: Path) -> None:
    write(folder / "MNIST" / "raw")
    with pytest.raises(BadInput, match="The source mnist has 60 digits in its train split, not 61"):
        build_dataset(DatasetParams(source="mnist", train_size=61))
    assert len(build_dataset(DatasetParams(source="mnist", train_size=40)).train) == 36


@pytest.mark.usefixtures("no_network")
def test_auto_falls_back_to_strokes(folder: Path) -> None:
    assert resolve_gray("auto") == "strokes"
    assert build_dataset(DatasetParams(source="auto", test_size=50)).source.name == "strokes"
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("name", ["mnist", "fashion"])
@pytest.mark.usefixtures("folder", "no_network")
def test_a_named_source_that_cant_be_had_says_what_to_do(name: str) -> None:
    with pytest.raises(BadInput, match=f"The source {name} isn't on this machine.*LAZYTUI_DATA.*--source strokes"):
        resolve_gray(name)  # type: ignore[arg-type]
    assert not is_cached(name)  # type: ignore[arg-type]


def test_a_mirror_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setattr(download, "_MIRRORS", {"mnist": f"http://127.0.0.1:{silent.getsockname()[1]}/"})
        assert not download.reachable("mnist")


def test_an_absent_source_is_downloaded_whole(
    folder: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A web server of our own stands in for the mirror; torchvision fetches, checks and unpacks as always."""
    served = tmp_path_factory.mktemp("mirror")
    write(served / "mnist", compressed=True)
    handler = functools.partial(QuietHandler, directory=served / "mnist")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        mirror = f"http://127.0.0.1:{server.server_address[1]}/"
        files = [
            (path.name, hashlib.md5(path.read_bytes()).hexdigest()) for path in sorted((served / "mnist").iterdir())
        ]
        monkeypatch.setattr(download, "_MIRRORS", {"mnist": mirror + files[0][0]})
        from torchvision.datasets import MNIST

        monkeypatch.setattr(MNIST, "mirrors", [mirror])
        monkeypatch.setattr(MNIST, "resources", files)
        assert resolve_gray("auto") == "mnist"
        server.shutdown()
    assert len(load_source("mnist").train) == 60
    assert sorted(path.name for path in folder.iterdir()) == ["MNIST"]


def test_a_download_that_breaks_leaves_nothing_behind(
    folder: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = tmp_path_factory.mktemp("mirror")
    (served / "train-images-idx3-ubyte.gz").write_bytes(b"not what the checksum says")
    handler = functools.partial(QuietHandler, directory=served)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        mirror = f"http://127.0.0.1:{server.server_address[1]}/"
        monkeypatch.setattr(download, "_MIRRORS", {"mnist": mirror + "train-images-idx3-ubyte.gz"})
        from torchvision.datasets import MNIST

        monkeypatch.setattr(MNIST, "mirrors", [mirror])
        with pytest.raises(BadInput, match="the download failed: point LAZYTUI_DATA"):
            resolve_gray("mnist")
        assert resolve_gray("auto") == "strokes"
        server.shutdown()
    assert list(folder.iterdir()) == []


def test_auto_doesnt_hide_a_damaged_mnist(folder: Path) -> None:
    write(folder / "MNIST" / "raw")
    (folder / "MNIST" / "raw" / "train-images-idx3-ubyte").write_bytes(b"")
    with pytest.raises(BadInput, match="train-images"):
        load_source("auto")


def test_strokes_are_one_fixed_set_drawn_only_as_far_as_needed() -> None:
    assert np.array_equal(load_digits("strokes", "test", 50).images, load_digits("strokes", "test", 120).images[:50])


def test_the_data_folder_is_the_platforms_cache_unless_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LAZYTUI_DATA", raising=False)
    assert data_folder().name == "lazytui"
    monkeypatch.setenv("LAZYTUI_DATA", "~/digits")
    assert data_folder() == Path.home() / "digits"
