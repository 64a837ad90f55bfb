"""SAELens: write the autoencoder of a run of `sae` as its folder, and load its folder as a run of `sae`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lazytui.analyses.core.execute import recorded_result
from lazytui.analyses.sae.params import SaeParams
from lazytui.errors import BadInput, UsageError
from lazytui.files.writing import is_folder, parse_path
from lazytui.runs.run_folder import RunFolder
from lazytui.sae import VARIANTS
from lazytui.system.torch_import import require_torch

if TYPE_CHECKING:
    from lazytui.sae.autoencoder import Autoencoder

_OF_TRAINING = ("variant", "expansion", "steps", "epochs", "batch", "lr", "controls")
"""Options that an autoencoder from elsewhere doesn't have."""
_WIDEST = 256
"""Features for each dimension, as `SaeParams.expansion` allows."""


def write_saelens(params: SaeParams, run: RunFolder) -> Mapping[str, bytes]:
    """The files of the folder, by name. Raises BadInput where the run's autoencoder is missing or damaged."""
    result = recorded_result(run)
    require_torch()
    from lazytui.sae import variant_name
    from lazytui.sae.saelens_folder import saelens_files
    from lazytui.sae.saved_sae import ActivationOrigin, load_autoencoder
    from lazytui.sae.variants.base import Variant

    origin = ActivationOrigin(result.fingerprint, result.layer, params.positions)
    model = load_autoencoder(run.autoencoder, origin)
    assert isinstance(model.variant, Variant)
    metadata = {
        "model_name": params.run,
        "hook_name": result.layer,
        "positions": params.positions,
        "fingerprint": result.fingerprint,
        "variant": variant_name(model.variant),
        "run": run.id,
    }
    return saelens_files(model, metadata)


def resolve_saelens(params: SaeParams) -> tuple[SaeParams, int]:
    """The same with the folder's values for the options of a training; and the autoencoder's dimensions.

    Raises BadInput as `read_saelens` does, and UsageError for options of a training.
    """
    assert params.saelens is not None
    folder = parse_path(params.saelens).absolute()
    if not is_folder(folder):
        raise BadInput(f"There is no folder {params.saelens}: SAELens saves an autoencoder as a folder.")
    require_torch()
    from lazytui.sae import variant_name
    from lazytui.sae.saelens_folder import read_saelens
    from lazytui.sae.variants.base import Variant

    model = read_saelens(folder)
    assert isinstance(model.variant, Variant)
    if model.features > _WIDEST * model.dimensions:
        raise BadInput(
            f"{params.saelens} has {model.features:,} features of {model.dimensions:,} dimensions; at most {_WIDEST} "
            "per dimension are supported."
        )
    kind = variant_name(model.variant)
    variant = kind if kind in VARIANTS else "jumprelu"
    options = VARIANTS[variant].defaults | {"k": getattr(model.variant, "k", None)}
    update: dict[str, Any] = {
        **dict.fromkeys(params.OPTIONS),
        **options,
        "variant": variant,
        "saelens": str(folder),
        "expansion": model.features / model.dimensions,
        "controls": 0,
    }
    for name in _OF_TRAINING:
        default = SaeParams.model_fields[name].default
        if getattr(params, name) not in (default, update.get(name, default)):
            raise UsageError(
                f"--saelens loads a trained autoencoder, and --{name} is an option of training: leave out one of them."
            )
    return params.model_copy(update=update), model.dimensions


def require_same_dimensions(sae_dimensions: int, dimensions: int, layer: str, params: SaeParams) -> None:
    """Raise BadInput where the layer isn't what an autoencoder of so many dimensions was trained on."""
    if sae_dimensions != dimensions:
        raise BadInput(
            f"The autoencoder in {params.saelens} has {sae_dimensions:,} dimensions, and {layer} has {dimensions:,} "
            f"with --positions {params.positions}: choose the layer that it was trained on."
        )


def read_chosen_saelens(params: SaeParams, dimensions: int, layer: str) -> Autoencoder:
    """The autoencoder of the folder that Params name, on the CPU. Raises BadInput where it isn't of the layer."""
    assert params.saelens is not None
    from lazytui.sae.saelens_folder import read_saelens

    model = read_saelens(Path(params.saelens))
    require_same_dimensions(model.dimensions, dimensions, layer, params)
    return model
