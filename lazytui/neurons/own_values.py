"""Which classes have a value of the attribute of their own, among those that are shown in a grid. Torch-free."""

from __future__ import annotations

from lazytui.data.content import Content
from lazytui.data.splits import MOST_SHOWN


def own_values(content: Content) -> dict[int, int]:
    """The first value that is aligned with each class; of ten classes and ten values at most."""
    value_of_class: dict[int, int] = {}
    for value, label in enumerate(content.aligned[:MOST_SHOWN]):
        if label < min(len(content.classes), MOST_SHOWN):
            value_of_class.setdefault(label, value)
    return dict(sorted(value_of_class.items()))
