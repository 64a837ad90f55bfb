"""Donor swaps: what is lost when one property of an image comes from an image of another class.

Beside it stands the same edit with a donor of the image's own class, so that damage by editing cancels. The nearest
prior art compares grounds of the same and of other classes (Xiao et al. 2021, "Noise or Signal").
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from lazytui.audit.editors.base import CueEditor
from lazytui.audit.scene import Image, Scene

Images = NDArray[np.uint8]
"""(n, h, w, 3)."""

Predict = Callable[[Images], NDArray[np.int64]]
"""(n,): the predicted class of each image."""

FLOOR = 0.05
"""A loss that must be exceeded by two standard errors."""
_SURE = 3.5
"""Standard errors that a loss must be away from zero."""
_COMPARABLE = 0.6
"""Of the largest loss: among properties that lose as much, the one that takes least from the donor is named."""
_DRAWS = 200
_LEAST_WITH_OBJECT = 100
"""Images: where fewer have an object, editors that need one aren't tried."""


@dataclass(frozen=True)
class Hosts:
    """The images that are edited, and two donors of each.

    scenes: of all images. labels: (n,). hosts, own, other: (m,) indices: the image, another one of its class, one of
    another class.
    """

    scenes: Sequence[Scene]
    labels: NDArray[np.int64]
    hosts: NDArray[np.int64]
    own: NDArray[np.int64]
    other: NDArray[np.int64]

    def only(self, kept: NDArray[np.bool_]) -> Hosts:
        return Hosts(self.scenes, self.labels, self.hosts[kept], self.own[kept], self.other[kept])

    @property
    def with_objects(self) -> Hosts:
        """Those where an object was found in the image and in both donors."""
        donors = zip(self.hosts, self.own, self.other, strict=True)
        return self.only(
            np.array([all(self.scenes[one].object is not None for one in images) for images in donors], bool)
        )


@dataclass(frozen=True)
class Swap:
    """What one property is worth to a network.

    hosts: images that were edited; 0 where it wasn't tried, as too few had an object or none was changed. delta: share
    of images that are recognized with a donor of the own class, less those with a donor of another one; error: its
    standard error. own: accuracy with donors of the own class. follow: share that is taken for the donor's class;
    by_chance: 97.5 % quantile of the same for any other class drawn in its place; follow_own: share taken for that
    class though the donor is of the own one.
    changed: share of images that an edit changes at all. floor: what a loss must exceed to be flagged.
    """

    hosts: int
    delta: float = 0.0
    error: float = 0.0
    own: float = 0.0
    follow: float = 0.0
    by_chance: float = 0.0
    follow_own: float = 0.0
    changed: float = 1.0
    floor: float = FLOOR

    @property
    def flagged(self) -> bool:
        """Whether the network goes by it, as far as so many images show."""
        return self.loses and self.follow > self.by_chance

    @property
    def loses(self) -> bool:
        """Whether the loss is no chance. It may still be damage by the edit itself, which no class is followed in."""
        return self.hosts > 0 and self.lowest > self.floor and self.delta > _SURE * self.error

    @property
    def lowest(self) -> float:
        """The loss less two standard errors."""
        return self.delta - 2 * self.error

    @property
    def smallest(self) -> float:
        """The smallest loss that would have been flagged."""
        return max(self.floor + 2 * self.error, _SURE * self.error)


def draw_hosts(images: Images, labels: NDArray[np.int64], count: int, generator: Generator) -> Hosts:
    """Of images (n, h, w, 3) `count` at most that have another image of their class, and one of another class. labels:
    (n,)."""
    number = np.bincount(labels)
    possible = np.flatnonzero((number[labels] > 1) & (number[labels] < len(labels)))
    hosts = generator.permutation(possible)[:count]
    own, other = (np.empty(len(hosts), np.int64) for _ in range(2))
    for place, host in enumerate(hosts):
        alike = labels == labels[host]
        other[place] = generator.choice(np.flatnonzero(~alike))
        alike[host] = False
        own[place] = generator.choice(np.flatnonzero(alike))
    return Hosts([Scene(np.asarray(image / 255, np.float32)) for image in images], labels, hosts, own, other)


