"""What ctrl+p finds: every screen, analysis, run and model, and what can be done with the screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.fuzzy import Matcher
from textual.markup import escape

from lazytui.analyses import SUMMARIES
from lazytui.app.form import ParamsForm
from lazytui.app.shell.base_screen import LabScreen
from lazytui.app.shell.lab import Lab
from lazytui.app.shell.popups.keys_explained import KeysExplained
from lazytui.app.shell.screen_registry import SCREENS, mode_of
from lazytui.app.shell.synonyms import synonyms_of
from lazytui.models.architectures import ARCHITECTURES
from lazytui.plain_text import plain_text
from lazytui.runs.formatting import age_text
from lazytui.runs.workspace import shipped_runs


class Command(NamedTuple):
    """One entry. first: whether it is offered before anything is typed. synonyms: what else people look for it by."""

    name: str
    about: str
    do: Callable[[], object]
    first: bool = False
    synonyms: Sequence[str] = ()


class LabCommands(Provider):
    """Searches all of them by name."""

    async def discover(self) -> Hits:
        for command in self._commands():
            if command.first:
                yield DiscoveryHit(Content(command.name), command.do, text=command.name, help=command.about)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for command in self._commands():
            if (score := matcher.match(command.name)) > 0:
                name = highlighted(command.name, matcher, query)
                yield Hit(score, name, command.do, text=command.name, help=escape(command.about))
            elif match := _best_synonym(command, matcher):
                score, synonym = match
                name = Content.assemble(command.name, (" · ", "dim"), highlighted(synonym, matcher, query))
                yield Hit(score, name, command.do, text=command.name, help=escape(command.about))

    def _commands(self) -> Iterator[Command]:
        assert isinstance(self.app, Lab)
        yield from _screen_commands(self.app)
        if isinstance(self.screen, LabScreen):
            yield from _screen_actions(self.screen)
        yield _command("Change keys", "Where the keys are written, and what each is called", self._explain_keys)
        yield _command("Theme", "Change the theme", self.app.action_change_theme)
        yield _command("Quit", "Quit the app; runs continue", self.app.exit)
        yield from _analysis_commands(self.app)
        yield from _run_commands(self.app)
        yield from _model_commands(self.app)

    def _explain_keys(self) -> None:
        assert isinstance(self.app, Lab)
        self.app.push_screen(KeysExplained(self.app))


def _command(name: str, about: str, do: Callable[[], object]) -> Command:
    """One that is offered before anything is typed, with its synonyms."""
    return Command(name, about, do, first=True, synonyms=synonyms_of(name))


def _best_synonym(command: Command, matcher: Matcher) -> tuple[float, str] | None:
    """What was typed as people call it, with how well it fits; None where it isn't that."""
    scored = [(matcher.match(synonym), synonym) for synonym in command.synonyms]
    return max((entry for entry in scored if entry[0] > 0), default=None)


def highlighted(name: str, matcher: Matcher, query: str) -> Content:
    """The name with the letters that were found set off; brackets in it are letters like others."""
    content = Content(name)
    for offset in matcher.fuzzy_search.match(query, name)[1]:
        content = content.stylize(matcher.match_style, offset, offset + 1)
    return content


def _screen_commands(app: Lab) -> Iterator[Command]:
    for entry in SCREENS:
        go = partial(app.switch_mode, entry.mode)
        yield Command(f"Go to {entry.name}", f"Key {entry.key}", go, first=True, synonyms=synonyms_of(entry.mode))


def _screen_actions(screen: LabScreen) -> Iterator[Command]:
    yield _command("Help", "What this screen is for, and its keys", screen.action_help)
    yield _command("Explain", "Explain the panel, key i", screen.action_explain)
    yield _command("Jobs", "Jobs that are running: pause and stop them, key j", screen.action_jobs)
    yield _command("Log of the run", "What the run that is shown printed, key l", screen.action_log)
    yield _command("Network under study", "Key o", screen.action_choose_network)
    yield _command("Second network", "Key a", screen.action_choose_second)
    yield _command("Draw", "Draw an image and ask the networks, key I", screen.action_draw)
    yield _command("Screenshot", "Save this screen as SVG and PNG", screen.action_screenshot)
    if screen.shown_figures():
        yield _command("Export figures", "Write the figures of this screen to a file", screen.action_export)


def _analysis_commands(app: Lab) -> Iterator[Command]:
    """Each leads to its screen, or to what lies over the screen that it shares; the story is started from home."""
    for kind, summary in SUMMARIES.items():
        name = f"Analysis {kind}"
        yield Command(name, summary, partial(_open_analysis, app, kind), synonyms=synonyms_of(name))


async def _open_analysis(app: Lab, kind: str) -> None:
    await app.switch_mode(mode_of(kind, otherwise="home"))
    base = app.screen_stack[0]
    if isinstance(base, LabScreen) and getattr(app.screen, "screen_name", "") != kind:
        base.open_analysis(kind)


def _run_commands(app: Lab) -> Iterator[Command]:
    for line in reversed(app.lines):
        about = f"{line.kind}, {line.state}, {age_text(line.created)}"
        name = f"Run {line.name} {line.run.id}" if line.name else f"Run {line.run.id}"
        yield Command(plain_text(name), plain_text(about), partial(app.open_run, line.run.reference))
    for run in shipped_runs():
        yield Command(f"Run {run.reference}", "bundled", partial(app.open_run, run.reference))


def _model_commands(app: Lab) -> Iterator[Command]:
    for model in ARCHITECTURES.values():
        yield Command(f"Train {model.name}", model.summary, partial(_train, app, model.name))


async def _train(app: Lab, model: str) -> None:
    """Go to Train with this model chosen; what else was given there stays."""
    await app.switch_mode("train")
    form = app.screen.query_one(ParamsForm)
    form.set_values({**form.touched, "model": model})
