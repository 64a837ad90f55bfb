"""Folders of SAELens: what is written means there what it means here, and what is read is what was written."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from lazytui.errors import BadInput
from lazytui.sae import VARIANTS
from lazytui.sae.autoencoder import Autoencoder
from lazytui.sae.sae_training import Recipe, train
from lazytui.sae.saelens_folder import CFG_FILE, WEIGHTS_FILE, read_saelens, saelens_files

ARCHITECTURES = {
    "topk": "topk",
    "batch-topk": "jumprelu",
    "matryoshka": "jumprelu",
    "archetypal": "topk",
    "jumprelu": "jumprelu",
    "gated": "gated",
    "l1": "standard",
}


def samples(seed: int = 1) -> Tensor:
    return 3 * torch.randn(300, 6, generator=torch.Generator().manual_seed(seed)) + 5


@pytest.fixture(scope="module")
def models() -> dict[str, Autoencoder]:
    """One of each variant."""
    few = {"k": 3, "centroids": 40}
    made = {}
    for name, entry in VARIANTS.items():
        own = {option: value for option, value in few.items() if option in entry.defaults}
        made[name] = train(samples(), Recipe(entry.options(**own), 12, 40, 64, 3e-3))
    return made


def folder_of(model: Autoencoder, folder: Path) -> Path:
    folder.mkdir()
    for name, content in saelens_files(model, {"model_name": "net", "hook_name": "features"}).items():
        (folder / name).write_bytes(content)
    return folder


def changed(folder: Path, weights: dict[str, Tensor | None] | None = None, **cfg: Any) -> Path:
    """Settings, and weights, in place of those of a folder; None: left out."""
    settings = {**json.loads((folder / CFG_FILE).read_text()), **cfg}
    (folder / CFG_FILE).write_text(json.dumps({name: value for name, value in settings.items() if value is not None}))
    tensors = {**load_file(folder / WEIGHTS_FILE), **(weights or {})}
    save_file({name: value for name, value in tensors.items() if value is not None}, folder / WEIGHTS_FILE)
    return folder


def as_published(folder: Path, x: Tensor) -> tuple[Tensor, Tensor]:
    """What SAELens makes of samples (N, d): features and reconstruction, by its architectures' definitions."""
    cfg, w = json.loads((folder / CFG_FILE).read_text()), load_file(folder / WEIGHTS_FILE)
    centered = x - w["b_dec"] if cfg["apply_b_dec_to_input"] else x
    lengths = w["W_dec"].norm(dim=1) if cfg.get("rescale_acts_by_decoder_norm") else torch.ones(len(w["W_dec"]))
    if cfg["architecture"] == "gated":
        magnitude = centered @ (w["W_enc"] * w["r_mag"].exp()) + w["b_mag"]
        f = (centered @ w["W_enc"] + w["b_gate"] > 0) * magnitude.relu()
    else:
        z = (centered @ w["W_enc"] + w["b_enc"]) * lengths
        f = z.relu()
        if cfg["architecture"] == "topk":
            kept = z.topk(cfg["k"], dim=1)
            f = torch.zeros_like(z).scatter(1, kept.indices, kept.values.relu())
        if cfg["architecture"] == "jumprelu":
            f = f * (z > w["threshold"])
    return f, (f / lengths) @ w["W_dec"] + w["b_dec"]


