"""The options of a source: its name, with a path behind a colon where it has one, and how its files are read."""

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
        description="For images from files: side in pixels to which each is scaled, with its proportions kept and "
        "black beside it. Default: their own size, if all have the same.",
    )
    path_column: Column | None = Field(
        None,
        description="For csv: the column with the image files, relative to the table. Default: the first with a "
        "usual name, such as path or img_filename.",
    )
    label_column: Column | None = Field(
        None,
        description="For csv: the column with the classes. Default: the first with a usual name, such as label or y.",
    )
    attribute_column: Column | None = Field(
        None,
        description="For csv: the column with the attribute that may be a shortcut. Default: the first with a "
        "usual name, such as attribute or place.",
    )
    split_column: Column | None = Field(
        None,
        description="For csv: the column that says train, val or test (or 0, 1, 2). Default: split. Without such a "
        "column, a fifth of each class is the test part.",
    )

    @property
    def kind(self) -> str:
        """The source's name without its path."""
        return self.source.partition(":")[0]

    @property
    def path(self) -> str:
        """What stands behind the colon; else nothing."""
        return self.source.partition(":")[2]
