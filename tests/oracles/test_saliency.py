"""Maps against `grad-cam` and `captum`: the same numbers, before any resizing or stretching."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import captum.attr
import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from lazytui.models.build import build_model
from lazytui.models.scores import Score, margin
from lazytui.saliency.gradients import input_gradient, integrated_gradients
from lazytui.saliency.kernel_shap import kernel_shap, superpixels
from lazytui.saliency.map_layers import choose_layer
from lazytui.saliency.map_resizing import upsample
from lazytui.saliency.maps_by_name import explain
from lazytui.saliency.occlusion import occlusion
from lazytui.saliency.unit_grad_cam import unit_grad_cam
from tests.saliency.networks import images, request
from tests.saliency.token_networks import mixer, swin, vision_transformer

TARGETS = torch.tensor([0, 3, 3, 9])
PLACES = [("gap-cnn", "features.relu3"), ("cnn3", "features.relu2"), ("lazy-cnn", "features.relu1")]


def network(name: str) -> nn.Module:
    """With gradients so large that the 1e-6 by which grad-cam guards its divisions doesn't count."""
    model = build_model(name, seed=5).eval()
    with torch.no_grad():
        head = model.get_submodule("head")
        assert isinstance(head, nn.Linear)
        head.weight.mul_(100_000)
    return model


def close(ours: Tensor, theirs: Tensor) -> None:
    """Each map to a hundred-thousandth of its own largest value."""
    for one, other in zip(ours, theirs, strict=True):
        assert (one - other).abs().max() <= 1e-5 * other.abs().max()
        assert other.abs().max() > 0


def raw_map(
    method: str,
    model: nn.Module,
    layer: str,
    batch: Tensor,
    reshape: Callable[[Tensor], Tensor] | None = None,
    score: Callable[[Tensor], Tensor] | None = None,
) -> Tensor:
    """The library's own map of a layer before it is cut at zero, stretched and resized."""
    import pytorch_grad_cam  # here, since it takes two seconds, and every test process imports this file
    from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

    target_layer = model.get_submodule(layer)
    with getattr(pytorch_grad_cam, method)(
        model=model, target_layers=[target_layer], reshape_transform=reshape
    ) as library:
        targets = [score or ClassifierOutputTarget(int(target)) for target in TARGETS]
        outputs = library.activations_and_grads(batch)
        if library.uses_gradients:
            model.zero_grad()
            sum(target(output) for target, output in zip(targets, outputs, strict=True)).backward()
        activations = library.activations_and_grads.activations[0].detach().numpy()
        grads = library.activations_and_grads.gradients[0].detach().numpy() if library.uses_gradients else None
        found = library.get_cam_image(batch, target_layer, targets, activations, grads, eigen_smooth=False)
    return torch.from_numpy(np.asarray(found))


@pytest.mark.parametrize(("name", "layer"), PLACES)
@pytest.mark.parametrize(
    ("method", "library"),
    [("grad-cam", "GradCAM"), ("grad-cam++", "GradCAMPlusPlus"), ("hires-cam", "HiResCAM"), ("layer-cam", "LayerCAM")],
)
def test_the_cam_family_agrees_with_grad_cam(method: str, library: str, name: str, layer: str) -> None:
    model, batch = network(name), images(4)
    ours = explain(model, batch, TARGETS, request(method, layer)).maps
    close(ours, raw_map(library, model, layer, batch))


@pytest.mark.parametrize(("method", "library"), [("grad-cam", "GradCAM"), ("layer-cam", "LayerCAM")])
def test_maps_of_a_margin_agree_with_grad_cam(method: str, library: str) -> None:
    model, batch, layer = network("cnn3"), images(4), "features.relu2"
    ours = explain(model, batch, None, replace(request(method, layer), score=margin(3, 8, "3 - 8"))).maps
    close(ours, raw_map(library, model, layer, batch, score=lambda logits: logits[3] - logits[8]))


def test_gradients_of_a_score_agree_with_captum() -> None:
    model, batch = network("cnn3"), images(3)
    score = Score("product", lambda logits: logits[:, 2] * logits[:, 5])

    def forward(x: Tensor) -> Tensor:
        return score.function(model(x))

    close(input_gradient(model, batch, score), captum.attr.Saliency(forward).attribute(batch, abs=False))
    ours = integrated_gradients(model, batch, score, torch.zeros(3, 1, 1), steps=200)
    theirs = captum.attr.IntegratedGradients(forward).attribute(batch, n_steps=200, method="riemann_middle")
    close(ours, theirs)


def patches_of_vit(tokens: Tensor) -> Tensor:
    """The `reshape_transform` of grad-cam's own example for vision transformers: without the class token."""
    return tokens[:, 1:].reshape(len(tokens), 4, 4, -1).permute(0, 3, 1, 2)


def channels_first(maps: Tensor) -> Tensor:
    """That of its example for Swin."""
    return maps.permute(0, 3, 1, 2)


def patches_of_mixer(tokens: Tensor) -> Tensor:
    return tokens.reshape(len(tokens), 4, 4, -1).permute(0, 3, 1, 2)


