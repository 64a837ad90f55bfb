"""The network without chosen neurons beside random ones, and every logit of an image with what they do in another."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from lazytui.analyses.ablate.result import AblateResult
from lazytui.analyses.neurons.live import SPLITS, AblationAnswer, AblationQuestion, accuracy_bars
from lazytui.analyses.neurons.params import NeuronsParams
from lazytui.analyses.neurons.patch_request import PatchedLogits, images_figures, read_patch, shift_figure
from lazytui.counted_nouns import counted
from lazytui.data.palettes import palette
from lazytui.evaluation.predictions import DIGITS
from lazytui.figures.kinds import Column, Figure, Table, Text

if TYPE_CHECKING:
    from lazytui.analyses.ablate.params import AblateParams


def figures(params: AblateParams, result: AblateResult) -> list[Figure]:
    return [_verdict(result), _bars(params, result), *_patched(params, result), _chosen(result)]


def _verdict(result: AblateResult) -> Text:
    parts = []
    for split in SPLITS:
        intact, ablated, random = (getattr(result, f"{split}_{which}") for which in ("intact", "ablated", "random"))
        beside = "" if random is None else f", without as many random ones {random:.1%}"
        parts.append(f"{split} accuracy {intact:.1%}, without them {ablated:.1%}{beside}")
    what = f"{counted(len(result.chosen), 'neuron')} of {result.layer}"
    return Text(name="verdict", title="Without chosen neurons", paragraphs=(f"{what}: {'; '.join(parts)}.",))


def _bars(params: AblateParams, result: AblateResult) -> Figure:
    answer = AblationAnswer(
        AblationQuestion(NeuronsParams(run=params.neurons), result.active, result.chosen, params.stand_in),
        intact={"easy": result.easy_intact, "hard": result.hard_intact},
        ablated={"easy": result.easy_ablated, "hard": result.hard_ablated},
        random=tuple(dict(zip(SPLITS, draw.tolist(), strict=True)) for draw in result.random),
    )
    return replace(accuracy_bars(answer, result.layer, result.samples), name="ablation")


def _patched(params: AblateParams, result: AblateResult) -> list[Figure]:
    if result.logits is None or params.patch is None:
        return []
    ten = palette(result.palette_name)
    before, after, source = result.logits
    patched = PatchedLogits(before, after, source, result.images)
    patch = read_patch(params.patch, ten)
    table = Table(
        name="logits",
        title="Every logit",
        columns=(
            Column(name="digit"),
            Column(name=patch.into.description, decimals=2),
            Column(name="patched", decimals=2),
            Column(name=f"from {patch.source.description}", decimals=2),
        ),
        rows=tuple(
            (digit, *map(float, logits)) for digit, logits in zip(DIGITS, np.asarray(result.logits).T, strict=True)
        ),
    )
    return [
        replace(shift_figure(patch, patched, len(result.chosen), ten), name="shift"),
        *images_figures(patch, patched),
        table,
    ]


def _chosen(result: AblateResult) -> Table:
    return Table(
        name="chosen",
        title="The neurons that were taken out",
        columns=(Column(name="neuron"), Column(name="active")),
        rows=tuple((neuron, "yes" if neuron in set(result.active) else "no") for neuron in result.chosen),
    )
