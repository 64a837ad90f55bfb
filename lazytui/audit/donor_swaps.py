"""Donor swaps: what is lost when one property of an image comes from an image of another class.

Beside it stands the same edit with a donor of the image's own class, so that damage by editing cancels. The nearest
prior art compares grounds of the same and of other classes (Xiao et al. 2021, "Noise or Signal").
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from lazytui.audit.editors.base import CueEditor
from lazytui.audit.minority import describe_all, probe_accuracy_of
from lazytui.audit.scene import Image, Scene

Images = NDArray[np.uint8]
"""(n, h, w, 3)."""

Predict = Callable[[Images], NDArray[np.floating]]
"""(n, classes): the probabilities that a network gives to each image's classes."""

FLOOR = 0.05
"""A loss that must be exceeded by two standard errors."""
PREDICTIVE, _FEW_NUMBERS = 0.5, 2
"""How well a property of so few numbers must predict the class: halfway from always the largest class to always right.
Chosen where planted properties reach 0.66 at least, and natural differences of clothes, such as their place, 0.30."""
_SURE = 3.5
"""Standard errors that a loss must be away from zero, and following from chance."""
_DRAWS = 200
_PROBE_SEED = 0
"""Of the order of images in its folds: the same in every audit."""
_DONORS = 3
"""Of either kind, for each image. The first decides where it can; else all are asked."""
_LEAST = 100
"""Images: where fewer have what an editor exchanges, it isn't tried."""


