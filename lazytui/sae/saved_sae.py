"""An autoencoder to a file and back, with what it belongs to: it means nothing on another network or layer."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import get_args

import torch
from safetensors.torch import load, save

from lazytui.errors import BadInput
from lazytui.files.reading import parse_json, read_regular
from lazytui.files.writing import write_atomic
from lazytui.models.weights_header import LARGEST, describe, pack
from lazytui.sae import SAVED, variant_name
from lazytui.sae.activation_samples import Positions
from lazytui.sae.autoencoder import Autoencoder
from lazytui.sae.variants.base import Variant
from lazytui.system.memory import memory_error_or


@dataclass(frozen=True)
class ActivationOrigin:
    """fingerprint: of the network's weights. layer, positions: what was read of it."""

    fingerprint: str
    layer: str
    positions: Positions


def save_autoencoder(model: Autoencoder, path: Path, origin: ActivationOrigin) -> None:
    """Write it whole or not at all. Raises BadInput where the file can't be written."""
    assert isinstance(model.variant, Variant), "its name and options are saved"
    weights = {name: value.detach().cpu().contiguous() for name, value in model.state_dict().items()}
    options = json.dumps(model.variant.model_dump(), sort_keys=True)
    metadata = {"variant": variant_name(model.variant), "options": options, **asdict(origin)}
    write_atomic(path, save(weights, pack(metadata)))


def load_autoencoder(path: Path, origin: ActivationOrigin) -> Autoencoder:
    """The autoencoder in a file, on the CPU.

    Raises BadInput where the file is missing or damaged, and where it was trained on another network, layer or reading
    than `to`.
    """
    header = describe(path)
    _require_origin(path, header.metadata, origin)
    try:
        content = read_regular(path, LARGEST)
        variant = SAVED[header.metadata["variant"]].options.model_validate(parse_json(header.metadata["options"]))
        features, dimensions = header.shapes["decoder"]
        if refusal := variant.refusal(features):
            raise ValueError(refusal)
        model = Autoencoder(dimensions, features, torch.Generator(), variant)
        model.load_state_dict(load(content))
    except Exception as error:  # what a damaged file raises depends on where the damage is
        raise memory_error_or(error, f"read {path}", BadInput(f"The autoencoder in {path} is damaged.")) from error
    if not all(bool(value.isfinite().all()) for value in model.state_dict().values()):
        raise BadInput(f"The autoencoder in {path} holds numbers that aren't finite.")
    return model.requires_grad_(False).eval()


def _require_origin(path: Path, metadata: object, origin: ActivationOrigin) -> None:
    """BadInput where the file doesn't say that it belongs to `to`."""
    saved = metadata if isinstance(metadata, dict) else {}
    if saved.get("variant") not in SAVED or saved.get("positions") not in get_args(Positions):
        raise BadInput(f"{path} isn't an autoencoder that this lazytui knows.")
    if saved.get("fingerprint") != origin.fingerprint:
        raise BadInput(
            f"The autoencoder in {path} was trained on another network, whose fingerprint is "
            f"{saved.get('fingerprint', 'unknown')[:12]}, not {origin.fingerprint[:12]}: train one for this network."
        )
    if (saved.get("layer"), saved.get("positions")) != (origin.layer, origin.positions):
        raise BadInput(
            f"The autoencoder in {path} was trained on {saved.get('layer')!r:.80} with positions "
            f"{saved['positions']}, not on {origin.layer!r} with positions {origin.positions}: "
            "train one for this layer."
        )
