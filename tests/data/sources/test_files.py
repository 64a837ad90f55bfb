"""Images, labels and attributes from files: which they are, in which part, and what pictures become."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy.io import savemat

from lazytui.data.content import NO_CLASS
from lazytui.data.image_files.decoding_progress import listen_to_decoding
from lazytui.data.params import DatasetParams
from lazytui.data.source_images import SourceImages
from lazytui.data.sources import find_source, load_images
from lazytui.data.sources.base import Source
from lazytui.data.sources.cifar10 import read_batch
from lazytui.data.sources.labels import aligned_classes
from lazytui.data.splits import build_dataset, with_found_data
from lazytui.errors import BadInput, UsageError
from tests.data.sources.files import (
    SIDE,
    arrays,
    celeba,
    cifar_batch,
    class_folders,
    pixels,
    save,
    save_npz,
    waterbirds,
    write_table,
)


def found(source: str, **options: object) -> tuple[Source, SourceImages, SourceImages]:
    params = DatasetParams.model_validate({"source": source, **options}).of_source
    return find_source(params, None, None), load_images(params, "train", None), load_images(params, "test", None)


def test_class_folders_are_split_by_class_or_as_they_lie(tmp_path: Path) -> None:
    root = class_folders(tmp_path / "cut", {"cat": 10, "dog": 20, "owl": 5})
    (root / "cat" / "notes.txt").write_text("not an image")
    source, train, test = found(f"folder:{root}")
    assert source.content.classes == ("cat", "dog", "owl") and source.content.image_shape == (3, SIDE, SIDE)
    assert source.counts == {"train": 28, "test": 7} == {"train": len(train), "test": len(test)}
    assert np.bincount(test.labels).tolist() == [2, 4, 1]
    assert (train.images[..., 0] == 20 * train.labels[:, None, None]).all()
    assert {image.tobytes() for image in train.images}.isdisjoint(image.tobytes() for image in test.images)
    class_folders(tmp_path / "parts" / "train", {"cat": 3, "dog": 2})
    class_folders(tmp_path / "parts" / "val", {"cat": 1, "dog": 4})
    assert found(f"folder:{tmp_path}/parts")[0].counts == {"train": 5, "test": 5}


def test_pictures_of_every_kind_become_bytes_of_red_green_and_blue(tmp_path: Path) -> None:
    of_class = class_folders(tmp_path, {"a": 2, "b": 2}, side=16) / "a"
    reports: list[tuple[int, int]] = []
    gray = np.arange(256, dtype=np.uint8).reshape(16, 16)
    expected = np.repeat(gray[..., None], 3, axis=2)
    save(of_class / "gray.png", gray)
    save(of_class / "deep.png", gray.astype(np.uint16) << 8)
    Image.fromarray(expected).quantize(256).save(of_class / "palette.png")
    save(of_class / "clear.png", np.dstack([expected, np.where(gray < 128, 0, 255).astype(np.uint8)]))
    turned = Image.Exif()
    turned[0x0112] = 6  # a camera on its side: rows of the file are columns
    Image.fromarray(np.rot90(expected)).save(of_class / "turned.png", exif=turned)
    with listen_to_decoding(lambda done, total: reports.append((done, total))):
        _, train, test = found(f"folder:{tmp_path}")
    assert reports == [(len(part),) * 2 for part in (train, test)], "who listens hears when each part is decoded"
    images = {image.tobytes() for image in (*train.images, *test.images)}
    on_white = np.where(gray[..., None] < 128, 255, expected).astype(np.uint8)
    assert len(images) == 6, "three of the pictures are the same"
    assert {expected.tobytes(), on_white.tobytes()} <= images


def test_images_are_fitted_inside_a_chosen_size(tmp_path: Path) -> None:
    for name in "ab":
        for index in range(2):
            save(tmp_path / name / f"{index}.png", np.full((40, 20, 3), 200, np.uint8))
    source, train, _ = found(f"folder:{tmp_path}", image_size=10)
    assert source.content.image_shape == (3, 10, 10)
    assert (train.images[:, :, 3:7] == 200).all() and not train.images[:, :, [0, 9]].any()


def test_waterbirds_and_celeba_are_read_as_they_are(tmp_path: Path) -> None:
    source, train, _ = found(f"csv:{waterbirds(tmp_path / 'birds')}")
    content = source.content
    assert (content.classes, content.attribute, content.values) == (
        ("landbird", "waterbird"), "place", ("land", "water"))  # fmt: skip
    assert content.aligned == (0, 1)
    assert source.counts == {"train": 20, "test": 10}, "rows of validation aren't used"
    reds = train.images[..., 0].mean((1, 2))
    assert reds[train.labels == 0].max() < reds[train.labels == 1].min()
    assert train.attributes is not None and (train.attributes == train.labels).mean() == 0.8
    data = build_dataset(with_found_data(DatasetParams(source=f"csv:{tmp_path}/birds/metadata.csv")))
    assert (data.hard.labels != data.hard.cue_classes).all() and len(data.hard) == 5
    assert data.editor is None
    for suffix in (".csv", ".txt"):
        source, _, _ = found(f"csv:{celeba(tmp_path / suffix, suffix)}")
        assert source.content.classes == ("Blond_Hair", "not Blond_Hair") and source.content.attribute == "Male"
        assert source.counts == {"train": 12, "test": 12}


def test_columns_of_a_table_can_be_named_and_parts_made(tmp_path: Path) -> None:
    rows = [(f"{index}.png", ("x", "y")[index % 2], index % 3) for index in range(20)]
    for index in range(20):
        save(tmp_path / f"{index}.png", pixels(index % 2, index))
    table = write_table(tmp_path / "t.csv", ("where", "what", "hue"), rows)
    named = {"path_column": "where", "label_column": "what"}
    source, train, _ = found(f"csv:{table}", **named)
    assert source.content.classes == ("x", "y") and not source.content.values and train.attributes is None
    assert source.counts == {"train": 16, "test": 4}
    assert found(f"csv:{table}", **named, attribute_column="hue")[0].content.values == ("0", "1", "2")
    planted = DatasetParams.model_validate(
        {"source": f"csv:{table}", **named, "attribute_column": "hue", "cue": "border"}
    )
    with pytest.raises(UsageError, match="--attribute-column hue gives the images an attribute, and --cue border"):
        with_found_data(planted)


def test_archives_of_arrays_in_both_layouts(tmp_path: Path) -> None:
    source, train, _ = found(f"npz:{save_npz(tmp_path / 'a.npz', arrays(first=1))}")
    assert source.content.classes == ("1", "2", "3") and source.content.aligned == (0, 1, 2)
    assert (train.images[..., 0] == 20 * train.labels[:, None, None]).all() and train.attributes is not None
    own = arrays()
    medical = {f"{part}_{kind}": own[f"{letter}_{part}"] for part in ("train", "test")
               for kind, letter in (("images", "x"), ("labels", "y"))}  # fmt: skip
    for part in ("train", "test"):
        medical[f"{part}_images"] = medical[f"{part}_images"][..., 1] / 255
        medical[f"{part}_labels"] = medical[f"{part}_labels"][:, None]
    source, gray, test = found(f"npz:{save_npz(tmp_path / 'm.npz', medical)}", image_size=8)
    assert not source.content.values and gray.images.shape == (30, 8, 8, 3) and len(test) == 30
    assert (gray.images == gray.images[..., :1]).all()


def test_digits_are_white_on_black_and_take_colors() -> None:
    source, train, test = found("digits")
    assert source.counts == {"train": len(train), "test": len(test)} == {"train": 1438, "test": 359}
    assert train.images.shape == (1438, 28, 28) and not train.images[:, 0].any()
    means = np.stack([train.images[train.labels == digit].mean(0) for digit in range(10)])
    nearest = ((test.images[:, None] - means) ** 2).sum((2, 3)).argmin(1)
    assert (nearest == test.labels).mean() > 0.85
    assert build_dataset(DatasetParams(source="digits", train_size=20, test_size=100)).content.attribute == "color"


def test_cifar_and_svhn_in_torchvisions_layout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    images = np.random.default_rng(0).integers(0, 256, (20, 32, 32, 3), np.uint8)
    batch = cifar_batch(images, [index % 10 for index in range(20)])
    assert pickle.loads(batch, encoding="bytes")[b"data"].shape == (20, 3072), "it is such a pickle"
    (tmp_path / "batch").write_bytes(batch)
    read, labels = read_batch(tmp_path / "batch", 20)
    assert np.array_equal(read, images) and labels.tolist() == [index % 10 for index in range(20)]
    monkeypatch.setenv("LAZYTUI_DATA", str(tmp_path))
    for part in ("train", "test"):
        ten_is_zero = np.where(np.arange(20) % 10, np.arange(20) % 10, 10)[:, None]
        savemat(tmp_path / f"{part}_32x32.mat", {"X": images.transpose(1, 2, 3, 0), "y": ten_is_zero})
    source, train, _ = found("svhn")
    assert source.counts == {"train": 20, "test": 20} and source.content.label == "digit"
    assert np.array_equal(train.images, images) and train.labels.tolist() == labels.tolist()


def test_a_pickle_is_read_and_never_run(tmp_path: Path) -> None:
    class Runs:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.mkdir, (str(tmp_path / "it ran"),)

    (tmp_path / "batch").write_bytes(pickle.dumps({"labels": [1], "data": Runs()}))
    with pytest.raises(BadInput, match="isn't a batch of CIFAR-10"):
        read_batch(tmp_path / "batch", 1)
    assert not (tmp_path / "it ran").exists()


def test_a_value_goes_with_the_class_that_it_is_most_frequent_in() -> None:
    birds = np.repeat([0, 1], [30, 10]).astype(np.uint8)
    ground_of_image = np.array([0] * 20 + [1] * 10 + [0] * 2 + [1] * 8, np.uint8)
    assert aligned_classes(birds, ground_of_image, (2, 2)) == (0, 1)
    grounds = np.array([0] * 12 + [1] * 6 + [2] * 6 + [3] * 6 + [0] * 2 + [1] * 6 + [2] * 2, np.uint8)
    assert aligned_classes(birds, grounds, (2, 5)) == (0, 1, NO_CLASS, 0, NO_CLASS)


def test_files_that_changed_since_are_reported(tmp_path: Path) -> None:
    root = class_folders(tmp_path, {"a": 4, "b": 4})
    params = with_found_data(DatasetParams(source=f"folder:{root}", cue="border"))
    again = DatasetParams.model_validate_json(params.model_dump_json())
    assert build_dataset(again).content == params.content, "as a run records it"
    save(root / "a" / "5.png", pixels(0, 5))
    with pytest.raises(BadInput, match="have changed since the training"):
        build_dataset(again)
