"""What a result holds where two networks were asked about the same images: each alone, and both by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

from typing_extensions import TypedDict

from lazytui.analyses.networks.network_pair import AGAINST, of_second
from lazytui.analyses.networks.second_network import PairParams
from lazytui.analyses.train.params import TrainParams
from lazytui.runs.result_contents import Contents, Damaged, Name, check_facts
from lazytui.runs.saved_result import Result

P = TypeVar("P", bound=PairParams)


class Network(TypedDict):
    """What must be known of each of two: of one alone, results of early versions lack the name."""

    name: Name
    trained: TrainParams


def read_pair(one: Contents[P], params: P, result: Result) -> Result:
    """The result of one network or of two. one: what that of a single network holds.

    Raises Damaged where it isn't that.
    """
    first = one.read(params, result)
    if AGAINST not in result.facts:
        return first
    _check_names(result.facts)
    second = one.read(params, of_second(result))
    kept = {*first.arrays, *(f"{AGAINST}_{name}" for name in second.arrays)}
    return replace(result, arrays={name: array for name, array in result.arrays.items() if name in kept})


def _check_names(facts: Mapping[str, Any]) -> None:
    if not isinstance(facts[AGAINST], dict):
        raise Damaged("it lacks the second network")
    check_facts(Network, facts)
    check_facts(Network, facts[AGAINST])
