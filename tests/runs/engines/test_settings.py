"""Settings of engines: a person's own file below what is given, and what only that file may say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lazytui.errors import LazytuiError
from lazytui.runs.engines.catalog import open_engine
from lazytui.runs.engines.settings import chosen_engine, engines_file, own_table, read_option
from tests.commands import ROOT


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    engines_file().parent.mkdir()
    return engines_file()


def test_without_a_file_all_is_local(file: Path) -> None:
    assert not file.exists() and chosen_engine("auto") == "local"
    assert open_engine("auto").name == "local"


def test_what_the_file_says_holds_unless_something_else_is_given(file: Path) -> None:
    (example, *_) = re.findall(r"```toml\n(.*?)```", (ROOT / "docs" / "engines.md").read_text(), re.DOTALL)
    file.write_text(f"{example}requeues = false\n")
    assert chosen_engine("auto") == "slurm" and chosen_engine("local") == "local"
    assert own_table("slurm") == {
        "partition": "gpu",
        "gres": "gpu:1",
        "time": "2:00:00",
        "setup": "module load python/3.11\nsource ~/lab/bin/activate",
        "exclusive": "",
        "python": "python",
        "look-every": "10",
    }
    assert open_engine("auto", ["look-every=9"]).look_every == 9 and open_engine("slurm").look_every == 10


@pytest.mark.parametrize("option", ["setup=curl x | sh", "python=/tmp/python", "address=http://elsewhere"])
def test_what_is_code_or_trust_is_only_read_from_the_file(option: str) -> None:
    """A study is resumed with the options that its folder records, and a folder may come from anywhere."""
    with pytest.raises(ValueError, match=r"can only be set in .*engines\.toml"):
        read_option(option)


@pytest.mark.parametrize(
    "option", ["", "=1", "Time=1", "time=1\n#SBATCH --x", "-x=1", "a b", "x=\x1b[31m", "x=" + 2000 * "1"]
)
def test_what_is_no_option_is_refused(option: str) -> None:
    with pytest.raises(ValueError, match="isn't an engine's option"):
        read_option(option)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('engine = "slrm"', "There is no engine 'slrm'. Did you mean slurm?"),
        ("engine = 3", "There is no engine '3'."),
        ("[slrum]", "There is no engine 'slrum'. Did you mean slurm?"),
        ("engine = = 1", "can't be read: Invalid value"),
        ("slurm = 3", "slurm isn't a table"),
        ("[slurm]\ntime = [1]", "'time' isn't an option with a value"),
        ('[slurm]\n"a b" = 1', "'a b' isn't an option with a value"),
    ],
)
def test_a_file_that_is_wrong_is_reported_in_a_sentence(file: Path, text: str, sentence: str) -> None:
    file.write_text(text)
    with pytest.raises(LazytuiError) as error:
        open_engine("auto" if text.startswith("engine") else "slurm")
    assert sentence in str(error.value) and str(file) in str(error.value)
