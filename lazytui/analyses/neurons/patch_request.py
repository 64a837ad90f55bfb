"""Activation patching by hand: what marked neurons do in one image is put into another, and every logit is watched.

The images are any two of a data set: of the cue-conflict grid, each class with each value, of a split, or drawn ones.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.core.content_words import Colors, class_colors
from lazytui.analyses.networks.image_choice import NamedImage, group_name, read_named_image
from lazytui.counted_nouns import counted
from lazytui.data.content import Content
from lazytui.errors import UsageError
from lazytui.figures.kinds import Bars, Pixels

EXAMPLE = "red 1 into green 1"
EXAMPLE_OF_SPLITS = "hard red 7 into easy 17"


@dataclass(frozen=True)
class Patch:
    """From which image into which."""

    source: NamedImage
    into: NamedImage

    @property
    def named_images(self) -> tuple[NamedImage, NamedImage]:
        """The source and the one that it is put into."""
        return self.source, self.into

    @property
    def description(self) -> str:
        """As `read_patch` takes it."""
        return f"{self.source.description} into {self.into.description}"


@dataclass(frozen=True, eq=False)
class PatchedLogits:
    """(classes,) float32 logits: of the image as it is, of it with the neurons of the other one, and of the other one.

    images: (2, h, w, 3) uint8, the other one and the image.
    """

    before: NDArray[np.float32]
    after: NDArray[np.float32]
    source: NDArray[np.float32]
    images: NDArray[np.uint8] | None = None

    @property
    def predicted(self) -> list[int]:
        """The class of each of the three."""
        return [int(logits.argmax()) for logits in (self.before, self.after, self.source)]


def patch_examples(content: Content) -> tuple[str, str]:
    """Two images of the grid, where there is one, and two of splits, as `read_patch` takes them."""
    if content.label == "digit":
        return EXAMPLE, EXAMPLE_OF_SPLITS
    one, other = (group_name(content, 1, min(value, content.unknown)) for value in (0, 1))
    return f"{one} into {other}", f"hard {one} into easy 17"


def read_patch(text: str, content: Content) -> Patch:
    """`red 1 into green 1`, or `hard red 7 into easy 17`. Raises UsageError for anything else."""
    sides = re.split(r"\s+into\s+", text.strip().casefold())
    if len(sides) != 2:
        raise UsageError(f"Name two images, such as {', or '.join(patch_examples(content))}.")
    source, into = (read_named_image(side, content) for side in sides)
    return Patch(source, into)


def shift_figure(patch: Patch, patched: PatchedLogits, neurons: int, content: Content, value_colors: Colors) -> Bars:
    """The shift of every logit."""
    into, source = patch.into.description, patch.source.description
    predicted = [content.classes[label] for label in patched.predicted]
    return Bars(
        name="surgery",
        title=f"{into.capitalize()} with what {counted(neurons, 'neuron does', 'neurons do')} in {source}: "
        "shift of every logit",
        note=f"Classified as {predicted[0]} before and as {predicted[1]} after; "
        f"{source} itself is classified as {predicted[2]}.",
        labels=content.classes,
        values=(patched.after - patched.before).astype(np.float64),
        decimals=2,
        colors=class_colors(content, value_colors),
    )


def images_figures(patch: Patch, patched: PatchedLogits, content: Content) -> list[Pixels]:
    """Both images, each with what it is taken for; none in results of earlier versions."""
    if patched.images is None:
        return []
    before, after, source = (content.classes[label] for label in patched.predicted)
    return [
        Pixels(
            name="images",
            title="The images of the patch",
            images=patched.images,
            columns=2,
            captions=(
                f"{patch.source.description} → {source}",
                f"{patch.into.description} → {before}, patched → {after}",
            ),
        )
    ]
