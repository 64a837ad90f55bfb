"""Audits by the real command: a lazy network, a cured one, one that is no better than chance, and the app."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lazytui.analyses.audit.figures import figures
from lazytui.analyses.audit.params import AuditParams
from lazytui.analyses.audit.result import AuditResult
from lazytui.analyses.core.execute import recorded_result
from lazytui.audit.editors import EDITORS
from lazytui.figures.kinds import Bars, Matrix, Pixels, Table, Text
from lazytui.runs.workspace import Workspace
from tests.commands import TINY_TRAINING, Lab


def audit(lab: Lab, *options: str) -> AuditResult:
    ended = lab.call("run", "audit", *options, "--quiet")
    assert ended.code == 0, ended.err
    found = recorded_result(Workspace(lab.workspace).find("latest"))
    assert isinstance(found, AuditResult)
    return found


def test_the_lazy_network_goes_by_the_hue_as_far_as_repainting_says(lab: Lab) -> None:
    found = audit(lab, "shipped/lazy-strokes", "--images", "100")
    assert found.named[0] == "hue" and found.cues == tuple(EDITORS)
    assert found.largest is not None and found.planted is not None and found.planted_error is not None
    assert found.planted > 0.6 and 0.5 < found.largest <= found.planted + 3 * found.planted_error
    assert found.left is not None
    background = found.named.index("background")
    assert abs(found.left[background, 0]) < 0.2 * found.swaps["background"].delta, "the hue explains the ground"
    by_name = {figure.name: figure for figure in figures(AuditParams(run="latest"), found)}
    verdict, losses, table, places, examples = (
        by_name[name] for name in ("verdict", "losses", "properties", "places", "examples")
    )
    assert isinstance(verdict, Text) and verdict.paragraphs[0].startswith("This network goes by the hue: with that of")
    assert (
        "the color that was planted" in verdict.paragraphs[-2] and "21 properties were tried" in verdict.paragraphs[-1]
    )
    assert isinstance(losses, Bars) and losses.labels[0] == "hue"
    assert losses.values[0] == pytest.approx(100 * found.largest)
    assert isinstance(table, Table) and [row[0] for row in table.rows if row[-1] == "named"] == ["hue"]
    assert isinstance(places, Matrix) and np.isnan(places.values[1, 1]) and np.isfinite(places.values).sum() == 8
    assert isinstance(examples, Pixels) and len(examples.images) == 3 * 4
    assert examples.tones[:3] == ("good", "good", "bad"), "chosen to show the loss"


def test_of_the_cured_network_nothing_is_flagged_and_the_smallest_loss_is_told(lab: Lab) -> None:
    found = audit(lab, "shipped/cured-strokes", "--images", "100")
    assert found.named == [] and found.largest is None and found.examples is None and found.left is None
    verdict, *_rest = figures(AuditParams(run="latest"), found)
    assert isinstance(verdict, Text)
    assert verdict.paragraphs[0].startswith("No property was found that this network goes by, of 21 properties")
    assert f"A loss under {100 * found.detectable:.0f} points could have been missed" in verdict.paragraphs[-1]
    nothing_tried = replace(found, hosts=np.where(np.arange(len(found.hosts)) == 5, 0, found.hosts))
    assert (
        "too few images have an object that stands out: size"
        in figures(AuditParams(run="latest"), nothing_tried)[0].paragraphs[-1]
    )  # type: ignore[attr-defined]


def test_a_network_no_better_than_chance_has_nothing_to_lose(lab: Lab) -> None:
    assert lab.call("run", "train", *TINY_TRAINING, "--epochs", "1", "--lr", "1e-7", "--quiet").code == 0
    refused = lab.call("run", "audit", "latest", "--images", "60", "--quiet")
    assert refused.code == 3 and "there is nothing that it could lose" in refused.sentence
