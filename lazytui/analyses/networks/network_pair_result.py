"""Two networks in one result: each as if it alone had been asked, and how both are saved as one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from lazytui.analyses.networks.network_pair import AGAINST
from lazytui.runs.results.result_contents import Damaged
from lazytui.runs.results.saved_result import Result
from lazytui.runs.results.typed_result import starting_with


class OfANetwork(Protocol):
    """What was found of one network. name: what it is called; None in results of early versions."""

    @property
    def name(self) -> str | None: ...


T = TypeVar("T", bound=OfANetwork)


@dataclass(frozen=True)
class NetworkPair(Generic[T]):
    """What was found of a network, and of a second one where there is one. Both of two have a name."""

    first: T
    second: T | None = None

    @property
    def names(self) -> tuple[str, str]:
        """The names of the two; numbered where they are the same."""
        first, second = self.first.name or "", (self.second and self.second.name) or ""
        return (first, second) if first != second else (f"{first} (1)", f"{second} (2)")

    def network_behind(self, figure: str) -> tuple[str, T]:
        """The network that a figure is of, by the figure's name, and what it is called: nothing where there is one."""
        if self.second is None:
            return "", self.first
        return (self.names[1], self.second) if figure.startswith(f"{AGAINST}-") else (self.names[0], self.first)


def join_saved(first: Result, second: Result | None, shared: Collection[str]) -> Result:
    """One saved result of both. shared: the second network's arrays that aren't kept, since the first has the same."""
    if second is None:
        return first
    own = {name: array for name, array in second.arrays.items() if name not in shared}
    return Result(
        metrics={**first.metrics, **_of_second(second.metrics)},
        facts={**first.facts, AGAINST: second.facts},
        arrays={**first.arrays, **_of_second(own)},
    )


def read_pair(saved: Result, read: Callable[[Result], T]) -> NetworkPair[T]:
    """read: the typed result of one network. Raises Damaged, as that does."""
    pair = NetworkPair(read(saved), read(_saved_second(saved)) if AGAINST in saved.facts else None)
    if pair.second and (pair.first.name is None or pair.second.name is None):
        raise Damaged("it lacks the fact 'name'")
    return pair


def _saved_second(saved: Result) -> Result:
    """The saved result as if the second network alone had been asked."""
    second = saved.facts[AGAINST]
    if not isinstance(second, dict):
        raise Damaged("it lacks the second network")
    own = starting_with(f"{AGAINST}_", saved)
    return Result(own.metrics, {**saved.facts, **second}, {**saved.arrays, **own.arrays})


def _of_second(named: Mapping[str, Any]) -> dict[str, Any]:
    return {f"{AGAINST}_{name}": value for name, value in named.items()}
