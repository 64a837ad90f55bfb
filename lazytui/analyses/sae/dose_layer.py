"""A layer whose features can be edited on one image at a time: what the network then says, and where it looks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.ask.kept_drawings import KeptDrawing, split_of
from lazytui.analyses.gradcam.live import BrowsedSplit
from lazytui.analyses.networks.model_under_study import load_model_under_study, remembered_images, resolve
from lazytui.analyses.sae.loaded_sae import LoadedSae, network_params_of, sae_params, splice_sae
from lazytui.analyses.train.params import TrainParams
from lazytui.data.splits import Split, build_dataset
from lazytui.errors import BadInput
from lazytui.evaluation.predictions import SPLIT_NAMES
from lazytui.runs.workspace import Workspace
from lazytui.sae.edits.dose_response import Dose, DoseSplit

if TYPE_CHECKING:
    from lazytui.saliency.explainer import Explainer


@dataclass(frozen=True, eq=False)
class Prediction:
    """What the network says: probabilities (classes,) float32, and where it looks for that, (h, w) float32, raw and
    signed; None where the network has no map."""

    probabilities: NDArray[np.float32]
    heat: NDArray[np.float32] | None = None

    @property
    def label(self) -> int:
        return int(self.probabilities.argmax())


MOST_MAPPED = 4
"""Of the features that are turned, how many have maps."""


@dataclass(frozen=True, eq=False)
class FeatureOnImage:
    """A feature on an image: its activation there; where it is active, (h, w) float32, and its Grad-CAM, raw and
    signed. None where there is no map."""

    feature: int
    activation: float
    where: NDArray[np.float32] | None = None
    grad_cam: NDArray[np.float32] | None = None


@dataclass(frozen=True, eq=False)
class OpenLayer:
    """A layer kept open. browsed: the images that can be chosen. strength: (n,), what is typical of each feature.
    activity: (N, n), each feature on each image. cam_layer: of features' Grad-CAM; None where no layer has a map."""

    loaded: LoadedSae
    explainer: Explainer
    browsed: BrowsedSplit
    strength: NDArray[np.float64]
    activity: NDArray[np.float32]
    cam_layer: str | None = None

    def probabilities(self, index: int, doses: Sequence[Dose]) -> NDArray[np.float32]:
        """(doses, classes), what the network says of an image after each of the doses."""
        edits = [dose.edit(self.strength) for dose in doses]
        return self.loaded.spliced.probabilities(self.browsed.split.images[index], edits)

    def heat(self, index: int, dose: Dose) -> NDArray[np.float32] | None:
        """Grad-CAM of what is predicted; None where the network has no map."""
        if "grad-cam" not in self.explainer.methods:
            return None
        from lazytui.sae.edits.saliency_after_edits import saliency_after_edit

        one = self.browsed.split.take(np.array([index]))
        hardware = self.loaded.network.hardware
        saliency = saliency_after_edit(self.loaded.spliced, self.explainer, one, hardware, dose.edit(self.strength))
        heat: NDArray[np.float32] = saliency.maps[0]
        return heat

    def features_on_image(self, index: int, features: Sequence[int]) -> tuple[FeatureOnImage, ...]:
        """The first of some features on an image."""
        import torch

        from lazytui.data.device_split import to_float
        from lazytui.sae.feature_maps import LayerFeatures

        spliced, device = self.loaded.spliced, self.loaded.network.hardware.device
        layer = LayerFeatures(spliced.model, spliced.split_model, spliced.layout)
        own = torch.tensor(list(features[:MOST_MAPPED]), dtype=torch.int64, device=device)
        images = to_float(torch.from_numpy(self.browsed.split.images[[index] * len(own)]).to(device))
        where = layer.maps(images, own) if len(own) else None
        grad_cam = layer.grad_cam(images, own, self.cam_layer) if self.cam_layer and len(own) else None
        return tuple(
            FeatureOnImage(
                feature,
                float(self.activity[index, feature]),
                None if where is None else where[row].cpu().numpy(),
                None if grad_cam is None else grad_cam[row].cpu().numpy(),
            )
            for row, feature in enumerate(own.tolist())
        )

    def prediction(self, index: int, dose: Dose) -> Prediction:
        (probabilities,) = self.probabilities(index, [dose])
        return Prediction(probabilities, self.heat(index, dose))


def open_layer(
    run: str,
    split: DoseSplit,
    drawings: list[KeptDrawing],
    workspace: Workspace,
    note: Callable[[str], object],
    choose: Callable[[Split, TrainParams], NDArray[np.intp]],
    *,
    model: str | None,
    device: Literal["auto", "cpu", "cuda", "mps"],
) -> OpenLayer:
    """Open the layer of a run of `sae`, with images of a split. Imports torch.

    drawings: the images, where the split is that of drawings. note: as in `load_network`. choose: which images of the
    split, painted so, are kept. model: the network's code, where it is custom.

    Raises BadInput where the network can't be had or all features are dead.
    """
    network_params = network_params_of(sae_params(run, workspace)).model_copy(update={"model": model, "device": device})
    network = load_model_under_study(resolve(network_params, workspace), workspace, note)
    loaded = splice_sae(run, network, workspace, lambda _data: {})
    if loaded.result.all_dead:
        raise BadInput(f"All features of {run} are dead, so there is nothing to scale: train it with other settings.")
    from lazytui.saliency.explainer import Explainer
    from lazytui.saliency.unit_grad_cam import layer_to_explain

    if split == "drawn":
        drawn_split = split_of(drawings, network.trained.content)
        kept = choose(drawn_split, network.trained)
        names = tuple(drawings[index].name for index in kept)
        browsed = BrowsedSplit(drawn_split.take(kept), len(drawings), network.trained, names)
    else:
        whole = build_dataset(network.trained, remembered_images).split(SPLIT_NAMES[split])
        browsed = BrowsedSplit(whole.take(choose(whole, network.trained)), len(whole), network.trained)
    explainer = Explainer(network.model, browsed.split.images, network.trained.model)
    strength = loaded.result.strength.astype(np.float64)
    cam_layer = layer_to_explain(network.model, network.trained.model, loaded.result.layer)
    return OpenLayer(loaded, explainer, browsed, strength, loaded.spliced.features_of(browsed.split.images), cam_layer)
