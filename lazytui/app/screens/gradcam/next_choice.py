"""What the keys for method, layer, target and split choose next, and how that is said."""

from __future__ import annotations

from typing import Any

from lazytui.analyses.gradcam.live import SaliencyAnswer
from lazytui.analyses.gradcam.params import GradcamParams, target_words
from lazytui.analyses.networks.score_choice import read_score, score_in_words
from lazytui.app.screens.common.browser_screen import next_value
from lazytui.counted_nouns import with_article
from lazytui.data.content import Content, colored_digits
from lazytui.errors import UsageError
from lazytui.saliency.map_names import METHODS


def next_choice(params: GradcamParams, name: str, by: int, answer: SaliencyAnswer | None) -> dict[str, Any]:
    """The form's values with which the next method, layer, target or split holds. UsageError where there is none."""
    if name == "method":
        method = next_value(list(answer.methods if answer and answer.methods else METHODS), params.method, by)
        keeps = METHODS[method].of_layer and method != "cam"
        return {"method": method, "layer": params.layer if keeps else None}
    if name == "layer":
        return _next_layer(params, by, answer)
    if name == "target":
        allowed = target_words(
            answer.browsed.split.content if answer and answer.browsed else colored_digits("distinct")
        )
        return {name: next_value(allowed, params.target, by)}
    values = [*GradcamParams.model_fields[name].annotation.__args__]  # type: ignore[union-attr]
    return {name: next_value(values, getattr(params, name), by)}


def _next_layer(params: GradcamParams, by: int, answer: SaliencyAnswer | None) -> dict[str, Any]:
    method = METHODS[params.method]
    if not method.of_layer:
        raise UsageError(f"{method.title} shows {method.subject}: there is no layer to choose.")
    if params.method == "cam":
        raise UsageError("CAM is the map of one layer, the one that is averaged into the head.")
    shown = answer.explanations[0].layer if answer and answer.explanations else None
    layers = [layer for layer, _ in answer.layers] if answer else []
    return {"layer": next_value(layers, params.layer or shown, by)} if layers else {}


def target_in_words(target: str, content: Content) -> str:
    """`class predicted`, `the digit`, `the color's digit`, `class 3`."""
    named = {
        "predicted": "class predicted",
        content.label: f"the {content.label}",
        content.attribute: f"the {content.attribute}'s {content.label}",
    }
    try:
        score = read_score(target, content)
    except UsageError:  # the form says what is wrong with it
        score = None
    return score_in_words(score, content) if score else named.get(target, f"class {target}")


def which_images(content: Content) -> str:
    """The question for a filter."""
    value = f"{with_article(content.attribute)}, " if content.values else ""
    kinds = "for which reason, or where the evidence is" if content.values else "or where the evidence is"
    return f"Which images? {with_article(content.label).capitalize()}, {value}right, wrong, {kinds}; empty: all."