def measure_swaps(
    hosts: Hosts, editors: Mapping[str, CueEditor], predict: Predict, generator: Generator
) -> Iterator[tuple[str, Swap]]:
    """What each property is worth, one after the other."""
    with_objects = hosts.with_objects
    for name, editor in editors.items():
        edited = with_objects if editor.needs_object else hosts
        enough = len(edited.hosts) >= min(_LEAST_WITH_OBJECT, len(hosts.hosts) // 2)
        yield name, measure_swap(edited, editor, predict, generator) if enough else Swap(0)


def measure_swap(hosts: Hosts, editor: CueEditor, predict: Predict, generator: Generator) -> Swap:
    edited = [edit_all(hosts, editor, donors) for donors in (hosts.own, hosts.other)]
    as_they_are = to_bytes([hosts.scenes[host].image for host in hosts.hosts])
    changed = float(np.mean([(images != as_they_are).any((1, 2, 3)) for images in edited]))
    if not changed:
        return Swap(0, changed=changed)
    of_own, of_other = map(predict, edited)
    labels, donors = hosts.labels[hosts.hosts], hosts.labels[hosts.other]
    delta, error = paired_loss(of_own == labels, of_other == labels)
    return Swap(
        hosts=len(labels),
        delta=delta,
        error=error,
        own=float((of_own == labels).mean()),
        follow=float((of_other == donors).mean()),
        by_chance=_follow_by_chance(of_own, of_other, labels, donors, generator),
        follow_own=float((of_own == donors).mean()),
        changed=changed,
    )


def _follow_by_chance(
    of_own: NDArray[np.int64],
    of_other: NDArray[np.int64],
    labels: NDArray[np.int64],
    donors: NDArray[np.int64],
    generator: Generator,
) -> float:
    """97.5 % quantile of the share that is taken for another class than the own, drawn as donors' classes are.

    Of two classes there is but one other: then it is what is taken for it with a donor of the own class.
    """
    classes = np.unique(labels)
    if len(classes) < 3:
        return float((of_own == donors).mean())
    shares = []
    for _ in range(_DRAWS):
        drawn = generator.permutation(donors)
        while (same := drawn == labels).any():
            drawn[same] = generator.choice(classes, int(same.sum()))
        shares.append(float((of_other == drawn).mean()))
    return float(np.quantile(shares, 0.975))


def left_without(hosts: Hosts, editor: CueEditor, restored: CueEditor, predict: Predict) -> float:
    """What is left of an editor's loss once another property is the host's again: explaining away."""
    edited = hosts.with_objects if editor.needs_object or restored.needs_object else hosts
    right = []
    for donors in (edited.own, edited.other):
        scenes = [Scene(image) for image in _edits(edited, editor, donors)]
        seen = [
            restored.edit(scene, edited.scenes[host])
            if not restored.needs_object or scene.object is not None
            else scene.image
            for scene, host in zip(scenes, edited.hosts, strict=True)
        ]
        right.append(predict(to_bytes(seen)) == edited.labels[edited.hosts])
    return paired_loss(*right)[0]


def exceeds_chance(accuracy: float, chance: float, images: int) -> bool:
    """Whether an accuracy on so many images is more than two standard errors above chance. Both: 0 to 1."""
    return accuracy > chance + 2 * float(np.sqrt(chance * (1 - chance) / images))


def paired_loss(own: NDArray[np.bool_], other: NDArray[np.bool_]) -> tuple[float, float]:
    """Mean difference of hits (n,) each, and its standard error, which is at least that of half a hit each."""
    difference = own.astype(np.float64) - other
    deviation = float(difference.std(ddof=1)) if len(difference) > 1 else 1.0
    return float(difference.mean()), max(deviation, 0.5 / np.sqrt(len(own))) / float(np.sqrt(len(own)))


def named_cues(swaps: Mapping[str, Swap], editors: Mapping[str, CueEditor]) -> list[str]:
    """The flagged properties, the named one first: of those that lose nearly most the one with the fewest numbers."""
    flagged = sorted((name for name in swaps if swaps[name].flagged), key=lambda name: -swaps[name].delta)
    if not flagged:
        return []
    most = swaps[flagged[0]].delta
    comparable = [name for name in flagged if swaps[name].delta >= _COMPARABLE * most]
    named = min(comparable, key=lambda name: (editors[name].freedom, -swaps[name].delta))
    return [named, *(name for name in flagged if name != named)]


def edit_all(hosts: Hosts, editor: CueEditor, donors: NDArray[np.int64]) -> Images:
    """(m, h, w, 3) uint8: each host with the property of its donor. donors: (m,) indices."""
    return to_bytes(_edits(hosts, editor, donors))


def _edits(hosts: Hosts, editor: CueEditor, donors: NDArray[np.int64]) -> list[Image]:
    scenes = hosts.scenes
    pairs = zip(hosts.hosts, donors, strict=True)
    return [np.clip(editor.edit(scenes[host], scenes[donor]), 0, 1) for host, donor in pairs]


def with_properties(scene: Scene, editors: Sequence[CueEditor], donors: Sequence[Scene]) -> Scene:
    """The scene with one property after the other of its donors, as far as both have an object where that is needed."""
    for editor, donor in zip(editors, donors, strict=True):
        if not editor.needs_object or (scene.object is not None and donor.object is not None):
            scene = Scene(np.clip(editor.edit(scene, donor), 0, 1))
    return scene


def exchange_at_random(hosts: Hosts, editors: Sequence[CueEditor], generator: Generator) -> Images:
    """(m, h, w, 3) uint8: each host with the properties of random other hosts, of any class."""
    donors = [generator.permutation(hosts.hosts) for _ in editors]
    scenes = hosts.scenes
    edited = (
        with_properties(scenes[host], editors, [scenes[one[place]] for one in donors])
        for place, host in enumerate(hosts.hosts)
    )
    return to_bytes([scene.image for scene in edited])


def with_exchanged(hosts: Hosts, editors: Sequence[CueEditor], generator: Generator) -> Hosts:
    """The same hosts and donors, each with the properties of random other images, of any class: of images that have an
    object, where one of the editors needs it and there are any."""
    scenes, donors = list(hosts.scenes), np.arange(len(hosts.scenes))
    if any(editor.needs_object for editor in editors):
        with_object = np.array([scene.object is not None for scene in scenes], bool)
        donors = np.flatnonzero(with_object) if with_object.any() else donors
    for place in np.unique(np.concatenate([hosts.hosts, hosts.own, hosts.other])):
        chosen = [hosts.scenes[donor] for donor in generator.choice(donors, len(editors))]
        (image,) = to_bytes([with_properties(hosts.scenes[place], editors, chosen).image])
        scenes[place] = Scene(np.asarray(image / 255, np.float32))
    return Hosts(scenes, hosts.labels, hosts.hosts, hosts.own, hosts.other)


def to_bytes(images: Sequence[Image]) -> Images:
    """Images of 0 to 1 as (n, h, w, 3) uint8."""
    found: Images = np.rint(255 * np.clip(np.stack(images), 0, 1)).astype(np.uint8)
    return found
