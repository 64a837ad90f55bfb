"""A finished run as the library hands it back: its typed result, its metrics and figures, and how notebooks show it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic import BaseModel

from lazytui.errors import UsageError, unknown_name
from lazytui.runs.run_folder import RunFolder

if TYPE_CHECKING:
    from torch import nn

    from lazytui.figures.kinds import Figure

P = TypeVar("P", bound=BaseModel)
R = TypeVar("R")


@dataclass(frozen=True)
class ShownFigure:
    """A figure that a notebook shows. figure: what is shown, as plain data (`lazytui.figures.kinds`)."""

    figure: Figure

    @property
    def name(self) -> str:
        return self.figure.name

    def save(self, path: str | Path) -> list[Path]:
        """Write it to a file; the suffix says how (see `Outcome.save`)."""
        return _export([self.figure], path, title=self.figure.title)

    def _repr_html_(self) -> str:
        return _framed([self.figure], self.figure.title)

    def _repr_png_(self) -> bytes:
        with tempfile.TemporaryDirectory() as folder:
            (path,) = self.save(Path(folder) / "figure.png")
            return path.read_bytes()

    def __repr__(self) -> str:
        return f"<figure {self.name!r}: {self.figure.title}>"


class ShownFigures(Mapping[str, ShownFigure]):
    """Figures by name, in the order of reading."""

    def __init__(self, figures: Sequence[Figure]) -> None:
        self._figures = {figure.name: ShownFigure(figure) for figure in figures}

    def __getitem__(self, name: str) -> ShownFigure:
        if name not in self._figures:
            raise UsageError(unknown_name("figure", name, self._figures))
        return self._figures[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._figures)

    def __len__(self) -> int:
        return len(self._figures)

    def __contains__(self, name: object) -> bool:
        return name in self._figures

    def __repr__(self) -> str:
        return f"<figures {', '.join(self._figures)}>"

    def _repr_html_(self) -> str:
        return _framed([shown.figure for shown in self._figures.values()], "Figures")


@dataclass(frozen=True, eq=False)
class Outcome(Generic[P, R]):
    """A finished run.

    run: its folder. params: what was asked for, as it was recorded. result: the typed result of its analysis, the
    `result.py` of its room.
    """

    run: RunFolder
    params: P
    result: R

    @property
    def kind(self) -> str:
        """The analysis."""
        return self.run.record.kind

    @cached_property
    def metrics(self) -> dict[str, float | None]:
        """The headline numbers by name, None where undefined: those of `--json`."""
        from lazytui.runs.results.saved_result import read_metrics

        return read_metrics(self.run.path)

    @cached_property
    def figures(self) -> ShownFigures:
        """What it has to show, by name."""
        from lazytui.analyses.core.execute import figures

        return ShownFigures(figures(self.run))

    @property
    def model(self) -> nn.Module:
        """The network of a training, on the CPU, in evaluation mode. Raises UsageError for another analysis."""
        if self.kind != "train":
            raise UsageError(f"{self.run.reference} is a run of {self.kind}, not of train: it has no network.")
        from lazytui.models.weights_loading import load_model

        return load_model(self.run.path)

    def save(self, path: str | Path, *, figure: str | None = None) -> list[Path]:
        """Write the figures, or the ones named `figure`, to files, and return these.

        The suffix says how: .svg .png .pdf .html .txt .ansi .json .csv .tex. Raises UsageError for another one.
        """
        return _export([shown.figure for shown in self.figures.values()], path, title=self.run.id, figure=figure)

    def __repr__(self) -> str:
        measured = {name: value for name, value in self.metrics.items() if value is not None}
        numbers = ", ".join(f"{name} {value:.4g}" for name, value in list(measured.items())[:_FEW])
        return f"<{self.kind} {self.run.id}{': ' if numbers else ''}{numbers}>"

    def _repr_html_(self) -> str:
        return _framed([shown.figure for shown in self.figures.values()], self.run.id)


_FEW = 4
"""Metrics in a line."""


def _export(figures: Sequence[Figure], path: str | Path, *, title: str, figure: str | None = None) -> list[Path]:
    from lazytui.figures.figure_files import export

    return export(figures, Path(path), title=title, figure=figure)


def _framed(figures: Sequence[Figure], title: str) -> str:
    """A page within a page, so that its style and the notebook's leave each other alone."""
    from lazytui.figures.html import Section, page

    content = escape(page(title, [Section(figures=tuple(figures))]), quote=True)
    return f'<iframe srcdoc="{content}" style="width: 100%; height: 32em; border: 0"></iframe>'


def open_outcome(run: RunFolder) -> Outcome[Any, Any]:
    """Of a finished run. Raises BadInput where it has no result, or a damaged one."""
    from lazytui.analyses.core.execute import recorded_params, recorded_result

    return Outcome(run, recorded_params(run), recorded_result(run))
