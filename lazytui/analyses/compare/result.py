"""What the result of `compare` holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field
from typing_extensions import TypedDict

from lazytui.analyses.trainings.group_facts import Group
from lazytui.runs.result_contents import Contents, Damaged
from lazytui.runs.saved_result import Result

if TYPE_CHECKING:
    from lazytui.analyses.compare.params import CompareParams


class CompareFacts(TypedDict):
    groups: Annotated[list[Group], Field(min_length=1, max_length=10_000)]


def _attacked(params: CompareParams, result: Result) -> None:
    runs = (run for group in result.facts["groups"] for run in group["runs"])
    if params.attack and not all("attacked" in run for run in runs):
        raise Damaged("it lacks what the attack found")


CONTENTS: Contents[CompareParams] = Contents(facts=CompareFacts, agrees=_attacked)
