"""Audits by the real command: a lazy network, a cured one, one that is no better than chance, and the app."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lazytui.analyses.audit.figures import _proof, figures
from lazytui.analyses.audit.params import AuditParams
from lazytui.analyses.audit.result import AuditResult, Retrained
from lazytui.analyses.core.execute import recorded_result
from lazytui.audit.editors import EDITORS
from lazytui.figures.kinds import Bars, Matrix, Pixels, Table, Text
from lazytui.runs.workspace import Workspace
from tests.commands import TINY_TRAINING, Lab


def audit(lab: Lab, *options: str) -> AuditResult:
    ended = lab.call("run", "audit", *options, "--quiet")
    assert ended.code == 0, ended.err
    return found_in(lab, "latest")


def found_in(lab: Lab, run: str) -> AuditResult:
    found = recorded_result(Workspace(lab.workspace).find(run))
    assert isinstance(found, AuditResult)
    return found


def test_the_lazy_network_goes_by_the_hue_as_far_as_repainting_says(audits: Lab) -> None:
    found = found_in(audits, "lazy")
    assert found.named[0] == "hue" and found.cues == tuple(EDITORS)
    assert found.largest is not None and found.planted is not None and found.planted_error is not None
    assert found.planted > 0.6 and 0.5 < found.largest <= found.planted + 3 * found.planted_error
    assert found.left is not None
    background = found.named.index("background")
    assert abs(found.left[background, 0]) < 0.5 * found.swaps["background"].delta, "the hue explains the ground"
    by_name = {figure.name: figure for figure in figures(AuditParams(run="latest"), found)}
    verdict, losses, table, by_region, examples = (
        by_name[name] for name in ("verdict", "losses", "properties", "places", "examples")
    )
    assert isinstance(verdict, Text) and verdict.paragraphs[0].startswith(
        "This network relies on the hue: with that of"
    )
    assert (
        "repainting the planted color itself" in verdict.paragraphs[-2]
        and f"{len(EDITORS)} properties were tried" in verdict.paragraphs[-1]
    )
    assert isinstance(losses, Bars) and losses.labels[0] == "hue"
    assert losses.values[0] == pytest.approx(100 * found.largest)
    assert isinstance(table, Table) and [row[0] for row in table.rows if row[1] == "named"] == ["hue"]
    assert (
        isinstance(by_region, Matrix) and np.isnan(by_region.values[1, 1]) and np.isfinite(by_region.values).sum() == 8
    )
    assert isinstance(examples, Pixels) and len(examples.images) == 3 * 3
    assert examples.tones[:3] == ("good", "good", "bad"), "chosen to show the loss"


def test_the_cured_network_loses_less_and_where_nothing_is_found_the_smallest_loss_is_reported(audits: Lab) -> None:
    found = found_in(audits, "cured")
    assert found.planted is not None and found.planted < 0.15
    lazy = found_in(audits, "lazy")
    assert found.swaps["background"].delta < 0.25 * lazy.swaps["background"].delta
    none = replace(found, delta=0 * found.delta, largest=None, examples=None, left=None, flagged=0)
    paragraphs = words(none)
    assert paragraphs[0] == f"The audit found no property that this network relies on, among {len(EDITORS)} properties."
    assert f"Losses under {100 * found.detectable:.0f} points may have been missed" in paragraphs[-1]
    damaged = replace(none, delta=none.delta + 0.3, rise=none.rise_by_chance)
    assert "hue 30 points" in words(damaged)[1] and "edit itself may do this damage" in words(damaged)[1]
    untried = replace(none, hosts=np.where(np.array(none.cues) == "size", 0, none.hosts))
    assert "too few images have an object that stands out: size." in words(untried)[-1]


def test_a_network_trained_without_the_property_is_asked_what_it_keeps_and_audited_in_its_turn(lab: Lab) -> None:
    assert lab.call("run", "train", *TINY_TRAINING, "--epochs", "3", "--name", "tiny", "--quiet").code == 0
    found = audit(lab, "tiny", "--images", "60", "--peel", "1", "--minority")
    (one,) = found.rounds
    assert one.exchanged == ("hue",) == tuple(found.named[:1]) and one.audited and one.images <= 60
    assert one.before < found.accuracy - 0.2, "it relied on what is exchanged"
    above = found.accuracy - one.chance
    assert found.kept == pytest.approx((one.after - one.chance) / above) and one.unaltered == found.accuracy
    (trained,) = (run for run in Workspace(lab.workspace).runs() if run.reference == one.run)
    assert trained.record.params["method"] == "scramble" and trained.record.params["scrambled"] == "hue"
    assert trained.record.params["epochs"] == 3 and trained.record.params["seed"] == 0
    proof, then = (
        text for text in words(found) if text.startswith(("Proof: on", "The retrained network", "No property"))
    )
    assert one.run in proof and f"{one.kept:.2f}" in proof and ("hue" not in then or "hue" in one.goes_by)
    assert "--prove" not in words(found)[-1]
    who = found.minority
    assert who is not None and who.precision is not None and who.recall is not None and who.share is not None
    assert min(who.precision, who.recall) > 0.9 and who.share == pytest.approx(0.05, abs=0.03)
    assert who.images is not None and len(who.images) == min(12, who.marked.sum())
    assert any(f"{who.marked.sum()} of {len(who.marked)} training images" in text for text in words(found))
    assert audit(lab, "tiny", "--images", "60", "--prove").rounds[0].run == one.run, "trained once"


def test_what_the_kept_share_means() -> None:
    one = Retrained(
        exchanged=("hue",), run="r", images=400, before=0.3, after=0.82, unaltered=0.9, chance=0.1, audited=False
    )
    assert one.kept == pytest.approx(0.9) and one.kept_error == pytest.approx((0.82 * 0.18 / 400) ** 0.5 / 0.8)
    said = {0.82: "isn't needed, so it is a shortcut", 0.3: "is the task, or other", 0.5: "undecided"}
    for after, meaning in said.items():
        (text,) = _proof(replace(one, after=after), is_later=False)
        assert meaning in text
    (table,) = _proof(replace(one, goes_by=("border",), lost=0.2, lost_error=0.01, unaltered=0.1), is_later=True)
    assert (
        table == "The retrained network relies on the frame: with that of an image of another class it loses 20 points "
        "[18, 22]."
    )


def words(result: AuditResult) -> tuple[str, ...]:
    verdict, *_rest = figures(AuditParams(run="latest"), result)
    assert isinstance(verdict, Text)
    return verdict.paragraphs


def test_a_network_no_better_than_chance_has_nothing_to_lose(lab: Lab) -> None:
    assert lab.call("run", "train", *TINY_TRAINING, "--epochs", "1", "--lr", "1e-7", "--quiet").code == 0
    refused = lab.call("run", "audit", "latest", "--images", "60", "--quiet")
    assert refused.code == 3 and "there is no accuracy to lose" in refused.sentence
