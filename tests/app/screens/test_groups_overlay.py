"""Groups inferred without labels, by keyboard: a correction shows in the caption, the form and the next run."""

from __future__ import annotations

from typing import Any

import numpy as np
from textual.pilot import Pilot

from lazytui.analyses.core.execute import recorded_result
from lazytui.app.figures import PixelsView
from lazytui.app.screens.groups_overlay import GroupsOverlay
from lazytui.app.screens.overlays import overlay
from lazytui.app.shell.app import LazytuiApp
from lazytui.runs.workspace import Workspace
from tests.app.pilot import drive, screen_text, until
from tests.commands import Lab


def captions(pilot: Pilot[Any]) -> tuple[str, ...]:
    """Of the images to look at."""
    views = [view for view in pilot.app.screen.query(PixelsView) if view.figure.name == "images"]
    return views[0].figure.captions if views else ()


def test_images_are_confirmed_and_corrected_one_by_one(lab_with_training: Lab) -> None:
    ended = lab_with_training.call("run", "groups", "reference", "--by", "errors", "--quiet", "--json")
    assert ended.code == 0, ended.err
    workspace = Workspace(lab_with_training.workspace)
    found = recorded_result(workspace.find(ended.json["run"]))
    first, second, third = found.numbers[:3].tolist()
    like, own = found.like.tolist(), found.labels.tolist()
    turned = next(c for c in ((like[third] + 1) % 10, (like[third] + 2) % 10) if c != own[third])

    async def steps(pilot: Pilot[Any]) -> None:
        app = pilot.app
        await pilot.press("3")
        await until(pilot, lambda: app.screen.query("ParamsForm"))
        app.push_screen(overlay("groups", run=workspace.find(ended.json["run"])))
        await until(pilot, lambda: isinstance(app.screen, GroupsOverlay) and captions(pilot))
        view = next(view for view in app.screen.query(PixelsView) if view.figure.name == "images")
        view.focus()
        await pilot.pause()
        await pilot.press("space", "right", "space", "space", "right", "t")
        await until(pilot, lambda: captions(pilot)[2].startswith("✓"))
        assert captions(pilot)[:3] == (
            f"✓ {first}: {own[first]}/{like[first]}",
            f"✗ {second}: {own[second]}",
            f"✓ {third}: {own[third]}/{turned}",
        )
        assert f"Image {third}: digit {own[third]}, like {turned}, reviewed" in screen_text(app)
        await pilot.press("space", "space")
        assert captions(pilot)[2] == f"{third}: {own[third]}/{like[third]}", "no correction of it any more"
        await pilot.press("g")
        await until(pilot, lambda: len(list(workspace.path.glob("*-groups-*"))) == 2)

    drive(LazytuiApp(workspace), steps)
    (new,) = {run.id for run in workspace.runs() if run.record.kind == "groups"} - {ended.json["run"]}
    asked = workspace.find(new).record.params
    assert asked["by"] == "errors" and asked["agreeing"] == [second]
    assert asked["contradicting"] == [f"{first}:{like[first]}"]


def test_corrections_are_counted_beside_the_marks(lab_with_training: Lab) -> None:
    plain = lab_with_training.call("run", "groups", "reference", "--by", "errors", "--quiet", "--json")
    found = recorded_result(Workspace(lab_with_training.workspace).find(plain.json["run"]))
    marked = np.flatnonzero(found.contradicting).tolist()
    words = ("--agreeing", f"{marked[0]}", "--contradicting", f"{marked[1]}:{found.like[marked[1]]}")
    mine = lab_with_training.call("run", "groups", "reference", "--by", "errors", *words, "--quiet")
    assert "You confirmed 1 and rejected 1 of the marks: 50 % are right" in " ".join(mine.out.split())
