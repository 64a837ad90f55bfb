"""The training methods by name, readable without torch. Each lives in a file of its own here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from lazytui.training.methods.base import Method

Need = Literal["color labels", "group labels", "digit masks", "balanced data"]
"""color labels: which color each training image wears. group labels: those, and that digits occur in other colors than
their own. digit masks: which pixels are stroke. balanced data: digits set aside, in every color equally often."""


@dataclass(frozen=True)
class MethodEntry:
    """module, name: where the class is. source: paper or study.

    options: what can be chosen of it, with its defaults; the names are fields of MethodOptions.
    control: the method that draws the same samples and lacks what this one adds, where plain training doesn't.
    needs: what it reads besides images and digits. bends: whether it bends the task's rules (the training set keeps its
    bias, and nothing is turned gray). hopeless: whether it is known not to help, and is here to show that.
    length_matters: what of it depends on how long the whole training is; empty where the first steps of a longer one
    are the same.
    """

    summary: str
    module: str
    name: str
    source: str = ""
    options: Mapping[str, float] = field(default_factory=dict)
    control: str = ""
    needs: tuple[Need, ...] = ()
    bends: bool = False
    hopeless: bool = False
    length_matters: str = ""

    @property
    def rules(self) -> str:
        """Whether the method keeps the task's rules, and whether it is known not to help, in a word or two."""
        return (
            ", ".join(word for word, holds in (("bends", self.bends), ("hopeless", self.hopeless)) if holds) or "keeps"
        )

    @property
    def about(self) -> str:
        """The summary, what it reads, and how it stands to the rules, in sentences."""
        reads = f"Reads {', '.join(self.needs)}." if self.needs else ""
        bends = "Bends the rules." if self.bends else ""
        hopeless = "Known not to help." if self.hopeless else ""
        return " ".join(filter(None, (self.summary, reads, bends, hopeless)))

    @property
    def origin(self) -> str:
        """The source in brackets, where there is one."""
        return f"({self.source})" if self.source else ""


_ADVERSARY = {"adversary_steps": 5, "adversary_lr": 2e-3}

