"""Measures of single neurons from their activations: responses, selectivity, information, and roles."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lazytui.data.mutual_information import Floats, chance_bound, mutual_information
from lazytui.neurons.activations import Activations
from lazytui.neurons.neuron_information import (
    conditional_information,
    difference_margin,
    joint_counts,
    merge_small_bins,
    quantile_bins,
)
from lazytui.neurons.roles import FLAT, assign_roles, share_of_largest

_STRONG = 0.01
_PERCENTILE = 0.95


@dataclass(frozen=True)
class Measures:
    """Of each of C neurons, on images with every label and attribute value together equally often.

    attribute_response: (C, values), label_response: (C, classes), mean activation. heat: (C, classes, values), mean by
    label (row) and attribute. attribute_selectivity: (C,), CSI over its largest possible value, in [0, 1].
    label_selectivity: (C,) in [0, 1]. NaN where they aren't defined. attribute_information, label_information: (C,)
    bits, minus their mean for shuffled labels; without any attribute the first is 0. information_bound: (C,) bits, the
    95th percentile for shuffled labels. information_margin: (C,) bits, the 95 % error of their difference.
    label_given_attribute: (C,) bits. entropy: (C,) in [0, 1], of labels among the strongest images.
    strength: (C,), in units of activation. polysemanticity: (C,) in [0, 1].
    role: (C,) int64, an index into ROLES.
    """

    attribute_response: Floats
    label_response: Floats
    heat: Floats
    attribute_selectivity: Floats
    label_selectivity: Floats
    attribute_information: Floats
    label_information: Floats
    label_given_attribute: Floats
    information_bound: Floats
    information_margin: Floats
    entropy: Floats
    strength: Floats
    polysemanticity: Floats
    role: NDArray[np.int64]

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """The fields by name; floats as float32, to be kept."""
        arrays = {field.name: getattr(self, field.name) for field in fields(self)}
        return {
            name: array.astype(np.float32) if array.dtype == np.float64 else array for name, array in arrays.items()
        }


def measure_neurons(
    activations: Activations,
    labels: NDArray[np.uint8],
    attributes: NDArray[np.uint8],
    groups: tuple[int, int] | None = None,
) -> Measures:
    """All measures of a layer. labels, attributes: (N,) uint8, classes and values of each image.

    groups: how many classes and values there are, by default up to the largest that occurs. Images of an unknown value,
    beyond these, aren't measured; without any value (0) all are, and neurons can be label-selective at most.
    """
    classes, count = groups or (int(labels.max()) + 1, int(attributes.max()) + 1)
    if count:
        activations, labels, attributes = _of_known(activations, labels, attributes, count)
    else:
        attributes = np.zeros_like(labels)  # one that all have in common
    sizes = classes, max(count, 1)
    values, strongest = activations.values, activations.strongest
    label, attribute = (torch.from_numpy(each).to(values.device, torch.int64) for each in (labels, attributes))
    heat = _means(values, label * sizes[1] + attribute, math.prod(sizes)).reshape(-1, *sizes)
    attribute_response, label_response = _means(values, attribute, sizes[1]), _means(values, label, classes)
    counts = joint_counts(merge_small_bins(quantile_bins(values), max(sizes)), label, attribute, sizes=sizes)
    by_label, by_attribute = counts.sum(3), counts.sum(2)
    strength = _array(strongest.quantile(_PERCENTILE, dim=0))
    entropy = label_entropy(strongest, label, classes)
    attribute_information, label_information = mutual_information(by_attribute), mutual_information(by_label)
    margin = difference_margin(counts)
    return Measures(
        attribute_response=attribute_response[:, :count],
        label_response=label_response,
        heat=heat[:, :, :count],
        attribute_selectivity=attribute_selectivity(attribute_response),
        label_selectivity=class_selectivity(label_response, _array(values.amin(0))),
        attribute_information=attribute_information,
        label_information=label_information,
        label_given_attribute=conditional_information(counts),
        information_bound=np.maximum(chance_bound(by_attribute), chance_bound(by_label)),
        information_margin=margin,
        entropy=entropy,
        strength=strength,
        polysemanticity=entropy * share_of_largest(strength),
        role=assign_roles(
            attribute_information - label_information, margin, strength, _array(values.std(0, correction=0))
        ),
    )


def _of_known(
    activations: Activations, labels: NDArray[np.uint8], attributes: NDArray[np.uint8], values: int
) -> tuple[Activations, NDArray[np.uint8], NDArray[np.uint8]]:
    """The same of the images whose attribute value is known."""
    labeled = attributes < values
    if labeled.all():
        return activations, labels, attributes
    chosen = torch.from_numpy(labeled).to(activations.values.device)
    return (
        Activations(activations.values[chosen], activations.strongest[chosen]),
        labels[labeled],
        attributes[labeled],
    )


def attribute_selectivity(response: Floats) -> Floats:
    """CSI of mean activations by attribute value (C, n), over the most that n numbers can bring it to, sqrt(n - 1):
    (max - mean) / population standard deviation, over 3 for ten colors. NaN for neurons whose standard deviation is
    under a thousandth of the layer's largest, and for all where there are two values, of which it is always 1."""
    deviation = response.std(1)
    defined = (deviation > 0) & (deviation >= FLAT * deviation.max(initial=0.0)) & (response.shape[1] > 2)
    index = np.full(len(response), np.nan)
    np.divide(response.max(1) - response.mean(1), deviation, out=index, where=defined)
    return index / math.sqrt(max(response.shape[1] - 1, 1))


def class_selectivity(response: Floats, smallest: Floats) -> Floats:
    """(mu_max - mu_rest) / (mu_max + mu_rest) of mean activations by class (C, n) (Morcos et al. 2018).

    mu_rest is the mean over the other classes. smallest: (C,), each neuron's least activation: the measure is
    defined for activations that are never negative, and for neurons that are ever active; NaN elsewhere.
    """
    largest = response.max(1)
    rest = (response.sum(1) - largest) / (response.shape[1] - 1)
    defined = (smallest >= 0) & (largest + rest > 0)
    index = np.full(len(response), np.nan)
    np.divide(largest - rest, largest + rest, out=index, where=defined)
    return index


def label_entropy(strongest: Tensor, labels: Tensor, classes: int = 10) -> Floats:
    """(N, C) responses, (N,) int64 labels -> (C,) entropy of labels among the strongest 1 % of images, / ln classes."""
    count = max(1, round(_STRONG * len(strongest)))
    chosen = labels[strongest.topk(count, dim=0).indices]
    share = _array(torch.nn.functional.one_hot(chosen, classes).float().mean(0))
    logs = np.log(share, out=np.zeros_like(share), where=share > 0)
    return np.asarray(np.abs((share * logs).sum(1)) / np.log(classes))


def _means(values: Tensor, labels: Tensor, classes: int) -> Floats:
    """(C, classes): mean activation over the images of each label; 0 where there is none."""
    sums = values.new_zeros((classes, values.shape[1])).index_add_(0, labels, values)
    counts = labels.bincount(minlength=classes).clamp(min=1)
    return _array((sums / counts[:, None]).T)


def _array(tensor: Tensor) -> Floats:
    return np.asarray(tensor.cpu().numpy(), dtype=np.float64)
