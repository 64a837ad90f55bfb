"""The options of a source: its name, with a place behind a colon where it has one, and how its files are read."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from lazytui.data.content import LARGEST_SIDE, SMALLEST_SIDE

Column = Annotated[str, Field(min_length=1, max_length=100)]


class SourceOptions(BaseModel):
    """Where images come from, and what is said of how they are read. Each kind of source reads what concerns it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    HEADING: ClassVar[str] = "Data"

    source: str
    image_size: Annotated[int, Field(ge=SMALLEST_SIDE, le=LARGEST_SIDE)] | None = Field(
        None,
        description="Side in pixels that images from files are brought to: each is fitted inside as a whole, and the "
        "rest stays black; default as they are, if all have one size.",
    )
    path_column: Column | None = Field(
        None, description="Of csv: the column of image files, relative to the table; default path, img_filename, ..."
    )
    label_column: Column | None = Field(None, description="Of csv: the column of classes; default label, y, ...")
    attribute_column: Column | None = Field(
        None, description="Of csv: the column of the attribute that may give the class away; default attribute, place."
    )
    split_column: Column | None = Field(
        None,
        description="Of csv: the column of parts: train, val and test, or 0, 1 and 2; default split. Without one, a "
        "fifth of each class is the test part.",
    )

    @property
    def kind(self) -> str:
        """The source's name without its place."""
        return self.source.partition(":")[0]

    @property
    def place(self) -> str:
        """What stands behind the colon; else nothing."""
        return self.source.partition(":")[2]
