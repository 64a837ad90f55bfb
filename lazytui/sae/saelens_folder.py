"""Autoencoders as folders of SAELens, written and read: `cfg.json` and `sae_weights.safetensors`, as its versions 6 and
later have them.

Its W_enc (d, n), b_enc (n,), W_dec (n, d) and b_dec (d,) are the encoder, its bias, the decoder and its bias.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

import torch
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from safetensors.torch import load, save
from torch import Tensor

from lazytui.errors import BadInput
from lazytui.files.reading import parse_json, read_regular
from lazytui.files.writing import reason
from lazytui.models.weights_header import LARGEST, describe
from lazytui.sae.autoencoder import Autoencoder
from lazytui.sae.variants.base import Variant
from lazytui.sae.variants.batch_topk import BatchTopK
from lazytui.sae.variants.fixed_thresholds import FixedThresholds
from lazytui.sae.variants.gated import Gated
from lazytui.sae.variants.jumprelu import JumpReLU
from lazytui.sae.variants.l1 import L1
from lazytui.sae.variants.topk import TopK
from lazytui.system.memory import memory_error_or
from lazytui.validation_messages import error_sentence

CFG_FILE = "cfg.json"
WEIGHTS_FILE = "sae_weights.safetensors"

_VERSION = "6.0.0"
"""Of SAELens, whose settings are written. Without one of 6 or later it reads a file as an older one's."""
_LARGEST_CFG = 1 << 20
_MOST_WEIGHTS = 2**28
"""Of the encoder; the decoder has as many."""

Architecture = Literal["standard", "topk", "jumprelu", "gated"]

_OWN_WEIGHTS: Mapping[str, Mapping[str, str]] = {
    "standard": {"b_enc": "encoder_bias"},
    "topk": {"b_enc": "encoder_bias"},
    "jumprelu": {"b_enc": "encoder_bias", "threshold": "threshold"},
    "gated": {"b_gate": "encoder_bias", "b_mag": "magnitude_bias", "r_mag": "log_magnitude"},
}
"""The weights (n,) of each architecture besides the matrices and b_dec, with their names here."""


@dataclass(frozen=True)
class _Form:
    """An autoencoder as SAELens has it. own: its weights (n,). options: what only this architecture is set."""

    architecture: Architecture
    own: Mapping[str, Tensor]
    options: Mapping[str, Any] = field(default_factory=dict)


def saelens_files(model: Autoencoder, metadata: Mapping[str, Any]) -> dict[str, bytes]:
    """The content of both files, by name. metadata: its origin, for the settings.

    l1 is written as `standard`; a threshold in place of the batch (batch-topk, matryoshka) as `jumprelu` with a
    constant one; archetypal as `topk`, with its dictionary in place of what that is made of.
    """
    form = _form(model)
    cfg = {
        "d_in": model.dimensions,
        "d_sae": model.features,
        "dtype": "float32",
        "device": "cpu",
        "apply_b_dec_to_input": True,
        "normalize_activations": "none",
        "reshape_activations": "none",
        "metadata": {"sae_lens_version": _VERSION, "sae_lens_training_version": None, **metadata},
        **form.options,
        "architecture": form.architecture,
    }
    weights = {"W_enc": model.encoder, "W_dec": model.decoder, "b_dec": model.decoder_bias, **form.own}
    stored = {name: value.detach().float().cpu().contiguous().clone() for name, value in weights.items()}
    return {CFG_FILE: json.dumps(cfg, indent=1).encode(), WEIGHTS_FILE: save(stored)}


def _form(model: Autoencoder) -> _Form:
    b_enc = {"b_enc": model.encoder_bias}
    match model.variant:
        case L1():
            return _Form("standard", b_enc)
        case BatchTopK():
            constant = model.get_buffer("threshold").expand(model.features)
            return _Form("jumprelu", {**b_enc, "threshold": constant})
        case TopK(k=k):
            return _Form("topk", b_enc, {"k": k, "rescale_acts_by_decoder_norm": False})
        case JumpReLU():
            return _Form("jumprelu", {**b_enc, "threshold": model.get_parameter("log_threshold").exp()})
        case FixedThresholds():
            return _Form("jumprelu", {**b_enc, "threshold": model.get_buffer("threshold")})
        case Gated():
            own = {"b_mag": model.get_parameter("magnitude_bias"), "r_mag": model.get_parameter("log_magnitude")}
            return _Form("gated", {"b_gate": model.encoder_bias, **own})
    raise BadInput("SAELens has no architecture for this kind of autoencoder.")


class _Cfg(BaseModel):
    """What is read of the settings; others are of how it was trained."""

    model_config = ConfigDict(strict=True, extra="ignore")

    architecture: str
    d_in: Annotated[int, Field(ge=1)]
    d_sae: Annotated[int, Field(ge=2)]
    k: Annotated[int, Field(ge=1)] | None = None
    apply_b_dec_to_input: bool = True
    rescale_acts_by_decoder_norm: bool = False
    normalize_activations: str = "none"
    reshape_activations: str = "none"
    sae_lens_version: str | None = None
    metadata: dict[str, Any] = Field(default_factory=dict)

    @property
    def is_of_version_6(self) -> bool:
        """Settings of earlier versions mean other things: a `standard` one may be a TopK."""
        version = str(self.sae_lens_version or self.metadata.get("sae_lens_version") or "")
        major = version.partition(".")[0]
        return major.isdecimal() and int(major) >= 6


