"""What papers report of methods on their Colored MNIST, as recipes: a row of a table is one at each share.

They lie in assets/papers.toml.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from lazytui.files.package_data import package_folder

NO_PASS_MARK = (
    "A published number compares the methods of one table: the same method differs by up to 12 points between tables, "
    "so that it is no pass mark."
)
"""What is said beside each."""


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
