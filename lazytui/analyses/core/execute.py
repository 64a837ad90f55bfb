"""From Params to a finished run: resolve what they refer to, create the folder, do the work, keep the result."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError

from lazytui.analyses import analysis
from lazytui.analyses.core.analysis import OnnxOptions, RunReference
from lazytui.analyses.core.older_records import updated_params
from lazytui.code_permission import CODE_FIELDS, SCORE_FIELDS, code_in, require_allowed, require_allowed_for
from lazytui.data.content import Content, colored_digits
from lazytui.data.image_files.decoding_progress import listen_to_decoding
from lazytui.data.params import DatasetParams, PaintingParams
from lazytui.errors import BadInput, UsageError, shorten
from lazytui.runs.execution import run_execution
from lazytui.runs.logs.base import defined
from lazytui.runs.progress_report import Narrator, Report
from lazytui.runs.results.result_contents import Damaged
from lazytui.runs.results.saved_result import Unfinished, load_result, read_metrics, save_result
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace import Workspace
from lazytui.training.loop_settings import ModelSettings
from lazytui.validation_messages import error_sentence

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lazytui.figures.kinds import Figure

_log = logging.getLogger(__name__)


def create(
    kind: str,
    params: BaseModel,
    workspace: Workspace,
    *,
    name: str | None = None,
    started_by: str | None = None,
    fill: Callable[[Path], object] = lambda _: None,
) -> RunFolder:
    """A queued run, with all checked that can be known before the work. Writes nothing when something is wrong.

    fill: puts into the folder what else the run begins with.
    """
    chosen = analysis(kind)
    params, parents = resolve_params(kind, params, workspace)
    return workspace.create(
        kind,
        params.model_dump(mode="json"),
        label=chosen.label(params),
        name=name,
        parents=parents,
        started_by=started_by,
        fill=fill,
    )


def execute_run(run: RunFolder, workspace: Workspace, narrator: Narrator, *, within: Report | None = None) -> None:
    """Do the work of a queued run, or go on with one. Raises LazytuiError when it doesn't end well.

    within: of the run that this one is a part of.
    """
    chosen = analysis(run.record.kind)
    params = recorded_params(run)
    _log.debug("execute %s: %r", run.reference, params)
    require_allowed_for(run.id, run.record.params)
    from lazytui.evaluation.cue_conflict_images import COLUMNS

    recording = run_execution(run, workspace, narrator, within=within, left_out=COLUMNS)
    with recording as report, listen_to_decoding(_decoding(report)):
        try:
            saved = chosen.write(chosen.run(params, report))
        except Unfinished as error:
            part = chosen.write(error.result)
            report.store(lambda: save_result(run.path, part))
            _show_result(report)
            raise
        report.store(lambda: save_result(run.path, saved))
        _show_result(report)


def _show_result(report: Report) -> None:
    """Metrics and figures to the other programs that show the run, if there are any."""
    if report.shown_in:
        from lazytui.figures.picture import picture

        report.note("drawing the figures for the logs")
        pictures = {figure.name: picture([figure], "png") for figure in figures(report.run)}
        metrics = defined(read_metrics(report.folder))
        for log in report.shown_in:
            log.result(metrics, pictures)


def _decoding(report: Report) -> Callable[[int, int], None]:
    """A listener that passes the progress of decoding image files to a run's report, and stops where the run shall."""

    def notify(done: int, total: int) -> None:
        report.check()
        report.progress(done, total, "images decoded")

    return notify


def find_or_execute(
    kind: str,
    params: BaseModel,
    same: Sequence[RunFolder],
    doing: str,
    report: Report,
    *,
    new: Callable[[], RunFolder | None] = lambda: None,
) -> RunFolder:
    """Of the runs that asked the same the newest that is done and sound; else an unfinished or new one, executed.

    doing: the note on progress while it is made. new: makes the new one, if it can begin with more than nothing.
    """
    child = find_or_create(kind, params, without_damaged(same, report), report, new=new)
    if child.status.state != "done":
        report.note(doing)
        execute_run(child, report.workspace, report.narrator, within=report)
    return child


