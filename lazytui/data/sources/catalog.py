"""The sources by name, in the order of lists: a file a kind, and a line here."""
# ruff: noqa: F401, I001 - these imports are the list

from __future__ import annotations

from lazytui.data.sources.base import SourceEntry
from lazytui.data.sources.gray_shapes import MNIST as _mnist, FASHION_MNIST as _fashion, STROKES as _strokes
from lazytui.data.sources.digits import ENTRY as _digits
from lazytui.data.sources.cifar10 import ENTRY as _cifar10
from lazytui.data.sources.svhn import ENTRY as _svhn
from lazytui.data.sources.photos import ENTRY as _photos
from lazytui.data.sources.folder import ENTRY as _folder
from lazytui.data.sources.label_table import ENTRY as _csv
from lazytui.data.sources.npz import ENTRY as _npz

SOURCES = {entry.name: entry for entry in list(globals().values()) if isinstance(entry, SourceEntry)}
