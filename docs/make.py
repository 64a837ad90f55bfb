"""The pages that are made from the code: `python -m docs.make` writes them anew; a test holds them to be current."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import typer

from lazytui.analyses import SUMMARIES, analysis
from lazytui.analyses.core.form_fields import ParamField, fields_of, format_value
from lazytui.analyses.core.metric_catalog import METRICS
from lazytui.analyses.recipe.earlier_studies import Recipe, recipes_of_papers, recipes_of_studies
from lazytui.analyses.recipe.papers import NO_PASS_MARK
from lazytui.app.shell.grammar import GRAMMAR
from lazytui.app.shell.keymap import EXAMPLE, PRESETS, written
from lazytui.attacks import ATTACKS
from lazytui.catalog_fields import default_text, defaults_of
from lazytui.cli import app
from lazytui.cli.run_json import RunJson
from lazytui.data.cues import CUE_SUMMARIES, CUES
from lazytui.data.presets import presets
from lazytui.data.sources.catalog import SOURCES
from lazytui.models.architectures import ARCHITECTURES
from lazytui.sae import VARIANTS
from lazytui.training.methods import METHODS

HERE = Path(__file__).parent

_MADE = "<!-- Made by `python -m docs.make` from the code; edit that, not this page. -->"


def pages() -> dict[str, str]:
    """Every made page by its file's name."""
    return {
        "commands.md": "\n".join(_commands()),
        "keys.md": "\n".join(_keys()),
        "lists.md": "\n".join(_lists()),
        "run.schema.json": json.dumps(RunJson.model_json_schema(), indent=1) + "\n",
        "../lazytui/library/functions.pyi": "\n".join(_library_types()) + "\n",
    }


def _commands() -> Iterator[str]:
    root = typer.main.get_command(app)
    yield from (_MADE, "", "# Command reference", "")
    yield "Every command answers `--help`. Exit codes: 0 done, 1 the run failed, 2 usage, 3 bad input, 130 interrupted."
    yield from ("", *_command("lazytui", root))
    yield from ("## lazytui run", "", "One command for each analysis. All of them also take:", "")
    yield from _options(_common(_subcommands(_subcommands(root)["run"])["dataset"]))
    for kind, summary in SUMMARIES.items():
        yield from (f"### lazytui run {kind}", "", summary, "")
        yield from _params(kind)
    for name, command in _subcommands(root).items():
        if name != "run":
            yield from _command(f"lazytui {name}", command)


def _library_types() -> Iterator[str]:
    """What the functions of the library take and return, for editors and type checkers."""
    yield from ('"""Made by `python -m docs.make` from the Params of the analyses; edit those, not this file."""', "")
    yield from ("from collections.abc import Sequence", "from pathlib import Path", "from typing import Any, Literal")
    yield ""
    modules = {kind: analysis(kind).params for kind in SUMMARIES}
    results = {kind: (one.__module__, one.__annotations__["return"]) for kind, one in _readers()}
    yield from sorted(
        {f"from {one.__module__} import {one.__name__}" for one in modules.values()}
        | {f"from {module} import {name}" for module, name in results.values()}
    )
    yield from ("from lazytui.library.calls import Where", "from lazytui.library.outcome import Outcome", "")
    yield "Run = Outcome[Any, Any] | str"
    for kind, params in modules.items():
        fields = sorted(fields_of(params), key=lambda field: not field.argument)
        first = [_typed_argument(field) for field in fields if field.argument]
        others = [_typed_argument(field) for field in fields if not field.argument]
        common = (
            "workspace: Where = None",
            "name: str | None = None",
            "log: str | Sequence[str] = ()",
            "quiet: bool = True",
        )
        yield from ("", f"def {kind.replace('-', '_')}(")
        yield from (f"    {argument}," for argument in (*first, "*", *others, *common))
        yield f") -> Outcome[{params.__name__}, {results[kind][1]}]: ..."


def _readers() -> Iterator[tuple[str, Any]]:
    """Of each analysis the function that returns its typed result."""
    return ((kind, analysis(kind).read) for kind in SUMMARIES)


def _typed_argument(field: ParamField) -> str:
    """`lr: float | None = None`; one that is required has no default."""
    kind = "Run" if field.reference else _type_name(field.type)
    kind = f"{kind} | Sequence[{kind}]" if field.several else kind
    kind = f"{kind} | None"
    return f"{field.name}: {kind.removesuffix(' | None')}" if field.required else f"{field.name}: {kind} = None"


def _type_name(kind: Any) -> str:
    if get_origin(kind) is Literal:
        return f"Literal[{', '.join(map(json.dumps, get_args(kind)))}]"
    return str(kind.__name__)


