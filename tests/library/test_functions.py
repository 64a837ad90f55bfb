"""The analyses as functions: the numbers of their commands, what notebooks show, and what is refused."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

import lazytui as lt
from lazytui.analyses import SUMMARIES
from lazytui.analyses.core.form_fields import fields_of
from lazytui.errors import BadInput, UsageError
from lazytui.library.functions import NAMES, function_of
from tests.commands import TINY_TRAINING, Lab

OPTIONS, VALUES = TINY_TRAINING[::2], TINY_TRAINING[1::2]
TRAINING = {name[2:].replace("-", "_"): value for name, value in zip(OPTIONS, VALUES, strict=True)}


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> lt.Outcome:  # type: ignore[type-arg]
    return lt.train(**TRAINING, workspace=tmp_path_factory.mktemp("library"))


def test_the_import_loads_nothing_and_every_analysis_is_there() -> None:
    program = (
        "import sys, lazytui as lt\n"
        "loaded = {'torch', 'numpy', 'pydantic', 'rich', 'textual'} & set(sys.modules)\n"
        "assert not loaded, loaded\n"
        f"assert set({list(NAMES)!r}) <= set(dir(lt))\n"
        "from importlib import import_module\n"
        "from pkgutil import iter_modules\n"
        f"rooms = {{room.name for room in iter_modules(lt.__path__)}} & set({list(NAMES)!r})\n"
        "assert {'sae', 'neurons'} <= rooms\n"
        "for name in rooms: import_module(f'lazytui.{name}')\n"
        f"assert all(callable(getattr(lt, name)) for name in {list(NAMES)!r})\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_numbers_are_those_of_the_commands(trained: lt.Outcome, lab: Lab) -> None:  # type: ignore[type-arg]
    of_command = lab.call("run", "train", *TINY_TRAINING, "--json").json
    untimed = trained.metrics.keys() - {"seconds"}
    assert {name: trained.metrics[name] for name in untimed} == {name: of_command["metrics"][name] for name in untimed}
    found = lt.evaluate(trained, workspace=trained.run.path.parent)
    again = lab.call("run", "evaluate", "latest", "--json").json
    assert found.metrics == again["metrics"] and list(found.figures) == list(again["figures"])
    assert (
        found.params.run == trained.run.id
        and found.result.first.headline.hard_accuracy == found.metrics["hard_accuracy"]
    )
    assert lt.open_run("latest", workspace=trained.run.path.parent).run.id == found.run.id


def test_what_a_notebook_shows(trained: lt.Outcome, tmp_path: Path) -> None:  # type: ignore[type-arg]
    figure = trained.figures["accuracy"]
    assert figure._repr_png_().startswith(b"\x89PNG") and "<iframe srcdoc=" in figure._repr_html_()
    assert trained.run.id in trained._repr_html_() and "easy_accuracy" in repr(trained)
    (written,) = trained.save(tmp_path / "curves.json", figure="accuracy")
    assert written.read_text().startswith("{")
    logits = trained.model(torch.zeros(1, 3, 28, 28))
    assert logits.shape == (1, 10) and np.isfinite(logits.detach().numpy()).all()


def test_without_a_workspace_nothing_is_left_behind(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    data = lt.dataset(source="strokes", train_size=50, test_size=100)
    assert data.run.path.exists() and not list(tmp_path.iterdir())


def test_what_is_wrong_is_one_sentence(trained: lt.Outcome) -> None:  # type: ignore[type-arg]
    with pytest.raises(UsageError, match=r"no argument of lazytui\.evaluate 'hardd'\. Did you mean hard"):
        lt.evaluate(trained, hardd="gray")  # type: ignore[call-arg]
    with pytest.raises(UsageError, match="--bias: Must be at most 1"):
        lt.dataset(bias=2)
    with pytest.raises(UsageError, match="no figure 'confusion'"):
        _ = trained.figures["confusion"]
    with pytest.raises(BadInput, match="no run 'nothing'"):
        lt.open_run("nothing", workspace=trained.run.path.parent)
    with pytest.raises(UsageError, match="takes run without a name"):
        lt.evaluate(trained, trained)  # type: ignore[call-arg]


@pytest.mark.parametrize("kind", SUMMARIES)
def test_every_function_says_what_its_arguments_are(kind: str) -> None:
    from lazytui.analyses import analysis

    function = function_of(kind)
    assert function.__doc__ is not None and SUMMARIES[kind] in function.__doc__
    assert all(f"\n{field.name}: " in function.__doc__ for field in fields_of(analysis(kind).params))
