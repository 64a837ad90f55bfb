"""Presets of data sets: those of the presets asset, and names by study D's scheme."""

from __future__ import annotations

import functools
import re
import tomllib
from typing import Any

from lazytui.errors import UsageError, unknown_name
from lazytui.files.package_data import package_folder

TIERS = ("z", "e", "m", "h", "vh")
PAIRS = ("rg", "gr", "bw")
"""Of study D: the colors of pairs of digits, the same exchanged, and white digits on black without any color."""

_NOISE_OF_STUDY_D = {"noise_layer": "over", "noise_channels": "rgb"}


@functools.cache
def presets() -> dict[str, dict[str, Any]]:
    """The listed presets: the parameters that each sets, and `about`, a one-line description."""
    with (package_folder("assets") / "presets.toml").open("rb") as file:
        return tomllib.load(file)


def preset_fields(name: str) -> dict[str, Any]:
    """The parameters that a preset sets. Raises UsageError for an unknown name.

    Study D's names are `<pairs><percent><tier>`: `gr95h` paints strokes with the palette `pairs-gr` at a bias of 95 %
    under the noise tier `h`; `bw100h` has the same noise over white strokes.
    """
    if name in presets():
        return {field: value for field, value in presets()[name].items() if field != "about"}
    parts = re.fullmatch(rf"({'|'.join(PAIRS)})(\d{{1,3}}(?:\.\d{{1,6}})?)({'|'.join(TIERS)})", name)
    if parts is None:
        pair_names = [f"{pairs}95{tier}" for pairs in PAIRS for tier in TIERS]
        raise UsageError(unknown_name("dataset", name, [*presets(), *pair_names]))
    pairs, percent, tier = parts.groups()
    if float(percent) > 100:
        raise UsageError(f"The dataset {name!r} has a bias of {percent} %: it must be at most 100 %.")
    fields = {"texture": ("flat",), "tier": tier, "bias": float(percent) / 100, **_NOISE_OF_STUDY_D}
    if pairs == "bw":
        return fields | {"placement": "none", "hard": "gray"}
    return fields | {"placement": "stroke", "palette": f"pairs-{pairs}"}
