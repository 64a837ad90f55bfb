"""Tables and matrices as LaTeX: a `tabular` each, with the rules of booktabs, to be put into a paper's table."""

from __future__ import annotations

from collections.abc import Sequence

from lazytui.errors import UsageError
from lazytui.figures.kinds import Figure, Matrix, Table
from lazytui.figures.number_format import entry, heading, is_numeric, number
from lazytui.plain_text import plain_text

_ESCAPES = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "–": "--",
    "±": r"$\pm$",
    "→": r"$\to$",
}


def figures_tex(figures: Sequence[Figure]) -> str:
    """All tables and matrices among the figures. Raises UsageError where there is none."""
    tables = tables_among(figures)
    if not tables:
        names = ", ".join(figure.name for figure in figures) or "none"
        raise UsageError(f"A .tex file holds tables and matrices; these figures are neither: {names}.")
    head = "% needs \\usepackage{booktabs}\n"
    return head + "\n".join(_table(one) if isinstance(one, Table) else _matrix(one) for one in tables)


def tables_among(figures: Sequence[Figure]) -> list[Table | Matrix]:
    """Those of the figures that can be LaTeX."""
    return [figure for figure in figures if isinstance(figure, Table | Matrix)]


def _table(figure: Table) -> str:
    columns = "".join("r" if is_numeric(figure, index) else "l" for index in range(len(figure.columns)))
    heads = [heading(column.name, column.unit) for column in figure.columns]
    rows = [
        [entry(cell, column.decimals) for cell, column in zip(row, figure.columns, strict=True)] for row in figure.rows
    ]
    return _tabular(figure, columns, heads, rows)


def _matrix(figure: Matrix) -> str:
    """Rows with their labels; the unit and the axes stand in the comment."""
    rows = [
        [label, *(number(float(value), figure.decimals) for value in values)]
        for label, values in zip(figure.row_labels, figure.values, strict=True)
    ]
    corner = f"{figure.row_axis} / {figure.column_axis}" if figure.row_axis and figure.column_axis else ""
    return _tabular(figure, "l" + "r" * len(figure.column_labels), [corner, *figure.column_labels], rows)


def _tabular(figure: Figure, columns: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    comments = [f"% {plain_text(line)}" for line in (f"{figure.name}: {figure.title}", figure.note) if line]
    lines = [
        *comments,
        rf"\begin{{tabular}}{{{columns}}}",
        r"\toprule",
        _row(heads),
        r"\midrule",
        *map(_row, rows),
        r"\bottomrule",
        r"\end{tabular}",
    ]
    return "\n".join(lines) + "\n"


def _row(texts: Sequence[str]) -> str:
    return " & ".join("".join(_ESCAPES.get(letter, letter) for letter in plain_text(text)) for text in texts) + r" \\"
