"""The script of an array of Slurm jobs: one run each.

Warned before its time is over, it goes back into the queue. Where lazytui alone is killed, as for want of memory, it is
started again as long as it gets further; so also a job that nobody waits for comes to its end.
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping

from lazytui.runs.jobs import TICKET_VARIABLE, resume_arguments
from lazytui.runs.run_folder import OUTPUT_FILE, STOP_FILE, RunFolder
from lazytui.runs.workspace import Workspace

_SCRIPT = r"""#!/bin/bash
case $SLURM_ARRAY_TASK_ID in
{runs}
esac
run=$3
exec >>"$run/{output}" 2>&1 || exit 1 # where the node doesn't see the folder, it ends here
{setup}
export {ticket}={batch}_$SLURM_ARRAY_TASK_ID OMP_NUM_THREADS="${{OMP_NUM_THREADS:-${{SLURM_CPUS_PER_TASK:-1}}}}"
warned= child= again=1
warn() {{ # before the time limit, or when somebody stops the run: lazytui saves and ends, and is asked only once
  if [ -z "$warned" ] && [ -n "$child" ]; then kill -TERM "$child" 2>/dev/null; fi
  warned=1
}}
trap warn USR1
trap : TERM # which a preemption sends to this shell and to lazytui alike
says() {{ case $(head -c 20 "$run/status.json") in "{{\"state\":\"$1\""*) ;; *) false ;; esac; }}
reached() {{ local n; n=$(sed -n 's/.*"progress":{{"done":\([0-9]*\).*/\1/p' "$run/status.json"); echo "${{n:-0}}"; }}
while [ -n "$again" ] && [ -z "$warned" ]; do
  again= before=$(reached)
  {python} -P -m lazytui "$@" --quiet >/dev/null &
  child=$!
  while kill -0 "$child" 2>/dev/null; do
    wait "$child"
    code=$?
  done
  child=
  if [ "$code" -gt 128 ] && says running && [ "$(reached)" -gt "$before" ] && [ ! -e "$run/{stop}" ]; then again=1; fi
done # again, where it was killed: whatever else ends it says so in status.json, while an exit code may come from later
if [ -n "$warned" ] && ! says done && ! says failed && [ ! -e "$run/{stop}" ]; then scontrol requeue "$SLURM_JOB_ID"; fi
exit "${{code:-1}}"
"""


def batch_script(batch: str, runs: Mapping[str, RunFolder], workspace: Workspace, *, setup: str, python: str) -> str:
    """runs: by the names of their jobs, `batch` and an index. setup: lines of shell. python: its path."""
    return _SCRIPT.format(
        runs="\n".join(
            f"{name.rpartition('_')[2]}) set -- {shlex.join(resume_arguments(run, workspace))} ;;"
            for name, run in runs.items()
        ),
        output=OUTPUT_FILE,
        setup=setup,
        ticket=TICKET_VARIABLE,
        batch=batch,
        python=shlex.quote(python or sys.executable),
        stop=STOP_FILE,
    )
