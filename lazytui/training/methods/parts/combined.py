"""Methods combined: `grl+jitter-consistency` adds the terms of both to one fit, where their pieces don't collide."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import create_model

from lazytui.errors import unknown_name
from lazytui.training.loop_settings import LoopSettings
from lazytui.training.methods.base import Method, MethodContext, MethodEntry, MethodOptions

if TYPE_CHECKING:
    from torch import Tensor

    from lazytui.data.content import Content
    from lazytui.data.device_split import Batch

JOINT = "+"


class Methods(Mapping[str, MethodEntry]):
    """The methods by name; names joined by + are methods, too, where they go together, and aren't listed."""

    def __init__(self, single: Mapping[str, MethodEntry]) -> None:
        self._single = dict(single)
        self._combined: dict[str, MethodEntry] = {}

    def __getitem__(self, name: str) -> MethodEntry:
        if JOINT not in name:
            return self._single[name]
        if name not in self._combined:
            if self.refusal(name):
                raise KeyError(name)
            self._combined[name] = _combined(self._parts(name))
        return self._combined[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._single)

    def __len__(self) -> int:
        return len(self._single)

    def refusal(self, name: str) -> str:
        """Why there is no method of that name, in a sentence; empty where there is."""
        names = name.split(JOINT)
        for one in names:
            if one not in self._single:
                return unknown_name("method", one, self._single)
        if len(names) == 1:
            return ""
        if doubled := [one for one in names if names.count(one) > 1]:
            return f"The method {doubled[0]} is named twice."
        entries = self._parts(name)
        alone = [
            f"The method {entry.name} {why}, so it can't be combined." for entry in entries if (why := _alone(entry))
        ]
        collisions = (_collision(one, other) for one, other in combinations(entries, 2))
        return next(filter(None, (*alone, *collisions)), "")

    def _parts(self, name: str) -> list[MethodEntry]:
        """In the order of the list, whatever the name's."""
        names = name.split(JOINT)
        return [entry for one, entry in self._single.items() if one in names]

    def sorted_name(self, name: str) -> str:
        """The one name of a combination: its parts in the order of the list. name: of a method that there is."""
        return JOINT.join(entry.name for entry in self._parts(name))


class CombinedMethod(Method):
    """One fit + the terms of all: the fit of the member that has one of its own, else plain training's.

    Each member makes its own forward pass, and has its own state and its own options. Orders, epochs and the end are of
    whoever decides them; a gradient is clipped to the least of their norms.
    """

    members: ClassVar[tuple[MethodEntry, ...]]

    def __init__(self, context: MethodContext) -> None:
        super().__init__(context)
        self._parts = [entry.method_class(_context_of(entry, context)) for entry in self.members]
        for part in self._parts:
            for group in part.optimizer.param_groups[1:]:  # what a part trains beside the model
                self.optimizer.add_param_group({"params": group["params"]})
        norms = (part.largest_gradient for part in self._parts)
        self.largest_gradient = min(filter(None, norms), default=None)
        self._counted = [part for part in self._parts if not _is_plain(type(part))] or self._parts[:1]

    @classmethod
    def refusal(cls, settings: LoopSettings, options: Any, content: Content) -> str:
        refusals = (entry.method_class.refusal(settings, _options_of(entry, options), content) for entry in cls.members)
        return next(filter(None, refusals), "")

    @cached_property
    def _sampler(self) -> Method | None:
        return next((part for part in self._parts if type(part).order is not Method.order), None)

    @property
    def changes_the_end(self) -> bool:
        return any(part.changes_the_end for part in self._parts)

    def order(self, epoch: int) -> Tensor:
        return self._sampler.order(epoch) if self._sampler else super().order(epoch)

    def begin_epoch(self, epoch: int) -> None:
        for part in self._parts:
            part.begin_epoch(epoch)

    def finish(self) -> None:
        for part in self._parts:
            part.finish()

    def loss(self, batch: Batch, step: int) -> Tensor:
        losses = [(part.keeps_fit, *part.fit_and_term(batch, step)) for part in self._counted]
        _, total, _ = min(losses, key=lambda each: each[0])  # a fit of its own comes before plain ones
        for _, _, term in losses:
            total = total if term is None else total + term
        return total

    def signals(self) -> Mapping[str, float]:
        return {name: value for part in self._parts for name, value in part.signals().items()}

    def state_dict(self) -> dict[str, Any]:
        return {**super().state_dict(), "parts": [part.state_dict() for part in self._parts]}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        super().load_state_dict(state)
        for part, own in zip(self._parts, state["parts"], strict=True):
            part.load_state_dict(own)


