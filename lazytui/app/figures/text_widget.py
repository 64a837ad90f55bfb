"""Paragraphs: nothing to point at, only to be read and scrolled."""

from __future__ import annotations

from lazytui.app.figures.figure_widget import FigureView
from lazytui.figures.kinds import Text


class TextView(FigureView[Text]):
    """Takes the focus where there is more text than it can show at once, and in a frame, which shows that."""

    HAS_CURSOR = False

    def allow_focus(self) -> bool:
        return self._is_framed or self.max_scroll_y > 0
