"""The session: where a person left the app, kept in the workspace, so that it opens there again."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import PydanticSerializationError

from lazytui.app.form import ParamsForm
from lazytui.app.form.form_values import check_values
from lazytui.app.shell.base_screen import LabScreen, ShowsRun
from lazytui.errors import LazytuiError
from lazytui.files.reading import read_regular
from lazytui.files.writing import write_atomic
from lazytui.runs.saved_options import Options
from lazytui.runs.workspace import Workspace, shipped_runs

FILE = ".session.json"
_LARGEST = 100_000


class Session(BaseModel):
    """screen: the mode that was open. network, second: those under study. network_was_chosen: whether somebody did.
    runs: the run chosen at each screen. forms: what was given in each screen's."""

    model_config = ConfigDict(frozen=True)

    screen: str = Field("", validation_alias=AliasChoices("screen", "place"))
    theme: str = ""
    network: str = ""
    network_was_chosen: bool = True
    second: str = ""
    runs: dict[str, str] = Field(default_factory=dict)
    forms: dict[str, Options] = Field(default_factory=dict)


def load(workspace: Path) -> Session:
    """The session that was kept; a new one where there is none, or none that can be trusted."""
    try:
        return Session.model_validate_json(read_regular(workspace / FILE, _LARGEST))
    except (OSError, ValidationError):
        return Session()


def save(session: Session, workspace: Path) -> None:
    """Keep the session; a workspace that isn't there yet, or that can't be written to, keeps none.

    Nor is one kept that names a run whose folder isn't named in UTF-8.
    """
    with suppress(LazytuiError, PydanticSerializationError):
        write_atomic(workspace / FILE, session.model_dump_json() + "\n")


def with_screen(session: Session, screen: LabScreen) -> Session:
    """The session with how a screen is now."""
    mode = screen.screen_name
    runs = {**session.runs, mode: screen.chosen_run.reference} if screen.chosen_run else session.runs
    form = next(iter(screen.query(ParamsForm)), None)
    forms = {**session.forms, mode: _valid_values(form, form.touched)} if form else session.forms
    return session.model_copy(update={"runs": runs, "forms": forms})


def without_run(session: Session, mode: str) -> Session:
    """The session with nothing to follow at a screen."""
    runs = {other: run for other, run in session.runs.items() if other != mode}
    return session.model_copy(update={"runs": runs})


def restore(session: Session, screen: LabScreen, workspace: Workspace) -> None:
    """Bring a screen back to how it was, as far as what it refers to is still there."""
    mode = screen.screen_name
    reference = session.runs.get(mode, "")
    shipped = {run.reference: run for run in shipped_runs()}
    run = shipped.get(reference) or workspace.run_at(reference)
    with suppress(LazytuiError):
        if run and run.record.kind == screen.kind_restored and isinstance(screen, ShowsRun):
            screen.show_run(run)
    for form in screen.query(ParamsForm):  # after the run, which may fill the form with what it was asked
        if values := _valid_values(form, session.forms.get(mode, {})):
            form.set_values(values)
    screen.ask_about_networks()


def _valid_values(form: ParamsForm, values: dict[str, Any]) -> dict[str, Any]:
    """Those of the values that their fields accept."""
    if values == form.touched and form.params:
        return values
    checked = check_values(form.model, values)
    return {} if checked.joint_error else {name: values[name] for name in values if name not in checked.errors}