def _common(command: Any) -> list[Any]:
    """The options of an analysis' command that aren't fields of its Params."""
    own = {field.flag for field in fields_of(analysis(command.name).params)}
    return [option for option in command.params if _name(option) not in own]


def _command(name: str, command: Any) -> Iterator[str]:
    """A command with its options; of a group, its commands too."""
    level = "#" * min(4, name.count(" ") + 2)
    yield from (f"{level} {name}", "", " ".join((command.help or "").split()), "")
    yield from _options(command.params)
    if name != "lazytui":
        for inner, of_group in _subcommands(command).items():
            yield from _command(f"{name} {inner}", of_group)


def _subcommands(command: Any) -> dict[str, Any]:
    """By name; none of a command that isn't a group."""
    context = typer.Context(command, info_name="lazytui")
    names = command.list_commands(context) if hasattr(command, "list_commands") else ()
    return {name: command.get_command(context, name) for name in names}


def _name(option: Any) -> str:
    return str(option.opts[0]) if option.param_type_name == "option" else str(option.metavar or option.name).upper()


def _options(options: Sequence[Any]) -> Iterator[str]:
    left_out = {"--help", "--install-completion", "--show-completion"}
    rows = [
        (_code(option.opts if option.param_type_name == "option" else [_name(option)]), option.help or "")
        for option in options
        if _name(option) not in left_out
    ]
    if rows:
        yield from _table(("option", "meaning"), rows)


def _params(kind: str) -> Iterator[str]:
    """The options of an analysis; those that it shares with an earlier one are only named."""
    fields = sorted(fields_of(analysis(kind).params), key=lambda field: not field.argument)
    elsewhere = {earlier: _shared(kind, earlier) for earlier in ("dataset", "train") if earlier != kind}
    known = {field.name for shared in elsewhere.values() for field in shared}
    own = [field for field in fields if field.name not in known and not field.is_conditional]
    headings = dict.fromkeys(field.heading for field in own)
    for heading in headings:
        if len(headings) > 1 and heading:
            yield from (f"{heading}:", "")
        part = [field for field in own if field.heading == heading]
        yield from _table(("option", "meaning", "values", "default"), map(_param, part))
    for earlier, shared in elsewhere.items():
        if names := [field.flag for field in shared if not field.is_conditional]:
            yield from (f"As in `lazytui run {earlier}`: {_code(names)}.", "")
    if some := [field.flag for field in fields if field.is_conditional]:
        yield from (f"Read by some choices only ([lists](lists.md)): {_code(some)}.", "")


def _shared(kind: str, earlier: str) -> list[ParamField]:
    """The options of an analysis that mean the same as in an earlier one, and not as in one before that."""
    kinds = list(SUMMARIES)
    if kinds.index(kind) < kinds.index(earlier):
        return []
    there, first = (fields_of(analysis(name).params) for name in (earlier, "dataset"))
    return [
        field
        for field in fields_of(analysis(kind).params)
        if not field.argument and field in there and (earlier == "dataset" or field not in first)
    ]


def _param(field: ParamField) -> tuple[str, ...]:
    return (
        f"`{field.name.upper() if field.argument else field.flag}`",
        " ".join(filter(None, (field.description, field.limits and f"[{field.limits}]"))),
        ", ".join(field.choices),
        "" if field.default in (None, "", ()) else format_value(field.default),
    )


