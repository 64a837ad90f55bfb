"""The distribution has a name of its own, and everything that says which version this is says the same."""

from __future__ import annotations

import re
import tomllib
from importlib import metadata

import pytest

from lazytui import __version__
from lazytui.runs.workspace import Workspace
from tests.commands import ROOT, Lab


@pytest.fixture
def installed_under_another_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is installed as `lazytui`: that name belongs to another project."""
    version = metadata.version

    def of_others(name: str) -> str:
        if name == "lazytui":
            raise metadata.PackageNotFoundError(name)
        return version(name)

    monkeypatch.setattr(metadata, "version", of_others)


@pytest.mark.usefixtures("installed_under_another_name")
def test_the_version_is_the_package_s_own_whatever_the_distribution_is_called(lab: Lab) -> None:
    assert lab.call("doctor", "--json").json["versions"]["lazytui"] == __version__
    run = Workspace(lab.workspace).create("compare", {})
    assert run.record.versions["lazytui"] == __version__


def test_command_and_import_keep_their_name() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["name"] == "lazytui-lab"
    assert list(project["scripts"]) == ["lazytui"]
    for extra in ("bench", "dev"):
        assert f"{project['name']}[test]" in project["optional-dependencies"][extra]


def test_citation_and_changelog_know_the_version() -> None:
    cited = re.findall(r"^version: (.+)$", (ROOT / "CITATION.cff").read_text(), flags=re.M)
    assert cited == [__version__]
    assert f"## [{__version__}]" in (ROOT / "CHANGELOG.md").read_text()


def test_python_versions_are_those_that_are_tested() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    named = re.findall(r"Python :: (3\.\d+)", " ".join(project["classifiers"]))
    matrix = re.search(r"python: \[(.*)\]", (ROOT / ".github/workflows/tests.yml").read_text())
    assert matrix is not None
    assert re.findall(r"3\.\d+", matrix[1]) == named
    assert project["requires-python"] == f">={named[0]}"
