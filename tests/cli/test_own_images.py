"""A person's own images from the first look to the verdict: looked at in the app, trained on and
evaluated by the command."""

from __future__ import annotations

import numpy as np
from PIL import Image

from lazytui.analyses.dataset.params import DatasetRunParams
from lazytui.app.screens.dataset import preview
from lazytui.data.strokes.handwriting import draw_split
from tests.commands import Lab, read_json

CLASSES = [f"class {digit}" for digit in range(10)]


def test_a_folder_of_images_with_a_planted_cue(lab: Lab) -> None:
    images = lab.folder / "images"
    drawn = draw_split("train", 300)
    for index, (shape, label) in enumerate(zip(drawn.images, drawn.labels, strict=True)):
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
    assert changed.code == 3 and "have changed since they were trained on" in changed.sentence
    recorded = read_json(lab.workspace / trained.json["run"] / "run.json")["params"]
    assert recorded["cue"] == "border" and recorded["source"] == f"folder:{images}"
