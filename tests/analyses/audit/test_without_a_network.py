"""An audit of images alone: a network is trained first, clean ones beside it, and what can't be asked is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lazytui.analyses.audit.audited_predictions import require_more_than_chance
from lazytui.analyses.audit.calibration_figures import calibration
from lazytui.analyses.audit.figures import figures
from lazytui.analyses.audit.first_training import resolve_first_training
from lazytui.analyses.audit.params import AuditParams
from lazytui.analyses.audit.result import AuditResult, CleanTraining, null_of, read
from lazytui.analyses.core.execute import recorded_params, recorded_result, validate
from lazytui.audit.donor_swaps import FLOOR, Swap
from lazytui.audit.editors import EDITORS
from lazytui.errors import BadInput
from lazytui.figures.kinds import Bars, Matrix, Text
from lazytui.runs.results.result_contents import Damaged
from lazytui.runs.results.saved_result import Result, load_result, save_result
from lazytui.runs.results.typed_result import write_fields
from lazytui.runs.workspace import Workspace
from tests.commands import TINY_DATA, Lab


def test_a_network_is_trained_first_and_clean_ones_set_the_floor(lab: Lab) -> None:
    options = (*TINY_DATA, "--epochs", "4", "--model", "mlp", "--images", "60")
    done = lab.call("run", "audit", *options, "--calibrate", "1", "--name", "first")
    assert done.code == 0, done.err
    assert "no network named: first training a mlp for 4 epochs on strokes" in done.err
    workspace = Workspace(lab.workspace)
    run = workspace.find("first")
    found, params = recorded_result(run), recorded_params(run)
    assert isinstance(found, AuditResult) and isinstance(params, AuditParams)
    first, null = found.trained_first, found.null
    assert first is not None and null is not None
    training = workspace.find(first.run)
    assert training.record.started_by == run.id and training.record.params["seed"] == 0
    assert (first.model, first.epochs, first.images, first.tested) == ("mlp", 4, 200, 100)
    assert first.accuracy == recorded_result(training).metrics["easy_accuracy"] and first.weights > 10_000
    assert found.clean_without == ("hue",), "what was named first"
    (clean,) = found.clean
    taught = workspace.find(clean.run).record.params
    assert (taught["method"], taught["scrambled"], taught["seed"]) == ("scramble", "hue", 1)
    assert null.hosts.shape == (1, len(EDITORS)) and null.delta[0, found.cues.index("hue")] < found.swaps["hue"].delta
    verdict, losses, matrix = (figure_called(found, name) for name in ("verdict", "losses", "calibration"))
    assert isinstance(verdict, Text) and isinstance(losses, Bars) and isinstance(matrix, Matrix)
    (said,) = (text for text in verdict.paragraphs if "was trained first" in text)
    assert said.startswith(f"No network was named, so a small one was trained first: {first.run}, a mlp with ")
    if clean.learned:
        assert f"floor {100 * found.floor:.1f} points" in " ".join(verdict.paragraphs)
        assert [reference.name for reference in losses.references] == ["largest of clean trainings", "floor"]
    assert matrix.values.shape[1] == 2

    alone = lab.call("run", "audit", first.run, "--images", "60", "--quiet", "--json")
    assert alone.code == 0 and alone.json["metrics"]["accuracy"] == found.accuracy, "it is a run as others are"
    trainings = [one.id for one in workspace.runs() if one.record.kind == "train"]
    again = lab.call("run", "audit", *options, "--quiet", "--json")
    assert again.code == 0 and [one.id for one in workspace.runs() if one.record.kind == "train"] == trainings
    groups = lab.call("run", "groups", first.run, "--quiet")
    assert groups.code == 0 or "too gradual" in groups.err, "the audit of it is found"
    assert lab.call("run", "side-by-side", "first", alone.json["run"], "--quiet").code == 0
    an_older_result_opens_and_an_altered_one_does_not(run.path, params, found)


def an_older_result_opens_and_an_altered_one_does_not(folder: Path, params: AuditParams, found: AuditResult) -> None:
    saved = load_result(folder)
    named = params.model_copy(update={"run": "some-run"})
    facts = {
        name: fact for name, fact in saved.facts.items() if name not in {"trained_first", "clean", "clean_without"}
    }
    facts.pop("null_by", None)
    metrics = {name: value for name, value in saved.metrics.items() if not name.startswith("null_")}
    arrays = {name: array for name, array in saved.arrays.items() if not name.startswith(("null_", "changed"))}
    of_usual = replace(found, null=None, clean=(), clean_without=(), null_by=None)
    older = Result({**metrics, "flagged": float(len(of_usual.named))}, facts, arrays)
    opened = read(named, older)
    assert opened.floor == FLOOR and opened.null is None and not list(calibration(opened))
    with pytest.raises(Damaged, match="names no network"):
        read(params, older)
    with pytest.raises(Damaged, match="null doesn't match its clean trainings"):
        read(params, Result({**saved.metrics, "null_alarms": 29.0}, saved.facts, saved.arrays))
    with pytest.raises(Damaged, match="without their losses"):
        read(params, Result(metrics, saved.facts, arrays))
    again = folder / "again"
    again.mkdir()
    save_result(again, write_fields(found))
    assert (again / "result.json").read_bytes() == (folder / "result.json").read_bytes()


def figure_called(result: AuditResult, name: str) -> object:
    return next(one for one in figures(AuditParams(run="latest"), result) if one.name == name)


def written_images(folder: Path, count: dict[str, int], *sides: int) -> Path:
    """A folder a class; the sizes of the images in turn."""
    generator = np.random.default_rng(0)
    for number, (name, images) in enumerate(count.items()):
        (folder / name).mkdir(parents=True)
        for index in range(images):
            side = sides[index % len(sides)]
            pixels = generator.integers(0, 256, (side, side, 3), np.uint8)
            pixels[..., number % 3] //= 4
            Image.fromarray(pixels).save(folder / name / f"{index}.png")
    return folder


def test_what_is_not_said_is_chosen_by_how_many_images_there_are_and_how_large(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "runs")

    def chosen(folder: Path, **options: object) -> dict[str, object]:
        asked = validate("audit", {"source": f"folder:{folder}", **options})
        assert isinstance(asked, AuditParams)
        settled = resolve_first_training(asked, workspace)
        training = settled.trained_first
        assert training is not None and training.content.fingerprint
        assert AuditParams.model_validate_json(settled.model_dump_json()).trained_first == training
        return training.model_dump()

    few = chosen(written_images(tmp_path / "few", {"owl": 30, "jay": 30}, 20, 90))
    assert (few["image_size"], few["validation_share"], few["epochs"]) == (64, 0.333, 100)
    assert few.get("train_size") is None and few["model"] == "small-24"
    alike = tmp_path / "alike"
    assert chosen(written_images(alike, {"owl": 10, "jay": 10}, 20)).get("image_size") is None
    assert chosen(alike, image_size=16, epochs=2, model="mlp").items() >= {"image_size": 16, "epochs": 2}.items()
    large = chosen(written_images(tmp_path / "large", {"owl": 5, "jay": 5}, 100))
    assert large["image_size"] == 64, "it would take four times as long"
    params = validate("audit", {"source": "strokes"})
    assert isinstance(params, AuditParams)
    settled = resolve_first_training(params, workspace).trained_first
    assert settled is not None and (settled.train_size, settled.test_size, settled.epochs) == (6000, 1500, 6)
    assert not (tmp_path / "runs").exists()


REFUSED = {
    ("shipped/lazy-strokes", "--cue", "border"): (2, "--cue is an option of training, and shipped/lazy-strokes is"),
    (): (2, "Name a trained network, or give --source with the images to train one on."),
    ("--source", "strokes", "--image-size", "32"): (2, "The source strokes doesn't read image-size"),
    ("--source", "strokes", "--placement", "none", "--hard", "inverted"): (2, "The hard split inverted needs a color"),
    ("--source", "strokes", "--sigma", "3"): (2, "--sigma: Must be at most 1."),
    ("--source", "folder:/not/there"): (3, "can't be read: it doesn't exist."),
    ("--source", "strokes", "--model", "gap-cn"): (2, "gap-cnn"),
    ("--source", "strokes", "--calibrate", "-1"): (2, "--calibrate: Must be at least 0."),
}


@pytest.mark.parametrize("options", REFUSED)
def test_what_can_be_known_to_be_wrong_is_one_sentence_before_anything_is_written(
    options: tuple[str, ...], lab: Lab
) -> None:
    refused = lab.call("run", "audit", *options)
    code, sentence = REFUSED[options]
    assert refused.code == code and sentence in refused.sentence
    assert not lab.workspace.exists()


def clean(accuracy: float = 0.9) -> CleanTraining:
    return CleanTraining(run="r", images=400, accuracy=accuracy, chance=0.1)


def losing(**losses: float) -> dict[str, Swap]:
    return {name: Swap(400, loss, 0.01, follow=0.5, by_chance=0.1) for name, loss in losses.items()} | {"size": Swap(0)}


def test_the_floor_is_what_clean_trainings_lose_for_certain_and_never_under_the_usual_one() -> None:
    null, by = null_of([clean(), clean()], [losing(hue=0.03, position=0.06), losing(hue=0.01, position=0.02)])
    assert (null.tests, null.alarms, null.largest, null.floor, by) == (4, 0, 0.06, FLOOR, "position")
    raised, _ = null_of([clean(), clean()], [losing(hue=0.03, position=0.12), losing(hue=0.01, position=0.02)])
    assert raised.alarms == 1 and raised.floor == pytest.approx(0.1)
    swap = replace(losing(hue=0.12)["hue"], floor=raised.floor)
    assert not swap.flagged and swap.smallest == pytest.approx(0.12), "as much as a clean training loses"
    assert replace(swap, floor=FLOOR).flagged
    natural = {"position": replace(losing(position=0.12)["position"], predicts=0.3)}
    kept, by = null_of([clean()], [losing(hue=0.03) | natural])
    assert (kept.alarms, kept.largest, kept.floor, by) == (0, 0.12, FLOOR, "position"), "it can't be flagged"
    idle, none = null_of([clean(0.1)], [losing(hue=0.5, position=0.5)])
    assert (idle.tests, idle.alarms, idle.largest, idle.floor, none) == (0, 0, None, FLOOR, None)


def audited(losses: dict[str, Swap], cleans: list[CleanTraining], theirs: list[dict[str, Swap]]) -> AuditResult:
    """A result of these losses; the first of them was exchanged."""
    null, by = null_of(cleans, theirs)
    columns = {
        name: np.array([getattr(swap, name) for swap in losses.values()]) for name in ("hosts", "delta", "error")
    }
    shares = ("own", "follow", "by_chance", "follow_own", "predicts")
    columns |= {name: np.array([getattr(swap, name) for swap in losses.values()], np.float64) for name in shares}
    found = AuditResult(
        accuracy=0.9,
        largest=None,
        largest_error=None,
        flagged=0,
        detectable=0.1,
        planted=None,
        planted_error=None,
        cues=tuple(losses),
        images=400,
        palette_name="distinct",
        clean=tuple(cleans),
        clean_without=(next(iter(losses)),),
        null=null,
        null_by=by,
        **columns,
    )
    return replace(found, flagged=len(found.named))


def test_the_verdict_says_the_rate_with_its_denominator_and_what_the_floor_takes_back() -> None:
    calm = audited(losing(hue=0.4, position=0.08), [clean()] * 3, [losing(hue=0.01, position=0.031)] * 3)
    (said,) = calibration(calm)
    assert said == (
        "Calibrated with networks of other seeds, trained and audited on images with the hue exchanged at random: "
        "0 alarms in 3 clean trainings x 3 properties (6 tests); largest loss 3.1 points (position); floor 5.0 points."
    )
    assert calm.named == ["hue", "position"]
    loud = audited(losing(hue=0.4, position=0.08), [clean()], [losing(hue=0.01, position=0.09)])
    said, taken_back = calibration(loud)
    assert "1 alarm in 1 clean training x 3 properties (2 tests)" in said and "--peel" in said
    assert "Alarms: position in 1 of 1." in said
    assert loud.named == ["hue"] and taken_back.startswith(
        "At the usual floor of 5 points, the place of the object was"
    )
    (idle,) = calibration(audited(losing(hue=0.4), [clean(0.1)], [losing(hue=0.0)]))
    assert idle == "1 of 1 clean training learned nothing without the hue, so the floor stays 5 points, uncalibrated."
    unnamed = replace(calm, clean_without=())
    assert "on unchanged images, since the audit named nothing: 0 alarms" in next(iter(calibration(unnamed)))


def paragraphs(result: AuditResult) -> tuple[str, ...]:
    verdict = figure_called(result, "verdict")
    assert isinstance(verdict, Text)
    return verdict.paragraphs


def test_what_the_class_can_hardly_be_told_by_is_reported_and_not_named() -> None:
    natural = {"position": replace(losing(position=0.12)["position"], predicts=0.29)}
    told = {"hue": replace(losing(hue=0.4)["hue"], predicts=0.9)}
    found = audited(told | natural, [clean()], [losing(hue=0.01, position=0.01)])
    assert found.named == ["hue"]
    (said,) = (text for text in paragraphs(found) if text.startswith("Not counted"))
    assert "position 12 points [10, 14], predicts 0.29" in said and "by nature" in said
    only = audited({"hue": losing(hue=0.01)["hue"]} | natural, [clean()], [losing(hue=0.01, position=0.01)])
    assert only.named == [] and "no property that this network relies on as a shortcut" in paragraphs(only)[0]
    none = audited(losing(hue=0.01), [clean()], [losing(hue=0.01)])
    assert "no property that this network relies on, among" in paragraphs(none)[0]


def test_the_largest_loss_is_said_to_be_closest_to_the_true_one_where_another_property_is_named() -> None:
    of_ground = audited(losing(hue=0.4, background=0.5), [clean()], [losing(hue=0.01, background=0.01)])
    assert of_ground.named[0] == "hue"
    assert any("The largest loss, by the ground, is as a rule closest to" in text for text in paragraphs(of_ground))
    of_hue = audited(losing(hue=0.5, background=0.4), [clean()], [losing(hue=0.01, background=0.01)])
    assert not any("as a rule closest" in text for text in paragraphs(of_hue))


def test_too_few_images_are_said_to_be_so_and_nothing_is_trained(lab: Lab) -> None:
    folder = written_images(lab.folder / "few", {"owl": 2, "jay": 2}, 20)
    refused = lab.call("run", "audit", "--source", f"folder:{folder}", "--quiet")
    assert refused.code == 3 and "Every held-out image (1) is of the class" in refused.sentence
    (run,) = Workspace(lab.workspace).runs()
    assert run.record.kind == "audit" and not (run.path / "result.json").exists()


def test_right_on_no_more_than_chance_is_distinguished_from_right_on_too_few() -> None:
    require_more_than_chance(0.9, 0.5, 100)
    for accuracy, chance, images, sentence in (
        (0.4, 0.5, 100, "right on 40 % of 100 images, no more than the 50 % of the largest class"),
        (1.0, 1.0, 53, "no more than the 100 % of the largest class"),
        (
            1.0,
            0.6,
            5,
            "right on 100 % of 5 images, and 60 % are of the largest class: with so few images that may be chan",
        ),
    ):
        with pytest.raises(BadInput, match=sentence):
            require_more_than_chance(accuracy, chance, images)
