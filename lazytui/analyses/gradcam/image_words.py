"""What is said of images and of the answers about them, by what a data set holds."""

from __future__ import annotations

from lazytui.analyses.core.content_words import region
from lazytui.data.content import Content
from lazytui.saliency.checks.reason_categories import EVIDENCE_CATEGORIES, REASONS


def reason_names(content: Content) -> tuple[str, ...]:
    """REASONS, with what the attribute is called."""
    return tuple(name.replace("the color", f"the {content.attribute or 'attribute'}") for name in REASONS)


def evidence_names(content: Content) -> tuple[str, ...]:
    """EVIDENCE_CATEGORIES, with where evidence should lie."""
    return tuple(name.replace("the stroke", f"the {region(content)}") for name in EVIDENCE_CATEGORIES)


def wears(content: Content) -> str:
    """The verb of an image that has a value of the attribute."""
    return "wears" if content.attribute == "color" else "has"


def wear(content: Content) -> str:
    """The same of several images."""
    return "wear" if content.attribute == "color" else "have"
