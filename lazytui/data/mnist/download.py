"""Downloading MNIST and Fashion-MNIST by torchvision, which has their mirrors and checksums."""

from __future__ import annotations

import contextlib
import socket
import tempfile
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from lazytui.errors import BadInput

Downloadable = Literal["mnist", "fashion"]

_MIRRORS: dict[Downloadable, str] = {
    "mnist": "https://ossci-datasets.s3.amazonaws.com/mnist/t10k-labels-idx1-ubyte.gz",
    "fashion": "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/t10k-labels-idx1-ubyte.gz",
}
_PATIENCE = 3.0
_STALLED = 20.0


def reachable(name: Downloadable) -> bool:
    """Whether the first mirror answers within three seconds.

    In a thread, since looking up a host's name has no time limit.
    """
    answered = threading.Event()

    def ask() -> None:
        request = urllib.request.Request(_MIRRORS[name], method="HEAD")
        with contextlib.suppress(OSError), urllib.request.urlopen(request, timeout=_PATIENCE):
            answered.set()

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(_PATIENCE)
    return answered.is_set()


def download(name: Downloadable, folder: Path) -> None:
    """Download a data set into torchvision's layout below `folder`, all or nothing.

    Raises BadInput if the mirrors can't be reached, a transfer stalls for 20 s, or the folder can't be written.
    """
    if not reachable(name):
        raise BadInput(_what_to_do(name, "its mirror can't be reached"))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".download-", dir=folder) as temporary:
            _download(name, Path(temporary))
            for fetched in sorted(Path(temporary).glob("*/raw/*-ubyte")):
                target = folder / fetched.relative_to(temporary)
                target.parent.mkdir(parents=True, exist_ok=True)
                fetched.replace(target)
    except OSError as error:
        raise BadInput(_what_to_do(name, f"{folder} can't be written ({error.strerror or error})")) from error
    except RuntimeError as error:
        raise BadInput(_what_to_do(name, "the download failed")) from error


def _download(name: Downloadable, folder: Path) -> None:
    from torchvision import datasets

    kind = datasets.MNIST if name == "mnist" else datasets.FashionMNIST
    with _no_endless_waiting(), contextlib.redirect_stdout(None):
        kind(folder, download=True)


@contextlib.contextmanager
def _no_endless_waiting() -> Iterator[None]:
    """A time limit for torchvision's connections, which has no option for one."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(_STALLED)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)


def _what_to_do(name: Downloadable, why: str) -> str:
    return (
        f"The source {name} isn't on this machine and {why}: point LAZYTUI_DATA to a folder that has it "
        "(torchvision's layout), or use --source strokes, which needs no download."
    )
