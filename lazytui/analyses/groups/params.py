"""What can be chosen of `groups`."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field, field_validator

from lazytui.analyses.networks.model_under_study import NetworkParams
from lazytui.audit.editors import EDITORS
from lazytui.catalog_fields import name_field, require_name
from lazytui.groups import WAYS
from lazytui.list_values import split_list, split_numbers

ImageNumber = Annotated[int, Field(ge=0, lt=10**7)]
Correction = Annotated[str, Field(max_length=80)]


class GroupsParams(NetworkParams):
    """The network from which, and the way in which, groups are inferred."""

    by: str = name_field("property", "How contradicting training images are found.", WAYS)
    property: str | None = name_field(
        None,
        "With --by property: the property of the images; by default the one that the network's newest audit named.",
        {name: editor.phrase for name, editor in EDITORS.items()},
    )
    epochs: int = Field(2, ge=1, le=100, description="With --by two-fold: epochs of each of the two networks.")
    contradicting: Annotated[tuple[Correction, ...] | None, BeforeValidator(split_list)] = Field(
        None,
        description="Corrections: images that were missed, as NUMBER:CLASS with the class whose property they have, "
        "such as 17:3,250:8.",
    )
    agreeing: Annotated[tuple[ImageNumber, ...] | None, BeforeValidator(split_numbers)] = Field(
        None, description="Corrections: images that were marked wrongly, by number, such as 17,250-260."
    )
    seed: int = Field(0, ge=0, lt=2**63, description="Random seed of clusters, halves and their networks.")

    @field_validator("by")
    @classmethod
    def _known_way(cls, name: str) -> str:
        return require_name("way to infer groups", name, WAYS)

    @field_validator("property")
    @classmethod
    def _known_property(cls, name: str | None) -> str | None:
        return None if name is None else require_name("property", name, EDITORS)
