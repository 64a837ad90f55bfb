"""Predictions of a network on edited images, and its accuracy on unedited ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lazytui.counted_nouns import counted
from lazytui.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.random import Generator

    from lazytui.analyses.networks.model_under_study import Network
    from lazytui.audit.donor_swaps import Hosts, Images, Predict, Swap
    from lazytui.data.splits import Split
    from lazytui.runs.progress_report import Report


def predictor(network: Network, report: Report) -> Predict:
    """The probabilities of each image's classes. A run that shall stop stops before the next ones."""
    from lazytui.evaluation.forward import probabilities

    def predict(images: Images) -> np.ndarray:
        report.check()
        return np.asarray(probabilities(network.model, images, network.hardware))

    return predict


def hosts_of(split: Split, count: int, generator: Generator) -> Hosts:
    """Of a split, `count` at most. Raises BadInput where none has donors of its own and of another class."""
    from lazytui.audit.donor_swaps import draw_hosts

    hosts = draw_hosts(split.images, split.labels.astype(np.int64), count, generator)
    if len(hosts.hosts):
        return hosts
    if len(np.unique(split.labels)) == 1:
        name = split.content.classes[int(split.labels[0])]
        raise BadInput(
            f"Every held-out image ({len(split):,}) is of the class {name}, so there is no donor of another class: use "
            "more images, or a larger --validation-share in the training."
        )
    raise BadInput(
        f"No two of the {len(split):,} held-out images share a class, so none has a donor of its own class: use more "
        "images, or a larger --validation-share in the training."
    )


def require_more_than_chance(accuracy: float, chance: float, images: int) -> None:
    """Raise BadInput where an accuracy is no better than chance: then nothing could be lost."""
    from lazytui.audit.donor_swaps import exceeds_chance

    if exceeds_chance(accuracy, chance, images):
        return
    right = f"The network is right on {100 * accuracy:.0f} % of {counted(images, 'image')}"
    if accuracy <= chance:
        raise BadInput(
            f"{right}, no more than the {100 * chance:.0f} % of the largest class, so there is no accuracy to lose."
        )
    raise BadInput(
        f"{right}, and {100 * chance:.0f} % are of the largest class: with so few images that may be chance. Use more "
        "images, or a larger --validation-share in the training."
    )


def accuracy_and_chance(hosts: Hosts, predict: Predict) -> tuple[float, float]:
    """On the unedited hosts, and the share of their largest class."""
    from lazytui.audit.donor_swaps import to_bytes

    labels = hosts.labels[hosts.hosts]
    right = predict(to_bytes([hosts.scenes[host].image for host in hosts.hosts])).argmax(1) == labels
    return float(right.mean()), float(np.bincount(labels).max() / len(labels))


def swaps_of(hosts: Hosts, predict: Predict, generator: Generator, report: Report) -> Mapping[str, Swap]:
    """The swap of each property, measured on a network."""
    from lazytui.audit.donor_swaps import measure_swaps
    from lazytui.audit.editors import EDITORS
    from lazytui.audit.naming import with_explained

    swaps: dict[str, Swap] = {}
    for name, swap in measure_swaps(hosts, EDITORS, predict, generator):
        swaps[name] = swap
        report.progress(len(swaps), len(EDITORS), "properties")
    return with_explained(swaps, hosts, EDITORS, predict)
