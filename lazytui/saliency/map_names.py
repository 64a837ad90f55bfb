"""The saliency methods by name, readable without torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal


@dataclass(frozen=True)
class MapMethod:
    """title: the paper's name. meaning: what a value of the map is, with the paper.

    of_layer: whether it maps a layer; otherwise it scores pixels, or squares of them.
    signed: whether negative values (evidence against the class) are shown; the CAM family is shown after a ReLU, as in
    its papers.
    images: how many images of a split it is affordable for; None: all.
    of_attention: whether it maps attention among tokens, which few networks have.
    """

    title: str
    meaning: str
    of_layer: bool
    signed: bool = False
    images: int | None = None
    of_attention: bool = False

    @property
    def subject(self) -> str:
        """What it shows where it maps no layer."""
        return "the attention of all layers" if self.of_attention else "the image's own pixels"


MethodName = Literal[
    "grad-cam",
    "grad-cam++",
    "hires-cam",
    "layer-cam",
    "cam",
    "score-cam",
    "input-gradient",
    "smooth-grad",
    "integrated-gradients",
    "occlusion",
    "kernel-shap",
    "attention-rollout",
    "legrad",
]

METHODS: Mapping[MethodName, MapMethod] = MappingProxyType(
    {
        "grad-cam": MapMethod(
            "Grad-CAM", "channels weighted by the mean gradient of the class score (Selvaraju 2017)", of_layer=True
        ),
        "grad-cam++": MapMethod(
            "Grad-CAM++",
            "channels weighted by their positive gradients, rare ones more (Chattopadhay 2018)",
            of_layer=True,
        ),
        "hires-cam": MapMethod("HiResCAM", "activation x gradient at each position (Draelos 2020)", of_layer=True),
        "layer-cam": MapMethod(
            "LayerCAM", "activation x positive gradient at each position (Jiang 2021)", of_layer=True
        ),
        "cam": MapMethod(
            "CAM",
            "channels weighted by the head; for layers averaged straight into a linear head (Zhou 2016)",
            of_layer=True,
        ),
        "score-cam": MapMethod(
            "Score-CAM",
            "channels weighted by the score of the image seen through them (Wang 2020)",
            of_layer=True,
            images=300,
        ),
        "input-gradient": MapMethod(
            "input gradient",
            "size of the score's gradient at each pixel, over channels (Simonyan 2013)",
            of_layer=False,
        ),
        "smooth-grad": MapMethod(
            "SmoothGrad",
            "size of the mean gradient of 25 noisy copies, noise .15 (Smilkov 2017)",
            of_layer=False,
            images=1000,
        ),
        "integrated-gradients": MapMethod(
            "Integrated Gradients",
            "share of each pixel in the change of score from a baseline to the image (Sundararajan 2017)",
            of_layer=False,
            signed=True,
            images=1000,
        ),
        "occlusion": MapMethod(
            "occlusion",
            "drop of the score when a 4 x 4 patch takes the data's mean color (Zeiler 2014)",
            of_layer=False,
            signed=True,
            images=300,
        ),
        "kernel-shap": MapMethod(
            "KernelSHAP",
            "share of each square of pixels in the change of score from a baseline to the image (Lundberg 2017)",
            of_layer=False,
            signed=True,
            images=100,
        ),
        "attention-rollout": MapMethod(
            "attention rollout",
            "share of each patch in the tokens that are read at the end, through the attention of all layers; the same "
            "for every class (Abnar 2020)",
            of_layer=False,
            images=1000,
            of_attention=True,
        ),
        "legrad": MapMethod(
            "LeGrad",
            "positive gradient of the class score with respect to attention to each patch, over all layers "
            "(Bousselham 2024)",
            of_layer=False,
            images=1000,
            of_attention=True,
        ),
    }
)


def require_layer_suits(method: MethodName, layer: str | None) -> None:
    """Raise ValueError where a layer is named for a method that maps none."""
    if layer is not None and not METHODS[method].of_layer:
        raise ValueError(f"The method {method} shows {METHODS[method].subject}: leave out --layer.")
