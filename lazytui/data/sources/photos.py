"""Cut-out objects that stand on photographs of grounds, as in Waterbirds (Sagawa et al. 2020): from a person's own
folder, or from the pictures of Tux Paint where they are installed. An object is trained on or tested, never both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lazytui.data.data_folder import data_folder
from lazytui.data.image_cache import cached_arrays
from lazytui.data.image_files.image_folder import Folder, ImageFile, fingerprint
from lazytui.data.random_streams import stream
from lazytui.data.source_images import Part, SourceImages
from lazytui.data.sources.base import Source, SourceEntry, content_of
from lazytui.data.sources.options import SourceOptions
from lazytui.data.sources.parts import held_out, mixed_order
from lazytui.errors import BadInput
from lazytui.files.writing import is_folder, parse_path

if TYPE_CHECKING:
    from PIL import Image

SIDE = 32
"""Of images whose size nobody chose."""

_COUNTS: dict[Part, int] = {"train": 20_000, "test": 1500}
_TUX_PAINT = Path("/usr/share/tuxpaint")
_TUX_OBJECTS = {
    "bird": ("animals/birds",),
    "flower": ("plants/flowers",),
    "fruit": ("food/fruit", "food/vegetables"),
    "mammal": ("animals/mammals", "animals/mammals/bovines", "animals/mammals/cats", "animals/mammals/deer",
               "animals/mammals/dogs", "animals/mammals/equines", "animals/mammals/rodents"),
}  # fmt: skip
"""Folders of its stamps."""

_TUX_GROUNDS = {
    "leaves": ("corn_maze", "redwoods_above", "sun_behind_leaves"),
    "sky": ("sun_behind_clouds", "sheep", "trees_at_dusk"),
    "stone": ("mudstone", "rocks", "mossy_bark", "burnt_bark"),
    "water": ("ocean_splash", "ocean_waves"),
}
"""Pictures of its templates."""

_SMALLEST, _LARGEST = 0.55, 0.9
"""Longer side of an object, as a share of the image's."""

_TILT = 20.0
"""Degrees that an object is turned by at most."""

_MARGIN = 16
_OPAQUE = 128


@dataclass(frozen=True)
class Pictures:
    """What there is. objects: by class; grounds: by what they show."""

    root: Path
    objects: dict[str, list[ImageFile]]
    grounds: dict[str, list[ImageFile]]

    @property
    def files(self) -> list[ImageFile]:
        return [file for of in (self.objects, self.grounds) for files in of.values() for file in files]


def find_pictures(options: SourceOptions) -> Pictures:
    """The pictures of the chosen folder, or of the first that has any. Raises BadInput where there are none."""
    if options.path:
        return _pictures(parse_path(options.path).expanduser())
    own = data_folder() / "photos"
    folder = next((folder for folder in (own, _TUX_PAINT) if is_folder(folder)), None)
    if folder is None:
        raise BadInput(
            f"There are no photos on this machine: put cut-outs into {own}/objects/CLASS/*.png and photographs into "
            f"{own}/grounds/NAME/*, or install Debian's tuxpaint-stamps-default and tuxpaint-data."
        )
    return _pictures(folder)


def _pictures(root: Path) -> Pictures:
    folder = Folder(root)
    if is_folder(root / "stamps"):
        objects = {name: _cut_outs(folder, inside) for name, inside in _TUX_OBJECTS.items()}
        grounds = {
            name: [folder.file(f"templates/{picture}.jpg") for picture in pictures]
            for name, pictures in _TUX_GROUNDS.items()
        }
    else:
        objects, grounds = (
            {name: folder.images(f"{kind}/{name}") for name in folder.folders(kind)} for kind in ("objects", "grounds")
        )
    for kind, of in (("objects", objects), ("grounds", grounds)):
        if len(of) < 2:
            raise BadInput(f"{root / kind} has {len(of)} folders: two or more are needed.")
        for name, files in of.items():
            if len(files) < (2 if of is objects else 1):
                raise BadInput(f"{root / kind / name} has {len(files)} pictures: more are needed.")
    if len(grounds) != len(objects):
        raise BadInput(f"{root} has {len(objects)} classes of objects, but {len(grounds)} of grounds: one each.")
    return Pictures(folder.real, objects, grounds)


def _cut_outs(folder: Folder, inside: Sequence[str]) -> list[ImageFile]:
    """Of Tux Paint's stamps those that are pictures with a transparent ground."""
    there = [name for name in inside if is_folder(folder.path / "stamps" / name)]
    return [file for name in there for file in folder.images(f"stamps/{name}") if file.name.endswith(".png")]


