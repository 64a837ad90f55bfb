"""A person's own images from the first look to the verdict: looked at in the app, trained on and
evaluated by the command."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from PIL import Image
from textual.pilot import Pilot

from lazytui.analyses.dataset.params import DatasetRunParams
from lazytui.app.screens.dataset import preview
from lazytui.app.shell.app import LazytuiApp
from lazytui.data.strokes.handwriting import draw_split
from lazytui.runs.workspace import Workspace
from tests.app.pilot import drive, screen_text, until
from tests.commands import Lab, read_json
from tests.data.sources.files import objects_on_grounds
from tests.runs_of_others import NET

CLASSES = [f"class {digit}" for digit in range(10)]


def test_a_folder_of_images_with_a_planted_cue(lab: Lab) -> None:
    images = lab.folder / "images"
    digits = draw_split("train", 300)
    for index, (shape, label) in enumerate(zip(digits.images, digits.labels, strict=True)):
        folder = images / CLASSES[label]
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(shape).resize((30 + index % 3, 30)).save(folder / f"{index}.png")
    source = ("--source", f"folder:{images}", "--image-size", "28", "--cue", "border")
    shown = preview(DatasetRunParams(source=f"folder:{images}", image_size=28, cue="border"))
    assert [figure.title for figure in shown][:2] == [
        "Train: what a network learns from", "Validation: held out of the same easy images"]  # fmt: skip
    looked = lab.call("run", "dataset", *source, "--json", "--quiet")
    assert looked.code == 0, looked.err
    table = np.array(looked.json["figures"]["contingency-train"]["values"])
    assert looked.json["figures"]["contingency-train"]["row_labels"] == CLASSES
    assert 0.9 < np.trace(table) / table.sum() < 1, "the bias holds for any cue"

    quick = ("--model", "mlp", "--epochs", "8", "--lr", "0.003", "--batch-size", "32")
    trained = lab.call("run", "train", *source, *quick, "--name", "own", "--quiet", "--json")
    assert trained.code == 0, trained.err
    asked = lab.call("run", "evaluate", "own", "--quiet", "--json")
    assert asked.code == 0, asked.err
    assert asked.json["metrics"]["easy_accuracy"] > 0.6 > 0.3 > asked.json["metrics"]["hard_accuracy"], "it is lazy"

    refused = lab.call("run", "evaluate", "own", "--source", "strokes")
    assert (refused.code, refused.sentence.rpartition("can't be ")[2]) == (3, "asked about digits (source strokes).")
    (images / CLASSES[0] / "0.png").unlink(missing_ok=True)
    (images / CLASSES[0] / "more.png").write_bytes(next((images / CLASSES[1]).iterdir()).read_bytes())
    changed = lab.call("run", "evaluate", "own")
    assert changed.code == 3 and "have changed since the training" in changed.sentence
    recorded = read_json(lab.workspace / trained.json["run"] / "run.json")["params"]
    assert recorded["cue"] == "border" and recorded["source"] == f"folder:{images}"


def test_objects_on_grounds_are_trained_on_explained_and_attacked(lab: Lab) -> None:
    """Two classes; a network learns the ground, maps are held against the objects' masks, and words say so."""
    source = ("--source", f"photos:{objects_on_grounds(lab.folder / 'pictures')}", "--image-size", "16")
    sizes = ("--train-size", "400", "--test-size", "60", "--batch-size", "16", "--metrics-samples", "100")
    trained = lab.call("run", "train", *source, *sizes, "--lr", "0.005", "--name", "lazy", "--quiet", "--json")
    assert trained.code == 0, trained.err
    assert read_json(lab.workspace / trained.json["run"] / "run.json")["params"]["epochs"] == 3, "as photos take"
    assert trained.json["metrics"]["easy_accuracy"] > 0.85 > 0.3 > trained.json["metrics"]["hard_accuracy"]
    maps = lab.call("run", "gradcam", "lazy", "--images", "10", "--quiet")
    assert maps.code == 0 and "share of the evidence that lies on the object" in maps.out
    assert not {"digit", "stroke"} & set(re.findall(r"[a-z]+", maps.out))
    (lab.folder / "net.py").write_text(NET)
    other = lab.call("run", "study", *source, *sizes, "--model", "net.py:net", "--quiet")
    assert other.code == 3 and "Images here are 3 x 16 x 16" in other.sentence and "2 logits are" in other.sentence
    classes = ("--source-class", "ball", "--target-class", "box")
    attacked = lab.call("run", "attack-image", "lazy", "--attack", "fgsm", *classes, "--budgets", "1", "--quiet")
    assert attacked.code == 0 and "P(box)" in attacked.out, attacked.err

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: "of the evidence on the object" in screen_text(pilot.app))
        await pilot.press("4")
        await until(pilot, lambda: "grass box" in screen_text(pilot.app))
        assert not {"digit", "stroke"} & set(re.findall(r"[a-z]+", screen_text(pilot.app)))
        await pilot.press("2")
        await until(pilot, lambda: "ground-follow rate" in screen_text(pilot.app))

    drive(LazytuiApp(Workspace(lab.workspace)), steps)


def test_screens_of_images_without_a_known_attribute_say_so_and_stay_full(lab: Lab) -> None:
    """Three colors to distinguish, and nothing else: Home, Dataset, Train and Evaluate of their network."""
    labels, random = np.arange(240) % 3, np.random.default_rng(0)
    images = random.integers(0, 60, (240, 8, 8, 3)).astype(np.uint8)
    images[np.arange(240), :, :, labels] += 120
    names = np.array(["heron", "owl", "wren"])[labels]
    np.savez(lab.folder / "plain.npz", x_train=images, y_train=names, x_test=images[:90], y_test=names[:90])
    sizes = ("--batch-size", "16", "--metrics-samples", "100", "--model", "mlp", "--epochs", "1")
    data = ("--source", f"npz:{lab.folder / 'plain.npz'}")
    assert lab.call("run", "train", *data, *sizes, "--name", "plain", "--quiet").code == 0
    ended = lab.call("run", "evaluate", "plain", "--quiet")
    assert ended.code == 0 and "right on the hard split" in ended.out and "attribute-follow" not in ended.out

    async def steps(pilot: Pilot[Any]) -> None:
        def shows(*words: str) -> bool:
            return all(word in screen_text(pilot.app) for word in words)

        await until(pilot, lambda: shows("plain: Hard: class by prediction", "3 Evaluate   easy "))
        await pilot.press("1")
        await until(pilot, lambda: shows("heron", "wren", "no known attribute"))
        await pilot.press("2")
        await until(pilot, lambda: shows("Accuracy while it trains", "No attribute"))
        await pilot.press("3")
        await until(pilot, lambda: shows("How often it is right", "Hard: class by prediction"))

    drive(LazytuiApp(Workspace(lab.workspace)), steps)