def _code(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _keys() -> Iterator[str]:
    yield from (_MADE, "", "# Keys", "")
    yield "A key means the same on every screen; `?` lists those of the screen that is open, with what it is for."
    yield "Each can be another one, in `keys.toml` in the folder for configuration (`~/.config/lazytui` on Linux):"
    yield from ("", "```toml", *EXAMPLE.splitlines(), "```", "")
    yield "The app shows the same: ctrl+p, Change keys. It also writes a file with every key as a comment."
    yield "Where the file can't be used, the app says why and opens with the keys below."
    yield ""
    presets = [name for name in PRESETS if PRESETS[name]]
    rows = [
        (
            f"`{one.name}`",
            _pressed(one.keys),
            one.description,
            *(_pressed(PRESETS[name].get(one.name, ())) for name in presets),
        )
        for one in GRAMMAR
    ]
    yield from _table(("name", "keys", "what it does", *presets), rows)


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")


def _recipes(reporter: str, entries: Mapping[str, Recipe]) -> Iterator[str]:
    setting = f"the {reporter}'s setting"
    yield from _table(
        ("recipe", reporter, "reported", "what it trains", setting, "where ours deviates", "note"),
        [
            (f"`{name}`", one.paper or one.study, one.reported_text, one.about, one.setting, one.deviates, one.note)
            for name, one in entries.items()
        ],
    )


def _pressed(keys: Sequence[str]) -> str:
    """As they are written in `keys.toml`."""
    return ", ".join(f"`{written(key)}`" for key in keys)


def _lists() -> Iterator[str]:
    yield from (_MADE, "", "# Lists", "")
    yield "Methods, attacks, autoencoders, architectures, data sets, sources, cues, recipes and metrics by name."
    yield from ("", "## Training methods", "", "`lazytui run train --method NAME`; `lazytui methods NAME`.", "")
    yield from _table(
        ("method", "reads besides images and labels", "caveats", "what it does", "options", "source"),
        [
            (f"`{name}`", ", ".join(entry.reads), entry.caveats, entry.summary, _defaults(entry), entry.source)
            for name, entry in METHODS.items()
        ],
    )
    yield from _options_of_some("train")
    yield from ("## Attacks", "", "`lazytui run attack RUN --attack NAME`.", "")
    yield from _table(
        ("attack", "budget", "gradient", "what it does", "options", "source"),
        [
            (
                f"`{name}`",
                entry.norm,
                "yes" if entry.needs_gradient else "no",
                entry.summary,
                _defaults(entry),
                entry.source,
            )
            for name, entry in ATTACKS.items()
        ],
    )
    yield from _options_of_some("attack")
    yield from ("## Sparse autoencoders", "", "`lazytui run sae RUN --variant NAME`.", "")
    yield from _table(
        ("variant", "what it does", "options", "source"),
        [(f"`{name}`", entry.summary, _defaults(entry), entry.source) for name, entry in VARIANTS.items()],
    )
    yield from _options_of_some("sae")
    yield from ("## Architectures", "", "`lazytui run train --model NAME`.", "")
    yield from _table(
        ("model", "parameters", "from", "what it is", "layers"),
        [
            (
                f"`{entry.name}`",
                f"{entry.parameters:,}",
                entry.origin,
                entry.summary,
                ", ".join(f"`{layer.name}` {'x'.join(map(str, layer.shape))}" for layer in entry.layers),
            )
            for entry in ARCHITECTURES.values()
        ],
    )
    yield from ("## Data sets", "", "`lazytui run dataset --dataset NAME`; also names such as `gr95h` (study D).", "")
    yield from _table(
        ("data set", "what it is", "options that it sets"),
        [
            (
                f"`{name}`",
                preset["about"],
                _code(f"{_flag(key)} {format_value(value)}" for key, value in preset.items() if key != "about"),
            )
            for name, preset in presets().items()
        ],
    )
    yield from ("## Sources", "", "`--source NAME`; `lazytui sources`.", "")
    yield from _table(
        ("source", "images", "reads"),
        [(f"`{one.usage}`", one.summary, _code(map(_flag, one.reads)))
         for one in SOURCES.values()],
    )  # fmt: skip
    yield from ("## Cues", "", "`--cue NAME`, planted with `--bias`; `lazytui cues`.", "")
    yield from _table(
        ("cue", "what is planted", "classes at most", "levels"),
        [(f"`{name}`", summary, *((str(CUES[name].most), _code(CUES[name].levels)) if name in CUES else ("", "")))
         for name, summary in CUE_SUMMARIES.items()],
    )  # fmt: skip
    yield from ("## Recipes", "", "What earlier studies reported, in percent; `lazytui run recipe NAME`.", "")
    yield from _recipes("study", recipes_of_studies())
    yield from ("### Of papers", "", f"`lazytui run recipe papers` does all. {NO_PASS_MARK}", "")
    yield from _recipes("paper", recipes_of_papers())
    yield from ("## Metrics", "", "The names of `--json`.", "")
    yield from _table(
        ("metric", "title", "definition"),
        [(f"`{name}`", metric.title, metric.meaning) for name, metric in METRICS.items()],
    )


def _options_of_some(kind: str) -> Iterator[str]:
    """Options of an analysis that only some entries of a catalog read."""
    some = [field for field in fields_of(analysis(kind).params) if field.is_conditional]
    if some:
        yield from _table(
            ("option", "meaning, and who reads it with which default", "limits"),
            [(f"`{field.flag}`", field.description, field.limits) for field in some],
        )


def _defaults(entry: Any) -> str:
    """The options of a catalog's entry with their defaults."""
    return _code(f"{_flag(name)} {default_text(value)}" for name, value in defaults_of(entry).items())


def _table(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield _row(heading)
    yield _row(["---"] * len(heading))
    yield from map(_row, rows)
    yield ""


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


if __name__ == "__main__":
    for file, text in pages().items():
        (HERE / file).write_text(text.rstrip() + "\n", encoding="utf-8")
