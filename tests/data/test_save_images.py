"""Data sets on disk can be read by programs that know nothing of us, and appear whole or not at all."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lazytui.data.params import DatasetParams
from lazytui.data.save_images import save_dataset
from lazytui.data.splits import SPLITS, BiasedDataset, build_dataset, with_found_data
from lazytui.errors import BadInput, Interrupted
from tests.data.sources.files import class_folders


@pytest.fixture(scope="module")
def data() -> BiasedDataset:
    return build_dataset(DatasetParams(source="strokes", train_size=100, test_size=100))


def test_npz_holds_every_split(data: BiasedDataset, tmp_path: Path) -> None:
    save_dataset(data, tmp_path / "exports" / "dataset", "npz")
    for name in SPLITS:
        with np.load(tmp_path / "exports" / "dataset" / f"{name}.npz") as arrays:
            for part in ("images", "labels", "attributes", "originals"):
                assert np.array_equal(arrays[part], getattr(data.split(name), part))


def test_folders_hold_every_image_under_its_class(data: BiasedDataset, tmp_path: Path) -> None:
    save_dataset(data, tmp_path / "dataset", "folder")
    words = json.loads((tmp_path / "dataset" / "metadata.json").read_text())["values"]
    for name in SPLITS:
        folder, split = tmp_path / "dataset" / name, data.split(name)
        with (folder / "labels.csv").open(newline="") as file:
            rows = list(csv.DictReader(file))
        assert len(rows) == len(list(folder.rglob("*.png"))) == len(split)
        for index, row in enumerate(rows):
            assert row["path"] == f"{split.labels[index]}/{index:05d}-{words[split.attributes[index]]['name']}.png"
            assert np.array_equal(np.asarray(Image.open(folder / row["path"])), split.images[index])


def test_what_is_saved_is_a_source_again(tmp_path: Path) -> None:
    own = class_folders(tmp_path / "own", {"cat ?": 20, "dog": 20})
    planted = with_found_data(DatasetParams(source=f"folder:{own}", cue="border", bias=0.75, seed=1))
    save_dataset(build_dataset(planted), tmp_path / "saved", "folder")
    train = tmp_path / "saved" / "train"
    assert sorted(path.name for path in train.iterdir()) == ["dog", "labels.csv", "number 0"]
    again = with_found_data(DatasetParams(source=f"csv:{train / 'labels.csv'}"))
    assert again.content.classes == ("cat ?", "dog") and again.content.values == ("green", "red")
    assert again.content.aligned == (1, 0), "red goes with the first class"


def test_metadata_rebuilds_the_data_set(data: BiasedDataset, tmp_path: Path) -> None:
    save_dataset(data, tmp_path / "dataset", "npz")
    metadata = json.loads((tmp_path / "dataset" / "metadata.json").read_text())
    again = build_dataset(DatasetParams.model_validate(metadata["params"]))
    assert np.array_equal(again.train.images, data.train.images)
    assert metadata["splits"]["probe"]["images"] == len(data.probe)
    assert np.trace(metadata["splits"]["hard"]["label_by_attribute"]) == 0


def test_a_stop_leaves_what_was_there(data: BiasedDataset, tmp_path: Path) -> None:
    save_dataset(data, tmp_path / "dataset", "npz")

    def stop(_done: int, _total: int) -> None:
        raise Interrupted("stopped")

    with pytest.raises(Interrupted):
        save_dataset(data, tmp_path / "dataset", "folder", stop)
    assert [path.name for path in tmp_path.iterdir()] == ["dataset"]
    assert (tmp_path / "dataset" / "train.npz").exists()


def test_a_place_that_cant_be_written_gets_one_sentence(data: BiasedDataset, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput, match="can't be written: a part of the path is a file"):
        save_dataset(data, tmp_path / "file" / "dataset", "npz")


def test_own_colors_make_plain_file_names(tmp_path: Path) -> None:
    own = ",".join(f"#{20 * index:02x}00ff" for index in range(10))
    data = build_dataset(DatasetParams(source="strokes", palette=own, train_size=20, test_size=60))
    save_dataset(data, tmp_path / "dataset", "folder")
    assert all("#" not in path.name for path in (tmp_path / "dataset").rglob("*.png"))
