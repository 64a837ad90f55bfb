"""Pages of a .pdf, each at the scale that fits it to a paper; what is drawn stays as it is, letters included."""

from __future__ import annotations

from typing import Any

from matplotlib.backends.backend_pdf import Op, PdfFile, PdfPages
from matplotlib.figure import Figure as Canvas


class ScaledPages(PdfPages):
    """Matplotlib has no scale for a page: its file is asked for smaller pages that shrink what is drawn on them."""

    def __init__(self, output: Any, metadata: dict[str, Any]) -> None:
        super().__init__(output, metadata=metadata)
        self._output, self._about = output, metadata

    def add(self, canvas: Canvas, scale: float) -> None:
        """Another page. scale: 1 for the canvas's own size."""
        self._ensure_file().scale = scale
        self.savefig(canvas)  # type: ignore[no-untyped-call]  # matplotlib's

    def _ensure_file(self) -> _ScaledFile:
        if self._file is None:
            self._file = _ScaledFile(self._output, metadata=self._about)  # type: ignore[no-untyped-call]
        return self._file


class _ScaledFile(PdfFile):
    scale = 1.0

    def newPage(self, width: float, height: float) -> None:
        super().newPage(width * self.scale, height * self.scale)  # type: ignore[no-untyped-call]
        if self.scale != 1.0:
            self.output(self.scale, 0, 0, self.scale, 0, 0, Op.concat_matrix)  # type: ignore[no-untyped-call]
