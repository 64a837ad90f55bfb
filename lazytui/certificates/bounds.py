"""Bounds of a network's margins over a cube around each image: by intervals (IBP), and by linear relaxation (CROWN).

IBP: Gowal et al. 2018, arXiv 1810.12715. CROWN: Zhang & Weng et al. 2018, arXiv 1811.00866, with the
adaptive lower line.
"""

from __future__ import annotations

import torch
from torch import Tensor

from lazytui.certificates.bound_steps import Bend, Box, Convolution, Forms, Lines
from lazytui.certificates.chain import Chain
from lazytui.system.lazy_torch import no_grad

_ROWS = 128
"""Values of one place that are followed backwards at once."""


def cube(images: Tensor, epsilon: Tensor) -> Box:
    """Images (n, 3, h, w) in [0, 1] with every value within epsilon, (n,), and within [0, 1]."""
    reach = epsilon[:, None, None, None]
    return (images - reach).clamp(0, 1), (images + reach).clamp(0, 1)


@no_grad
def interval_margins(chain: Chain, box: Box, labels: Tensor) -> Box:
    """Lower and upper bounds, (n, classes - 1) each, of z_y - z_j over the box, for every other class j, by intervals.

    labels: (n,) int64, y. The margins are folded into the linear steps at the end, not taken from bounds of logits.
    """
    boxes = [box]
    for step in chain.steps:
        boxes.append(step.interval(boxes[-1]))
    return _ends(_least_by_intervals(chain, boxes, margins(labels, chain.sizes[-1][0], box[0])))


@no_grad
def crown_margins(chain: Chain, box: Box, labels: Tensor, tighten: bool = True) -> Box:
    """The same by linear relaxation. tighten: take the better of CROWN and IBP at every value on the way, and of every
    margin; neither is always the tighter one."""
    alone = zip(*(torch.split(x, 1) for x in (*box, labels)), strict=True)
    return _ends(torch.cat([_least_by_crown(chain, (low, high), label, tighten) for low, high, label in alone]))


def crown_boxes(chain: Chain, box: Box, tighten: bool = True) -> tuple[list[Box], dict[int, Lines]]:
    """Of one image a box of every step's input, and of the logits, front to back; and the lines of each bend.

    The boxes before a bend are by relaxation, but for what one convolution of the image makes, where intervals are
    exact. Where they are to be tightened, values that can't matter to the bend by IBP keep its bounds.
    """
    boxes, lines = [box], dict[int, Lines]()
    for index, step in enumerate(chain.steps):
        interval = step.interval(boxes[-1])
        after = chain.steps[index + 1] if index + 1 < len(chain.steps) else step
        if not isinstance(step, Convolution):
            lines[index] = step.lines(boxes[-1])
        elif not isinstance(after, Convolution) and not _is_exact(chain, index):
            interval = _relaxed_box(chain, index + 1, box, lines, interval, after, tighten)
        boxes.append(interval)
    return boxes, lines


def margins(labels: Tensor, classes: int, like: Tensor) -> Forms:
    """e_y - e_j for every class j but y, and then e_j - e_y, as forms of the logits (n, classes, 1, 1)."""
    units = torch.eye(classes, dtype=like.dtype, device=like.device)
    others = torch.stack([units[torch.arange(classes, device=like.device) != label] for label in labels])
    weights = units[labels][:, None] - others
    weights = torch.cat([weights, -weights], 1)[..., None, None]
    return Forms(weights, weights.new_zeros(weights.shape[:2]))


def _ends(least: Tensor) -> Box:
    """Of the least values of margins, and of their opposites."""
    low, below = least.chunk(2, 1)
    return low, -below


def _least_by_crown(chain: Chain, box: Box, label: Tensor, tighten: bool) -> Tensor:
    boxes, lines = crown_boxes(chain, box, tighten)
    forms = margins(label, chain.sizes[-1][0], box[0])
    lowest = _followed(chain, len(chain.steps), 0, forms, lines).lowest(box)
    return torch.maximum(lowest, _least_by_intervals(chain, boxes, forms)) if tighten else lowest


def _least_by_intervals(chain: Chain, boxes: list[Box], forms: Forms) -> Tensor:
    """Over the box of what comes out of the last bend."""
    last = max((index + 1 for index, step in enumerate(chain.steps) if not isinstance(step, Convolution)), default=0)
    return _followed(chain, len(chain.steps), last, forms, {}).lowest(boxes[last])


def _is_exact(chain: Chain, index: int) -> bool:
    """Whether intervals are exact after this step: of what comes before, one convolution at most mixes values."""
    before = chain.steps[: index + 1]
    mixing = [step for step in before if not (isinstance(step, Convolution) and step.weight[0].numel() == 1)]
    return len(mixing) <= 1 and all(isinstance(step, Convolution) for step in before)


def _followed(chain: Chain, start: int, end: int, forms: Forms, lines: dict[int, Lines]) -> Forms:
    """Forms of what comes out of the first `start` steps, as forms of what comes out of the first `end`."""
    for index in range(start - 1, end - 1, -1):
        step = chain.steps[index]
        if isinstance(step, Convolution):
            forms = step.backward(forms, chain.sizes[index][1:])
        else:
            forms = lines[index].backward(forms)
    return forms


def _relaxed_box(
    chain: Chain, steps: int, box: Box, lines: dict[int, Lines], interval: Box, bend: Bend, tighten: bool
) -> Box:
    """Of what comes out of the first `steps` for one image, place by place: each sees a part of the image only.

    found: IBP's. bend: the next step.
    """
    low, high = (end.clone() for end in interval)
    units = torch.eye(low.shape[1], dtype=low.dtype, device=low.device)
    wanted = bend.matters(interval) if tighten else torch.ones_like(low, dtype=torch.bool)
    for top, left in wanted[0].any(0).nonzero().tolist():
        for channels in torch.split(wanted[0, :, top, left].nonzero()[:, 0], _ROWS):
            rows = torch.cat([units[channels], -units[channels]])[None, :, :, None, None]
            forms = Forms(rows, rows.new_zeros(rows.shape[:2]), (top, left))
            least, most = _followed(chain, steps, 0, forms, lines).lowest(box)[0].chunk(2)
            low[0, channels, top, left], high[0, channels, top, left] = least, -most
    return (torch.maximum(low, interval[0]), torch.minimum(high, interval[1])) if tighten else (low, high)
