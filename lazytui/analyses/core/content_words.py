"""How figures name what a data set holds: its classes, the values of its attribute, and how they go together."""

from __future__ import annotations

from lazytui.data.content import DIGITS, NO_CLASS, Content
from lazytui.data.params import DatasetParams

Colors = tuple[tuple[int, int, int], ...]


def in_or_with(content: Content) -> str:
    """`in` a color, `with` another attribute."""
    return "in" if content.attribute == "color" else "with"


def subject(content: Content) -> str:
    """What a network should look at: the digit, or the object."""
    return content.label if content.label == "digit" else "object"


def region(content: Content) -> str:
    """Where that is: on the stroke, or on the object."""
    return "stroke" if content.label == "digit" else "object"


def class_cell(content: Content, label: int) -> int | str:
    """A class in a table: a digit is a number."""
    return label if content.classes == DIGITS else content.classes[label]


def own_value_names(content: Content) -> tuple[str, ...]:
    """Of each class the first value that is aligned with it; empty for none."""
    first = _first_values(content)
    return tuple(content.values[first[label]] if label in first else "" for label in range(len(content.classes)))


def classes_and_values(content: Content) -> tuple[str, ...]:
    """`7 (red)`: each class with its own value; the class alone where it has none."""
    named = zip(content.classes, own_value_names(content), strict=True)
    return tuple(f"{name} ({value})" if value else name for name, value in named)


def class_headings(content: Content) -> tuple[str, ...]:
    """`7 red`: the same as headings of columns."""
    return tuple(
        f"{name} {value}".rstrip() for name, value in zip(content.classes, own_value_names(content), strict=True)
    )


def class_colors(content: Content, value_colors: Colors) -> Colors:
    """Of each class that of its own value. None where values have no colors, or not every class has a value."""
    first = _first_values(content)
    if not value_colors or len(first) < len(content.classes):
        return ()
    return tuple(value_colors[first[label]] for label in range(len(content.classes)))


def is_diagonal(content: Content) -> bool:
    """Whether the groups with their class's own value are the diagonal of a table of classes and values."""
    return content.aligned == tuple(range(len(content.values)))


def own_groups(content: Content) -> str:
    """`owl with land, heron with water`: each value with the class that it goes with."""
    pairs = zip(content.values, content.aligned, strict=True)
    return ", ".join(f"{content.classes[label]} with {value}" for value, label in pairs if label != NO_CLASS)


def of_probe(content: Content, images: int, *, repaintable: bool) -> str:
    """`1,000 images that show every digit in every color equally often`: what the probe split has."""
    if not content.values:
        return f"{images:,} test images"
    if not repaintable:
        return f"{images:,} test images, as many of each group that there is"
    return (
        f"{images:,} images that show every {content.label} {in_or_with(content)} every {content.attribute} equally "
        "often"
    )


def about_probe(data: DatasetParams) -> str:
    """What the probe split shows, in a sentence with a space behind it; nothing where that is no more than the hard."""
    content = data.content
    if data.plants:
        every = f"every {content.label} {in_or_with(content)} every {content.attribute}"
        return f"The probe split shows {every} equally often. "
    return "The probe split has as many images of each group. " if content.values else ""


def columns_differ_by(content: Content, what: str, images: int, *, repaintable: bool) -> str:
    """Why columns of means by label or attribute can be compared, as a sentence. what: by which of the two."""
    if not (content.values and repaintable):
        return f"{of_probe(content, images, repaintable=repaintable)}."
    return (
        f"{images:,} images, every {content.label} equally often {in_or_with(content)} every {content.attribute}, so "
        f"columns differ by {what} alone."
    )


def _first_values(content: Content) -> dict[int, int]:
    first: dict[int, int] = {}
    for value, label in enumerate(content.aligned):
        if label != NO_CLASS:
            first.setdefault(label, value)
    return first
