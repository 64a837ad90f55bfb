"""The script of an array of Slurm jobs: one run each, warned before its time is over, and put back into the queue."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping

from lazytui.code_permission import model_options
from lazytui.runs.jobs import TICKET_VARIABLE
from lazytui.runs.logs.choice import log_options
from lazytui.runs.run_folder import OUTPUT_FILE, STOP_FILE, RunFolder
from lazytui.runs.workspace import Workspace

_SCRIPT = """\
#!/bin/bash
case $SLURM_ARRAY_TASK_ID in
{runs}
esac
run=$1
exec >>"$run/{output}" 2>&1 || exit 1 # where the node doesn't see the folder, it ends here
{setup}
export {ticket}={batch}_$SLURM_ARRAY_TASK_ID OMP_NUM_THREADS="${{OMP_NUM_THREADS:-${{SLURM_CPUS_PER_TASK:-1}}}}"
warned= child=
warn() {{ # before the time limit, or when somebody stops the run: lazytui saves and ends, and is asked only once
  if [ -z "$warned" ] && [ -n "$child" ]; then kill -TERM "$child" 2>/dev/null; fi
  warned=1
}}
trap warn USR1
trap : TERM # which a preemption sends to this shell and to lazytui alike
if [ -z "$warned" ]; then
  {python} -P -m lazytui runs resume "$@" --workspace {workspace} --quiet >/dev/null &
  child=$!
fi
while [ -n "$child" ] && kill -0 "$child" 2>/dev/null; do
  wait "$child"
  code=$?
done
case $(head -c 20 "$run/status.json") in # which says how a run ended; an exit code may come from what was after that
'{{"state":"done"'* | '{{"state":"failed"'*) ;;
*) if [ -n "$warned" ] && [ ! -e "$run/{stop}" ]; then scontrol requeue "$SLURM_JOB_ID"; fi ;;
esac
exit "${{code:-1}}"
"""


def batch_script(batch: str, runs: Mapping[str, RunFolder], workspace: Workspace, *, setup: str, python: str) -> str:
    """runs: by the names of their jobs, `batch` and an index. setup: lines of shell. python: its path."""
    return _SCRIPT.format(
        runs="\n".join(_case(name, run) for name, run in runs.items()),
        output=OUTPUT_FILE,
        setup=setup,
        ticket=TICKET_VARIABLE,
        batch=batch,
        python=shlex.quote(python or sys.executable),
        workspace=shlex.quote(str(workspace.path.resolve())),
        stop=STOP_FILE,
    )


def _case(name: str, run: RunFolder) -> str:
    words = [str(run.path.resolve()), *model_options(run.record.params), *log_options(run)]
    return f"{name.rpartition('_')[2]}) set -- {shlex.join(words)} ;;"
