"""What is shown of a dial: where the network looks before and after, its probabilities, and what a full turn does."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.dial import Answer, Said, Turn
from lazytui.analyses.gaze import Album
from lazytui.data.palettes import palette
from lazytui.evaluation.answers import DIGITS, tone_of
from lazytui.figures.kinds import Bars, Figure, Lines, Pixels, Series
from lazytui.interpret.autoencoders.dial import FACTORS
from lazytui.interpret.saliency.resize import upsampled
from lazytui.plain_text import plain

_TOLD = 0.15
"""A digit whose probability gets this high somewhere on the dial has a curve."""


def drawn(answer: Answer) -> list[Figure]:
    """The image twice with where the network looks, the probabilities twice, and the dial's whole turn."""
    album, before, after = answer.album, answer.before, answer.after
    assert album is not None and before is not None and after is not None and answer.curve is not None
    place = min(answer.question.place, len(album.split) - 1)
    return [
        _image(album, place, before, after),
        _bars(before, "before", album),
        _bars(after, "after", album),
        _curve(answer.curve, answer.question.turn),
    ]


def named(album: Album, place: int) -> str:
    """`red 7`"""
    split = album.split
    return f"{palette(album.trained.palette).color_name(int(split.colors[place]))} {split.digits[place]}"


def setting(turn: Turn, category: str = "") -> str:
    """What is done, in words. category: of the one feature, where there is only one."""
    if not turn.features:
        return "No feature is chosen."
    what = _called(turn.features) + (f" ({category})" if category else "")
    times = f"{turn.factor:.1f} x"
    match turn.how:
        case "scale":
            return f"{what} x {turn.factor:.1f}" + {0.0: ": ablated", 1.0: ": as it is"}.get(turn.factor, "")
        case "steer":
            return f"{what} steered to {times} its typical strength"
        case "swap":
            return f"{what} swapped for {_called(turn.into).lower()} at {times} its typical strength"


def _called(features: tuple[int, ...]) -> str:
    if len(features) > 4:
        return f"{len(features)} features"
    return f"Feature{'s' if len(features) > 1 else ''} {', '.join(map(str, features))}"


def _image(album: Album, place: int, before: Said, after: Said) -> Pixels:
    digit, color = int(album.split.digits[place]), int(album.split.colors[place])
    return Pixels(
        name="gaze",
        title="Grad-CAM of what it says" if before.heat is not None else "The image",
        images=np.repeat(album.split.images[place : place + 1], 2, axis=0),
        columns=2,
        captions=tuple(f"{when} → {said.digit}" for when, said in (("before", before), ("after", after))),
        tones=tuple(tone_of(said.digit, digit, color) for said in (before, after)),
        overlay=_on_one_scale(before.heat, after.heat),
    )


def _on_one_scale(before: NDArray[np.float32] | None, after: NDArray[np.float32] | None) -> NDArray[np.float32] | None:
    """(2, 28, 28) in [0, 1]: positive evidence as a share of the most in either."""
    if before is None or after is None:
        return None
    evidence = np.maximum(upsampled(np.stack([before, after]).astype(np.float32)), 0)
    return np.asarray(evidence / max(float(evidence.max()), 1e-12), dtype=np.float32)


def _bars(said: Said, when: str, album: Album) -> Bars:
    return Bars(
        name=when,
        title=f"{when.capitalize()}, %",
        labels=DIGITS,
        values=100 * said.probabilities.astype(np.float64),
        decimals=0,
        high=100.0,
        colors=palette(album.trained.palette).colors,
    )


def _curve(curve: NDArray[np.float32], turn: Turn) -> Lines:
    """The probabilities of the digits that matter somewhere on the dial."""
    factors = np.array(FACTORS)
    return Lines(
        name="turn",
        title=f"The whole turn: {plain(_called(turn.features))}" if turn.features else "The whole turn",
        series=tuple(
            Series(name=str(digit), x=factors, y=curve[:, digit].astype(np.float64))
            for digit in range(10)
            if curve[:, digit].max() >= _TOLD
        ),
        x_label="x",
        y_label="probability",
        low=0.0,
        high=1.0,
    )
