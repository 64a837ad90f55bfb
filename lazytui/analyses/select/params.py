"""What can be chosen of `select`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from lazytui.analyses.core.analysis import Params, RunReference
from lazytui.audit.editors import EDITORS
from lazytui.catalog_fields import name_field, require_name
from lazytui.list_values import split_list


def _known_properties(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(require_name("property", name, EDITORS) for name in names)


PropertyNames = Annotated[tuple[str, ...], BeforeValidator(split_list), AfterValidator(_known_properties)] | None
"""Properties of images: all are exchanged, and groups are inferred from the first; None: none."""


def property_field(description: str) -> Any:
    """A field of `PropertyNames`."""
    return name_field(None, description, {name: editor.phrase for name, editor in EDITORS.items()})


class SelectParams(Params):
    """The trainings to choose among, and the selectors."""

    runs: Annotated[tuple[str, ...], RunReference(kinds=("train",), argument=True)] = Field(
        (),
        max_length=1000,
        description="Finished trainings on the same data; by default all on the data of the newest one. Checkpoints "
        "that a training kept (--keep-checkpoints) are candidates too.",
    )
    plain: Annotated[str | None, RunReference(kinds=("train",))] = Field(
        None,
        description="The plain network from which environments are inferred; by default the shortest plain training "
        "on these data.",
    )
    property: PropertyNames = property_field(
        "Properties that an audit flagged, the named one first, such as hue,background. Also choose by worst swap "
        "(exchanges each of them) and by worst group (infers groups from the first)."
    )
    model: str | None = Field(
        None,
        max_length=500,
        description="Custom code (FILE.py:FACTORY) that trainings name and that may be executed; code that only a run "
        "names never is.",
    )
    device: Literal["auto", "cpu", "cuda", "mps"] = Field(
        "auto", description="Where to compute; auto uses a GPU if there is one."
    )
