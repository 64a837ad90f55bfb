"""Tables of images: a row each, with the file, the class, an attribute and the part that it belongs to."""

from __future__ import annotations

import csv
import functools
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lazytui.data.image_files.image_folder import Folder, ImageFile, common_size, decoded, fingerprint
from lazytui.data.source_images import Part, SourceImages
from lazytui.data.sources.base import Source, SourceEntry, content_of
from lazytui.data.sources.labels import attribute_content, indexed, require_every_class
from lazytui.data.sources.options import SourceOptions
from lazytui.data.sources.parts import held_out, mixed_order
from lazytui.errors import BadInput, unknown_name
from lazytui.files.reading import read_regular
from lazytui.files.writing import parse_path, reason

Columns = Mapping[str, Sequence[str]]
"""Of each column its cells, as text."""

_MOST_BYTES = 256 * 2**20
_MOST_ROWS = 2_000_000

_PATH_NAMES = ("path", "file", "filename", "file_name", "image", "img_filename", "image_id")
_LABEL_NAMES = ("label", "class", "y", "target", "category")
_ATTRIBUTE_NAMES = ("attribute", "place", "a", "group", "environment")
_SPLIT_NAMES = ("split", "part", "partition")
"""Names of columns that are looked for where none is given, the first that there is."""

_PARTS = {"train": "train", "training": "train", "0": "train",
          "val": "validation", "valid": "validation", "validation": "validation", "1": "validation",
          "test": "test", "2": "test"}  # fmt: skip

_WATERBIRDS = frozenset({"img_id", "img_filename", "y", "split", "place", "place_filename"})
_WATERBIRDS_WORDS = {"y": {"0": "landbird", "1": "waterbird"}, "place": {"0": "land", "1": "water"}}
"""What its metadata.csv, and that of WILDS, means by its numbers (Sagawa et al. 2020)."""

_CELEBA = "list_attr_celeba"
_CELEBA_PARTS = "list_eval_partition"
_CELEBA_FOLDERS = ("img_align_celeba/img_align_celeba", "img_align_celeba")


@dataclass(frozen=True)
class _Rows:
    """The images of both parts. parts: (n,) train or test. attributes: None where there is no such column."""

    file: Path
    files: tuple[ImageFile, ...]
    labels: NDArray[np.uint8]
    classes: tuple[str, ...]
    attributes: NDArray[np.uint8] | None
    attribute: Mapping[str, Any]
    parts: NDArray[Any]


def _find(options: SourceOptions) -> Source:
    rows = _read(options)
    height, width = common_size(rows.files, options.image_size)
    content = content_of(
        classes=rows.classes, height=height, width=width, fingerprint=fingerprint(rows.files), **rows.attribute
    )
    counts: dict[Part, int] = {part: int((rows.parts == part).sum()) for part in ("train", "test")}
    return Source(f"csv:{rows.file}", content, counts)


def _load(options: SourceOptions, part: Part, size: int | None) -> SourceImages:
    rows = _read(options)
    chosen = np.flatnonzero(rows.parts == part)
    chosen = chosen[mixed_order(len(chosen))][:size]
    files = tuple(rows.files[index] for index in chosen)
    images = decoded(files, common_size(files[:1], options.image_size), resized=options.image_size is not None)
    return SourceImages(images, rows.labels[chosen], None if rows.attributes is None else rows.attributes[chosen])


def _read(options: SourceOptions) -> _Rows:
    file = parse_path(options.path).expanduser()
    try:
        changed = file.stat().st_mtime_ns
    except OSError as error:
        raise BadInput(f"{file} can't be read: {reason(error)}.") from error
    return _rows(file.resolve(), changed, options.path_column, options.label_column, options.attribute_column,
                 options.split_column)  # fmt: skip


@functools.lru_cache(maxsize=2)
def _rows(
    file: Path, _changed: int, path: str | None, label: str | None, attribute: str | None, split: str | None
) -> _Rows:
    if file.stem == _CELEBA:
        label, attribute = label or "Blond_Hair", attribute or "Male"
        table, folder = _celeba(file, (label, attribute))
        path, split = "image_id", "partition"
    else:
        table, folder = read_table(file), file.parent
    names = _column(file, table, path, _PATH_NAMES, "image files", "--path-column")
    label_column = _column(file, table, label, _LABEL_NAMES, "classes", "--label-column")
    assert names is not None and label_column is not None
    parts = _parts(file, table, _column(file, table, split, _SPLIT_NAMES, "", ""), table[label_column])
    used = np.flatnonzero(parts != "").tolist()
    cells = {name: [column[index] for index in used] for name, column in table.items()}
    classes, labels = indexed(_named(table, label_column, cells), f"The column {label_column} of {file}")
    parts = parts[used]
    require_every_class(labels, parts, classes, str(file))
    values: tuple[str, ...] = ()
    attributes, of_attribute = None, {}
    if (a := _column(file, table, attribute, _ATTRIBUTE_NAMES, "", "")) is not None:
        values, attributes = indexed(_named(table, a, cells), f"The column {a} of {file}")
        of_attribute = dict(attribute_content(a, values, labels, attributes, parts, classes))
    inside = Folder(folder)
    files = tuple(inside.file(name) for name in cells[names])
    return _Rows(file, files, labels, classes, attributes, of_attribute, parts)