@pytest.mark.parametrize("variant", VARIANTS)
def test_what_is_written_means_there_what_it_means_here(
    variant: str, models: dict[str, Autoencoder], tmp_path: Path
) -> None:
    model, x = models[variant], samples(2)
    folder = folder_of(model, tmp_path / "own")
    f, x_hat = as_published(folder, x)
    assert (f > 0).any() and json.loads((folder / CFG_FILE).read_text())["architecture"] == ARCHITECTURES[variant]
    torch.testing.assert_close(f, model.encode(x), rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(x_hat, model(x), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("variant", VARIANTS)
def test_what_is_read_is_what_was_written_to_the_bit(
    variant: str, models: dict[str, Autoencoder], tmp_path: Path
) -> None:
    model, x = models[variant], samples(2)
    folder = folder_of(model, tmp_path / "own")
    again = read_saelens(folder)
    assert torch.equal(again.encode(x), model.encode(x)) and torch.equal(again(x), model(x))
    other = folder_of(again, tmp_path / "again")
    assert (other / WEIGHTS_FILE).read_bytes() == (folder / WEIGHTS_FILE).read_bytes()
    assert (other / CFG_FILE).read_bytes() == (folder / CFG_FILE).read_bytes()


@pytest.mark.skipif(find_spec("sae_lens") is None, reason="the package sae_lens isn't installed")
@pytest.mark.parametrize("variant", VARIANTS)
def test_saelens_reads_it(variant: str, models: dict[str, Autoencoder], tmp_path: Path) -> None:
    from sae_lens import SAE

    model, x = models[variant], samples(2)
    there = SAE.load_from_disk(folder_of(model, tmp_path / "own"))
    torch.testing.assert_close(there.encode(x), model.encode(x), rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(there.decode(there.encode(x)), model(x), rtol=1e-5, atol=1e-5)
    there.save_model(tmp_path / "theirs")
    assert torch.equal(read_saelens(tmp_path / "theirs").encode(x), model.encode(x))


@pytest.mark.parametrize("variant", ["l1", "topk", "gated", "jumprelu"])
def test_other_settings_are_folded_into_the_weights(
    variant: str, models: dict[str, Autoencoder], tmp_path: Path
) -> None:
    folder = folder_of(models[variant], tmp_path / "own")
    longer = load_file(folder / WEIGHTS_FILE)["W_dec"] * torch.linspace(0.5, 2, 12)[:, None]
    rescales = {"rescale_acts_by_decoder_norm": True} if variant == "topk" else {}
    changed(folder, {"W_dec": longer}, apply_b_dec_to_input=False, **rescales)
    f, x_hat = as_published(folder, samples(2))
    read = read_saelens(folder)
    torch.testing.assert_close(read.encode(samples(2)), f, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(read(samples(2)), x_hat, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    ("weights", "cfg", "sentence"),
    [
        ({}, {"architecture": "temporal"}, "architecture 'temporal'; supported are standard, topk"),
        ({}, {"architecture": None}, "architecture: Required"),
        ({}, {"metadata": {}}, "isn't marked as written by SAELens 6 or later"),
        ({}, {"metadata": {"sae_lens_version": "5.9.1"}}, "isn't marked as written by SAELens 6 or later"),
        ({}, {"normalize_activations": "layer_norm"}, "has normalize_activations 'layer_norm'"),
        ({}, {"reshape_activations": "hook_z"}, "has reshape_activations 'hook_z'"),
        ({}, {"k": None}, "lacks k"),
        ({}, {"k": 13}, "keeps 13 of 12 features"),
        ({}, {"k": "3"}, "k: Must be a whole number"),
        ({}, {"d_in": 7}, "W_enc is 6 x 12, not 7 x 12"),
        ({}, {"d_in": 2**20, "d_sae": 2**20}, "is too large"),
        ({"b_enc": None}, {}, "lacks b_enc, which the architecture topk has"),
        ({"b_mag": torch.zeros(12)}, {}, "has 'b_mag', which the architecture topk doesn't have"),
        ({"b_dec": torch.full((6,), float("nan"))}, {}, "holds numbers that aren't finite"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_cannot_be_read_is_reported_in_a_sentence(
    weights: dict[str, Tensor | None],
    cfg: dict[str, Any],
    sentence: str,
    models: dict[str, Autoencoder],
    tmp_path: Path,
) -> None:
    folder = changed(folder_of(models["topk"], tmp_path / "own"), weights, **cfg)
    with pytest.raises(BadInput) as caught:
        read_saelens(folder)
    assert sentence in str(caught.value)


def test_missing_and_damaged_files_are_reported(models: dict[str, Autoencoder], tmp_path: Path) -> None:
    folder = folder_of(models["topk"], tmp_path / "own")
    for name, content, sentence in (
        (WEIGHTS_FILE, b"\x80\x04pickle", "can't be read as safetensors"),
        (WEIGHTS_FILE, None, "There are no weights at"),
        (CFG_FILE, b"[]", "isn't the settings of an autoencoder"),
        (CFG_FILE, b"{", "it is no JSON"),
        (CFG_FILE, b" " * (1 << 20 | 1), "has more than 1,048,576 bytes"),
        (CFG_FILE, None, "a SAELens folder has cfg.json and sae_weights.safetensors"),
    ):
        whole = (folder / name).read_bytes()
        (folder / name).unlink() if content is None else (folder / name).write_bytes(content)
        with pytest.raises(BadInput) as caught:
            read_saelens(folder)
        assert sentence in str(caught.value)
        (folder / name).write_bytes(whole)