def _find(options: SourceOptions) -> Source:
    from lazytui.data.image_files.picture_file import open_cut_out

    pictures = find_pictures(options)
    for file in (file for files in pictures.objects.values() for file in files):
        open_cut_out(file.path)
    side = options.image_size or SIDE
    content = content_of(
        classes=tuple(pictures.objects),
        attribute="ground",
        values=tuple(pictures.grounds),
        aligned=tuple(range(len(pictures.grounds))),
        height=side,
        width=side,
        fingerprint=fingerprint(pictures.files),
    )
    return Source(f"photos:{pictures.root}", content, _COUNTS)


def _load(options: SourceOptions, part: Part, size: int | None) -> SourceImages:
    """Images are (n, side, side, 4), with the object's cover as their fourth channel."""
    pictures, side = find_pictures(options), options.image_size or SIDE
    count = _COUNTS[part] if size is None else min(size, _COUNTS[part])
    files = [(file, label) for label, of_class in enumerate(pictures.objects.values()) for file in of_class]
    labels = np.array([label for _, label in files], np.uint8)
    chosen = np.flatnonzero(held_out(labels) == (part == "test"))
    which = _evenly(labels[chosen], _COUNTS[part])[:count]
    decisive = {"cut-outs": [[str(file.path), file.size, file.changed] for file, _ in files], "part": part}

    def paste_objects() -> list[NDArray[np.uint8]]:
        return [_placed([files[index][0] for index in chosen], which, side, part)]

    (images,) = cached_arrays(decisive | {"side": side, "count": count}, [(count, side, side, 4)], paste_objects)
    return SourceImages(images, labels[chosen][which], masks=images[..., 3] >= _OPAQUE)


def _evenly(labels: NDArray[np.uint8], count: int) -> NDArray[np.intp]:
    """(count,) indices into labels: classes equally often, and of a class its objects; in a mixed order."""
    members = [np.flatnonzero(labels == label) for label in range(int(labels.max()) + 1)]
    turns = np.arange(count)
    of_class = [np.resize(objects, count) for objects in members]
    which = np.array([of_class[turn % len(members)][turn // len(members)] for turn in turns])
    return np.asarray(which[mixed_order(count)])


def _placed(files: Sequence[ImageFile], which: NDArray[np.intp], side: int, part: Part) -> NDArray[np.uint8]:
    """(n, side, side, 4): each object somewhere, at some size and tilt, perhaps mirrored, on a transparent ground."""
    from PIL import Image, ImageOps

    objects = [_cut(file, side) for file in files]
    draws = stream(0, "cut-outs", part).random((len(which), 5))
    images = np.zeros((len(which), side, side, 4), np.uint8)
    for image, index, (size, across, down, mirrored, tilt) in zip(images, which, draws, strict=True):
        longest = max(4, round(side * (_SMALLEST + (_LARGEST - _SMALLEST) * size)))
        turned = objects[index].rotate(_TILT * (2 * tilt - 1), Image.Resampling.BILINEAR, expand=True)
        picture = ImageOps.contain(turned, (longest, longest), Image.Resampling.BILINEAR)
        picture = ImageOps.mirror(picture) if mirrored < 0.5 else picture
        width, height = picture.size
        left, top = round(across * (side - width)), round(down * (side - height))
        image[top : top + height, left : left + width] = np.asarray(picture)
    return images


def _cut(file: ImageFile, side: int) -> Image.Image:
    """The object without what is transparent around it, in RGBA, not much larger than it is needed."""
    from PIL import Image, ImageOps

    from lazytui.data.image_files.picture_file import open_cut_out

    picture = open_cut_out(file.path)
    box = picture.getchannel("A").point(lambda cover: 255 * (cover >= _MARGIN)).getbbox()
    if box is None:
        raise BadInput(f"{file.path} is transparent everywhere.")
    cut = picture.crop(box)
    return ImageOps.contain(cut, (4 * side, 4 * side), Image.Resampling.BOX) if max(cut.size) > 4 * side else cut


ENTRY = SourceEntry(
    "photos",
    "cut-out objects on photographs of grounds: PATH/objects/CLASS/*.png with PATH/grounds/NAME/*, photos in "
    "LAZYTUI_DATA, or Tux Paint's where they are installed (Debian's tuxpaint-stamps-default and tuxpaint-data)",
    _find,
    _load,
    metavar="PATH",
    needs_path=False,
    cue="scene",
    reads=("image_size",),
    epochs=3,
)
