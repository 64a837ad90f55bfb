"""Measures of single neurons from their activations: responses, selectivity, information, and roles."""

from __future__ import annotations

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
    """Of each of C neurons, on images with every digit in every color equally often.

    color_response, digit_response: (C, 10), mean activation. heat: (C, 10, 10), mean by digit (row) and color.
    color_selectivity: (C,), CSI / 3 in [0, 1]. digit_selectivity: (C,) in [0, 1]. NaN where they aren't defined.
    color_information, digit_information: (C,) bits, minus their mean for shuffled labels.
    information_bound: (C,) bits, the 95th percentile for shuffled labels. information_margin: (C,) bits, the 95 % error
    of their difference. digit_given_color: (C,) bits. entropy: (C,) in [0, 1], of digits among the strongest images.
    strength: (C,), in units of activation. polysemanticity: (C,) in [0, 1].
    role: (C,) int64, an index into ROLES.
    """

    color_response: Floats
    digit_response: Floats
    heat: Floats
    color_selectivity: Floats
    digit_selectivity: Floats
    color_information: Floats
    digit_information: Floats
    digit_given_color: Floats
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


def measure_neurons(activations: Activations, digits: NDArray[np.uint8], colors: NDArray[np.uint8]) -> Measures:
    """All measures of a layer. digits, colors: (N,) uint8 in 0..9, the label and the attribute of each image."""
    values = activations.values
    digit, color = (torch.from_numpy(labels).to(values.device, torch.int64) for labels in (digits, colors))
    heat = _means(values, digit * 10 + color, 100).reshape(-1, 10, 10)
    color_response, digit_response = _means(values, color, 10), _means(values, digit, 10)
    counts = joint_counts(merge_small_bins(quantile_bins(values)), digit, color)
    by_digit, by_color = counts.sum(3), counts.sum(2)
    strength = _array(activations.strongest.quantile(_PERCENTILE, dim=0))
    entropy = label_entropy(activations.strongest, digit)
    color_information, digit_information = mutual_information(by_color), mutual_information(by_digit)
    margin = difference_margin(counts)
    return Measures(
        color_response=color_response,
        digit_response=digit_response,
        heat=heat,
        color_selectivity=color_selectivity(color_response),
        digit_selectivity=class_selectivity(digit_response, _array(values.amin(0))),
        color_information=color_information,
        digit_information=digit_information,
        digit_given_color=conditional_information(counts),
        information_bound=np.maximum(chance_bound(by_color), chance_bound(by_digit)),
        information_margin=margin,
        entropy=entropy,
        strength=strength,
        polysemanticity=entropy * share_of_largest(strength),
        role=assign_roles(color_information - digit_information, margin, strength, _array(values.std(0, correction=0))),
    )


def color_selectivity(response: Floats) -> Floats:
    """CSI / 3 of mean activations by color (C, 10): (max - mean) / population standard deviation, which ten numbers
    can't bring above 3. NaN for neurons whose standard deviation is under a thousandth of the layer's largest."""
    deviation = response.std(1)
    defined = (deviation > 0) & (deviation >= FLAT * deviation.max(initial=0.0))
    index = np.full(len(response), np.nan)
    np.divide(response.max(1) - response.mean(1), deviation, out=index, where=defined)
    return index / 3


def class_selectivity(response: Floats, smallest: Floats) -> Floats:
    """(mu_max - mu_rest) / (mu_max + mu_rest) of mean activations by class (C, 10) (Morcos et al. 2018).

    mu_rest is the mean over the nine other classes. smallest: (C,), each neuron's least activation: the measure is
    defined for activations that are never negative, and for neurons that are ever active; NaN elsewhere.
    """
    largest = response.max(1)
    rest = (response.sum(1) - largest) / (response.shape[1] - 1)
    defined = (smallest >= 0) & (largest + rest > 0)
    index = np.full(len(response), np.nan)
    np.divide(largest - rest, largest + rest, out=index, where=defined)
    return index


def label_entropy(strongest: Tensor, digits: Tensor) -> Floats:
    """(N, C) responses, (N,) int64 digits -> (C,) entropy of digits among the strongest 1 % of images, / ln 10."""
    count = max(1, round(_STRONG * len(strongest)))
    labels = digits[strongest.topk(count, dim=0).indices]
    share = _array(torch.nn.functional.one_hot(labels, 10).float().mean(0))
    logs = np.log(share, out=np.zeros_like(share), where=share > 0)
    return np.asarray(np.abs((share * logs).sum(1)) / np.log(10))


def _means(values: Tensor, labels: Tensor, classes: int) -> Floats:
    """(C, classes): mean activation over the images of each label; 0 where there is none."""
    sums = values.new_zeros((classes, values.shape[1])).index_add_(0, labels, values)
    counts = labels.bincount(minlength=classes).clamp(min=1)
    return _array((sums / counts[:, None]).T)


def _array(tensor: Tensor) -> Floats:
    return np.asarray(tensor.cpu().numpy(), dtype=np.float64)
