"""Any picture file as an image for a network, and what can't be one."""

from __future__ import annotations

import os
import random
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lazytui.data.image_files.picture_file import read_picture, write_picture
from lazytui.errors import BadInput

RED, GREEN, WHITE = (255, 0, 0), (0, 255, 0), (255, 255, 255)


def saved(path: Path, picture: Image.Image, **options: object) -> Path:
    picture.save(path, **options)  # type: ignore[arg-type]
    return path


def test_what_is_written_is_read_again_to_the_byte(tmp_path: Path) -> None:
    image = np.random.default_rng(0).integers(0, 256, (28, 28, 3)).astype(np.uint8)
    write_picture(image, tmp_path / "new" / "folder.png")
    np.testing.assert_array_equal(read_picture(tmp_path / "new" / "folder.png"), image)


@pytest.mark.parametrize("suffix", ["png", "jpg", "gif", "bmp", "tiff", "webp", "ppm"])
def test_kinds_of_files(tmp_path: Path, suffix: str) -> None:
    image = read_picture(saved(tmp_path / f"a.{suffix}", Image.new("RGB", (61, 61), RED)))
    assert image.shape == (28, 28, 3) and image.dtype == np.uint8
    assert abs(image.astype(int) - RED).max() <= 2


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16", "F"])
def test_kinds_of_pixels(tmp_path: Path, mode: str) -> None:
    assert read_picture(saved(tmp_path / "a.tiff", Image.new(mode, (40, 40)))).shape == (28, 28, 3)


def test_what_is_not_square_is_cropped_padded_or_stretched(tmp_path: Path) -> None:
    wide = Image.new("RGB", (112, 56), GREEN)
    wide.paste(RED, (28, 0, 84, 56))  # the square in the middle
    path = saved(tmp_path / "wide.png", wide)
    assert (read_picture(path) == RED).all()
    padded = read_picture(path, fit="pad")
    assert (padded[:7] == 0).all() and (padded[21:] == 0).all() and (padded[7:21, 7:21] == RED).all()
    assert (padded[7:21, :7] == GREEN).all()
    stretched = read_picture(path, fit="stretch")
    assert (stretched[:, :7] == GREEN).all() and (stretched[:, 7:21] == RED).all()


def test_transparent_parts_are_black_and_light_can_become_dark(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.png", Image.new("RGBA", (28, 28), (255, 0, 0, 0)))
    assert (read_picture(path) == 0).all() and (read_picture(path, invert=True) == 255).all()


def test_a_picture_is_turned_as_the_camera_says(tmp_path: Path) -> None:
    picture = Image.new("RGB", (28, 28))
    picture.paste(WHITE, (0, 0, 28, 14))
    exif = Image.Exif()
    exif[0x0112] = 3  # upside down
    image = read_picture(saved(tmp_path / "a.jpg", picture, exif=exif, quality=95))
    assert image[:12].max() < 30 and image[16:].min() > 220


def test_the_first_frame_counts(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (28, 28), RED), Image.new("RGB", (28, 28), GREEN)]
    assert (read_picture(saved(tmp_path / "a.gif", frames[0], save_all=True, append_images=frames[1:])) == RED).all()


def test_what_is_no_picture_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "text.png").write_text("no picture")
    (tmp_path / "empty.png").write_bytes(b"")
    (tmp_path / "vector.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    (tmp_path / "page.eps").write_text("%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n")
    os.mkfifo(tmp_path / "pipe.png")
    for name, words in {
        "nosuch.png": "can't be read",
        "text.png": "isn't a picture",
        "empty.png": "isn't a picture",
        "vector.svg": "isn't a picture",
        "page.eps": "isn't a picture",
        "pipe.png": "it is a pipe",
        "": "it is a folder",
    }.items():
        with pytest.raises(BadInput, match=words):
            read_picture(tmp_path / name)


def test_a_small_file_of_many_pixels_is_refused_before_they_are_made(tmp_path: Path) -> None:
    whole = BytesIO()
    Image.new("1", (9000, 9000)).save(whole, format="PNG")
    (tmp_path / "a.png").write_bytes(whole.getvalue())
    with pytest.raises(BadInput, match="9,000 x 9,000 pixels"):
        read_picture(tmp_path / "a.png")


@pytest.mark.parametrize("suffix", ["png", "jpg", "gif", "bmp", "tiff", "webp", "ppm"])
def test_damaged_files_give_an_image_or_a_sentence(tmp_path: Path, suffix: str) -> None:
    chance = random.Random(suffix)
    whole = saved(tmp_path / f"a.{suffix}", Image.effect_noise((40, 30), 80).convert("RGB")).read_bytes()
    damaged = tmp_path / f"b.{suffix}"
    for attempt in range(150):
        content = bytearray(whole)
        for _ in range(chance.randint(1, 12)):
            content[chance.randrange(min(len(content), 400) if attempt % 2 else len(content))] = chance.randrange(256)
        damaged.write_bytes(content[: chance.randint(1, len(content))] if attempt % 3 else content)
        try:
            assert read_picture(damaged).shape == (28, 28, 3)
        except BadInput as error:
            assert str(error).endswith(".") and "\n" not in str(error)
