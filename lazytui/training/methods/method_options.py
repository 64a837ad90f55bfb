"""What can be chosen of the methods: one field a name, shared by all methods in which it means the same."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, field_validator, model_validator

from lazytui.catalog_fields import known, named, option, require_own, with_defaults
from lazytui.training.methods import ABOUT, METHODS


def _option(name: str, meaning: str, **limits: Any) -> Any:
    return option(name, meaning, METHODS, **limits)


class MethodOptions(BaseModel):
    """None: nothing was chosen."""

    alpha: float | None = _option("alpha", "How strongly the gradient is reversed at the end.", ge=0, le=100)
    adversary_steps: int | None = _option("adversary_steps", "Adversary steps for one of the model.", ge=1, le=100)
    adversary_lr: float | None = _option("adversary_lr", "Learning rate of the adversary.", gt=0, le=1)
    penalty: float | None = _option("penalty", "Weight of what the method adds to cross-entropy.", ge=0, le=1e6)
    brightness: float | None = _option("brightness", "Brightness factors, 1 +- this.", ge=0, le=10)
    contrast: float | None = _option("contrast", "Contrast factors, 1 +- this.", ge=0, le=10)
    saturation: float | None = _option("saturation", "Saturation factors, 1 +- this.", ge=0, le=10)
    hue: float | None = _option("hue", "Largest turn of the hue; 0.5 is half around.", ge=0, le=0.5)
    gamma: float | None = _option("gamma", "How steeply certainty discounts a sample.", ge=0, le=20)
    damping: float | None = _option("damping", "Factor on features that respond to color.", ge=0, le=1)
    boost: float | None = _option("boost", "Factor on the other features.", ge=1, le=100)
    every: int | None = _option("every", "Epochs between looks at the features.", ge=1, le=10_000)
    first_epochs: int | None = _option("first_epochs", "Epochs of the first, plain network.", ge=1, le=10_000)
    upweight: float | None = _option("upweight", "How many times as often its errors are drawn.", ge=1, le=1e6)
    anneal_steps: int | None = _option(
        "anneal_steps", "Steps before the penalty gets its weight; half of the training at most.", ge=0
    )
    q: float | None = _option("q", "How proud the biased network is: 0 plain, 1 most.", gt=0, le=1)
    ema: float | None = _option("ema", "Share of the old in a sample's average loss.", ge=0, lt=1)
    group_lr: float | None = _option("group_lr", "How fast the worst groups gain weight.", ge=0, le=10)
    aside: float | None = _option("aside", "Share of the training digits set aside for the head.", gt=0, le=0.5)
    refits: int | None = _option("refits", "Heads that are fitted and averaged.", ge=1, le=1000)
    l1: float | None = _option("l1", "L1 penalty of the head.", ge=0, le=10)
    mix: float | None = _option("mix", "Both parameters of the Beta that mixing shares are drawn from.", gt=0, le=100)
    temperature: float | None = _option("temperature", "Temperature of the contrast.", gt=0, le=10)
    epsilon: float | None = _option("epsilon", "How far an attack may move a value, of 1.", ge=0, le=1)
    attack_steps: int | None = _option("attack_steps", "Steps of the attack.", ge=1, le=1000)


class MethodChoice(MethodOptions):
    """A method with its options. What the method reads and isn't given takes the method's default; others are None."""

    method: str = named("erm", "Training method; erm is plain training.", ABOUT)

    @field_validator("method")
    @classmethod
    def _known_method(cls, method: str) -> str:
        return known("method", method, METHODS)

    @model_validator(mode="before")
    @classmethod
    def _take_defaults(cls, given: Any) -> Any:
        return with_defaults(given, "method", "erm", METHODS)

    @model_validator(mode="after")
    def _refuse_others(self) -> MethodChoice:
        given = {name: getattr(self, name) for name in MethodOptions.model_fields}
        require_own("method", self.method, given, METHODS[self.method].options)
        return self
