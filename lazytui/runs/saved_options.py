"""The options of a run as they lie in a file: plain values by name, so that whoever reads them needn't ask."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator


def _plain_values(options: dict[str, Any]) -> dict[str, Any]:
    for name, value in options.items():
        for one in value if isinstance(value, list) else (value,):
            if not _is_plain(one):
                raise ValueError(f"{name[:80]}: must be text, a number of up to 64 bits, or a list of those.")
    return options


def _is_plain(value: object) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, int):
        return -(2**63) <= value < 2**63
    return value is None or isinstance(value, str)


def without_nulls(options: Mapping[str, Any]) -> dict[str, Any]:
    """Those that have a value. Older versions recorded null for every option of other methods than the chosen one."""
    return {name: value for name, value in options.items() if value is not None}


Options = Annotated[dict[str, Any], AfterValidator(_plain_values)]
"""Text, finite numbers of 64 bits, true, false, null, or lists of such. Whether an analysis takes them is left open."""
