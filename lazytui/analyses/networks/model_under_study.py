"""The network that an analysis looks at, and the data that it was trained on: how they are named and had again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, TypeVar

from pydantic import Field

from lazytui.analyses.core.analysis import Params, RunReference
from lazytui.analyses.networks.other_data import OtherDataParams, painted_otherwise, require_same_classes
from lazytui.analyses.train.params import TrainParams
from lazytui.code_permission import is_custom
from lazytui.data.mnist.download import Downloadable
from lazytui.data.source_images import Part, SourceImages
from lazytui.data.sources import load_images
from lazytui.data.sources.gray_shapes import is_cached
from lazytui.data.sources.params import SourceParams
from lazytui.data.splits import build_dataset, find_data
from lazytui.errors import BadInput
from lazytui.runs.workspace import Workspace

if TYPE_CHECKING:
    from torch import nn

    from lazytui.data.splits import BiasedDataset
    from lazytui.system.hardware import Hardware


class NetworkParams(Params):
    """Which network is asked, and where."""

    run: Annotated[str, RunReference(kinds=("train",), argument=True)] = Field(description="A trained network.")
    model: str | None = Field(
        None,
        description="Its architecture, if that is custom code. Code that only a run names, and not you, is never "
        "executed.",
    )
    device: Literal["auto", "cpu", "cuda", "mps"] = Field(
        "auto", description="Where to compute; auto uses a GPU if there is one."
    )


class ModelUnderStudyParams(OtherDataParams, NetworkParams):
    """Which network is looked at, on which data, and where."""

    HEADING: ClassVar[str] = ""


P = TypeVar("P", bound=ModelUnderStudyParams)


@dataclass(frozen=True)
class Network:
    """model: on the device, in evaluation mode. trained: how. advice: what is to be said where it puts out anything but
    logits."""

    model: nn.Module
    trained: TrainParams
    hardware: Hardware
    advice: str = ""


@dataclass(frozen=True, kw_only=True)
class ModelUnderStudy(Network):
    """data: as in its training, but for what was asked for otherwise; `trained` says how they are painted."""

    data: BiasedDataset


def resolve(params: P, workspace: Workspace, *, option: str = "--model") -> P:
    """Make sure that the data can be rebuilt, and record which they are. option: what names the network's code."""
    require_code_named(params, workspace, option=option)
    shown = trained_with(params, workspace)
    require_same_classes(params.run, recorded_training(params.run, workspace), shown)
    return params.model_copy(update={"source": find_data(shown).name})


def require_code_named(params: NetworkParams, workspace: Workspace, *, option: str = "--model") -> None:
    """Raise BadInput where the network is custom code that nobody named here. option: the one that names it."""
    trained = trained_with(params, workspace)
    if is_custom(trained.model) and params.model is None:
        raise BadInput(
            f"{params.run} was trained with the code {trained.model}; to allow it to run: {option} {trained.model}"
        )


def trained_with(params: NetworkParams, workspace: Workspace) -> TrainParams:
    """The parameters of the network's training, with the model and the data that were asked for here.

    Raises UsageError where these can't be painted.
    """
    trained = recorded_training(params.run, workspace)
    if params.model is not None:
        trained = trained.model_copy(update={"model": params.model})
    return painted_otherwise(trained, params.other_data) if isinstance(params, ModelUnderStudyParams) else trained


def whose_data(params: ModelUnderStudyParams) -> str:
    """What the data that a network is shown are called, to begin a sentence with."""
    return "The data that are asked for" if params.paints_otherwise else f"The data of {params.run}"


def recorded_training(run: str, workspace: Workspace) -> TrainParams:
    """The parameters that a network was trained with."""
    from lazytui.analyses.core.execute import recorded_params

    trained = recorded_params(workspace.find(run, kinds=("train",)))
    assert isinstance(trained, TrainParams)
    return trained


def weights_written(run: str, workspace: Workspace, consequence: str) -> int:
    """When the weights of a run were written, in ns: a training that goes on writes others.

    without: since when it has none and what that means, for the BadInput that is raised then.
    """
    try:
        return workspace.find(run).weights.stat().st_mtime_ns
    except OSError as error:
        raise BadInput(f"{run} has no weights {consequence}") from error


def require_at_hand(source: str, otherwise: str = "evaluate on others: source strokes") -> None:
    """Raise BadInput where the digits would have to be downloaded: looking at images doesn't do that unasked.

    otherwise: what else can be done about it.
    """
    downloaded: dict[str, Downloadable] = {"auto": "mnist", "mnist": "mnist", "fashion": "fashion"}
    digits = downloaded.get(source)
    if digits is not None and not is_cached(digits):
        raise BadInput(
            f"The {digits} digits aren't on this machine: point LAZYTUI_DATA to a folder that has them, or {otherwise}."
        )


@lru_cache(maxsize=4)
def remembered_images(source: SourceParams, part: Part, size: int | None) -> SourceImages:
    """For screens: drawing strokes takes longer than painting them, and splits and networks share them."""
    return load_images(source, part, size)


def ignore_advice(_advice: str) -> None:
    """For an attack, which refuses probabilities itself, and for what gives `Subject.advice` in another place."""


def load_model_under_study(
    params: ModelUnderStudyParams, workspace: Workspace, note: Callable[[str], object]
) -> ModelUnderStudy:
    """The network and its data, with torch. Raises BadInput where either can't be had. note: as of `load_network`."""
    network = load_network(params, workspace, note)
    return ModelUnderStudy(**vars(network), data=build_dataset(network.trained))


def load_network(params: NetworkParams, workspace: Workspace, note: Callable[[str], object]) -> Network:
    """The network alone. Imports torch. Raises BadInput where it can't be had.

    note: called with a sentence where the network outputs anything but logits, which analyses expect.
    """
    from lazytui.system.torch_import import require_torch

    require_torch()
    from lazytui.models.output_kind import advice_on_analysis
    from lazytui.system.hardware import choose_hardware, configure_torch
    from lazytui.training.initial_model import load_trained

    configure_torch()
    hardware = choose_hardware(params.device, "fp32")
    trained = trained_with(params, workspace)
    model = load_trained(workspace.find(params.run).path, trained, trained.content).to(hardware.device)
    advice = advice_on_analysis(model)
    if advice:
        note(advice)
    return Network(model, trained, hardware, advice or "")
