"""The turn of a dial: the verdict, the image, where the network looks, the whole curve, and its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from lazytui.analyses.core.content_words import class_cell
from lazytui.analyses.sae.dose_figures import ShownDose, dose_figures, dose_text
from lazytui.analyses.sae.dose_layer import FeatureOnImage, Prediction
from lazytui.analyses.sae_dial.result import SaeDialResult
from lazytui.figures.kinds import Column, Figure, Table, Text
from lazytui.sae.edits.dose_response import Dose

if TYPE_CHECKING:
    from lazytui.analyses.sae_dial.params import SaeDialParams


def figures(params: SaeDialParams, result: SaeDialResult) -> list[Figure]:
    dose = Dose(result.features, params.shown_factor, params.how, result.into)
    shown = ShownDose(
        image=result.image,
        name=result.name,
        label=result.label,
        attribute=result.attribute,
        content=result.content,
        value_colors=result.value_colors,
        dose=dose,
        factors=params.factors,
        curve=result.probabilities,
        before=Prediction(result.unchanged, result.heat_before),
        after=Prediction(result.probabilities[params.factors.index(dose.factor)], result.heat_after),
        advice=result.advice,
        features=_features_on_image(result),
        cam_layer=result.cam_layer,
    )
    return [_verdict(params, result, dose), *dose_figures(shown), _by_factor(params.factors, result), _turned(result)]


def _features_on_image(result: SaeDialResult) -> tuple[FeatureOnImage, ...]:
    where, grad_cam = result.mapped, result.mapped_grad_cam
    count = max((len(maps) for maps in (where, grad_cam) if maps is not None), default=0)
    return tuple(
        FeatureOnImage(
            result.features[row],
            float(result.activity[row]),
            None if where is None else where[row],
            None if grad_cam is None else grad_cam[row],
        )
        for row in range(count)
    )


def _verdict(params: SaeDialParams, result: SaeDialResult, shown: Dose) -> Text:
    says, classes = int(result.predicted), result.content.classes
    before = f"A {result.name}: the network says {classes[says]} ({result.unchanged[says]:.1%})."
    factor = result.tipping_factor if params.at is None else params.at
    if factor is None:
        dose = replace(shown, factor=params.factors[0])
        after = f"{dose_text(dose)}, up to {params.factors[-1]:g}: it says {classes[says]} throughout."
    else:
        shares = result.probabilities[params.factors.index(factor)]
        after = f"{dose_text(replace(shown, factor=factor))}: it says {classes[shares.argmax()]} ({shares.max():.1%})."
    return Text(name="verdict", title="Dose-response of one image", paragraphs=(f"{before} {after}",))


def _by_factor(factors: Sequence[float], result: SaeDialResult) -> Table:
    content = result.content
    classes = (Column(name=name) for name in content.classes)
    return Table(
        name="by-factor",
        title=f"Probability of each {content.label}, %",
        note=f"By the factor of the dose; predicted: the most probable {content.label}.",
        columns=(Column(name="factor", decimals=2), Column(name="predicted"), *classes),
        rows=tuple(
            (factor, class_cell(content, int(probabilities.argmax())), *(100 * float(share) for share in probabilities))
            for factor, probabilities in zip(factors, result.probabilities, strict=True)
        ),
    )


def _turned(result: SaeDialResult) -> Table:
    turned = (*result.features, *result.into)
    return Table(
        name="features",
        title="The scaled features",
        note="strength: mean activation where it is active. here: its activation on this image.",
        columns=(Column(name="feature"), Column(name="strength", decimals=2), Column(name="here", decimals=2)),
        rows=tuple(
            (feature, float(strength), float(here))
            for feature, strength, here in zip(turned, result.strength, result.activity, strict=True)
        ),
    )
