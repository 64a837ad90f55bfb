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
    bars = accuracy_bars(answer, result.layer, result.samples, len(result.content.classes))
    return replace(bars, name="ablation")


def _patched(params: AblateParams, result: AblateResult) -> list[Figure]:
    if result.logits is None or params.patch is None:
        return []
    content = result.content
    before, after, source = result.logits
    patched = PatchedLogits(before, after, source, result.images)
    patch = read_patch(params.patch, content)
    table = Table(
        name="logits",
        title="Every logit",
        columns=(
            Column(name=content.label),
            Column(name=patch.into.description, decimals=2),
            Column(name="patched", decimals=2),
            Column(name=f"from {patch.source.description}", decimals=2),
        ),
        rows=tuple(
            (name, *map(float, logits))
            for name, logits in zip(content.classes, np.asarray(result.logits).T, strict=True)
        ),
    )
    colors = result.value_colors
    return [
        replace(shift_figure(patch, patched, len(result.chosen), content, colors), name="shift"),
        *images_figures(patch, patched, content),
        table,
    ]


def _chosen(result: AblateResult) -> Table:
    return Table(
        name="chosen",
        title="The ablated neurons",
        columns=(Column(name="neuron"), Column(name="active")),
        rows=tuple((neuron, "yes" if neuron in set(result.active) else "no") for neuron in result.chosen),
    )