@pytest.mark.parametrize(
    ("build", "reshape", "layer"),
    [
        (vision_transformer, patches_of_vit, "encoder.layers.encoder_layer_1.ln_1"),
        (swin, channels_first, "features.1"),
        (mixer, patches_of_mixer, "norm"),
    ],
)
@pytest.mark.parametrize(
    ("method", "library"), [("grad-cam", "GradCAM"), ("hires-cam", "HiResCAM"), ("layer-cam", "LayerCAM")]
)
def test_maps_of_tokens_and_of_channels_last_agree_with_grad_cam_at_the_default_layer(
    method: str,
    library: str,
    build: Callable[[], nn.Module],
    reshape: Callable[[Tensor], Tensor],
    layer: str,
) -> None:
    model, batch = build(), images(4)
    assert choose_layer(model, "theirs", "grad-cam", None) == layer
    model, batch = model.double(), batch.double()
    ours = explain(model, batch, TARGETS, request(method, layer)).maps
    close(ours, raw_map(library, model, layer, batch, reshape))


def test_score_cam_agrees_with_grad_cam() -> None:
    """At the image's own size, since the library resizes with aligned corners."""
    model, batch = build_model("cnn3", seed=5).eval(), images(4)
    ours = explain(model, batch, TARGETS, request("score-cam", "features.relu1")).maps
    close(ours, raw_map("ScoreCAM", model, "features.relu1", batch))


@pytest.mark.parametrize(("name", "layer"), PLACES)
def test_grad_cam_agrees_with_captum_before_and_after_resizing(name: str, layer: str) -> None:
    model, batch = build_model(name, seed=5).eval(), images(4)
    ours = explain(model, batch, TARGETS, request("grad-cam", layer)).maps
    theirs = captum.attr.LayerGradCam(model, model.get_submodule(layer)).attribute(batch, TARGETS).detach()
    close(ours, theirs[:, 0])
    resized = F.interpolate(theirs, (28, 28), mode="bilinear", align_corners=False)[:, 0]
    close(torch.from_numpy(upsample(ours.numpy())), resized)


def test_grad_cam_of_neurons_agrees_with_captum() -> None:
    """Of the most active neuron on each image, at the layer below."""
    model, batch = build_model("gap-cnn", seed=5).eval(), images(4)

    def means(x: Tensor) -> Tensor:
        found: Tensor = model.get_submodule("features")[:8](x).mean((2, 3))
        return found

    assert model.get_submodule("features")[7] is model.get_submodule("features.relu3")
    own = means(batch).argmax(1)
    library = captum.attr.LayerGradCam(means, model.get_submodule("features.relu2"))
    theirs = library.attribute(batch, own).detach()[:, 0]
    ours = unit_grad_cam(
        model,
        batch,
        "features.relu2",
        "features.relu3",
        lambda maps: maps.mean((2, 3)).gather(1, own[:, None])[:, 0],
    )
    close(ours, theirs)


def test_kernel_shap_of_all_coalitions_is_the_exact_shapley_values_and_agrees_with_captum() -> None:
    """captum.ShapleyValues goes through all orders of the players. Its KernelShap draws coalitions with repetitions."""
    model, batch = build_model("gap-cnn", seed=5).eval().double(), images(4).double()
    squares, baseline = superpixels(28, 28, 2), batch.flip(0)[:1] / 2
    asked = {"target": int(TARGETS[0]), "baselines": baseline, "feature_mask": squares[None, None]}
    ours = kernel_shap(model, batch, TARGETS, baseline, torch.Generator(), side=2)
    shares = ours[0].flatten()

    def captum_shares(attribution: Tensor) -> Tensor:
        return torch.stack([attribution[0, 0][squares == square].mean() for square in range(4)]).double()

    exact = captum_shares(captum.attr.ShapleyValues(model).attribute(batch[:1], **asked))
    assert (shares - exact).abs().max() <= 1e-5 * exact.abs().max()
    torch.manual_seed(0)
    sampled = captum.attr.KernelShap(model).attribute(batch[:1], **asked, n_samples=1500, perturbations_per_eval=100)
    assert (shares - captum_shares(sampled)).abs().max() <= 0.1 * exact.abs().max()


def captum_gradient(model: nn.Module, batch: Tensor) -> Tensor:
    found: Tensor = captum.attr.Saliency(model).attribute(batch.clone().requires_grad_(), TARGETS, abs=False)
    return found


def captum_integrated(model: nn.Module, batch: Tensor) -> Tensor:
    library = captum.attr.IntegratedGradients(model)
    found: Tensor = library.attribute(batch, batch.flip(0) / 2, TARGETS, n_steps=50, method="riemann_middle")
    return found


def captum_occlusion(model: nn.Module, batch: Tensor) -> Tensor:
    fill = torch.tensor([0.2, 0.5, 0.7]).view(1, 3, 1, 1)
    library = captum.attr.Occlusion(model)
    found: Tensor = library.attribute(
        batch, (3, 4, 4), strides=(3, 2, 2), baselines=fill.expand_as(batch), target=TARGETS
    )
    return found[:, 0]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (lambda model, batch: input_gradient(model, batch, TARGETS), captum_gradient),
        (lambda model, batch: integrated_gradients(model, batch, TARGETS, batch.flip(0) / 2), captum_integrated),
        (lambda model, batch: occlusion(model, batch, TARGETS, torch.tensor([0.2, 0.5, 0.7])), captum_occlusion),
    ],
    ids=["input gradient", "integrated gradients", "occlusion"],
)
def test_maps_of_the_image_agree_with_captum(
    ours: Callable[[nn.Module, Tensor], Tensor], theirs: Callable[[nn.Module, Tensor], Tensor]
) -> None:
    """In float64: a map is made of differences, small beside the rounding of the float32 scores that differ."""
    model, batch = build_model("gap-cnn", seed=5).eval().double(), images(4).double()
    close(ours(model, batch), theirs(model, batch))
