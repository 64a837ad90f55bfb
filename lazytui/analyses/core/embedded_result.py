"""A result that holds the results of other runs, so that it can be shown without their folders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError
from typing_extensions import TypedDict

from lazytui.analyses import analysis
from lazytui.runs.results.result_contents import Damaged, Name, Number, check_facts
from lazytui.runs.results.saved_result import Result, finite_metrics
from lazytui.runs.results.typed_result import starting_with

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class EmbeddedResult:
    """run: the reference of the run. params: what it was asked. result: the typed result of its analysis."""

    run: str
    params: BaseModel
    result: Any


class _Facts(TypedDict):
    run: Name
    params: dict[str, Any]
    metrics: dict[str, Number | None]
    facts: dict[str, Any]


def write_embedded(kind: str, name: str, part: EmbeddedResult) -> tuple[Result, dict[str, NDArray[Any]]]:
    """What the analysis itself would save, with all that is a fact of the whole result; and its arrays there."""
    saved = analysis(kind).write(part.result)
    facts = {
        "run": part.run,
        "params": part.params.model_dump(mode="json"),
        "metrics": finite_metrics(saved.metrics),
        "facts": dict(saved.facts),
    }
    return Result(saved.metrics, facts, {}), {f"{name}/{array}": values for array, values in saved.arrays.items()}


def read_embedded(kind: str, name: str, facts: Any, saved: Result) -> EmbeddedResult:
    """The part called `name`, of the facts that were written. Raises Damaged where it isn't what its analysis makes."""
    if not isinstance(facts, Mapping):
        raise Damaged(f"its part {name!r} isn't valid")
    own = check_facts(_Facts, facts)
    chosen = analysis(kind)
    try:
        params: BaseModel = chosen.params.model_validate(own["params"])
    except ValidationError as error:
        raise Damaged(f"the options of its part {name!r} aren't valid") from error
    part = Result(own["metrics"], own["facts"], starting_with(f"{name}/", saved).arrays)
    return EmbeddedResult(own["run"], params, chosen.read(params, part))
