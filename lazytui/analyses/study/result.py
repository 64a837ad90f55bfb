"""What `study` finds: the trainings of its grid by recipe, and those that failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazytui.analyses.trainings.trainings_result import GridResult
from lazytui.runs.results.saved_result import Result
from lazytui.runs.results.typed_result import read_fields, write_fields

if TYPE_CHECKING:
    from lazytui.analyses.study.params import StudyParams

StudyResult = GridResult


def write(result: StudyResult) -> Result:
    return write_fields(result)


def read(_params: StudyParams, saved: Result) -> StudyResult:
    """Raises Damaged where it isn't what `write` makes."""
    return read_fields(StudyResult, saved)
