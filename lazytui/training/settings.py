"""What can be chosen about training, apart from the data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import ConfigDict, field_validator, model_validator

from lazytui.catalog_fields import ChosenOptions, merged_options, name_field, require_own, with_defaults
from lazytui.models.forms.variants import variant_of
from lazytui.training.loop_settings import LoopSettings
from lazytui.training.methods import METHODS
from lazytui.training.methods.base import MethodOptions

ABOUT = {name: entry.description for name, entry in METHODS.items()}
"""A few words on each method."""

if TYPE_CHECKING:
    AllMethodOptions = ChosenOptions
else:
    AllMethodOptions = merged_options("AllMethodOptions", METHODS, heading="Options of methods")


def require_method(name: str) -> str:
    """The method's name, a combination's with its parts in the order of the list. Raises ValueError for any other."""
    if refusal := METHODS.refusal(name):
        raise ValueError(refusal)
    return METHODS.sorted_name(name)


class MethodChoice(AllMethodOptions):
    """A method with its options. What the method reads and isn't given takes the method's default; others are None."""

    HEADING: ClassVar[str] = "Method"

    method: str = name_field("erm", "Training method; + combines several, such as grl+rex.", ABOUT)

    @property
    def method_options(self) -> MethodOptions:
        """The options of the method, as its own file declares them."""
        own = METHODS[self.method].options
        return own.model_construct(**{name: getattr(self, name) for name in own.model_fields})

    @field_validator("method")
    @classmethod
    def _known_method(cls, method: str) -> str:
        return require_method(method)

    @model_validator(mode="before")
    @classmethod
    def _take_defaults(cls, values: Any) -> Any:
        return with_defaults(values, "method", "erm", METHODS)

    @model_validator(mode="after")
    def _refuse_others(self) -> MethodChoice:
        require_own("method", self.method, self.chosen_options, METHODS[self.method].options.model_fields)
        return self


class TrainingSettings(MethodChoice, LoopSettings):
    """The recipe of one training: what any has to choose, then its method and what that asks besides."""

    model_config = ConfigDict(defer_build=False)

    @model_validator(mode="before")
    @classmethod
    def _take_form(cls, values: Any) -> Any:
        """A method that trains a network of another form gets that of the architecture."""
        method = values.get("method") if isinstance(values, dict) else None
        entry = METHODS.get(method) if isinstance(method, str) else None
        if entry is None or not entry.network:
            return values
        return {**values, "model": variant_of(entry.network, values.get("model") or cls.model_fields["model"].default)}
