"""Figures that give way to others: those of the same names and kinds are swapped in place, so that nothing flickers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from textual.widget import Widget

from lazytui.app.figures.figure_widget import FigureView
from lazytui.app.figures.widget_kinds import view_of
from lazytui.figures.kinds import Figure


def swap(holder: Widget, figures: Sequence[Figure]) -> None:
    """Show these figures in a widget instead of those that it showed."""
    views: list[FigureView[Any]] = [view for view in holder.children if isinstance(view, FigureView)]
    if [_sort(view.figure) for view in views] == [_sort(figure) for figure in figures]:
        for view, figure in zip(views, figures, strict=True):
            view.figure = figure
        return
    holder.remove_children(FigureView)
    holder.mount_all(view_of(figure, classes=figure.name) for figure in figures)


def _sort(figure: Figure) -> tuple[type[Figure], str]:
    return type(figure), figure.name
