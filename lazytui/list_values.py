"""Lists as people type them: `grl,rex`, `0.95,0.99`, `0-4,7`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any


def split_list(value: Any) -> Any:
    """The comma-separated parts of a string, or of each string in a list, each once; other values unchanged."""
    if isinstance(value, (str, int, float)):
        value = [value]
    if not isinstance(value, (list, tuple)):
        return value
    parts = [part for one in value for part in (one.split(",") if isinstance(one, str) else [one])]
    if not all(part is None or isinstance(part, (str, int, float)) for part in parts):
        return value
    entries = tuple(dict.fromkeys(part.strip() if isinstance(part, str) else part for part in parts if part != ""))
    if not entries:
        raise ValueError("Give at least one value.")
    return entries


def split_numbers(value: Any) -> Any:
    """The same for whole numbers, where `0-4` means 0, 1, 2, 3, 4."""
    parts = split_list(value)
    if not isinstance(parts, tuple):
        return parts
    return tuple(dict.fromkeys(number for part in parts for number in _span(part)))


def format_list(values: Iterable[Any]) -> str:
    """Values as a person would type them; three or more consecutive numbers become a span."""
    indexed = enumerate(values)
    rows = [[value for _, value in row] for _, row in groupby(indexed, key=_run_key)]
    return ",".join(part for row in rows for part in _shortest(row))


def _run_key(item: tuple[int, Any]) -> Any:
    """Equal for consecutive numbers, and different for everything else."""
    index, value = item
    return ("counted", value - index) if type(value) is int else ("alone", index)


def _shortest(row: Sequence[Any]) -> list[str]:
    return [f"{row[0]}-{row[-1]}"] if len(row) >= WORTH_A_SPAN else [str(value) for value in row]


def _span(part: Any) -> Any:
    ends = re.fullmatch(r"(\d{1,18})-(\d{1,18})", part) if isinstance(part, str) else None
    if ends is None:
        return [part]
    first, last = int(ends[1]), int(ends[2])
    if last < first:
        raise ValueError(f"{part} is in descending order: write {last}-{first}.")
    if last - first >= MOST:
        raise ValueError(f"{part} has {last - first + 1:,} numbers; at most {MOST:,} are allowed.")
    return range(first, last + 1)


MOST = 1000
"""How many numbers one span may stand for: a slip of the finger must not fill the memory."""

WORTH_A_SPAN = 3
"""How many numbers in a row are shorter to read as a span."""