def _combined(entries: list[MethodEntry]) -> MethodEntry:
    name = JOINT.join(entry.name for entry in entries)
    classes = [entry.method_class for entry in entries]
    attributes = {"members": tuple(entries), "moves_features": any(each.moves_features for each in classes)}
    control = JOINT.join(entry.control or entry.name for entry in entries)
    return MethodEntry(
        name,
        " With it: ".join(entry.summary for entry in entries),
        type("CombinedMethod", (CombinedMethod,), attributes),
        source="; ".join(dict.fromkeys(entry.source for entry in entries if entry.source)),
        options=_merged(name, entries),
        control="" if control == name else control,
        reads=tuple(dict.fromkeys(read for entry in entries for read in entry.reads)),
        alters_images=any(entry.alters_images for entry in entries),
        known_ineffective=all(entry.known_ineffective for entry in entries),
        length_matters="; ".join(entry.length_matters for entry in entries if entry.length_matters),
        signals={signal: meaning for entry in entries for signal, meaning in entry.signals.items()},
        published_tuning="; ".join(entry.published_tuning for entry in entries if entry.published_tuning),
        static_step=all(entry.static_step for entry in entries),
        varies="; ".join(dict.fromkeys(entry.varies for entry in entries if entry.varies)),
    )


def _merged(name: str, entries: list[MethodEntry]) -> type[MethodOptions]:
    fields: dict[str, Any] = {
        option: (info.annotation, info) for entry in entries for option, info in entry.options.model_fields.items()
    }
    return create_model(name, __base__=MethodOptions, __module__=__name__, **fields)


def _context_of(entry: MethodEntry, context: MethodContext) -> MethodContext:
    return replace(context, method=entry.name, options=_options_of(entry, context.options))


def _options_of(entry: MethodEntry, options: MethodOptions) -> MethodOptions:
    return entry.options.model_construct(**{name: getattr(options, name) for name in entry.options.model_fields})


def _alone(entry: MethodEntry) -> str:
    """Why a method can't be combined at all: how a sentence goes on after its name; empty where it can."""
    method = entry.method_class
    if method.in_schedule is not Method.in_schedule:
        return "trains in stages"
    if method.step is not Method.step or method.update is not Method.update:
        return "decides how a step is taken"
    if entry.network:
        return "trains a network of another form"
    if method.batch is not Method.batch:
        return "shows other images than the data's"
    if _is_plain(method) and not _pieces(entry):
        return "is plain training"
    return ""


def _is_plain(method: type[Method]) -> bool:
    """Whether its loss is plain training's."""
    return method.keeps_fit and method.fit_and_term is Method.fit_and_term


def _pieces(entry: MethodEntry) -> set[str]:
    """What a method decides that only one can decide."""
    method = entry.method_class
    decided = {
        "which images are drawn": method.order is not Method.order,
        "how images are fitted": not method.keeps_fit,
        "the network at the end": method.finish is not Method.finish,
    }
    return {piece for piece, is_own in decided.items() if is_own}


def _collision(one: MethodEntry, other: MethodEntry) -> str:
    """What of two methods doesn't go together, in a sentence; empty where all does."""
    pieces = sorted(_pieces(one) & _pieces(other))
    options = [f"--{name.replace('_', '-')}" for name in one.options.model_fields if name in other.options.model_fields]
    signals = [name.replace("_", " ") for name in one.signals if name in other.signals]
    collisions = [
        (pieces, "both decide"),
        (options, "both read"),
        (signals, "both have the signal"),
    ]
    reasons = [f"they {verb} {' and '.join(names)}" for names, verb in collisions if names]
    return f"The methods {one.name} and {other.name} can't be combined: {'; '.join(reasons)}." if reasons else ""
