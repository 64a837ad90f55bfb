"""Cut-outs on grounds: unseen objects are tested, the ground is planted and can be exchanged, masks are known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lazytui.data.params import DatasetParams
from lazytui.data.splits import BiasedDataset, build_dataset, with_found_data
from lazytui.errors import BadInput
from tests.data.sources.files import GROUNDS, cut_out, objects_on_grounds, save

TUX_PAINT = Path("/usr/share/tuxpaint")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return objects_on_grounds(tmp_path_factory.mktemp("photos"))


def photos(folder: Path, **more: object) -> BiasedDataset:
    recipe = {"source": f"photos:{folder}", "image_size": 24, "train_size": 200, "test_size": 100, **more}
    return build_dataset(with_found_data(DatasetParams.model_validate(recipe)))


def test_objects_stand_on_the_ground_that_is_planted(folder: Path) -> None:
    data = photos(folder)
    content = data.content
    assert (content.classes, content.values, content.aligned) == (("ball", "box"), ("grass", "sand"), (0, 1))
    train = data.train
    assert train.images.shape == (180, 24, 24, 3) and train.known_masks is not None
    assert 0.9 < (train.labels == train.attributes).mean() < 1 and (data.hard.labels != data.hard.attributes).all()
    for value, color in enumerate(GROUNDS.values()):
        of_value = train.attributes == value
        around = train.images[of_value][~train.known_masks[of_value] & (train.originals[of_value][..., 3] == 0)]
        assert abs(around.mean(0) - color).max() < 4
    shades = [{int(shade) for shade in split.originals[split.originals[..., 3] == 255][:, 0]} for split in
              (train, data.hard)]  # fmt: skip
    assert all(shades) and shades[0].isdisjoint(shades[1]), "no object that is tested was trained on"


def test_the_ground_alone_is_exchanged(folder: Path) -> None:
    data = photos(folder)
    assert data.editor is not None
    hard = data.hard
    other = data.editor.paint(hard.originals, 1 - hard.attributes, "hard")
    same = (other == hard.images).all(-1)
    assert same[hard.originals[..., 3] == 255].all() and not same[hard.originals[..., 3] == 0].any()


def test_another_cue_or_none_stands_on_gray(folder: Path) -> None:
    plain = photos(folder, cue="none")
    assert not plain.content.values and plain.editor is None
    assert (plain.hard.images[plain.hard.originals[..., 3] == 0] == 128).all()
    framed = photos(folder, cue="border")
    assert framed.content.values == ("red", "green") and (framed.train.images[:, 0, 0].max(-1) == 255).all()


def test_what_is_missing_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(tmp_path / "one" / "objects" / "ball" / "0.png", cut_out("ball", 9))
    save(tmp_path / "one" / "grounds" / "grass" / "0.png", np.zeros((20, 20, 3), np.uint8))
    with pytest.raises(BadInput, match="objects has 1 folders: two or more are needed"):
        photos(tmp_path / "one")
    for kind in ("objects/a", "objects/b", "grounds/x", "grounds/y"):
        for index in range(2):
            save(tmp_path / "flat" / kind / f"{index}.png", np.zeros((20, 20, 3), np.uint8))
    with pytest.raises(BadInput, match="has no transparent background"):
        photos(tmp_path / "flat")
    monkeypatch.setenv("LAZYTUI_DATA", str(tmp_path / "empty"))
    monkeypatch.setattr("lazytui.data.sources.photos._TUX_PAINT", tmp_path / "not installed")
    with pytest.raises(BadInput, match="There are no photos on this machine"):
        build_dataset(DatasetParams(source="photos"))


@pytest.mark.skipif(
    not TUX_PAINT.is_dir(), reason="Debian's tuxpaint-stamps-default and tuxpaint-data aren't installed"
)
def test_tux_paints_pictures_are_four_classes_on_four_grounds() -> None:
    data = photos(TUX_PAINT)
    assert data.content.classes == ("bird", "flower", "fruit", "mammal")
    assert data.content.values == ("leaves", "sky", "stone", "water")
    assert data.train.known_masks is not None
    assert 0.1 < data.train.known_masks.mean() < 0.5
