"""The table of published numbers: every one, and those that nobody ran are said not to have been."""

from __future__ import annotations

from docs.reproductions_table import paper_rows
from lazytui.analyses.recipe.earlier_studies import recipes_of_papers


def test_every_published_number_has_a_row_and_one_that_was_measured_its_verdict() -> None:
    of_one = {"metric": "unbiased accuracy", "reported": "50.34", "measured": 55.337, "verdict": "reproduced"}
    printed = {"params": {"recipe": "lff-plain-1pct"}, "figures": {"reported": {"rows": [of_one]}}}
    rows = list(paper_rows([printed]))
    assert [row.split("`")[1] for row in rows] == list(recipes_of_papers())
    (measured,) = (row for row in rows if "not run" not in row)
    assert measured.endswith("| unbiased accuracy | 50.34 | 55.34 | reproduced |")
    assert "Nam 2020, table 1 (from memory)" in measured
