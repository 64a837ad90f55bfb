"""`strokes`: deterministic, by MNIST's conventions, every variant drawn, and readable as digits."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.svm import SVC

from lazytui.data.source_images import SourceImages
from lazytui.data.strokes.handwriting import choose_variants, draw_digits, strokes
from lazytui.data.strokes.skeletons import load_pens, read_skeletons
from lazytui.errors import BadInput, UsageError
from lazytui.files.package_data import package_folder

ASSET = package_folder("assets") / "strokes.json"


@pytest.fixture(scope="module")
def some() -> SourceImages:
    return strokes(train=2_000, test=1, seed=0).train


def fingerprint(digits: SourceImages) -> str:
    return hashlib.sha256(digits.images.tobytes() + digits.labels.tobytes()).hexdigest()


def test_another_process_draws_the_same_bytes() -> None:
    here = strokes(train=600, test=300, seed=7)
    program = (
        "import hashlib\n"
        "from lazytui.data.strokes.handwriting import strokes; s = strokes(train=600, test=300, seed=7)\n"
        "for d in (s.train, s.test): print(hashlib.sha256(d.images.tobytes() + d.labels.tobytes()).hexdigest())"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "1", "OMP_NUM_THREADS": "1"}
    there = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert there.stdout.split() == [fingerprint(here.train), fingerprint(here.test)]


def test_threads_do_not_change_a_byte() -> None:
    assert fingerprint(strokes(train=1_500, test=1, threads=1).train) == fingerprint(
        strokes(train=1_500, test=1, threads=5).train
    )


def test_a_smaller_split_begins_a_larger_one(some: SourceImages) -> None:
    small = strokes(train=333, test=100, seed=0)
    assert len(small.train) == 333
    assert len(small.test) == 100
    assert np.array_equal(small.train.images, some.images[:333])
    assert np.array_equal(small.train.labels, some.labels[:333])


def test_splits_and_seeds_differ() -> None:
    first, second = strokes(train=250, test=250, seed=0), strokes(train=250, test=250, seed=1)
    images = {
        image.tobytes() for digits in (first.train, first.test, second.train, second.test) for image in digits.images
    }
    assert len(images) == 1000


def test_labels_are_balanced_and_shuffled(some: SourceImages) -> None:
    assert np.array_equal(np.bincount(some.labels), np.full(10, 200))
    assert not np.array_equal(some.labels, np.sort(some.labels))


def test_images_keep_mnists_conventions(some: SourceImages) -> None:
    images = some.images
    assert images.shape == (2_000, 28, 28)
    assert images.dtype == np.uint8
    assert (images.max((1, 2)) > 128).all()
    assert (images == 0).mean() > 0.7
    assert len(np.unique(images)) > 200, "gray levels, not only black and white"
    inked = images > 0
    rows, columns = inked.any(2), inked.any(1)
    height = 28 - rows.argmax(1) - rows[:, ::-1].argmax(1)
    width = 28 - columns.argmax(1) - columns[:, ::-1].argmax(1)
    longer = np.maximum(height, width)
    assert longer.max() <= 20
    assert longer.min() >= 18


def test_the_center_of_mass_lies_on_the_central_pixel(some: SourceImages) -> None:
    images = some.images.astype(float)
    coordinate = np.arange(28)
    mass = images.sum((1, 2))
    across, down = images.sum(1) @ coordinate / mass, images.sum(2) @ coordinate / mass
    off = np.maximum(np.abs(across - 14), np.abs(down - 14))
    assert (off <= 0.5).mean() > 0.995
    touching = (images > 0)[:, [0, 27]].any((1, 2)) | (images > 0)[:, :, [0, 27]].any((1, 2))
    assert (off[~touching] <= 0.5).all(), "only a digit that would leave the image stays off its center"


def test_every_variant_is_drawn_and_leaves_ink() -> None:
    pens = load_pens()
    for index, name in enumerate(pens.names):
        digit = int(name.split("/")[0])
        alone = np.zeros_like(pens.shares)
        alone[digit, index] = 1
        only = type(pens)(pens.names, alone, pens.controls, pens.strokes, pens.curves, pens.along)
        images = draw_digits(np.full(20, digit), np.random.default_rng(0), pens=only)
        ink = images.sum((1, 2)) / 255
        assert ink.min() > 15, name
        assert ink.max() < 320, name
        assert len({image.tobytes() for image in images}) == 20, name


def test_variants_come_by_their_weights() -> None:
    pens = load_pens()
    chosen = choose_variants(np.repeat(np.arange(10), 4_000), np.random.default_rng(0), pens)
    share = np.bincount(chosen, minlength=len(pens.names)) / 4_000
    assert np.abs(share - pens.shares.sum(0)).max() < 5 * np.sqrt(0.25 / 4_000)
    assert (share > 0).all()
    assert all(
        name.startswith(f"{digit}/")
        for digit in range(10)
        for name in np.array(pens.names)[np.unique(chosen[digit * 4_000 : (digit + 1) * 4_000])]
    )


def test_a_reader_of_2000_strokes_reads_others(some: SourceImages) -> None:
    others = strokes(train=1, test=1_000, seed=5).test
    reader = SVC(C=5).fit(some.images.reshape(-1, 784) / 255, some.labels)
    assert reader.score(others.images.reshape(-1, 784) / 255, others.labels) > 0.85


@pytest.mark.skipif(
    not (Path(os.environ.get("LAZYTUI_DATA", "")) / "MNIST/raw/train-images-idx3-ubyte").is_file(),
    reason="LAZYTUI_DATA holds no MNIST",
)
def test_digits_look_like_mnists() -> None:
    raw = Path(os.environ["LAZYTUI_DATA"]) / "MNIST/raw"
    images = np.fromfile(raw / "train-images-idx3-ubyte", np.uint8)[16:].reshape(-1, 28, 28)[:5_000]
    labels = np.fromfile(raw / "train-labels-idx1-ubyte", np.uint8)[8:][:5_000]
    ours = strokes(train=5_000, test=1).train
    reader = LogisticRegression(max_iter=200, C=0.02).fit(ours.images.reshape(-1, 784) / 255, ours.labels)
    assert reader.score(images.reshape(-1, 784) / 255, labels) > 0.75, "even a linear reader transfers"
    for digit in range(10):
        theirs, own = images[labels == digit].mean(), ours.images[ours.labels == digit].mean()
        assert 0.8 < own / theirs < 1.25, f"ink of {digit}"
    assert abs((images > 250).mean() - (ours.images > 250).mean()) < 0.02
    assert abs((images == 0).mean() - (ours.images == 0).mean()) < 0.03


def damage(text: str, what: str) -> str:
    content = json.loads(text)
    first = content["digits"]["4"][0]
    match what:
        case "cut short":
            return text[: len(text) // 2]
        case "a digit missing":
            del content["digits"]["7"]
        case "no variant":
            content["digits"]["7"] = []
        case "a negative weight":
            first["weight"] = -1
        case "a point outside":
            first["strokes"][0][0] = [1.5, 0.2]
        case "not a number":
            first["strokes"][0][0] = ["x", 0.2]
        case "a stroke of one point":
            first["strokes"].append([[0.5, 0.5]])
        case "a misspelt field":
            first["wieght"] = 1
    return json.dumps(content)


@pytest.mark.parametrize(
    "what",
    [
        "cut short",
        "a digit missing",
        "no variant",
        "a negative weight",
        "a point outside",
        "not a number",
        "a stroke of one point",
        "a misspelt field",
    ],
)
def test_a_damaged_asset_is_refused_in_one_sentence(tmp_path: Path, what: str) -> None:
    path = tmp_path / "strokes.json"
    path.write_text(damage(ASSET.read_text(), what))
    with pytest.raises(BadInput) as refusal:
        read_skeletons(path)
    assert "strokes.json" in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_missing_asset_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"can't be read"):
        read_skeletons(tmp_path / "none.json")


@pytest.mark.parametrize("wrong", [{"train": 0}, {"test": -1}, {"seed": -1}])
def test_impossible_sizes_and_seeds_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(UsageError):
        strokes(**wrong)
