"""Independent random streams, one for each purpose, so that a draw from one never affects another."""

from __future__ import annotations

import zlib

import numpy as np
from numpy.random import SFC64, Generator, SeedSequence
from numpy.typing import NDArray

_BLOCK = 262_144


def stream(seed: int, *key: str | int) -> Generator:
    """The stream of a seed and a key, such as `stream(0, "train", "colors")`: the same in any process.

    Keys are hashed with CRC-32, since Python's own hash of a string differs between processes.
    """
    spawn_key = [zlib.crc32(part.encode()) if isinstance(part, str) else part for part in key]
    return Generator(SFC64(SeedSequence(seed, spawn_key=spawn_key)))


def fill_random(raw_bits: NDArray[np.uint16], generator: Generator) -> None:
    """Fill (n, k) with uniform 16-bit integers, k a multiple of 4, row by row: raw bits are the cheapest randomness.

    It goes in blocks: larger ones are taken back and cleared by the system every time, smaller ones make threads wait
    for each other at Python's lock.
    """
    rows = max(1, _BLOCK // raw_bits.shape[1])
    for start in range(0, len(raw_bits), rows):
        block = raw_bits[start : start + rows]
        bits = generator.integers(0, 2**64 - 1, size=block.size // 4, dtype=np.uint64, endpoint=True)
        block[:] = bits.astype("<u8", copy=False).view("<u2").reshape(block.shape)
