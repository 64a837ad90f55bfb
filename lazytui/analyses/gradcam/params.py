"""What can be chosen of `gradcam`."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from lazytui.analyses.gradcam.image_words import wears
from lazytui.analyses.networks.image_choice import SplitName
from lazytui.analyses.networks.score_choice import Margin, ScoreFunction, class_or_score
from lazytui.analyses.networks.second_network import PairParams
from lazytui.counted_nouns import listed
from lazytui.data.content import DIGITS, NO_CLASS, Content
from lazytui.errors import UsageError
from lazytui.list_values import split_list
from lazytui.saliency.map_names import MethodName, require_layer_suits

ClassTarget = Literal["predicted", "label", "attribute"] | int
"""The class to explain: of each image what is predicted, its own, the one of its value; or one for all images."""

Target = ClassTarget | Margin | ScoreFunction

_PREDICTED = "predicted"


class GradcamParams(PairParams):
    """Which network's gaze is looked at, by which map, on which images."""

    method: MethodName = Field(
        "grad-cam", description="The saliency method. The result also shows one map of every method."
    )
    layer: str | None = Field(
        None,
        description="The layer whose map is shown, such as features.relu2. Default: the last with a map of 7 x 7 or "
        "finer that the class depends on. Tokens of a transformer are arranged in their grid.",
    )
    target: str = Field(
        _PREDICTED,
        max_length=1000,
        description="The class whose evidence is shown: the predicted class, the digit, the digit that the color "
        "belongs to, or one class for all images. For images other than digits: class, the name of the attribute, or a "
        "class by name or number. Also margin:3,8, the logit of one class minus another's, or your own function, "
        "file.py:function, that makes (n,) of logits (n, classes).",
        examples=[_PREDICTED, "digit", "color", *DIGITS],
    )
    show: Annotated[tuple[str, ...], BeforeValidator(split_list), Field(max_length=100)] | None = Field(
        None,
        description="Images of the split to show one by one, with their maps and probabilities: numbers, or digit and "
        "color for the first such image, as in red 7,red 1,17; of other images value and class, as in water heron.",
    )
    split: SplitName = Field("easy", description="The images to look at; easy are those of the validation split.")
    images: Annotated[int, Field(ge=2)] | None = Field(
        None, description="Number of these images; default all, or fewer for a slow method."
    )
    checked: Annotated[int, Field(ge=0)] = Field(
        200, description="Images for the tests of the maps (faithfulness, randomized weights, recoloring)."
    )
    baseline: Literal["black", "mean"] = Field(
        "black",
        description="Start of integrated gradients, and value of absent superpixels in kernel-shap: a black image, or "
        "the mean of the split.",
    )
    superpixels: Annotated[int, Field(ge=2, le=10)] = Field(
        7, description="Superpixels per row and per column of kernel-shap."
    )
    seed: Annotated[int, Field(ge=0, lt=2**63)] = Field(
        0, description="Random seed of noise, random orders and random weights."
    )

    @model_validator(mode="after")
    def _check_combination(self) -> Self:
        require_layer_suits(self.method, self.layer)
        return self


def target_words(content: Content) -> tuple[str, ...]:
    """The targets that can be named."""
    return (_PREDICTED, content.label, *((content.attribute,) if content.values else ()), *content.classes)


def read_target(text: str, content: Content) -> Target:
    """A target by one of its words, a class also by its number; or a score. Raises UsageError for anything else."""
    word = text.strip().casefold()
    if word == _PREDICTED:
        return "predicted"
    if word == content.label.casefold():
        return "label"
    if content.values and word == content.attribute.casefold():
        return "attribute"
    target = class_or_score(text, content)
    if target is None:
        allowed = listed(target_words(content), len(DIGITS) + 3)
        raise UsageError(f"--target {text!r:.60} is none of: {allowed}; nor margin:A,B or file.py:function.")
    return target


def target_class(target: ClassTarget, label: int, attribute: int, content: Content) -> int | None:
    """The class to explain of an image; None for what is predicted."""
    if target == "predicted":
        return None
    if target == "label":
        return label
    if target != "attribute":
        return target
    aligned_label = int(content.aligned_classes[attribute])
    if aligned_label == NO_CLASS:
        raise UsageError(
            f"This image {wears(content)} no {content.attribute}, so there is no {content.attribute}'s {content.label} "
            "to target."
        )
    return aligned_label
