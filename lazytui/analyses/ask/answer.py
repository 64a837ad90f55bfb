"""What networks say of one image, and where they look for that. Torch is needed once a network is opened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.ask.params import PREDICTED, AskNetworksParams
from lazytui.analyses.ask.result import NetworkAnswer
from lazytui.analyses.networks.class_choice import read_class
from lazytui.analyses.networks.layer_choices import require_map_layer
from lazytui.analyses.networks.model_under_study import (
    NetworkParams,
    load_network,
    require_code_named,
    trained_with,
)
from lazytui.analyses.train.params import TrainParams
from lazytui.data.content import Content, colored_digits
from lazytui.errors import BadInput, UsageError
from lazytui.runs.workspace import Workspace
from lazytui.saliency.map_names import MethodName

if TYPE_CHECKING:
    from collections.abc import Callable

    from lazytui.saliency.explainer import Explainer


@dataclass(frozen=True)
class OpenNetwork:
    """A network that is ready to be asked. name: what a person calls it. trained: on which data."""

    name: str
    trained: TrainParams
    explainer: Explainer
    advice: str

    @property
    def default_method(self) -> MethodName:
        return "grad-cam" if "grad-cam" in self.explainer.methods else "input-gradient"


def networks_asked(params: AskNetworksParams) -> list[NetworkParams]:
    """The first network and the second, where there is one."""
    first = NetworkParams(run=params.run, model=params.model, device=params.device)
    if params.against is None:
        return [first]
    return [first, NetworkParams(run=params.against, model=params.against_model, device=params.device)]


def require_networks(params: AskNetworksParams, workspace: Workspace) -> None:
    """Raise BadInput for a network that is code which nobody named and for two that can't be shown the same image,
    UsageError for one beside itself, for a layer without a map, or for a target that is no class."""
    if params.against == params.run:
        raise UsageError(f"{params.run} can't be compared with itself: name another network.")
    for network, option in zip(networks_asked(params), ("--model", "--against-model"), strict=False):
        require_code_named(network, workspace, option=option)
        if params.method or params.layer:
            require_map_layer(trained_with(network, workspace), params.method or "grad-cam", params.layer)
    content, *others = (trained_with(network, workspace).content for network in networks_asked(params))
    if others and (others[0].classes, others[0].image_shape) != (content.classes, content.image_shape):
        raise BadInput(
            f"{params.run} and {params.against} can't be compared on the same picture: they were trained on other "
            "classes, or on images of another size."
        )
    if params.target != PREDICTED:
        read_class_option("--target", params.target, content)


def read_class_option(option: str, text: int | str, content: Content) -> int:
    """A class by its name or number. Raises UsageError that names the option for what is none."""
    try:
        return read_class(text, content)
    except UsageError as error:
        raise UsageError(f"{option}: {error}") from error


def open_network(params: NetworkParams, workspace: Workspace, note: Callable[[str], object]) -> OpenNetwork:
    """Imports torch. Raises BadInput where the network can't be had."""
    network = load_network(params, workspace, note)
    from lazytui.saliency.explainer import Explainer

    channels, height, width = network.trained.content.image_shape
    black = np.zeros((1, height, width, channels), np.uint8)  # what hidden parts become
    explainer = Explainer(network.model, black, network.trained.model)
    name = workspace.find(params.run).display_name
    return OpenNetwork(name, network.trained, explainer, network.advice)


def ask_network(
    network: OpenNetwork, image: NDArray[np.uint8], params: AskNetworksParams, label: int | None
) -> NetworkAnswer:
    """image: (height, width, 3) uint8. label: the class that it shows, if that is known.

    Raises UsageError for a method or layer that the network doesn't have.
    """
    content = network.trained.content
    target = None if params.target == PREDICTED else read_class(params.target, content)
    method = params.method or network.default_method
    explanation = network.explainer.explain(image, method=method, layer=params.layer, target=target)
    predicted = int(explanation.probabilities.argmax())
    return NetworkAnswer(
        image=image,
        probabilities=explanation.probabilities,
        predicted=float(predicted),
        prediction_probability=float(explanation.probabilities[predicted]),
        digit_probability=None if label is None else float(explanation.probabilities[label]),
        heat=explanation.heat,
        target=explanation.target,
        method=method,
        layer=explanation.layer,
        name=network.name,
        palette=network.trained.palette,
        recorded_content=None if content == colored_digits(network.trained.palette) else content,
    )
