"""Parameters that older versions recorded, as the same data and networks are asked for today."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_OLD_PALETTES = {
    "pairs-rg": "#ff0000,#00ff00,#0000ff,#ffff00,#00ffff,#ff8000,#ff00ff,#008080,#800080,#8b4513",
    "pairs-gr": "#00ff00,#ff0000,#ffff00,#0000ff,#ff8000,#00ffff,#008080,#ff00ff,#8b4513,#800080",
    "pairs-bw": "#404040,#a9a9a9,#555555,#bfbfbf,#6a6a6a,#d4d4d4,#7f7f7f,#eaeaea,#949494,#ffffff",
}
"""Before noise could lie over the digit, these names stood for other colors than study D's."""


def updated_params(recorded: Mapping[str, Any]) -> dict[str, Any]:
    """What says today what the recorded parameters said when they were recorded."""
    params = dict(recorded)
    paints = "palette" in params and "run" not in params
    if paints and "noise_layer" not in params:
        params |= {"noise_layer": "under", "noise_channels": "shared"}
        if isinstance(params["palette"], str):
            params["palette"] = _OLD_PALETTES.get(params["palette"], params["palette"])
    if "checkpoint_seconds" in params:
        params.setdefault("graph", "auto")
        if "method" in params:
            params.setdefault("profile", False)
    return params