def _column(file: Path, table: Columns, chosen: str | None, usual: Sequence[str], what: str, option: str) -> str | None:
    """The name of the chosen column, or of the first usual one. what: it holds, if it is needed."""
    if chosen is not None:
        if chosen not in table:
            raise BadInput(f"{file}: {unknown_name('column', chosen, table)}")
        return chosen
    usual_name = next((name for name in usual if name in table), None)
    if usual_name is None and what:
        raise BadInput(f"{file} has no column of {what} by a usual name; it has {', '.join(table)}: choose {option}.")
    return usual_name


def _named(table: Columns, column: str, cells: Columns) -> Sequence[str]:
    """The cells of a column; those of Waterbirds' numbers in words."""
    word_of = _WATERBIRDS_WORDS.get(column, {}) if table.keys() >= _WATERBIRDS else {}
    return [word_of.get(cell, cell) for cell in cells[column]]


def _parts(file: Path, table: Columns, column: str | None, labels: Sequence[str]) -> NDArray[Any]:
    """(n,) train, test, or nothing for a row that isn't used: of validation, where there is a test part."""
    if column is None:
        _, indices = indexed(labels, f"The column of classes of {file}")
        return np.where(held_out(indices), "test", "train")
    unknown = sorted(set(table[column]) - {cell for cell in table[column] if cell.strip().lower() in _PARTS})
    if unknown:
        raise BadInput(
            f"The column {column} of {file} holds {unknown[0]!r}: parts are train, val and test, or 0, 1 and 2."
        )
    parts = np.array([_PARTS[cell.strip().lower()] for cell in table[column]])
    parts[parts == "validation"] = "" if (parts == "test").any() else "test"
    for part in ("train", "test"):
        if not (parts == part).any():
            raise BadInput(f"The column {column} of {file} has no row of the {part} part.")
    return parts


def _celeba(file: Path, in_words: Sequence[str]) -> tuple[Columns, Path]:
    """CelebA's attributes with its partition, as torchvision (.txt) or Kaggle and WILDS (.csv) have them; its folder.

    in_words: columns whose -1 and 1 are written out.
    """
    table = dict(read_table(file))
    partition = read_table(file.with_name(_CELEBA_PARTS + file.suffix), header=file.suffix == ".csv")
    names, parts = list(partition.values())[:2]
    of_image = dict(zip(names, parts, strict=True))
    first = next(iter(table))
    table["image_id"] = table.pop(first)
    if missing := [name for name in table["image_id"] if name not in of_image]:
        raise BadInput(f"{file.with_name(_CELEBA_PARTS + file.suffix)} has no row of {missing[0]}.")
    for name in set(in_words) & table.keys():
        table[name] = [name if cell == "1" else f"not {name}" for cell in table[name]]
    table["partition"] = [of_image[name] for name in table["image_id"]]
    folders = (file.parent / name for name in _CELEBA_FOLDERS)
    return table, next((folder for folder in folders if folder.is_dir()), file.parent)


def read_table(file: Path, *, header: bool = True) -> Columns:
    """Columns of a file: csv, CelebA's text in columns, or parquet where pandas or pyarrow is installed.

    header: whether names of columns come first. Raises BadInput where it can't be read.
    """
    try:
        content = read_regular(file, _MOST_BYTES)
    except OSError as error:
        raise BadInput(f"{file} can't be read: {reason(error)}.") from error
    if file.suffix.lower() in {".parquet", ".pq"}:
        return _parquet(file, content)
    try:
        text = content.decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True)) if file.suffix != ".txt" else _spaced(text)
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadInput(f"{file} isn't a table of text in UTF-8: {error}.") from error
    rows = [row for row in rows if row]
    names = [name.strip() for name in rows.pop(0)] if header and rows else [str(i) for i in range(len(rows[0]))]
    if not rows or len(rows) > _MOST_ROWS:
        raise BadInput(f"{file} has {len(rows):,} rows: one to {_MOST_ROWS:,} are read.")
    if len(set(names)) < len(names):
        raise BadInput(f"{file} has two columns of one name: {max(names, key=names.count)}.")
    for number, row in enumerate(rows, start=2):
        if len(row) != len(names):
            raise BadInput(f"{file} has {len(row)} cells in row {number}, but {len(names)} columns.")
    return dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))


def _spaced(text: str) -> list[list[str]]:
    """CelebA's own files: a count, perhaps names of attributes without one of images, and rows."""
    rows = [line.split() for line in text.splitlines()]
    if rows and len(rows[0]) == 1:
        rows.pop(0)
        rows[:1] = [["image_id", *rows[0]]] if rows else []
    return rows


def _parquet(file: Path, content: bytes) -> Columns:
    try:
        import pyarrow.parquet  # type: ignore[import-not-found, unused-ignore]
    except ImportError as error:
        raise BadInput(f"{file} is read where pyarrow is installed: pip install pyarrow, or save it as csv.") from error
    try:
        table = pyarrow.parquet.read_table(io.BytesIO(content))
    except (OSError, ValueError, MemoryError, pyarrow.ArrowException) as error:  # whatever a damaged file raises
        raise BadInput(f"{file} isn't a parquet file that can be read: {error}.") from error
    if not 1 <= table.num_rows <= _MOST_ROWS:
        raise BadInput(f"{file} has {table.num_rows:,} rows: one to {_MOST_ROWS:,} are read.")
    return {name: [str(cell) for cell in table.column(name).to_pylist()] for name in table.column_names}


ENTRY = SourceEntry(
    "csv",
    "a table of image files (csv or parquet) with their classes, and an attribute and parts where it has them; "
    "Waterbirds' and WILDS' metadata.csv and CelebA's list_attr_celeba are read as they are",
    _find,
    _load,
    metavar="FILE",
    reads=("image_size", "path_column", "label_column", "attribute_column", "split_column"),
)
