"""Whether two trainings are on the same data."""

from __future__ import annotations

from collections.abc import Collection

from lazytui.data.params import DatasetParams

OF_OTHER_SPLITS = ("test_size", "hard", "hard_bias", "recorded_content")
"""What training images don't depend on; files that changed are refused elsewhere."""


def differing_options(one: DatasetParams, other: DatasetParams, ignored: Collection[str] = ()) -> list[str]:
    """The options by which the data of two trainings differ, as they are typed."""
    names = [name for name in DatasetParams.model_fields if name not in ignored]
    return [f"--{name.replace('_', '-')}" for name in names if getattr(one, name) != getattr(other, name)]
