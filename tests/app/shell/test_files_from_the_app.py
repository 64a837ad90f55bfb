"""What the app writes to files: the figures of a screen, and pictures of it."""

from __future__ import annotations

import io
import json
import shutil
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from rich.segment import Segment
from rich.style import Style
from textual.pilot import Pilot
from textual.widgets import Input, Static

from lazytui.app.figures import LinesView
from lazytui.app.shell.app import LazytuiApp
from lazytui.app.shell.base_screen import LabScreen
from lazytui.app.shell.popups.export_dialog import AskExport
from lazytui.app.shell.screenshot import png
from lazytui.figures.figure_files import SUFFIXES
from lazytui.runs.workspace import Workspace, shipped_runs
from tests.app.pilot import drive, screen_text, until


@pytest.fixture
def app(tmp_path: Path) -> LazytuiApp:
    """An app over one finished training."""
    shipped = next(run for run in shipped_runs() if run.record.kind == "train")
    shutil.copytree(shipped.path, tmp_path / shipped.id)
    return LazytuiApp(Workspace(tmp_path))


async def ask(pilot: Pilot[Any]) -> str:
    """Open Runs, wait for its figures, press e; the file that is proposed."""
    await pilot.press("9")
    await until(pilot, lambda: isinstance(pilot.app.screen, LabScreen) and pilot.app.screen.shown_figures())
    await pilot.press("e")
    await until(pilot, lambda: isinstance(pilot.app.screen, AskExport))
    return pilot.app.screen.query_one("#path", Input).value


def test_all_figures_go_to_the_proposed_page_and_its_path_is_copied(app: LazytuiApp) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        path = Path(await ask(pilot))
        assert path.parent == app.workspace.path / "exports" and path.suffix == ".html"
        assert all(suffix in screen_text(app) for suffix in SUFFIXES)
        await pilot.press("enter")
        await until(pilot, lambda: app.clipboard == str(path))
        page = path.read_text()
        assert isinstance(app.screen, LabScreen)
        assert all(escape(figure.title) in page for figure in app.screen.shown_figures() if figure.title.isascii())

    drive(app, steps)


def test_one_figure_is_chosen_by_key(app: LazytuiApp) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await ask(pilot)
        target = app.workspace.path / "one.json"
        app.screen.query_one("#path", Input).value = str(target)
        await pilot.press("tab", "down", "down", "enter")  # of a .json nothing else is asked
        await until(pilot, lambda: app.clipboard == str(target))
        assert isinstance(app.screen, LabScreen)
        names = [figure["name"] for figure in json.loads(target.read_text())["figures"]]
        assert names == [app.screen.shown_figures()[1].name]

    drive(app, steps, size=(80, 24))


def path_field(app: LazytuiApp) -> Input:
    return app.screen.query_one("#path", Input)


def test_a_picture_is_fitted_to_a_paper_and_the_figure_with_the_keyboard_is_offered(app: LazytuiApp) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("2")
        await until(pilot, lambda: isinstance(app.screen, LabScreen) and app.screen.query(LinesView))
        view = next(view for view in app.screen.query(LinesView) if view.figure.name == "cues")
        view.focus()
        await until(pilot, lambda: view.has_focus)
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, AskExport))
        assert not app.screen.query_one("#width", Input).display
        path_field(app).value = str(app.workspace.path / "cues.tex")
        await pilot.press("enter")
        await until(pilot, lambda: "holds tables and matrices; this figure is neither" in screen_text(app))
        path_field(app).value = str(app.workspace.path / "cues.png")
        await until(pilot, lambda: app.screen.query_one("#dpi", Input).display)
        assert not app.screen.query_one("#together").display, "it is one figure"
        for words, sentence in (("85", "is a length"), ("85xx", "neither"), ("2 in", "")):
            app.screen.query_one("#width", Input).value = words
            app.screen.query_one("#dpi", Input).value = "100"
            await pilot.press("enter")
            await until(pilot, lambda sentence=sentence: not sentence or sentence in screen_text(app))
        await until(pilot, lambda: app.clipboard)
        with Image.open(app.clipboard) as picture:
            assert picture.width == pytest.approx(200, abs=1)
        assert Path(app.clipboard).name == "cues.png"

    drive(app, steps)


