"""What the result of `study` holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field
from typing_extensions import TypedDict

from lazytui.analyses.trainings.group_facts import Failure, Group
from lazytui.runs.result_contents import Contents, Name

if TYPE_CHECKING:
    from lazytui.analyses.study.params import StudyParams


class StudyFacts(TypedDict):
    groups: Annotated[list[Group], Field(max_length=10_000)]
    failed: dict[Name, Failure]


CONTENTS: Contents[StudyParams] = Contents(facts=StudyFacts)
