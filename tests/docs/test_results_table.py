"""The README's table of cures is made from what a comparison prints with --json, and from nothing else."""

from __future__ import annotations

from docs.results_table import markdown_table
from lazytui.runs.results.saved_result import read_metrics
from lazytui.runs.workspace import shipped_run
from tests.commands import Lab


def test_the_table_has_the_numbers_of_the_trainings(lab: Lab) -> None:
    runs = ("shipped/lazy-strokes", "shipped/cured-strokes")
    done = lab.call("run", "compare", *runs, "--no-plain", "--rank", "hard_accuracy", "--json")
    assert done.code == 0, done.err
    lazy, cured = (read_metrics(shipped_run(run.removeprefix("shipped/")).path) for run in runs)
    _head, _line, first, second = markdown_table(done.json).splitlines()
    for row, name, metrics in ((first, "jtt", cured), (second, "erm", lazy)):
        assert row.startswith(f"| `{name}")
        assert row.endswith(
            f"| nothing | {100 * metrics['hard_accuracy']:.1f} | {100 * metrics['easy_accuracy']:.1f} |"
        )
