"""`lazytui run`: options, config files and what is refused, each with one sentence and its exit code."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest
import torch

from lazytui.analyses import SUMMARIES, analysis
from lazytui.analyses.core.form_fields import fields_of
from tests.commands import TINY_DATA, TINY_TRAINING, Lab, read_json
from tests.conftest import FinishedTraining

QUICK = (*TINY_DATA, "--model", "mlp", "--epochs", "1", "--metrics-samples", "100", "--batch-size", "300")


def test_json_is_one_object_and_narration_goes_elsewhere(finished_training: FinishedTraining) -> None:
    finished = finished_training.finished
    assert finished.code == 0
    printed = finished.json
    assert (printed["kind"], printed["status"], printed["name"], printed["error"]) == (
        "train",
        "done",
        "reference",
        None,
    )
    names = {"easy_accuracy", "hard_accuracy", "aligned_accuracy", "conflicting_accuracy", "unbiased_accuracy",
             "worst_group_accuracy", "color_follow_rate", "shape_bias", "steps", "seconds"}  # fmt: skip
    assert names <= printed["metrics"].keys()
    assert printed["metrics"]["steps"] == 136
    assert all(Path(path).exists() for path in printed["artifacts"].values())
    assert {"record", "result", "arrays", "weights", "events"} <= printed["artifacts"].keys()
    assert "step 0  easy accuracy" in finished.err and "step 136 " in finished.err


def test_nothing_is_said_when_quiet_is_asked_for_and_figures_are_printed(lab: Lab) -> None:
    ended = lab.call("run", "train", *QUICK, "--quiet")
    assert (ended.code, ended.err) == (0, "")
    assert "Accuracy while it trains" in ended.out and "Measured" in ended.out
    assert "\x1b" not in ended.out, "a pipe gets no colors"


def test_a_training_goes_on_when_nobody_reads_its_narration_any_more(lab: Lab) -> None:
    with lab.start("run", "train", *QUICK, "--metrics-every", "1", "--json") as process:
        assert process.stderr and process.stdout
        assert process.stderr.readline()
        process.stderr.close()
        printed = json.loads(process.stdout.read())
    assert (process.returncode, printed["status"]) == (0, "done")


def test_a_network_is_evaluated_on_its_own_data_and_on_other_data(finished_training: FinishedTraining) -> None:
    lab = Lab(finished_training.lab.folder / "evaluating")
    lab.folder.mkdir()
    trained = finished_training.folder
    own = lab.call("run", "evaluate", trained, "--json", "--quiet")
    assert (own.code, own.err) == (0, "")
    shared = read_json(trained / "result.json")["metrics"]
    assert own.json["parents"] == [str(trained)]
    for name, value in own.json["metrics"].items():
        assert value == pytest.approx(shared[name], abs=0.02) if value is not None else shared[name] is None, name
    other = lab.call("run", "evaluate", trained, "--json", "--hard", "gray")
    assert other.code == 0 and other.json["params"]["hard"] == "gray"


def test_a_source_that_auto_falls_back_on_is_said(lab: Lab) -> None:
    ended = lab.call("run", "dataset", "--train-size", "100", "--test-size", "100", "--json")
    assert ended.code == 0, ended.err
    assert "--source: auto means strokes here." in ended.err.splitlines()
    assert ended.json["params"]["source"] == "strokes"


def test_mnist_that_is_neither_here_nor_to_be_had_is_bad_input(lab: Lab) -> None:
    refused = lab.call("run", "train", "--source", "mnist", "--json")
    assert refused.code == 3 and refused.out == ""
    assert "The source mnist isn't on this machine" in refused.sentence
    assert not lab.workspace.exists(), "nothing half-made is left"


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("evalute",), 2, "There is no analysis 'evalute'. Did you mean evaluate"),
        (("train", "--model", "gap-cn"), 2, "There is no model 'gap-cn'. Did you mean gap-cnn"),
        (("train", "--method", "er"), 2, "There is no method 'er'. Did you mean erm"),
        (("train", "--dataset", "backgruond"), 2, "Did you mean background"),
        (("train", "--palette", "spectrall"), 2, "spectral"),
        (("train", "--epochs", "many"), 2, "--epochs: Must be a whole number."),
        (("train", "--source", "mnits"), 2, "--source: There is no source 'mnits'. Did you mean mnist"),
        (("train", "--epochs", "-1"), 2, "--epochs: Must be at least 0."),
        (("train", "--bias", "1.5"), 2, "--bias: Must be at most 1."),
        (("train", "--seed", "-1"), 2, "--seed: Must be at least 0."),
        (("train", "--placement", "none", "--tier", "h"), 2, "needs the noise layer over"),
        (("train", "--texture", "flat", "--texture", "stripes"), 2, "can't be combined"),
        (("train", "--model", "nowhere.py:net"), 3, "There is no file 'nowhere.py'"),
        (("train", "--model", "json:nothing"), 3, "'nothing'"),
        (("train", "--source", "strokes", "--name", "la/test"), 2, "can't be a run's name"),
        (("train", "--config", "none.toml"), 3, "can't be read"),
        (("train", "--config", "/dev/zero"), 3, "can't be read: it is a device, not a file."),
        (("train", "--config", ""), 2, "A path can't be empty"),
        (("train", "--workspace", ""), 2, "A path can't be empty"),
        (("train", "--workspace", "x" * 300), 3, "x isn't a path: the name is too long."),
        (("train", "--config", "x" * 300), 3, "x isn't a path: the name is too long."),
        (("train", "--export", ""), 2, "A path can't be empty"),
        (("train", "--model", f"{'x' * 300}.py"), 3, "x.py isn't a path: the name is too long."),
        (("train", "--model", "x\0.py"), 3, ".py isn't a path: it contains a character that paths can't have."),
        (("train", "--weights", "x\0"), 3, " isn't a path: it contains a character that paths can't have."),
        (("train", "--anneal-steps", "1" + 30 * "0", "--method", "irm"), 2, "a number of up to 64 bits"),
        (("evaluate", "x" * 300), 3, "There is no run 'xxx"),
        (("evaluate", f"./{'x' * 300}"), 3, "isn't a run"),
        (("train", "--export", "curves.gif"), 2, "'.gif'"),
        (("train", "--export", "nowhere/curves.svg"), 3, "the folder doesn't exist"),
        (("evaluate", "latest"), 3, "No run of train"),
        (("evaluate", "shipped/lazy-mnit"), 3, "There is no shipped model 'lazy-mnit'"),
        (("story", "--model", "gap-cn"), 2, "Did you mean gap-cnn"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_cannot_be_is_one_sentence_and_leaves_nothing(
    lab: Lab, arguments: tuple[str, ...], code: int, sentence: str
) -> None:
    refused = lab.call("run", *arguments, "--quiet")
    assert (refused.code, refused.out) == (code, "")
    assert sentence in refused.sentence
    assert not lab.workspace.exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("runs", "show", "x" * 100_000),
        ("x" * 100_000,),
        ("run", "x" * 100_000),
        ("run", "train", f"--{'x' * 100_000}"),
        ("run", "train", "--model", "x" * 100_000),
        ("run", "train", "--name", "x" * 100_000),
        ("run", "train", "--model", f"{'x' * 100_000}.py"),
        ("runs", "list", "--workspace", "x" * 100_000),
    ],
    ids=range(8),
)
def test_what_a_person_typed_is_not_echoed_whole(lab: Lab, arguments: tuple[str, ...]) -> None:
    refused = lab.call(*arguments)
    assert refused.code in {2, 3} and refused.out == ""
    assert "xxx" in refused.err and len(refused.err) < 2000


@pytest.mark.skipif(sys.platform == "darwin", reason="a Mac may have the device")
def test_a_device_that_is_not_there_leaves_no_run(lab: Lab) -> None:
    refused = lab.call("run", "train", "--source", "strokes", "--device", "mps")
    assert refused.code == 3 and "This machine has no mps device" in refused.sentence
    assert not lab.workspace.exists()


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("def net():\n    return 3", "it made a int, not a torch.nn.Module"),
        ("from torch import nn\ndef net():\n    return nn.Flatten()", "it makes (2, 2352), not (2, 10)"),
        ("def net():\n    raise OSError('no weights')", "OSError: no weights"),
    ],
    ids=range(3),
)
def test_code_that_makes_no_network_leaves_no_run(lab: Lab, code: str, sentence: str) -> None:
    (lab.folder / "mine.py").write_text(code)
    refused = lab.call("run", "train", "--source", "strokes", "--model", "mine.py:net")
    assert refused.code == 3 and sentence in refused.sentence
    assert not lab.workspace.exists()


def test_an_empty_variable_is_none(lab: Lab) -> None:
    assert "No runs in runs yet" in lab.run("runs", "list", LAZYTUI_WORKSPACE="").out


def test_a_config_that_is_nested_without_end_is_one_sentence(lab: Lab) -> None:
    for content in ("model = " + 20_000 * "[", "a." * 2000 + "a = 1", "[train]\nmodel" + 2000 * ".a" + " = 1"):
        (lab.folder / "deep.toml").write_text(content)
        refused = lab.call("run", "train", "--config", "deep.toml")
        assert refused.code in {2, 3} and len(refused.sentence) < 2000
    assert not lab.workspace.exists()


@pytest.mark.parametrize("arguments", [("train", "--epoch", "3"), ("evaluate",)])
def test_what_cannot_be_parsed_is_a_usage_error(lab: Lab, arguments: tuple[str, ...]) -> None:
    refused = lab.call("run", *arguments)
    assert (refused.code, refused.out) == (2, "")
    assert "Error: " in refused.err and "Traceback" not in refused.err


def test_a_config_file_gives_options_and_the_command_line_has_the_last_word(lab: Lab) -> None:
    (lab.folder / "lab.toml").write_text(
        'source = "strokes"\ntrain-size = 120\nseed = 5\n\n[train]\nmodel = "mlp"\n'
        "seed = 6\ntest_size = 110\nmetrics-samples = 100\n\n[dataset]\nbias = 0.5\n"
    )
    ended = lab.call("run", "train", "--config", "lab.toml", "--train-size", "130", "--json", "--quiet")
    assert ended.code == 0, ended.err
    params = ended.json["params"]
    assert (params["source"], params["train_size"], params["test_size"]) == ("strokes", 130, 110)
    assert (params["model"], params["seed"], params["bias"]) == ("mlp", 6, 0.95)


@pytest.mark.parametrize(
    ("content", "code", "sentence"),
    [
        ("epochs = ", 3, "The config file lab.toml can't be read"),
        (b"\xff\xfe", 3, "The config file lab.toml can't be read"),
        ("epoch = 3", 2, "lab.toml: There is no option of `lazytui run train` 'epoch'. Did you mean epochs"),
        ("[trian]\nepochs = 3", 2, "lab.toml: There is no analysis 'trian'. Did you mean train"),
        ("train = 3", 2, "There is no option of `lazytui run train` 'train'"),
        ("epochs = -1", 2, "--epochs: Must be at least 0."),
        ('epochs = "many"', 2, "--epochs: "),
        ("epochs = 2026-01-01", 2, "--epochs: "),
        ("workspace = 'x'", 2, "There is no option of `lazytui run train` 'workspace'"),
        ("[train.epochs]\na = 1", 2, "--epochs: "),
    ],
    ids=range(10),
)
def test_a_config_file_that_says_what_cannot_be(lab: Lab, content: str | bytes, code: int, sentence: str) -> None:
    (lab.folder / "lab.toml").write_bytes(content if isinstance(content, bytes) else content.encode())
    refused = lab.call("run", "train", *TINY_TRAINING, "--config", "lab.toml")
    assert refused.code == code
    assert sentence in refused.sentence
    assert not lab.workspace.exists()


@pytest.mark.parametrize("damage", ["missing", "truncated", "foreign", "pickled", "folder"])
def test_weights_that_cannot_be_used_are_one_sentence(
    finished_training: FinishedTraining, lab: Lab, damage: str
) -> None:
    run = lab.workspace / finished_training.folder.name
    run.mkdir(parents=True)
    for file in finished_training.folder.iterdir():
        if file.is_file():
            (run / file.name).write_bytes(file.read_bytes())
    weights = run / "model.safetensors"
    match damage:
        case "missing":
            weights.unlink()
        case "truncated":
            weights.write_bytes(weights.read_bytes()[:-100])
        case "foreign":
            record = read_json(run / "run.json")
            record["params"]["model"] = "gap-cnn"
            (run / "run.json").write_text(json.dumps(record))
        case "pickled":
            torch.save({"code": Path}, weights)
        case "folder":
            weights.unlink()
            weights.mkdir()
    refused = lab.call("run", "evaluate", "latest")
    assert refused.code == 3
    assert refused.last.startswith("lazytui: ") and "model.safetensors" in refused.last
    (listed,) = [run for run in lab.call("runs", "list", "--json").json if run["kind"] == "evaluate"]
    assert listed["status"] == "failed" and "model.safetensors" in listed["error"]


def test_data_that_cannot_be_rebuilt_are_one_sentence(finished_training: FinishedTraining, lab: Lab) -> None:
    run = lab.workspace / finished_training.folder.name
    run.mkdir(parents=True)
    record = read_json(finished_training.folder / "run.json")
    for changes, sentence in (
        ({"source": "mnist"}, "The source mnist isn't on this machine"),
        ({"bias": 7}, "aren't valid: --bias: Must be at most 1."),
        ({"what": 1}, "aren't valid: --what: "),
    ):
        (run / "run.json").write_text(json.dumps({**record, "params": record["params"] | changes}))
        refused = lab.call("run", "evaluate", "latest", "--quiet")
        assert refused.code == 3
        assert sentence in refused.sentence
    assert len(list(lab.workspace.iterdir())) == 1


def test_help_says_how_several_values_are_typed_and_which_there_are(lab: Lab) -> None:
    helped = " ".join(lab.call("run", "study", "--help").out.split())
    assert "--seeds <int,...> Seeds: 0-4 or 0,1,7." in helped
    assert "[at least 0 and less than 2^63] [default: 0-2]" in helped
    assert "--texture <flat|level|uniform|gaussian|stripes|lines,...>" in helped
    assert "--against RUN Other networks" in " ".join(lab.call("run", "attack", "--help").out.split())


@pytest.mark.parametrize("kind", SUMMARIES)
def test_the_help_of_every_analysis_lists_every_option(kind: str, lab: Lab) -> None:
    helped = lab.call("run", kind, "--help")
    options = {field.flag for field in fields_of(analysis(kind).params) if not field.argument}
    assert helped.code == 0 and options | {"--json", "--detach"} <= set(re.findall(r"--[a-z0-9-]+", helped.out))


def test_help_shows_options_in_groups(lab: Lab) -> None:
    groups = _groups(lab.call("run", "train", "--help").out)
    assert list(groups) == ["Data", "Model", "Optimization", "Augmentation", "Method", "Options of methods", "Run"]
    assert "--bias" in groups["Data"] and "--weights" in groups["Model"] and "--epochs" in groups["Optimization"]
    assert "--gamma <float> Focusing parameter: how steeply a sample's weight falls" in groups["Options of methods"]
    assert "[default: focal 2]." in groups["Options of methods"]
    assert all(option in groups["Run"] for option in ("--device", "--resume", "--help"))
    study, evaluate = (_groups(lab.call("run", kind, "--help").out) for kind in ("study", "evaluate"))
    assert list(study) == ["Options", *groups]
    assert "--epochs" in study["Optimization"], "although a study has another default"
    assert list(evaluate)[:2] == ["Arguments", "Options"] and list(evaluate)[-1] == "Run"


def _groups(helped: str) -> dict[str, str]:
    """By heading, the options under it in one line."""
    _, *parts = re.split(r"^(\w[\w ]*):$", helped, flags=re.MULTILINE)
    return {heading: " ".join(text.split()) for heading, text in zip(parts[::2], parts[1::2], strict=True)}


def test_whoever_asks_to_resume_hears_why_a_run_begins_anew(lab: Lab) -> None:
    dataset = ("run", "dataset", "--source", "strokes", "--train-size", "100", "--test-size", "100", "--resume")
    first = lab.call(*dataset)
    assert "No earlier `lazytui run dataset` to resume: starting a new run." in first.err
    again = lab.call(*dataset)
    assert "starting a new run" not in again.err and "is done already" in again.err
    run = lab.only_run()
    other = lab.call(*dataset, "--seed", "7", "--bias", "0.5")
    beginning = "No earlier run with the same options (the nearest, "
    line = f"{beginning}{run.name}, differs in bias: 0.95, seed: 0): starting a new run."
    assert [line for line in other.err.splitlines() if "new run" in line] == [line]
