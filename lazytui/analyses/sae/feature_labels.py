"""What a person calls features: kept beside the result of the run that found them, and searched together with it."""

from __future__ import annotations

import json
from collections.abc import Mapping

from lazytui.analyses.sae.result import SaeResult
from lazytui.errors import BadInput, UsageError
from lazytui.files.reading import read_json
from lazytui.files.writing import write_atomic
from lazytui.plain_text import plain_text
from lazytui.runs.run_folder import RunFolder

LONGEST = 80
_LARGEST = 4 << 20

Labels = Mapping[int, str]
"""By feature."""


def read_labels(run: RunFolder) -> Labels:
    """The labels of a run's features, made safe to show. Raises BadInput where their file is damaged."""
    try:
        content = read_json(run.labels, _LARGEST)
        return {int(feature): plain_text(str(text))[:LONGEST] for feature, text in content.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, AttributeError) as error:
        raise BadInput(f"{run.labels} is damaged and can't be read.") from error


def set_label(run: RunFolder, features: int, feature: int, text: str) -> None:
    """Call a feature something, or nothing with an empty text. features: how many there are.

    Raises UsageError for a feature that doesn't exist and for a text that can't be a label.
    """
    if not 0 <= feature < features:
        raise UsageError(f"There is no feature {feature}: they go from 0 to {features - 1}.")
    if text != plain_text(text):
        raise UsageError("A label is a line of text without control characters.")
    if len(text) > LONGEST:
        raise UsageError(f"A label has {LONGEST} characters at most, and this one has {len(text)}.")
    labels = {**read_labels(run), feature: text.strip()}
    kept = {str(number): label for number, label in sorted(labels.items()) if label}
    write_atomic(run.labels, json.dumps(kept, indent=1, ensure_ascii=False) + "\n")


def find_features(result: SaeResult, labels: Labels, text: str) -> list[int]:
    """The features that all of these words fit, those first that do most: `color red`, `digit 7`, `dead`, a label's."""
    query = text.casefold().split()
    return [int(f) for f in result.by_mass if all(word in _searchable_text(result, labels, int(f)) for word in query)]


def _searchable_text(result: SaeResult, labels: Labels, feature: int) -> str:
    """What a feature can be found by; the favorites of what it is selective for."""
    parts = [result.category_of(feature), labels.get(feature, "")]
    if result.is_of(feature, "color", "both"):
        parts.append(result.favorite_value(feature))
    if result.is_of(feature, "digit", "both"):
        parts.append(result.content.classes[result.favorite_label(feature)])
    return " ".join(parts).casefold()
