"""A network whose layer's features are edited in every pass: its autoencoder is a part of it."""

from __future__ import annotations

from torch import Tensor, nn

from lazytui.hooks.layer_hooks import replace_activations
from lazytui.hooks.split_model import SplitModel
from lazytui.sae.activation_samples import SampleLayout
from lazytui.sae.autoencoder import Autoencoder
from lazytui.sae.edits.interventions import Edit, apply_edit


class EditedNetwork(nn.Module):
    """images (N, 3, h, w) -> logits (N, classes), with h' = h + (f' - f) W_d at the layer `split_model.layer`."""

    def __init__(self, split_model: SplitModel, layout: SampleLayout, autoencoder: Autoencoder, edit: Edit) -> None:
        super().__init__()
        self.network, self.autoencoder = split_model.model, autoencoder
        self._layer, self._runs = split_model.layer, split_model.runs
        self._layout, self._edit = layout, edit

    def forward(self, images: Tensor) -> Tensor:
        with replace_activations(self.network, self._layer, self._edited, self._runs):
            logits: Tensor = self.network(images)
        return logits

    def _edited(self, activations: Tensor) -> Tensor:
        samples = apply_edit(self.autoencoder, self._layout.samples(activations), self._edit)
        return self._layout.activations(samples)
