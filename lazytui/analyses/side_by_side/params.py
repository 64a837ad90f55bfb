"""What can be chosen of `side-by-side`."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from lazytui.analyses.core.analysis import Params, RunReference

KINDS = ("neurons", "sae", "llc", "audit")
"""The analyses whose runs can stand side by side; evaluate, gradcam and attack take a second network themselves."""


class SideBySideParams(Params):
    """Whose findings stand side by side."""

    runs: Annotated[tuple[str, ...], RunReference(kinds=KINDS, argument=True)] = Field(
        min_length=2,
        max_length=6,
        description="Runs of one analysis (neurons, sae, llc or audit) on different networks, such as a lazy and a "
        "cured one, or other seeds.",
    )