def find_or_create(
    kind: str,
    params: BaseModel,
    same: Iterable[RunFolder],
    report: Report,
    *,
    new: Callable[[], RunFolder | None] = lambda: None,
) -> RunFolder:
    """Of the runs that asked the same the newest that is done, else the newest that this run began, else the newest
    that somebody broke off, else a new one."""
    runs = list(same)
    done = [run for run in runs if run.status.state == "done"]
    started_here = [run for run in runs if run.record.started_by == report.run.id]
    broken_off = [run for run in runs if run.status.state in {"stopped", "interrupted"}]
    for candidates in (done, started_here, broken_off):
        if candidates:
            return candidates[-1]
    return new() or create(kind, params, report.workspace, started_by=report.run.id)


def without_damaged(runs: Iterable[RunFolder], report: Report) -> list[RunFolder]:
    """The runs but for those that are done and of which what they found is damaged: `report` says so."""
    kept = []
    for run in runs:
        try:
            if run.status.state == "done":
                recorded_result(run)
            kept.append(run)
        except BadInput as error:
            report.note(f"passed over: {error}")
    return kept


def recorded_params(run: RunFolder) -> BaseModel:
    """The Params that a run was made with. Raises BadInput when the record doesn't hold valid ones."""
    model: type[BaseModel] = analysis(run.record.kind).params
    try:
        return model.model_validate(updated_params(run.record.params))
    except ValidationError as error:
        raise BadInput(f"The parameters recorded in {run.reference} aren't valid: {error_sentences(error)}") from error


def recorded_result(run: RunFolder) -> Any:
    """What a run found, as the typed result of its analysis: the one door through which results are read.

    Raises BadInput when it is missing, or damaged in any way that whoever uses it would stumble over.
    """
    return _recorded(run)[1]


def figures(run: RunFolder) -> Sequence[Figure]:
    """What a finished run has to show. Needs neither torch nor the model. Raises BadInput for a damaged one."""
    params, result = _recorded(run)
    _log.debug("figures of %s", run.reference)
    figures_of_run: Sequence[Figure] = analysis(run.record.kind).figures(params, result)
    return figures_of_run


def exported_arrays(run: RunFolder) -> Mapping[str, NDArray[Any]]:
    """The arrays of a finished run for other programs, by name. Raises BadInput where it has none, or is damaged."""
    params, result = _recorded(run)
    chosen = analysis(run.record.kind)
    arrays: Mapping[str, NDArray[Any]] = chosen.arrays(params, result) if chosen.arrays else chosen.write(result).arrays
    if not arrays:
        raise BadInput(f"{run.reference} has no arrays to write, only numbers and text: export a .json file.")
    return arrays


def onnx_of(run: RunFolder, workspace: Workspace, options: OnnxOptions) -> bytes:
    """The network of a run as the content of an .onnx file. Raises UsageError where it has none, and BadInput where it
    can't be had."""
    require_network(run.record.kind)
    write_onnx = analysis(run.record.kind).onnx
    assert write_onnx is not None
    return write_onnx(recorded_params(run), run, workspace, options)


def require_network(kind: str) -> None:
    """Raise UsageError where the runs of an analysis have no network that could be written as ONNX."""
    if analysis(kind).onnx is None:
        raise UsageError(
            f"A run of {kind} has no network to export as .onnx: export a training, or a run of sae, whose color "
            "features are ablated."
        )


def saelens_of(run: RunFolder) -> Mapping[str, bytes]:
    """The autoencoder of a run as the files of a folder of SAELens, by name. Raises UsageError where it has none, and
    BadInput where it can't be had."""
    require_autoencoder(run.record.kind)
    write_saelens = analysis(run.record.kind).saelens
    assert write_saelens is not None
    files: Mapping[str, bytes] = write_saelens(recorded_params(run), run)
    return files


def require_autoencoder(kind: str) -> None:
    """Raise UsageError where the runs of an analysis have no autoencoder that could be written for SAELens."""
    if analysis(kind).saelens is None:
        raise UsageError(f"A run of {kind} has no autoencoder to export as .saelens: export a run of sae.")


def _recorded(run: RunFolder) -> tuple[BaseModel, Any]:
    params, result = recorded_params(run), load_result(run.path)
    try:
        return params, analysis(run.record.kind).read(params, result)
    except Damaged as error:
        raise BadInput(f"The result of {run.reference} is damaged: {error}.") from error


def validate(kind: str, values: dict[str, object]) -> BaseModel:
    """Params from what a person gave. Raises UsageError with one sentence for each thing that is wrong."""
    model: type[BaseModel] = analysis(kind).params
    if as_typed := getattr(model, "as_typed", None):
        values = as_typed(values)
    for one, other in getattr(model, "ALTERNATIVES", ()):
        if one in values and other in values:  # also where one of them has its default, which the model can't see
            raise UsageError(f"Give --{one} or --{other}, not both.")
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise UsageError(error_sentences(error)) from error


