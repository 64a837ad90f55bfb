"""What can be chosen of `curves`."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from lazytui.analyses.core.analysis import Params, RunReference


class CurvesParams(Params):
    """The trainings whose curves are overlaid."""

    runs: Annotated[tuple[str, ...], RunReference(kinds=("train",), argument=True)] = Field(
        min_length=1,
        max_length=100,
        description="Trainings, finished or running. The first decides which charts there are.",
    )
