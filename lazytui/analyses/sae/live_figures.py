"""What is shown of a dial: where the network looks before and after, its probabilities, and what a full turn does."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.gradcam.live import Album
from lazytui.analyses.sae.live import Dose, DoseAnswer, Prediction
from lazytui.data.palettes import palette
from lazytui.evaluation.predictions import DIGITS, tone_of
from lazytui.figures.kinds import Bars, Figure, Lines, Pixels, Series
from lazytui.sae.dose_positions import FACTORS
from lazytui.saliency.map_resizing import upsample

_TOLD = 0.15
"""A digit whose probability gets this high somewhere on the dial has a curve."""


def drawn(answer: DoseAnswer, *, plainly: bool = False) -> list[Figure]:
    """The image twice with where the network looks, the probabilities twice, and the dial's whole turn.

    plainly: the image also as it is, before the two.
    """
    album, before, after = answer.album, answer.before, answer.after
    assert album is not None and before is not None and after is not None and answer.curve is not None
    place = answer.place
    return [
        _image(album, place, before, after, plainly=plainly),
        _bars(before, "before", album),
        _bars(after, "after", album),
        _curve(answer.curve, answer.question.turn, answer.advice),
    ]


def named(album: Album, place: int) -> str:
    """`red 7`"""
    split = album.split
    return f"{palette(album.trained.palette).color_name(int(split.colors[place]))} {split.digits[place]}"


def setting(turn: Dose, stands_for: str = "") -> str:
    """What is done, in words. stands_for: what, where it is one feature."""
    if not turn.features:
        return "No feature is chosen."
    what = _called(turn.features) + (f" ({stands_for})" if stands_for else "")
    if turn.how == "scale":
        return f"{what} x {turn.factor:.1f}" + {0.0: ": ablated", 1.0: ": as it is"}.get(turn.factor, "")
    whose = "its" if len(turn.into or turn.features) == 1 else "their"
    return f"{_done(turn, what)} at {turn.factor:.1f} x {whose} typical strength"


def _done(turn: Dose, what: str) -> str:
    match turn.how:
        case "scale":
            return what
        case "steer":
            return f"{what} steered"
        case "swap":
            return f"{what} swapped for {_called(turn.into).lower()}"


def _called(features: tuple[int, ...]) -> str:
    if len(features) > 4:
        return f"{len(features)} features"
    return f"Feature{'s' if len(features) > 1 else ''} {', '.join(map(str, features))}"


def _image(album: Album, place: int, before: Prediction, after: Prediction, *, plainly: bool) -> Pixels:
    digit, color = int(album.split.digits[place]), int(album.split.colors[place])
    tones = [tone_of(said.digit, digit, color) for said in (before, after)]
    evidence = _on_one_scale(before.heat, after.heat)
    if evidence is not None and plainly:
        evidence = np.concatenate([np.zeros_like(evidence[:1]), evidence])
    captions = [f"{when} → {said.digit}" for when, said in (("before", before), ("after", after))]
    return Pixels(
        name="gaze",
        title="The image" if evidence is None else "Grad-CAM of what it says",
        images=np.repeat(album.split.images[place : place + 1], 2 + plainly, axis=0),
        columns=2 + plainly,
        captions=(*((named(album, place),) if plainly else ()), *captions),
        tones=("plain", *tones) if plainly else tuple(tones),
        overlay=evidence,
    )


def _on_one_scale(before: NDArray[np.float32] | None, after: NDArray[np.float32] | None) -> NDArray[np.float32] | None:
    """(2, 28, 28) in [0, 1]: positive evidence as a share of the most in either."""
    if before is None or after is None:
        return None
    evidence = np.maximum(upsample(np.stack([before, after]).astype(np.float32)), 0)
    return np.asarray(evidence / max(float(evidence.max()), 1e-12), dtype=np.float32)


def _bars(said: Prediction, when: str, album: Album) -> Bars:
    return Bars(
        name=when,
        title=f"{when.capitalize()}, %",
        labels=DIGITS,
        values=100 * said.probabilities.astype(np.float64),
        decimals=0,
        high=100.0,
        colors=palette(album.trained.palette).colors,
    )


def _curve(curve: NDArray[np.float32], turn: Dose, advice: str) -> Lines:
    """The probabilities of the digits that matter somewhere on the dial."""
    factors = np.array(FACTORS)
    return Lines(
        name="turn",
        title=f"The whole turn: {_done(turn, _called(turn.features))}" if turn.features else "The whole turn",
        note=advice,
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
