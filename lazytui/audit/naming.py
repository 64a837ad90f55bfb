"""Which of the properties that a network relies on is named: of those that lose as much, or that explain the largest
loss, the one that takes least from its donor.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from lazytui.audit.donor_swaps import Hosts, Predict, Swap, paired_loss, to_bytes
from lazytui.audit.editors.base import CueEditor
from lazytui.audit.scene import Scene

_COMPARABLE = 0.7
"""Of the largest loss: among properties that lose as much, the one that takes least from the donor is named."""
_PART, _EXPLAINING = 0.4, 0.8
"""Of the largest loss: one that loses so much and, once it is restored, recovers so much is among them."""


def with_explained(
    swaps: Mapping[str, Swap], hosts: Hosts, editors: Mapping[str, CueEditor], predict: Predict
) -> dict[str, Swap]:
    """The same, where a name depends on it with what each explains of the largest loss."""
    with_shares = dict(swaps)
    flagged = _flagged(swaps)
    for name in flagged[1:]:
        share, largest = swaps[name].delta / swaps[flagged[0]].delta, editors[flagged[0]]
        if _PART <= share < _COMPARABLE and editors[name].freedom < largest.freedom:
            with_shares[name] = replace(swaps[name], explains=recovered(hosts, largest, editors[name], predict))
    return with_shares


def _flagged(swaps: Mapping[str, Swap]) -> list[str]:
    """The largest loss first."""
    return sorted((name for name in swaps if swaps[name].flagged), key=lambda name: -swaps[name].delta)


def named_cues(swaps: Mapping[str, Swap], editors: Mapping[str, CueEditor]) -> list[str]:
    """The flagged properties, the named one first: the one with the fewest numbers of those that lose nearly most, or
    less and explain the largest loss."""
    flagged = _flagged(swaps)
    if not flagged:
        return []
    named = min(
        (name for name in flagged if _may_be_named(swaps[name], swaps[flagged[0]].delta)),
        key=lambda name: (editors[name].freedom, -swaps[name].delta),
    )
    return [named, *(name for name in flagged if name != named)]


def _may_be_named(swap: Swap, largest: float) -> bool:
    return swap.delta >= _COMPARABLE * largest or (swap.explains is not None and swap.explains >= _EXPLAINING)


def left_without(
    hosts: Hosts, editor: CueEditor, restored: Sequence[CueEditor], predict: Predict
) -> NDArray[np.float64]:
    """(k,): what is left of an editor's loss once each of k other properties is the host's again: explaining away."""
    scene_of = _edited_scenes(hosts, editor)
    return np.array([_restored_losses(hosts, scene_of, editor, one, predict)[1] for one in restored])


def recovered(hosts: Hosts, editor: CueEditor, restored: CueEditor, predict: Predict) -> float:
    """The share of an editor's loss that is gone once another property is the host's again."""
    loss, left = _restored_losses(hosts, _edited_scenes(hosts, editor), editor, restored, predict)
    return 1 - left / loss if loss > 0 else 0.0


def _edited_scenes(hosts: Hosts, editor: CueEditor) -> Callable[[int, int], Scene]:
    """The scene of a host with the property of a donor, made when it is first needed."""

    @cache
    def scene_of(host: int, donor: int) -> Scene:
        return Scene(np.clip(editor.edit(hosts.scenes[host], hosts.scenes[donor]), 0, 1))

    return scene_of


def _restored_losses(
    hosts: Hosts, scene_of: Callable[[int, int], Scene], editor: CueEditor, restored: CueEditor, predict: Predict
) -> tuple[float, float]:
    """On the images that both are in: with the one exchanged, and with the other then given back."""
    edited = hosts.fit_for(editor, restored)
    if not len(edited.hosts):
        return 0.0, 0.0
    right: list[NDArray[np.bool_]] = []
    right_again: list[NDArray[np.bool_]] = []
    for donors in (edited.own, edited.other):
        scenes = [scene_of(int(host), int(donor)) for host, donor in zip(edited.hosts, donors, strict=True)]
        restored_images = [
            restored.edit(scene, edited.scenes[host]) if restored.is_in(scene) else scene.image
            for scene, host in zip(scenes, edited.hosts, strict=True)
        ]
        for images, is_right in (([scene.image for scene in scenes], right), (restored_images, right_again)):
            is_right.append(predict(to_bytes(images)).argmax(1) == edited.labels[edited.hosts])
    return tuple(paired_loss(own, other)[0] for own, other in (right, right_again))  # type: ignore[return-value]
