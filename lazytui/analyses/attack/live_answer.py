"""What is known of an image under attack: as it is, how far the attack has come, and what came of it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.attack.live_question import AttackQuestion
from lazytui.analyses.core.content_facts import value_colors
from lazytui.analyses.core.live_session import LiveAnswer
from lazytui.data.content import Content, colored_digits

Image = NDArray[np.uint8]
Shares = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Source:
    """An image as it is. image: (h, w, 3) uint8. probabilities: (classes,) float32, the network's.

    already_fooled: whether that is what is wanted already. sensitivity: (h, w, 3) float32, log-odds that one level of
    255 more of a value adds to what is wanted: the goal's gradient; None where the network has none. score: what is
    raised; None where a class is wanted.
    """

    image: Image
    probabilities: Shares
    already_fooled: bool
    sensitivity: NDArray[np.float32] | None
    score: float | None = None


@dataclass(frozen=True, eq=False)
class Frame:
    """An image on the way: (h, w, 3) uint8, that of a step, rounded."""

    step: int
    image: Image


@dataclass(frozen=True, eq=False)
class Climb:
    """How far an attack has come. probabilities: (steps, classes) float32, at each step, before anything is rounded.

    image: (h, w, 3) uint8, what it has made; now: (classes,) float32, what the network says of that.
    frames: images on the way, evenly spaced, once it is done. frame: the one to show instead of what it has made.
    scores: (steps,), what is raised, at each step, and score: of what it has made; None where a class is wanted.
    """

    probabilities: Shares
    image: Image
    now: Shares
    frames: tuple[Frame, ...] = ()
    frame: Frame | None = None
    scores: NDArray[np.float64] | None = None
    score: float | None = None

    @property
    def shown_image(self) -> Image:
        return self.frame.image if self.frame else self.image

    @property
    def shown_probabilities(self) -> Shares:
        shares: Shares = self.probabilities[self.frame.step] if self.frame else self.now
        return shares


@dataclass(frozen=True, eq=False)
class AttackAnswer(LiveAnswer[AttackQuestion]):
    """networks: their names. palette: of colors in which the images may be. recorded_content: of the images; None where
    they are digits in colors. sources: how many images the pool has.

    planned: the attack's steps; 0 for one that only queries.

    fooled: whether it reached the goal; None while it climbs. smallest: the smallest budget that a run found for this
    image, infinite where none was enough; None where no run looked. smallest_found: the same by the search that the
    question asked for. budget: what the image is attacked with, where that isn't the question's own.
    """

    networks: tuple[str, ...] = ()
    palette: str = "distinct"
    recorded_content: Content | None = None
    sources: int = 0
    source: Source | None = None
    climb: Climb | None = None
    fooled: bool | None = None
    planned: int = 0
    smallest: float | None = None
    smallest_found: float | None = None
    budget: float | None = None

    @property
    def content(self) -> Content:
        """Of the images."""
        return self.recorded_content or colored_digits(self.palette)

    @property
    def class_colors(self) -> tuple[tuple[int, int, int], ...]:
        """The color of each class, 0 to 255, where classes have those of the palette; else none."""
        classes, content = range(len(self.content.classes)), self.content
        own = dict(zip(content.aligned, value_colors(content, self.palette), strict=False))
        return tuple(own[label] for label in classes) if own.keys() == set(classes) else ()

    @property
    def attacked(self) -> AttackQuestion:
        """The question with the budget that the image is attacked with."""
        if self.budget is None:
            return self.question
        return replace(self.question, params=self.question.params.model_copy(update={"epsilon": self.budget}))

    def at_frame(self, frame: Frame | None) -> AttackAnswer:
        """The same with the image of a step of the climb instead of what came of it."""
        return replace(self, climb=replace(self.climb, frame=frame)) if self.climb else self

    def with_smallest(self, smallest_budget: float) -> AttackAnswer:
        """The largest budget is shown where none was enough."""
        budget = smallest_budget if math.isfinite(smallest_budget) else self.question.params.budget
        return replace(self, smallest_found=smallest_budget, budget=budget)
