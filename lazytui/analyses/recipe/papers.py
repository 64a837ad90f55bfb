"""Recipes from papers' tables on Colored MNIST: a row of a table is one recipe for each share of conflicting images.

They are in assets/papers.toml.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from lazytui.files.package_data import package_folder

NO_PASS_MARK = (
    "Published numbers compare the methods within one table: between tables the same method differs by up to 12 "
    "points, so none is a pass mark."
)
"""The caveat beside each."""


@functools.cache
def paper_entries() -> Mapping[str, Mapping[str, Any]]:
    """The entries of recipes by name, table by table."""
    with (package_folder("assets") / "papers.toml").open("rb") as file:
        asset = tomllib.load(file)
    return {**dict(_of_rows(asset["rows"])), **asset["recipes"]}


def _of_rows(rows: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    for row, entry in rows.items():
        for share, value in entry["reported"].items():
            own = {
                "about": f"{entry['about']}, {share} % conflicting",
                "reported": {"unbiased_accuracy": value},
                "train": {"dataset": f"lff-{share}pct", **entry["train"]},
            }
            yield f"{row}-{share}pct", {**entry, **own}
