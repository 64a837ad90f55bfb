"""Multilayer perceptrons on flattened pixels, which differ in their widths alone."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from lazytui.models.architectures.base import Layer, ModelEntry, classifier
from lazytui.system.lazy_torch import nn

if TYPE_CHECKING:
    from torch.nn import Module

    from lazytui.models.architectures.classifier import Classifier
    from lazytui.models.shapes import NetworkShape

_PIXELS, _CLASSES = 3 * 28 * 28, 10


def build_perceptron(shape: NetworkShape, widths: tuple[int, ...]) -> Classifier:
    """Linear layers of these widths with a ReLU after each, and a linear head."""
    modules: dict[str, Module] = {"flatten": nn.Flatten()}
    for number, (before, after) in enumerate(pairwise((3 * shape.positions(), *widths)), start=1):
        modules |= {f"fc{number}": nn.Linear(before, after), f"relu{number}": nn.ReLU()}
    return classifier(**modules, head=nn.Linear(widths[-1], shape.classes))


def perceptron(name: str, summary: str, origin: str, widths: tuple[int, ...]) -> ModelEntry:
    """The entry of such a network."""
    ends = pairwise((_PIXELS, *widths, _CLASSES))
    inner = tuple(Layer(f"features.relu{number}", (width,)) for number, width in enumerate(widths[:-1], start=1))
    return ModelEntry(
        name=name,
        summary=summary,
        origin=origin,
        build=lambda shape: build_perceptron(shape, widths),
        layers=(*inner, Layer("features", widths[-1:])),
        parameters=sum((before + 1) * after for before, after in ends),
    )
