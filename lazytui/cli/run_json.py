"""What `--json` prints of a run, with its schema."""

from __future__ import annotations

import json as jsonlib
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from lazytui.figures.figure_numbers import FigureNumbers, figure_numbers
from lazytui.runs.run_folder import RunFolder


class RunJson(BaseModel):
    """One run: what was asked, how it went, and every number that it found."""

    model_config = ConfigDict(extra="forbid", title="lazytui run")

    run: str = Field(description="The run's reference.")
    name: str | None = Field(description="The name given to it, if any.")
    kind: str = Field(description="The analysis.")
    status: str = Field(description="queued, running, paused, done, failed, stopped or interrupted.")
    error: str | None = Field(description="Why it failed, in a sentence.")
    metrics: dict[str, float | None] = Field(description="The headline numbers; null is undefined.")
    figures: dict[str, FigureNumbers] = Field(description="What each figure shows, by the figure's name.")
    params: dict[str, Any] = Field(description="Every option of the analysis.")
    parents: list[str] = Field(description="The runs that it refers to.")
    artifacts: dict[str, str] = Field(description="Its files, by what they hold.")


def run_json(run: RunFolder) -> str:
    """A run as one JSON object. Raises BadInput where its result is damaged."""
    from lazytui.analyses.core.execute import figures
    from lazytui.runs.results.saved_result import read_metrics

    status = run.status
    content = RunJson(
        run=run.reference,
        name=run.name,
        kind=run.record.kind,
        status=status.state,
        error=status.error,
        metrics=read_metrics(run.path),
        figures=figure_numbers(figures(run)) if run.has_result else {},
        params=run.record.params,
        parents=list(run.record.parents),
        artifacts=run.artifacts(),
    ).model_dump()
    return jsonlib.dumps(content, indent=1)
