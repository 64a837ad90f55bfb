"""An app that shows figure widgets and keeps what they say."""

from __future__ import annotations

from typing import Any

import numpy as np
from textual.app import App, ComposeResult
from textual.containers import VerticalScroll
from textual.geometry import Region

from lazytui.app.figures import FigureView, view_of
from lazytui.figures.kinds import Figure


class Shown(App[None]):
    """One figure that fills the screen, or several below each other in a scrolling column; none has the focus."""

    AUTO_FOCUS = None

    def __init__(self, *figures: Figure) -> None:
        super().__init__()
        self.views: list[FigureView[Any]] = [view_of(figure) for figure in figures]
        self.pointed: list[Any] = []
        self.chosen: list[Any] = []

    @property
    def view(self) -> FigureView[Any]:
        return self.views[0]

    def compose(self) -> ComposeResult:
        if len(self.views) == 1:
            self.view.styles.height = "1fr"
            yield self.view
        else:
            with VerticalScroll(can_focus=False):
                yield from self.views

    def on_figure_view_pointed(self, message: FigureView.Pointed) -> None:
        self.pointed.append(message.position)

    def on_figure_view_chosen(self, message: FigureView.Chosen) -> None:
        assert message.control is message.view
        self.chosen.append(message.position)


def screen_lines(app: App[Any]) -> list[str]:
    """What the screen shows, a text a line."""
    return ["".join(segment.text for segment in line) for line in app.screen._compositor.render_strips()]


def cells(regions: list[Region]) -> int:
    return int(np.sum([region.area for region in regions]))