METHODS = {
    "erm": MethodEntry("Plain training: cross-entropy on every sample alike.", "erm", "PlainTraining"),
    "jitter-consistency": MethodEntry(
        "Other colors, same answer: color jitter, and a penalty where the prediction moves.",
        "jitter_consistency",
        "JitterConsistency",
        source="study A",
        options={"penalty": 5, "brightness": 0.8, "contrast": 0.8, "saturation": 0.8, "hue": 0.3},
        bends=True,
    ),
    "permute-jitter": MethodEntry(
        "Channels shuffled and colors jittered, so that color tells nothing any more.",
        "permute_jitter",
        "PermuteJitter",
        source="study E",
        options={"brightness": 0.3, "contrast": 0.3, "saturation": 0.5, "hue": 0.5},
        bends=True,
    ),
    "focal": MethodEntry(
        "What is already right counts less. Study A: with --lr 5e-4.",
        "focal",
        "FocalLoss",
        source="Lin 2017; study A",
        options={"gamma": 2},
        hopeless=True,
    ),
    "suppress": MethodEntry(
        "Features that respond to color are turned down, the others up.",
        "suppress",
        "Suppression",
        source="study A",
        options={"damping": 0.3, "boost": 3, "every": 1},
        hopeless=True,
    ),
    "input-color-gradient": MethodEntry(
        "The loss may depend on red, green and blue only alike. Second order: a step costs about 3.5 plain ones.",
        "input_color_gradient",
        "InputColorGradient",
        source="study B",
        options={"penalty": 100},
    ),
    "feature-color": MethodEntry(
        "The same features from the red, the green or the blue channel alone.",
        "feature_color",
        "FeatureColor",
        source="study B",
        options={"penalty": 1},
    ),
    "sobel-edge": MethodEntry(
        "The last map shall look like the image's edges, which are colored too.",
        "sobel_edge",
        "SobelEdge",
        source="study B",
        options={"penalty": 1},
        hopeless=True,
    ),
    "saliency-background": MethodEntry(
        "The loss may not depend on the background. Second order: a step costs about 3.5 plain ones.",
        "saliency_background",
        "SaliencyBackground",
        source="study E",
        options={"penalty": 0.5},
        needs=("digit masks",),
    ),
    "grl": MethodEntry(
        "Gradient reversal: the features unlearn what an adversary reads the color from.",
        "grl",
        "GradientReversal",
        source="Ganin 2016; study E",
        options={"alpha": 0.5, **_ADVERSARY},
        needs=("color labels",),
        length_matters="grl's reversal rises over the whole training",
    ),
    "color-penalty": MethodEntry(
        "The features are rewarded for the adversary's error about the color.",
        "color_penalty",
        "ColorPenalty",
        source="study E",
        options={"penalty": 0.5, **_ADVERSARY},
        needs=("color labels",),
        length_matters="color-penalty's weight rises over the first half of the training",
    ),
    "color-uniform": MethodEntry(
        "The adversary shall find all ten colors alike. Weaker than its kin.",
        "color_uniform",
        "ColorUniform",
        source="after Tzeng 2015",
        options={"penalty": 0.2, **_ADVERSARY},
        needs=("color labels",),
        length_matters="color-uniform's weight rises over the first half of the training",
    ),
    "jtt": MethodEntry(
        "Just train twice: the errors of a briefly trained network are drawn more often.",
        "jtt",
        "JustTrainTwice",
        source="Liu 2021; study C",
        options={"first_epochs": 1, "upweight": 20},
    ),
    "kmeans": MethodEntry(
        "Two clusters of features a digit, the small one drawn as often as the large one.",
        "kmeans",
        "Clusters",
        source="study C",
        options={"first_epochs": 1},
    ),
    "irm": MethodEntry(
        "Invariant risk minimization: one classifier that is best in every environment.",
        "irm",
        "InvariantRiskMinimization",
        source="Arjovsky 2019; study D",
        options={"penalty": 10, "anneal_steps": 500},
        control="resample",
        needs=("group labels",),
        length_matters="irm's penalty gets its weight at half of the training at the latest",
    ),
    "rex": MethodEntry(
        "Risk extrapolation: the same risk in every environment.",
        "rex",
        "RiskExtrapolation",
        source="Krueger 2021; study D",
        options={"penalty": 10, "anneal_steps": 500},
        control="resample",
        needs=("group labels",),
        length_matters="rex's penalty gets its weight at half of the training at the latest",
    ),
    "lff": MethodEntry(
        "Learning from failure: what a prejudiced network gets wrong counts more.",
        "lff",
        "LearningFromFailure",
        source="Nam 2020",
        options={"q": 0.7, "ema": 0.7},
    ),
    "group-dro": MethodEntry(
        "The worst of the 100 digit x color groups counts most. The paper's batches: 256 or more.",
        "group_dro",
        "GroupDRO",
        source="Sagawa 2020",
        options={"group_lr": 0.01},
        needs=("group labels",),
    ),
    "reweight": MethodEntry(
        "Every digit in every color counts the same.",
        "reweight",
        "Reweighting",
        source="inverse frequency",
        needs=("group labels",),
    ),
    "resample": MethodEntry(
        "As many images in another digit's color as in their own: irm and rex without their penalty.",
        "resample",
        "Resampling",
        source="inverse frequency",
        needs=("group labels",),
    ),
    "subsample": MethodEntry(
        "As many of each digit in each color as of the rarest.",
        "subsample",
        "Subsampling",
        source="Idrissi 2022",
        needs=("group labels",),
    ),
    "bias-balance": MethodEntry(
        "The head need not say what the color says already.",
        "bias_balance",
        "BiasBalance",
        source="Hong & Yang 2021",
        needs=("color labels",),
    ),
    "dfr": MethodEntry(
        "Plain features, and a sparse head refitted on digits set aside, in every color.",
        "dfr",
        "DeepFeatureReweighting",
        source="Kirichenko 2023",
        options={"aside": 0.1, "refits": 20, "l1": 1e-3},
        needs=("balanced data",),
    ),
    "lisa": MethodEntry(
        "Images mixed with others of the same digit in another color, or the reverse.",
        "lisa",
        "SelectiveMixing",
        source="Yao 2022",
        options={"mix": 2},
        needs=("group labels",),
    ),
    "eiil": MethodEntry(
        "Environments inferred from a plain network's mistakes, then group DRO over them.",
        "eiil",
        "EnvironmentInference",
        source="Creager 2021",
        options={"first_epochs": 1, "group_lr": 0.01},
    ),
    "cnc": MethodEntry(
        "Features of one digit pulled together where a plain network takes it for different ones.",
        "cnc",
        "CorrectAndContrast",
        source="Zhang 2022",
        options={"first_epochs": 1, "penalty": 1, "temperature": 0.05},
    ),
    "adversarial": MethodEntry(
        "Trained on the worst image nearby, to see whether that removes the bias too.",
        "adversarial",
        "AdversarialTraining",
        source="Madry 2018",
        options={"epsilon": 0.1, "attack_steps": 5},
    ),
}


ABOUT = {name: entry.about for name, entry in METHODS.items()}
"""A few words on each method."""


def method_class(name: str) -> type[Method]:
    entry = METHODS[name]
    found: type[Method] = getattr(import_module(f"{__name__}.{entry.module}"), entry.name)
    return found