def read_saelens(folder: Path) -> Autoencoder:
    """The autoencoder in a folder of SAELens, on the CPU, float32.

    Where it isn't centered on b_dec, or measures features by the decoder's lengths, that is folded into its weights;
    others are those of the file. Raises BadInput where a file is missing, damaged or too large, and where it is of an
    architecture or has settings that aren't known here.
    """
    cfg = _read_cfg(folder / CFG_FILE)
    path = folder / WEIGHTS_FILE
    _check_shapes(path, cfg)
    own = _OWN_WEIGHTS[cfg.architecture]
    try:
        weights = {name: value.float() for name, value in load(read_regular(path, LARGEST, links=True)).items()}
        model = Autoencoder(cfg.d_in, cfg.d_sae, torch.Generator(), _variant(cfg))
        matrices = {"encoder": "W_enc", "decoder": "W_dec", "decoder_bias": "b_dec"}
        names = {**matrices, **{here: there for there, here in own.items()}}
        model.load_state_dict({here: weights[there] for here, there in names.items()})
    except Exception as error:  # what a damaged file raises depends on where the damage is
        raise memory_error_or(error, f"read {path}", BadInput(f"The weights in {path} are damaged.")) from error
    if not all(bool(value.isfinite().all()) for value in model.state_dict().values()):
        raise BadInput(f"{path} holds numbers that aren't finite.")
    model.requires_grad_(False)
    if not cfg.apply_b_dec_to_input:
        _center_on_decoder_bias(model)
    if cfg.rescale_acts_by_decoder_norm:
        _fold_lengths(model)
    return model.eval()


def _variant(cfg: _Cfg) -> Variant:
    match cfg.architecture:
        case "topk":
            assert cfg.k is not None
            return TopK(k=cfg.k)
        case "jumprelu":
            return FixedThresholds()
        case "gated":
            return Gated()
    return L1()


def _read_cfg(path: Path) -> _Cfg:
    """The settings. Raises BadInput for those that another architecture, or another program, would have."""
    try:
        cfg = _Cfg.model_validate(parse_json(read_regular(path, _LARGEST_CFG, links=True)))
    except FileNotFoundError as error:
        raise BadInput(f"There is no {path}: a SAELens folder has {CFG_FILE} and {WEIGHTS_FILE}.") from error
    except OSError as error:
        raise BadInput(f"{path} can't be read: {reason(error)}.") from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "its content"
        raise BadInput(f"{path} isn't the settings of an autoencoder: {where}: {error_sentence(first)}.") from error
    except ValueError as error:
        raise BadInput(f"{path} is damaged: it is no JSON.") from error
    if not cfg.is_of_version_6:
        raise BadInput(
            f"{path} isn't marked as written by SAELens 6 or later (metadata.sae_lens_version), and earlier versions "
            "give settings other meanings: load and save it with a later SAELens."
        )
    if cfg.architecture not in _OWN_WEIGHTS:
        raise BadInput(
            f"{path} has the architecture {cfg.architecture!r:.80}; supported are {', '.join(_OWN_WEIGHTS)}."
        )
    for name, value in (("normalize", cfg.normalize_activations), ("reshape", cfg.reshape_activations)):
        if value != "none":
            raise BadInput(
                f"{path} has {name}_activations {value!r:.80}, which isn't supported: fold it into the weights with "
                "SAELens."
            )
    if cfg.architecture == "topk" and (cfg.k is None or cfg.k > cfg.d_sae):
        what = "lacks k" if cfg.k is None else f"keeps {cfg.k:,} of {cfg.d_sae:,} features"
        raise BadInput(f"{path} {what}: k is how many features of a topk are active per sample.")
    return cfg


def _check_shapes(path: Path, cfg: _Cfg) -> None:
    """Raise BadInput where the file's header isn't that of the settings, before anything large is read."""
    if cfg.d_in * cfg.d_sae > _MOST_WEIGHTS:
        raise BadInput(f"{path} is too large: {cfg.d_sae:,} features of {cfg.d_in:,} dimensions.")
    own = dict.fromkeys(_OWN_WEIGHTS[cfg.architecture], (cfg.d_sae,))
    expected = {"W_enc": (cfg.d_in, cfg.d_sae), "W_dec": (cfg.d_sae, cfg.d_in), "b_dec": (cfg.d_in,), **own}
    shapes = describe(path).shapes
    if missing := sorted(expected.keys() - shapes.keys()):
        raise BadInput(f"{path} lacks {', '.join(missing)}, which the architecture {cfg.architecture} has.")
    if unknown := sorted(shapes.keys() - expected.keys()):
        raise BadInput(f"{path} has {unknown[0]!r:.80}, which the architecture {cfg.architecture} doesn't have.")
    for name, shape in expected.items():
        if shapes[name] != shape:
            raise BadInput(f"{path} doesn't match its settings: {name} is {_sides(shapes[name])}, not {_sides(shape)}.")


def _sides(shape: tuple[int, ...]) -> str:
    return " x ".join(f"{side:,}" for side in shape) or "a single number"


def _center_on_decoder_bias(model: Autoencoder) -> None:
    """From an encoder of x to the same of x - b_d."""
    shift = (model.decoder_bias.double() @ model.encoder.double()).float()
    model.encoder_bias.add_(shift)
    if isinstance(model.variant, Gated):
        model.get_parameter("magnitude_bias").add_(shift * model.get_parameter("log_magnitude").exp())


def _fold_lengths(model: Autoencoder) -> None:
    """From features that are measured by the lengths of their directions to the same with directions of length 1."""
    lengths = model.lengths
    model.decoder.div_(lengths[:, None].clamp(min=1e-30))
    model.encoder.mul_(lengths)
    model.encoder_bias.mul_(lengths)
