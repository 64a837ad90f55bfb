"""What can be chosen of `transfer`."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, field_validator

from lazytui.analyses.networks.second_network import SecondNetworkParams
from lazytui.data.presets import preset_fields, presets
from lazytui.errors import UsageError
from lazytui.list_values import split_list


def _names(value: Any) -> Any:
    """None only where a record has none."""
    return () if value in ((), []) else split_list(value)


class TransferParams(SecondNetworkParams):
    """Which network, which other one beside it, and which data sets."""

    to: Annotated[tuple[str, ...], BeforeValidator(_names)] = Field(
        tuple(presets()),
        max_length=100,
        description="Data sets to evaluate on besides the training's own, such as gr95z,gr95h,bw100z. Default: all "
        "presets; none for images that aren't painted in colors.",
        examples=list(presets()),
        json_schema_extra={"about": {name: preset["about"] for name, preset in presets().items()}},
    )
    source: str | None = Field(None, description="Digits to paint, if not those of the training.")

    @field_validator("to")
    @classmethod
    def _check_names(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            try:
                preset_fields(name)
            except UsageError as error:
                raise ValueError(str(error)) from error
        return names
