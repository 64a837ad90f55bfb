"""What an analysis is: Params, the work, and the figures; everything else is made from these three."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from lazytui.runs.progress_report import Report
from lazytui.runs.results.saved_result import Result
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace import Workspace

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lazytui.figures.kinds import Figure


class Params(BaseModel):
    """What a person can choose. The command's options, the app's form and the run's record are made from the fields.

    ALTERNATIVES: pairs of fields of which a person may give one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    ALTERNATIVES: ClassVar[tuple[tuple[str, str], ...]] = ()


@dataclass(frozen=True)
class RunReference:
    """Marks a field (`Annotated[str, RunReference(...)]`) that names another run.

    kinds: what that run may be. argument: whether it is typed without an option's name. Before a run is created the
    reference is resolved, and recorded so that it means the same later.
    """

    kinds: tuple[str, ...]
    argument: bool = False


@dataclass(frozen=True)
class Positional:
    """Marks a field that is typed without its option's name."""


@dataclass(frozen=True)
class OnnxOptions:
    """How a network is written as ONNX. feature: what is cut of it, as in `sae-dial`; empty: what a run cuts by itself.
    model: the network's code, where it is custom."""

    feature: str = ""
    model: str | None = None


P = TypeVar("P", bound=BaseModel)
R = TypeVar("R")


def _as_it_is(params: Any, _workspace: Workspace) -> Any:
    return params


def _no_label(_params: Any) -> str:
    return ""


@dataclass(frozen=True)
class Analysis(Generic[P, R]):
    """One analysis. Only `run` may import torch, and only when it is called.

    P: its Params. R: its typed result, a frozen dataclass in the room's `result.py`.

    run: does the work, reports while it goes. figures: what the result has to show, in the order of reading.
    write: the result as it is saved. read: the saved one as a typed one again, whatever a folder holds; raises Damaged
    where it isn't what `write` makes (see `runs.result_contents`).
    resolve: before anything is written, raises what can be known to be wrong, and replaces what depends on this machine
    (`auto`) by what it is here. label: a few words for the run's id. arrays: what `lazytui export RUN FILE.npz` writes,
    by name; where there is none, the arrays of the result as they are saved. It raises BadInput where there are none.
    onnx: what `lazytui export RUN FILE.onnx` writes; None where the run holds no network. saelens: the files of the
    folder that `lazytui export RUN FOLDER.saelens` writes, by name; None where the run holds no autoencoder.
    """

    params: type[P]
    run: Callable[[P, Report], R]
    figures: Callable[[P, R], Sequence[Figure]]
    write: Callable[[R], Result]
    read: Callable[[P, Result], R]
    resolve: Callable[[P, Workspace], P] = _as_it_is
    label: Callable[[P], str] = _no_label
    arrays: Callable[[P, R], Mapping[str, NDArray[Any]]] | None = None
    onnx: Callable[[P, RunFolder, Workspace, OnnxOptions], bytes] | None = None
    saelens: Callable[[P, RunFolder], Mapping[str, bytes]] | None = None
