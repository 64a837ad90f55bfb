"""What can be chosen of `dataset`."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from lazytui.data.params import DatasetParams


class DatasetRunParams(DatasetParams):
    """A data set, and what to keep of it."""

    samples: int = Field(4, ge=1, le=50, description="Images of each class to show from every split.")
    save: Literal["none", "npz", "folder"] = Field(
        "none",
        description="Save all images in the run's exports folder: npz (one NumPy archive per split) or folder (PNG "
        "files by class).",
    )
