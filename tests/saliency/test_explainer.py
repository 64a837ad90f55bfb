"""One image at a time, layers by name, and batches that don't fit."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from lazytui.errors import LazytuiError, UsageError
from lazytui.models.architectures import ARCHITECTURES
from lazytui.models.build import build_model
from lazytui.saliency.explainer import Explainer
from lazytui.saliency.map_layers import choose_layer, map_sizes
from lazytui.saliency.map_names import METHODS, MethodName
from lazytui.saliency.split_maps import explain_split
from tests.saliency.networks import Counting, in_place, request
from tests.saliency.token_networks import vision_transformer

IMAGES = np.random.default_rng(0).integers(0, 255, (40, 28, 28, 3)).astype(np.uint8)


@pytest.mark.parametrize("name", ["gap-cnn", "cnn3", "mlp"])
def test_a_lens_answers_with_every_method_that_the_network_allows(name: str) -> None:
    model = build_model(name, seed=0).eval()
    lens = Explainer(model, IMAGES, name)
    of_image = [method for method, entry in METHODS.items() if not entry.of_layer and not entry.of_attention]
    assert set(of_image) <= set(lens.methods)
    assert ("grad-cam" in lens.methods) == (name != "mlp")
    assert ("cam" in lens.methods) == (name == "gap-cnn")
    for method in lens.methods:
        glance = lens.explain(IMAGES[0], method=method, target=4)
        assert glance.target == 4
        assert glance.probabilities.sum() == pytest.approx(1, abs=1e-5)
        assert np.isfinite(glance.heat).all()
        size = (7, 7) if method == "kernel-shap" else (28, 28)
        assert glance.heat.shape == (size if glance.layer is None else lens.layers[glance.layer])
    assert lens.explain(IMAGES[0], method="input-gradient").target == glance.probabilities.argmax()


def test_a_vision_transformer_is_explained_by_every_method_but_cam() -> None:
    lens = Explainer(vision_transformer(), IMAGES, "theirs")
    assert set(lens.methods) == {method for method in METHODS if method != "cam"}
    for method in lens.methods:
        entry, glance = METHODS[method], lens.explain(IMAGES[0], method=method, target=4)
        assert np.isfinite(glance.heat).all() and np.abs(glance.heat).max() > 0
        if method != "kernel-shap":
            assert glance.heat.shape == ((4, 4) if entry.of_layer or entry.of_attention else (28, 28))
        assert glance.layer == ("encoder.layers.encoder_layer_1.ln_1" if entry.of_layer else None)


def test_methods_are_named_once() -> None:
    assert list(METHODS) == list(MethodName.__args__)  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", [name for name, entry in ARCHITECTURES.items() if "resnet" not in name])
def test_the_catalogs_layer_is_the_default_and_has_the_map_it_says(name: str) -> None:
    model = build_model(name, seed=0).eval()
    sizes, entry = map_sizes(model), ARCHITECTURES[name].saliency_layer
    if entry is None:
        assert sizes == {}
    else:
        assert choose_layer(model, name, "grad-cam", None) == entry.name
        assert sizes[entry.name] == entry.shape[1:]


def test_code_of_ones_own_is_looked_at_in_its_last_fine_layer() -> None:
    model = in_place()
    assert map_sizes(model) == {**{str(layer): (28, 28) for layer in range(4)}, "4": (4, 4)}
    assert choose_layer(model, "mine.py:net", "grad-cam", None) == "3"


@pytest.mark.parametrize(
    ("name", "method", "layer", "sentence"),
    [
        ("gap-cnn", "grad-cam", "features.rely3", "Did you mean features.relu3"),
        ("gap-cnn", "grad-cam", "features.flatten", "has no map. Layers with a map: features.conv1 (28 x 28)"),
        ("gap-cnn", "grad-cam", "features.gap", "has no map"),
        ("gap-cnn", "cam", "features.relu3", "CAM of gap-cnn needs the layer features.pool3"),
        ("cnn3", "cam", None, "cnn3 doesn't"),
        ("mlp", "grad-cam", None, "No layer of mlp has a map. Methods without a layer: input-gradient"),
        ("resnet-early-gap", "grad-cam", "features.layer4", "has no map"),
    ],
)
def test_a_layer_that_cant_be_shown_is_reported_with_those_that_can(
    name: str, method: str, layer: str | None, sentence: str
) -> None:
    with pytest.raises(UsageError) as error:
        choose_layer(build_model(name, seed=0), name, method, layer)
    assert sentence in str(error.value)


def test_a_device_that_is_too_small_gets_smaller_batches_and_says_so() -> None:
    most, sizes, notes = 12, [], []

    def count_images(count: int) -> None:
        sizes.append(count)
        if count > most:
            raise torch.OutOfMemoryError("CUDA out of memory.")

    model = build_model("gap-cnn", seed=0).eval()
    asked = request("grad-cam", "inner.features.relu3")
    done = explain_split(
        Counting(model, count_images), IMAGES, None, asked, note=notes.append, progress=lambda _done: None
    )
    whole = explain_split(
        model, IMAGES, None, request("grad-cam", "features.relu3"), note=notes.append, progress=lambda _done: None
    )
    np.testing.assert_allclose(done.maps, whole.maps, atol=1e-6)
    assert max(size for size in sizes if size <= most) >= most / 2
    assert len(notes) == 1 and "memory" in notes[0]


def test_a_device_that_holds_not_one_image_is_reported() -> None:
    def count_images(_count: int) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory.")

    model = Counting(build_model("gap-cnn", seed=0), count_images)
    asked = request("grad-cam", "inner.features.relu3")
    with pytest.raises(LazytuiError, match="memory"):
        explain_split(model, IMAGES, None, asked, note=lambda _text: None, progress=lambda _done: None)
