"""The features of a run as a screen browses them: one table, which drops columns where there is no room for all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.core.content_words import class_cell
from lazytui.analyses.sae.feature_labels import Labels, find_features
from lazytui.analyses.sae.figures import feature_table
from lazytui.analyses.sae.result import SaeResult
from lazytui.errors import UsageError
from lazytui.figures.kinds import Cell, Column, Table
from lazytui.plain_text import plain_text
from lazytui.sae.category_names import CATEGORIES

ROOM_FOR_ALL = 96
"""Cells that all columns of the table need side by side."""

ROOM_FOR_LABELS = 108
"""The same where features have labels."""

ROOM_FOR_EACH_DIGIT = 120
"""The same of what features say to each digit."""

_SPARED = ("cos", "density")
_SPARED_FOR_LABELS = (*_SPARED, "strength", "logit")

Browsed = Sequence[int]
"""Features, in the order in which they are browsed."""


def browser_table(result: SaeResult, labels: Labels, chosen: Browsed, width: int) -> Table:
    """Density, strength, selectivities, what each says to the logits, and what a person calls it.

    width: cells that there are for it.
    """
    whole = feature_table(result, labels, chosen)
    says = _label_effects(result)
    named = len(whole.columns) - bool(labels)
    columns = (*whole.columns[:named], *(_SAYS if says else ()), *whole.columns[named:])
    rows = tuple((*row[:named], *(says[int(str(row[0]))] if says else ()), *row[named:]) for row in whole.rows)
    most = f"the {result.content.label} whose logit it moves most at its typical strength, and by how much."
    note = f"{whole.note} says: {most}"
    full = replace(whole, columns=columns, rows=rows, note=note if says else whole.note)
    if width >= (ROOM_FOR_LABELS if labels else ROOM_FOR_ALL):
        return full
    return _without(full, _SPARED_FOR_LABELS if labels else _SPARED)


def fit_logit_effects(effects: Table, width: int) -> Table:
    """What features say to each digit, with shorter headings and numbers where there is less room.

    effects: the figure of a run. width: cells that there are for it.
    """
    if width >= ROOM_FOR_EACH_DIGIT:
        return effects
    columns = tuple(
        replace(column, name=column.name.split()[0], decimals=min(column.decimals, 1)) for column in effects.columns
    )
    return _without(replace(effects, columns=columns), ("category",))


_SAYS = (Column(name="says"), Column(name="logit", decimals=2))


def _label_effects(result: SaeResult) -> list[tuple[Cell, ...]]:
    """For each feature the class that it moves most, and by how much; empty where nobody measured it."""
    effect = result.typical_effect
    if effect is None:
        return []
    most = np.abs(effect).argmax(1)
    unknown = np.isnan(effect.sum(1))
    return [
        (None, None)
        if unknown[feature] or result.is_of(feature, "dead")
        else (class_cell(result.content, int(label)), float(effect[feature, label]))
        for feature, label in enumerate(most)
    ]


def _without(figure: Table, names: Sequence[str]) -> Table:
    kept = [index for index, column in enumerate(figure.columns) if column.name not in names]
    rows = tuple(tuple(row[index] for index in kept) for row in figure.rows)
    return replace(figure, columns=tuple(figure.columns[index] for index in kept), rows=rows)


def describe(result: SaeResult, labels: Labels, feature: int) -> str:
    """`feature 12 (red)`, and what a person calls it."""
    called = f" “{labels[feature]}”" if feature in labels else ""
    return plain_text(f"feature {feature} ({stands_for(result, feature)}){called}")


def stands_for(result: SaeResult, feature: int) -> str:
    """`red`, `digit 7`, `red 7`, or the category where it is neither."""
    value, name = result.favorite_value(feature), result.content.classes[result.favorite_label(feature)]
    name_of_category = {"color": value, "digit": f"{result.content.label} {name}", "both": f"{value} {name}"}
    return name_of_category.get(CATEGORIES[int(result.category[feature])], result.category_of(feature))


def next_category(text: str, names: Sequence[str] = CATEGORIES) -> str:
    """The category after the one that is filtered by, at first the first; after the last none. names: of all."""
    order = ("", *names)
    return order[(order.index(text) + 1) % len(order)] if text in order else names[0]


def feature_words(result: SaeResult) -> str:
    """What features can be chosen by, such as words."""
    content = result.content
    label_words = f"{content.label} {content.classes[min(7, len(content.classes) - 1)]}"
    return f"{content.attribute} {content.values[0]}, {label_words}" if content.values else label_words


def read_features(text: str, result: SaeResult, labels: Labels) -> tuple[int, ...]:
    """`12 40`, or what `find_features` finds for other words. Raises UsageError where that is none."""
    parts = text.replace(",", " ").split()
    count = result.features
    if parts and all(word.isdecimal() for word in parts):
        numbers = tuple(dict.fromkeys(map(int, parts)))
        for number in numbers:
            if number >= count:
                raise UsageError(f"There is no feature {number}: they go from 0 to {count - 1}.")
        return numbers
    matches = tuple(find_features(result, labels, text)) if parts else ()
    if not matches:
        raise UsageError(
            f"No feature is {text!r:.60}: give numbers, or words such as {feature_words(result)} or a label."
        )
    return matches


def active_features(activity: NDArray[np.float32], current: int | None) -> list[int]:
    """The features that are active on an image, the strongest first; the current one before them if it isn't.

    activity: (n,).
    """
    order = [int(feature) for feature in np.argsort(-activity, kind="stable") if activity[feature] > 0]
    return order if current is None or current in order else [current, *order]