@dataclass(frozen=True)
class Hosts:
    """The images that are edited, and two donors of each.

    scenes: of all images. labels: (n,). hosts, own, other: (m,) indices: the image, another one of its class, one of
    another class. more: the same images with other donors.
    """

    scenes: Sequence[Scene]
    labels: NDArray[np.int64]
    hosts: NDArray[np.int64]
    own: NDArray[np.int64]
    other: NDArray[np.int64]
    more: tuple[Hosts, ...] = ()

    def only(self, kept: NDArray[np.bool_]) -> Hosts:
        return Hosts(self.scenes, self.labels, self.hosts[kept], self.own[kept], self.other[kept])

    def fit_for(self, *editors: CueEditor) -> Hosts:
        """Those where the image and both donors show what the editors exchange; where these are few, those where an
        object hides it as well."""
        shown = self._where(lambda scene: all(editor.is_shown(scene) for editor in editors))
        few = len(shown.hosts) < min(_LEAST, len(self.hosts) // 2)
        return self._where(lambda scene: all(editor.is_in(scene) for editor in editors)) if few else shown

    def _where(self, fits: Callable[[Scene], bool]) -> Hosts:
        used = np.unique([self.hosts, self.own, self.other])
        fit = np.zeros(len(self.scenes), bool)
        fit[used] = [fits(self.scenes[one]) for one in used]
        return self.only(fit[self.hosts] & fit[self.own] & fit[self.other])

    def at_most(self, count: int) -> Hosts:
        """The first of them."""
        return self.only(np.arange(len(self.hosts)) < count)

    @property
    def with_all_donors(self) -> Hosts:
        """Each image as often as it has donors."""
        every = (self, *self.more)
        hosts = np.concatenate([one.hosts for one in every])
        own, other = (np.concatenate(donors) for donors in zip(*((one.own, one.other) for one in every), strict=True))
        return Hosts(self.scenes, self.labels, hosts, own, other)


@dataclass(frozen=True)
class Swap:
    """What one property is worth to a network.

    hosts: images that were edited; 0 where it wasn't tried, as too few had an object or none was changed. delta: share
    of images that are recognized with a donor of the own class, less those with a donor of another one; error: its
    standard error. own: accuracy with donors of the own class. follow: share that is taken for the donor's class;
    by_chance: 97.5 % quantile of the same for any other class drawn in its place; follow_own: share taken for that
    class though the donor is of the own one.
    changed: share of images that an edit changes at all. floor: what a loss must exceed to be flagged. rise: how much
    more probable the donor's class is than with a donor of the own class (of a graded property with classes that are
    like it, each weighted by its likeness); None where only answers were recorded. rise_by_chance: mean of the same for
    any other class in its place, and 3.5 standard deviations. explains: share of the largest loss that is recovered
    once this property is given back; None where it wasn't asked. predicts: how well the property alone predicts the
    class, from 0 (no better than always the largest class) to 1; None where it wasn't asked: of what isn't followed,
    and of graded properties and those of many numbers, of which a linear probe says little.
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
    rise: float | None = None
    rise_by_chance: float = 0.0
    explains: float | None = None
    predicts: float | None = None

    @property
    def follows(self) -> bool:
        """Whether the donor's class, or one like it in a graded property, is followed more than any other. Asked by the
        probabilities, which say so of fewer images than the answers do."""
        return self.follow > self.by_chance if self.rise is None else self.rise > self.rise_by_chance

    @property
    def flagged(self) -> bool:
        """Whether the network relies on it as a shortcut, as far as so many images show."""
        return self.loses and self.follows and self.is_predictive

    @property
    def is_predictive(self) -> bool:
        """Whether the class can be told by it. Else classes differ in it by nature, or something else goes with it."""
        return self.predicts is None or self.predicts >= PREDICTIVE

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
    chosen = generator.permutation(possible)[:count]
    scenes = [Scene(np.asarray(image / 255, np.float32)) for image in images]
    first, *more = (Hosts(scenes, labels, chosen, *_donors(chosen, labels, generator)) for _ in range(_DONORS))
    return replace(first, more=tuple(more))


def _donors(
    hosts: NDArray[np.int64], labels: NDArray[np.int64], generator: Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    own, other = (np.empty(len(hosts), np.int64) for _ in range(2))
    for row, host in enumerate(hosts):
        alike = labels == labels[host]
        other[row] = generator.choice(np.flatnonzero(~alike))
        alike[host] = False
        own[row] = generator.choice(np.flatnonzero(alike))
    return own, other


def least_hosts(hosts: Hosts) -> int:
    """How many of them must have a property for it to be tried."""
    return max(1, min(_LEAST, len(hosts.hosts) // 2))


def measure_swaps(
    hosts: Hosts, editors: Mapping[str, CueEditor], predict: Predict, generator: Generator
) -> Iterator[tuple[str, Swap]]:
    """What each property is worth, one after the other."""
    for name, editor in editors.items():
        yield name, measure_swap(hosts, editor, predict, generator)


def measure_swap(hosts: Hosts, editor: CueEditor, predict: Predict, generator: Generator) -> Swap:
    """With one donor of either kind; with all of them where that shows a loss and leaves open whether it exceeds the
    floor."""
    edited = hosts.fit_for(editor)
    if len(edited.hosts) < least_hosts(hosts):
        return Swap(0)
    swap = _measured(edited, editor, predict, generator)
    decided = not swap.hosts or swap.lowest > FLOOR + 2 * swap.error or swap.delta < max(FLOOR / 2, swap.error)
    if not decided:
        swap = _measured(hosts.with_all_donors.fit_for(editor), editor, predict, generator)
    if swap.flagged and not editor.graded and editor.freedom <= _FEW_NUMBERS:
        return replace(swap, predicts=predictive_share(edited, editor))
    return swap


def _measured(hosts: Hosts, editor: CueEditor, predict: Predict, generator: Generator) -> Swap:
    """hosts: as many as are edited; the same ones with other donors too."""
    edited = [edit_all(hosts, editor, donors) for donors in (hosts.own, hosts.other)]
    as_they_are = to_bytes([hosts.scenes[host].image for host in hosts.hosts])
    changed = float(np.mean([(images != as_they_are).any((1, 2, 3)) for images in edited]))
    if not changed:
        return Swap(0, changed=changed)
    of_own, of_other = map(predict, edited)
    labels, donors = hosts.labels[hosts.hosts], hosts.labels[hosts.other]
    own, other = of_own.argmax(1), of_other.argmax(1)
    delta, error = paired_loss(own == labels, other == labels, hosts.hosts)
    follow_own = float((own == donors).mean())
    follow, of_others = _of_donors(np.eye(of_own.shape[1])[other], labels, donors, generator)
    risen = of_other - of_own
    if editor.graded:
        risen = risen @ likeness(hosts, editor, risen.shape[1])
    rise, rise_of_others = _of_donors(risen, labels, donors, generator)
    return Swap(
        hosts=len(np.unique(hosts.hosts)),
        delta=delta,
        error=error,
        own=float((own == labels).mean()),
        follow=follow,
        by_chance=float(np.quantile(of_others, 0.975)) if len(of_others) else follow_own,
        follow_own=follow_own,
        changed=changed,
        rise=rise,
        rise_by_chance=float(rise_of_others.mean() + _SURE * rise_of_others.std()) if len(rise_of_others) else 0.0,
    )


def _of_donors(
    shares: NDArray[np.floating], labels: NDArray[np.int64], donors: NDArray[np.int64], generator: Generator
) -> tuple[float, NDArray[np.float64]]:
    """Mean share (m, classes) of the donor's class, and (draws,) that of another class than the own, drawn as donors'
    classes are; of two classes there is but one other, and nothing can be drawn: (0,)."""
    rows, classes = np.arange(len(labels)), np.unique(labels)
    share = float(shares[rows, donors].mean())
    if len(classes) < 3:
        return share, np.empty(0)
    others = generator.permuted(np.tile(donors, (_DRAWS, 1)), axis=1)
    while (same := others == labels).any():
        others[same] = generator.choice(classes, int(same.sum()))
    return share, np.asarray(shares[rows, others].mean(1), np.float64)


def predictive_share(hosts: Hosts, editor: CueEditor) -> float | None:
    """How well linear discriminants of a property predict the class of these images: 0 as well as always the largest
    class, 1 always right. None where there are too few images of each class to tell."""
    values, labels = _described(hosts, editor)
    accuracy, chance = probe_accuracy_of(values, labels, _PROBE_SEED), np.bincount(labels).max() / len(labels)
    return max(0.0, (accuracy - chance) / (1 - chance)) if accuracy and chance < 1 else None


def _described(hosts: Hosts, editor: CueEditor) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """(n, p) the property of each image that is edited, and (n,) their labels."""
    chosen = np.unique(hosts.hosts)
    return describe_all([hosts.scenes[host] for host in chosen], editor), hosts.labels[chosen]


def likeness(hosts: Hosts, editor: CueEditor, classes: int) -> NDArray[np.float64]:
    """(classes, classes), 0 to 1: how alike classes are in a property. exp(-d), with d the squared distance of their
    medians, each number in its typical deviation within a class, over the median of all such distances."""
    values, labels = _described(hosts, editor)
    medians = np.full((classes, values.shape[1]), np.nan)
    for label in np.unique(labels):
        medians[label] = np.median(values[labels == label], axis=0)
    within = np.median(np.abs(values - medians[labels]), axis=0)
    spread = np.where(within > 0, within, values.std(0))
    varies = spread > 0
    distances = ((medians[:, None, varies] - medians[None, :, varies]) / spread[varies]) ** 2
    apart = np.asarray(distances.sum(2), np.float64)
    typical = np.nanmedian(np.where(np.eye(classes) > 0, np.nan, apart)) if varies.any() else 0.0
    if not typical > 0:
        return np.eye(classes)
    return np.where(np.eye(classes) > 0, 1.0, np.nan_to_num(np.exp(-apart / typical)))


def exceeds_chance(accuracy: float, chance: float, images: int) -> bool:
    """Whether an accuracy on so many images is more than two standard errors above chance. Both: 0 to 1."""
    return accuracy > chance + 2 * float(np.sqrt(chance * (1 - chance) / images))


def paired_loss(
    own: NDArray[np.bool_], other: NDArray[np.bool_], images: NDArray[np.int64] | None = None
) -> tuple[float, float]:
    """Mean difference of hits (n,) each, and its standard error, which is at least that of half a hit each. images:
    (n,) of which image each is, where one is asked more than once: then it is the mean over images."""
    difference = own.astype(np.float64) - other
    if images is not None:
        _, which, times = np.unique(images, return_inverse=True, return_counts=True)
        difference = np.bincount(which, difference) / times
    deviation = float(difference.std(ddof=1)) if len(difference) > 1 else 1.0
    return float(difference.mean()), max(deviation, 0.5 / np.sqrt(len(difference))) / float(np.sqrt(len(difference)))


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
        with_properties(scenes[host], editors, [scenes[one[row]] for one in donors])
        for row, host in enumerate(hosts.hosts)
    )
    return to_bytes([scene.image for scene in edited])


def with_exchanged(hosts: Hosts, editors: Sequence[CueEditor], generator: Generator) -> Hosts:
    """The same hosts and donors, each with the properties of random other images, of any class: of images that have an
    object, where one of the editors needs it and there are any."""
    scenes, donors = list(hosts.scenes), np.arange(len(hosts.scenes))
    if any(editor.needs_object for editor in editors):
        with_object = np.array([scene.object is not None for scene in scenes], bool)
        donors = np.flatnonzero(with_object) if with_object.any() else donors
    every = hosts.with_all_donors
    for index in np.unique([every.hosts, every.own, every.other]):
        chosen = [hosts.scenes[donor] for donor in generator.choice(donors, len(editors))]
        (image,) = to_bytes([with_properties(hosts.scenes[index], editors, chosen).image])
        scenes[index] = Scene(np.asarray(image / 255, np.float32))
    more = tuple(replace(one, scenes=scenes) for one in hosts.more)
    return replace(hosts, scenes=scenes, more=more)


def to_bytes(images: Sequence[Image]) -> Images:
    """Images of 0 to 1 as (n, h, w, 3) uint8."""
    stacked: Images = np.rint(255 * np.clip(np.stack(images), 0, 1)).astype(np.uint8)
    return stacked