def test_bare_figures_together_are_one_picture(app: LazytuiApp) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await ask(pilot)
        path_field(app).value = str(app.workspace.path / "all.svg")
        await until(pilot, lambda: app.screen.query_one("#together").display)
        assert not app.screen.query_one("#dpi").display
        await pilot.press("tab", "tab", "space", "tab", "space", "tab", "enter")
        await until(pilot, lambda: app.clipboard)
        svg = Path(app.clipboard).read_text()
        assert Path(app.clipboard).name == "all.svg" and "Accuracy while it trains" not in svg

    drive(app, steps, size=(80, 24))


def test_what_is_wrong_with_a_file_is_said_where_it_can_be_mended(app: LazytuiApp) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await ask(pilot)
        for name, sentence in (
            ("~nobody/x.docx", ".docx"),
            ("x", "no suffix"),
            ("x.csv", "choose one"),
        ):
            app.screen.query_one("#path", Input).value = name
            await pilot.press("enter")
            await until(pilot, lambda sentence=sentence: sentence in screen_text(app))
            assert isinstance(app.screen, AskExport)
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(app.screen, LabScreen) and not (app.workspace.path / "exports").exists()

    drive(app, steps)


def test_the_dialog_stays_with_what_was_typed_until_the_file_is_written(app: LazytuiApp) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await ask(pilot)
        dialog, file = app.screen, app.workspace.path / "file"
        file.touch()
        path_field(app).value = str(file / "x.pdf")
        dialog.query_one("#width", Input).value = "85mm"
        await pilot.press("enter")
        await until(pilot, lambda: "can't be written" in str(dialog.query_one("#said", Static).render()))
        assert app.screen is dialog and dialog.query_one("#width", Input).value == "85mm"
        file.unlink()
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is not dialog)
        assert app.clipboard == str(file / "x.pdf") and b"MediaBox [ 0 0 240.9" in (file / "x.pdf").read_bytes()

    drive(app, steps)


def test_a_screen_without_figures_says_so(tmp_path: Path) -> None:
    app = LazytuiApp(Workspace(tmp_path))

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("9")
        await until(pilot, lambda: app.current_mode == "runs")
        await pilot.press("e")
        await until(pilot, lambda: any("no figures" in note.message for note in app._notifications))

    drive(app, steps)


def test_the_screen_is_kept_as_svg_and_png(app: LazytuiApp) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("f12")
        await until(pilot, lambda: app.clipboard)
        svg = Path(app.clipboard)
        assert svg.parent == app.workspace.path / "screenshots" and "lazytui" in svg.read_text()
        with Image.open(svg.with_suffix(".png")) as picture:
            assert picture.size == (120 * 10, 36 * 20)
            colors = picture.getcolors(100_000)
            assert colors and len(colors) > 10

    drive(app, steps)


def pixels(*segments: Segment) -> np.ndarray[Any, Any]:
    with Image.open(io.BytesIO(png([segments]))) as picture:
        return np.asarray(picture)


def test_half_blocks_fill_their_half_to_the_pixel() -> None:
    shown = pixels(Segment("▀▄", Style.parse("#ff0000 on #0000ff")))
    red, blue = (255, 0, 0), (0, 0, 255)
    assert (shown[:10, :10] == red).all() and (shown[10:, :10] == blue).all()
    assert (shown[:10, 10:] == blue).all() and (shown[10:, 10:] == red).all()


def test_letters_are_drawn_and_reverse_is_the_other_way_round() -> None:
    plain, other = (pixels(Segment("A", Style.parse(f"{how} #ffffff on #000000"))) for how in ("", "reverse"))
    assert 0.05 < (plain > 127).mean() < 0.5
    assert (other > 127).mean() > 0.5
