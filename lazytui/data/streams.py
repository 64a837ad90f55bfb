"""Independent random streams, one for every purpose: adding a draw to one never moves another."""

from __future__ import annotations

import zlib

import numpy as np
from numpy.random import SFC64, Generator, SeedSequence
from numpy.typing import NDArray


def stream(seed: int, *key: str | int) -> Generator:
    """The stream of a seed and a key, such as `stream(0, "train", "colors")`: the same in any process.

    Keys are hashed with CRC-32, since Python's own hash of a string differs between processes.
    """
    words = [zlib.crc32(part.encode()) if isinstance(part, str) else part for part in key]
    return Generator(SFC64(SeedSequence(seed, spawn_key=words)))


def random_words(generator: Generator, count: int) -> NDArray[np.uint16]:
    """count uniform 16-bit integers: (count,) uint16. Raw bits: the cheapest randomness there is."""
    bits = generator.integers(0, 2**64 - 1, size=-(-count // 4), dtype=np.uint64, endpoint=True)
    return bits.astype("<u8", copy=False).view("<u2")[:count]
