"""A network's layer opened at the features of an earlier run: for experiments, and for a dial that answers at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, cast

import numpy as np

from lazytui.analyses.core.execute import recorded_result
from lazytui.analyses.networks.model_under_study import (
    ModelUnderStudy,
    ModelUnderStudyParams,
    Network,
    load_model_under_study,
)
from lazytui.runs.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lazytui.analyses.sae.params import SaeParams
    from lazytui.analyses.sae.result import SaeResult
    from lazytui.data.splits import BiasedDataset, Split
    from lazytui.hooks.split_model import SplitModel
    from lazytui.runs.run_folder import RunFolder
    from lazytui.sae.activation_samples import SampleLayout
    from lazytui.sae.autoencoder import Autoencoder
    from lazytui.sae.edits.experiments import FeatureSelectivity
    from lazytui.sae.edits.spliced_model import SplicedModel


@dataclass(frozen=True)
class LoadedSae:
    """A network with the autoencoder of one of its layers. name: what the network is called. result: of the run that
    trained it."""

    name: str
    network: ModelUnderStudy
    params: SaeParams
    result: SaeResult
    spliced: SplicedModel

    @property
    def selectivity(self) -> FeatureSelectivity:
        return selectivity_of(self.result)


def selectivity_of(result: SaeResult) -> FeatureSelectivity:
    """What a run found out about its features."""
    from lazytui.sae.edits.experiments import FeatureSelectivity

    return FeatureSelectivity(result.category, result.attribute_response.astype(np.float64))


def sae_params(run: str, workspace: Workspace) -> SaeParams:
    """What an earlier run was asked. Raises BadInput where there is none."""
    from lazytui.analyses.core.execute import recorded_params

    return cast("SaeParams", recorded_params(workspace.find(run, kinds=("sae",))))


def network_params_of(params: SaeParams) -> ModelUnderStudyParams:
    """The network that it decomposes; not its code, which a run alone can't allow."""
    return ModelUnderStudyParams(run=params.run, device=params.device, **params.other_data)


def load_sae(
    run: str,
    workspace: Workspace,
    choose: Callable[[BiasedDataset], Mapping[str, Split]],
    note: Callable[[str], object],
    *,
    model: str | None = None,
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto",
) -> LoadedSae:
    """Open the layer that an earlier run took apart, with some splits of its data. Imports torch.

    choose: what is kept of the data. note: as in `load_model_under_study`. model: the network's code, where it is
    custom. Raises BadInput where the network, by its fingerprint, is no longer the one that the autoencoder was trained
    on.
    """
    network_params = network_params_of(sae_params(run, workspace)).model_copy(update={"model": model, "device": device})
    return splice_sae(run, load_model_under_study(network_params, workspace, note), workspace, choose)


def splice_sae(
    run: str, network: ModelUnderStudy, workspace: Workspace, choose: Callable[[BiasedDataset], Mapping[str, Split]]
) -> LoadedSae:
    """The same of a network that is loaded already."""
    folder = workspace.find(run, kinds=("sae",))
    params, result = sae_params(run, workspace), recorded_result(folder)
    from lazytui.sae.edits.spliced_model import SplicedModel

    layer = open_layer_of(folder, params, result, network)
    spliced = SplicedModel(layer.autoencoder, layer.split_model, layer.layout, choose(network.data), network.hardware)
    return LoadedSae(workspace.find(params.run).display_name, network, params, result, spliced)


@dataclass(frozen=True)
class LayerWithSae:
    """A network split at a layer, and the autoencoder of that layer, whose samples are of this layout."""

    split_model: SplitModel
    layout: SampleLayout
    autoencoder: Autoencoder


def open_layer_of(run: RunFolder, params: SaeParams, result: SaeResult, network: Network) -> LayerWithSae:
    """Raises UsageError where the network has no such layer, and BadInput as `load_sae` does."""
    from lazytui.hooks.split_model import SplitModel
    from lazytui.models.fingerprint import fingerprint
    from lazytui.sae.activation_samples import SampleLayout
    from lazytui.sae.saved_sae import ActivationOrigin, load_autoencoder

    split_model = SplitModel(network.model, result.layer)
    origin = ActivationOrigin(fingerprint(network.model), split_model.layer, params.positions)
    autoencoder = load_autoencoder(run.autoencoder, origin).to(network.hardware.device)
    return LayerWithSae(split_model, SampleLayout(split_model.shape, params.positions), autoencoder)
