"""Other forms of an architecture: `twin:NAME` has two of its encoders, `prototypes:NAME` heads of prototypes.

Readable without torch.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from lazytui.code_permission import is_variant
from lazytui.models.architectures import ARCHITECTURES

if TYPE_CHECKING:
    from lazytui.models.architectures.classifier import Classifier, FeaturesAndHead
    from lazytui.models.shapes import NetworkShape


def variant_of(form: str, name: str) -> str:
    """The name of that form of an architecture; the name as it is where the catalog hasn't it."""
    return f"{form}:{name}" if name in ARCHITECTURES else name


def architecture_of(name: str) -> str:
    """The name of the architecture that a form is of; any other name as it is."""
    return name.partition(":")[2] if is_variant(name) else name


def build_variant(form: str, build: Callable[[NetworkShape], Classifier], shape: NetworkShape) -> FeaturesAndHead:
    """form: as in `code_permission.VARIANTS`. build: makes the architecture with fresh weights."""
    from lazytui.models.forms.prototype_ensemble import PrototypeEnsemble
    from lazytui.models.forms.two_encoders import two_encoders

    if form == "twin":
        return two_encoders(build(shape), build(shape))
    return PrototypeEnsemble(build(shape))