def error_sentences(error: ValidationError) -> str:
    """What is wrong, a sentence each, naming the option."""
    return " ".join(
        f"--{field.replace('_', '-')}: {sentence}" if field else sentence for field, sentence in problems(error)
    )


def problems(error: ValidationError) -> Iterator[tuple[str, str]]:
    """Each field that is wrong, with a sentence about it; the field is empty where several don't go together."""
    for problem in error.errors(include_url=False):
        message = error_sentence(problem)
        field = str(problem["loc"][0]) if problem["loc"] else ""
        yield field, shorten(message[:1].upper() + message[1:] + ("" if message.endswith((".", "?")) else "."))


def references(model: type[BaseModel]) -> Iterator[tuple[str, RunReference]]:
    """The fields that name another run."""
    for name, field in model.model_fields.items():
        for mark in field.metadata:
            if isinstance(mark, RunReference):
                yield name, mark


def resolve_params(kind: str, params: BaseModel, workspace: Workspace) -> tuple[BaseModel, list[str]]:
    """The same Params as they are recorded, every reference in its lasting form; and those references.

    Raises LazytuiError for whatever can be known to be wrong.
    """
    for field in (*CODE_FIELDS, *SCORE_FIELDS):
        for name in code_in({field: getattr(params, field, None)}):
            require_allowed(name, f"--{field.replace('_', '-')}")
    ids: dict[str, str | tuple[str, ...]] = {}
    for name, mark in references(type(params)):
        reference = getattr(params, name)
        if isinstance(reference, tuple):
            ids[name] = tuple(workspace.reference(workspace.find(one, kinds=mark.kinds)) for one in reference)
        elif reference is not None:
            ids[name] = workspace.reference(workspace.find(reference, kinds=mark.kinds))
    lasting: BaseModel = analysis(kind).resolve(params.model_copy(update=ids), workspace)
    _require_here(lasting, workspace)
    parents = [getattr(lasting, name) for name in ids]
    return lasting, [run for parent in parents for run in (parent if isinstance(parent, tuple) else (parent,))]


def _require_here(params: BaseModel, workspace: Workspace) -> None:
    """Raise BadInput for a device that isn't there and for custom code that makes no network, before a run is.

    Torch is loaded where that can't be known without it only.
    """
    from lazytui.system.torch_import import require_torch

    device = getattr(params, "device", None)
    if device in {"cuda", "mps"}:
        require_torch()
        from lazytui.system.hardware import choose_hardware

        choose_hardware(str(device), "fp32")
    for field, references in zip(CODE_FIELDS, (("run", "sae", "neurons", "runs"), ("against",)), strict=True):
        for name in code_in({field: getattr(params, field, None)}):
            require_torch()
            from lazytui.training.initial_model import fresh_model

            settings, content = _training_of(params, references, workspace)
            fresh_model(settings.model_copy(update={"model": name, "dropout": None}), content, seed=0)


def _content_of_all(params: PaintingParams) -> Content:
    """What the trainings of a grid are on, which may differ in their bias."""
    from lazytui.data.splits import with_found_data

    shared = {name: getattr(params, name) for name in PaintingParams.model_fields}
    return with_found_data(DatasetParams.model_validate(shared)).content


def _training_of(params: BaseModel, references: Sequence[str], workspace: Workspace) -> tuple[ModelSettings, Content]:
    """How a network is trained and on what data: by Params themselves, or before their own work, or in the run that one
    of these fields names."""
    settings, content = params if isinstance(params, ModelSettings) else None, getattr(params, "content", None)
    if settings is not None and isinstance(params, PaintingParams) and not isinstance(content, Content):
        content = _content_of_all(params)
    if settings is not None and isinstance(content, Content):
        return settings, content
    first = getattr(params, "trained_first", None)
    if isinstance(first, ModelSettings):
        return _training_of(first, (), workspace)
    named = (getattr(params, reference, None) for reference in references)
    firsts = (one[0] if isinstance(one, tuple) and one else one for one in named)  # all of several are on the same data
    run = next((one for one in firsts if isinstance(one, str)), None)
    if run is None:  # whoever trains it says of what
        return settings or ModelSettings(), colored_digits("distinct")
    return _training_of(recorded_params(workspace.find(run)), ("run",), workspace)
