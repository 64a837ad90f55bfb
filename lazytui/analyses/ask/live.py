"""A drawing, answered while it is drawn: the networks stay open from one stroke of the pen to the next."""

from __future__ import annotations

import time
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

import numpy as np

from lazytui.analyses.ask.answer import OpenNetwork, ask_network, networks_asked, open_network, require_networks
from lazytui.analyses.ask.params import AskNetworksParams
from lazytui.analyses.ask.result import NetworkAnswer
from lazytui.analyses.core.live_session import LiveAnswer, LiveSession, opening_message
from lazytui.analyses.networks.model_under_study import (
    ignore_advice,
    remembered_images,
    require_at_hand,
    trained_with,
    weights_written,
)
from lazytui.analyses.train.params import TrainParams
from lazytui.data.content import Content
from lazytui.data.drawing import Drawing
from lazytui.data.image_files.picture_file import write_picture
from lazytui.data.painting.painter import background_light, noise_over, paint_colors
from lazytui.data.splits import Split, build_dataset
from lazytui.errors import BadInput, LazytuiError
from lazytui.evaluation.predictions import SPLIT_NAMES
from lazytui.runs.workspace import Workspace
from lazytui.saliency.map_names import METHODS, MethodName

FOLDER = "drawings"
"""Of the workspace, for what is kept."""


@dataclass(frozen=True)
class Start:
    """An image of a split to begin with: of the images of a class (None: of all) the one of that number, going round.
    color: what it is painted in; None: its own."""

    split: Literal["easy", "hard"] = "hard"
    digit: int | None = 1
    number: int = 0
    color: int | None = None


@dataclass(frozen=True)
class DrawQuestion:
    """About a drawing, or an image to begin with, where there is no drawing yet. digit: what the drawing shows."""

    params: AskNetworksParams
    drawing: Drawing | None = None
    digit: int | None = None
    start: Start = Start()


@dataclass(frozen=True, eq=False)
class DrawAnswer(LiveAnswer[DrawQuestion]):
    """drawing: that of the question, or the image to begin with; digit: what it shows, None where nobody knows.

    answers: of the first network and the second, where there is one. methods: the maps that all of them have.
    advice: what is to be said of their outputs. content: what they were trained on, once that is known.
    """

    drawing: Drawing | None = None
    digit: int | None = None
    answers: tuple[NetworkAnswer, ...] = ()
    methods: tuple[MethodName, ...] = ()
    advice: tuple[str, ...] = ()
    content: Content | None = None


class DrawSession(LiveSession[DrawQuestion, DrawAnswer]):
    """The networks of the last question stay open for the next."""

    command = "ask"

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._opened: dict[Hashable, tuple[OpenNetwork, ...]] = {}
        self._split = lru_cache(maxsize=4)(_paint)

    def run_values(self, question: DrawQuestion) -> dict[str, object]:
        """The drawing is written as a picture in the workspace."""
        assert question.drawing is not None
        path = self.workspace.path / FOLDER / f"{time.strftime('%Y%m%d-%H%M%S')}.png"
        write_picture(question.drawing.image, path)
        return {"image": str(path), "digit": question.digit, **question.params.model_dump(exclude_defaults=True)}

    def empty_answer(self, question: DrawQuestion) -> DrawAnswer:
        return DrawAnswer(question, drawing=question.drawing, digit=question.digit)

    def partial_answers(self, question: DrawQuestion) -> Iterator[DrawAnswer]:
        answer = self.empty_answer(question)
        if question.drawing is None:
            yield replace(answer, doing="painting an image to begin with ...")
            drawing, digit, content = self._begin(question)
            answer = replace(answer, drawing=drawing, digit=digit, content=content)
        assert answer.drawing is not None
        key = self._key(question.params)
        if key not in self._opened:
            yield replace(answer, doing=opening_message(question.params.run))
            self._opened = {key: self._open(question.params)}
        networks, image = self._opened[key], answer.drawing.image
        content = networks[0].trained.content
        _require_size(answer.drawing, content)
        answer = replace(answer, content=content, digit=_among(content, answer.digit))
        yield replace(
            answer,
            answers=tuple(ask_network(one, image, question.params, answer.digit) for one in networks),
            methods=tuple(name for name in METHODS if all(name in one.explainer.methods for one in networks)),
            advice=tuple(dict.fromkeys(one.advice for one in networks if one.advice)),
        )

    def _key(self, params: AskNetworksParams) -> Hashable:
        """The networks as their files are now: a training that goes on writes others."""
        consequence = "yet: it hasn't saved a network."
        return tuple((one, weights_written(one.run, self.workspace, consequence)) for one in networks_asked(params))

    def _open(self, params: AskNetworksParams) -> tuple[OpenNetwork, ...]:
        require_networks(params, self.workspace)
        ignored = ignore_advice  # it goes with the answer
        return tuple(open_network(one, self.workspace, ignored) for one in networks_asked(params))

    def _begin(self, question: DrawQuestion) -> tuple[Drawing, int | None, Content]:
        """The image to begin with, and its class; a blank one where the data of the training aren't at hand."""
        start, trained = question.start, trained_with(networks_asked(question.params)[0], self.workspace)
        try:
            require_at_hand(trained.source)
            split = self._split(trained, start.split)
        except LazytuiError:
            content = trained.content
            return Drawing.blank(size=(content.height, content.width)), None, content
        shown = np.flatnonzero((split.labels == start.digit) | (start.digit is None))
        if not len(shown):
            shown = np.arange(len(split))
        index = int(shown[start.number % len(shown)])
        return _drawing_of(split, index, trained, start), int(split.labels[index]), split.content


def _require_size(drawing: Drawing, content: Content) -> None:
    """Raise BadInput where the networks take images of another size."""
    if drawing.size != (content.height, content.width):
        height, width = drawing.size
        raise BadInput(
            f"The drawing has {height} x {width} pixels, and this network takes {content.height} x {content.width}: n "
            "begins with one of its own images."
        )


def _among(content: Content, digit: int | None) -> int | None:
    """The class, where there is one of that number."""
    return digit if digit is not None and digit < len(content.classes) else None


def _paint(trained: TrainParams, split: str) -> Split:
    return build_dataset(trained, remembered_images).split(SPLIT_NAMES[split])


def _drawing_of(split: Split, index: int, trained: TrainParams, start: Start) -> Drawing:
    """An image of a split as a drawing that gives the same bytes, unless it is painted in another color."""
    if not trained.value_colors:
        return Drawing.over(split.images[index])
    color = int(split.attributes[index]) if start.color is None else start.color
    strokes, backgrounds = paint_colors(trained)
    stream = SPLIT_NAMES[start.split]
    return Drawing(
        split.originals[index],
        _rgb(strokes[color]),
        _rgb(backgrounds[color]),
        background_light(trained, stream, index),
        noise=noise_over(trained, stream, index),
    )


def _rgb(color: np.ndarray[tuple[int], np.dtype[np.uint16]]) -> tuple[int, int, int]:
    red, green, blue = color.tolist()
    return red, green, blue
