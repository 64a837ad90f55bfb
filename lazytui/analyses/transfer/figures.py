"""The data sets below each other, and what the network is right about on each; two networks side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lazytui.analyses.core.metric_catalog import Metric, metrics_of
from lazytui.analyses.networks.network_pair import AGAINST
from lazytui.analyses.transfer.result import MEASURED, TransferResult
from lazytui.data.content import colored_digits
from lazytui.figures.kinds import Column, Figure, Matrix, Table, Text

if TYPE_CHECKING:
    from lazytui.analyses.transfer.params import TransferParams

_COLUMNS = ("easy", "hard", "groups", "worst", "follows")
"""Short, since two matrices stand beside each other; the note says what each is."""

_EASY, _HARD = 0, 1


def figures(_params: TransferParams, result: TransferResult) -> list[Figure]:
    return [
        _verdict(result),
        *(_matrix(result, network) for network in range(len(result.networks))),
        _table(result),
    ]


def _verdict(result: TransferResult) -> Text:
    paragraphs = [_sentence(result, network) for network in range(len(result.networks))]
    return Text(name="verdict", title="On other data", paragraphs=tuple(paragraphs))


def _sentence(result: TransferResult, network: int) -> str:
    easy, hard = 100 * result.measured[network, :, _EASY], 100 * result.measured[network, :, _HARD]
    own = f"{result.networks[network]}: easy {easy[0]:.1f} %, hard {hard[0]:.1f} % on the data of its training"
    if len(easy) == 1:
        return f"{own}."
    worst, best = 1 + int(np.argmin(easy[1:])), 1 + int(np.argmax(easy[1:]))
    if worst == best:
        return f"{own}; easy {easy[worst]:.1f} %, hard {hard[worst]:.1f} % on {result.data_sets[worst]}."
    return (
        f"{own}. Of the others it does worst on {result.data_sets[worst]} (easy {easy[worst]:.1f} %), best on "
        f"{result.data_sets[best]} (easy {easy[best]:.1f} %)."
    )


def _measures(result: TransferResult) -> list[Metric]:
    """The first ones of MEASURED, which there are of such images."""
    return list(metrics_of(MEASURED, result.recorded_content or colored_digits("distinct")).values())


def _matrix(result: TransferResult, network: int) -> Matrix:
    measures = _measures(result)
    meanings = " ".join(f"{metric.title.capitalize()}: {metric.meaning}." for metric in measures)
    return Matrix(
        name="transfer" if network == 0 else f"{AGAINST}-transfer",
        title=f"{result.networks[network]} on other data",
        note=f"{meanings} A dash: undefined, {_why_undefined(result)}.",
        values=100 * result.measured[network, :, : len(measures)],
        row_labels=result.data_sets,
        column_labels=_COLUMNS[: len(measures)],
        row_axis="data set",
        unit="%",
        decimals=1,
        low=0.0,
        high=100.0,
    )


def _why_undefined(result: TransferResult) -> str:
    content = result.recorded_content
    if content is None:
        return "since the data have no color, or none of the training's"
    if not content.values:
        return "since no attribute of the images is known"
    return f"since a group of {content.label} and {content.attribute} has no image, or none that conflicts"


def _table(result: TransferResult) -> Table:
    """The denominators: they are the same for both networks but where these learned other values."""
    measures = _measures(result)
    return Table(
        name="images",
        title="Of how many images",
        note="What each share is a share of; of the worst group, how many it has. A second network's are the same, but "
        "for the worst group and where it learned other values of the attribute.",
        columns=(
            Column(name="data set"),
            Column(name="what it is"),
            *(Column(name=metric.title, decimals=0) for metric in measures),
        ),
        rows=tuple(
            (name, about, *map(int, counts[: len(measures)]))
            for name, about, counts in zip(result.data_sets, result.about, result.images[0], strict=True)
        ),
    )
