"""A Slurm cluster of one node for tests: of this machine, in a folder, beside any other one that there may be."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests.commands import wait_until
from tests.free_ports import free_ports

PROGRAMS = ("slurmctld", "slurmd", "munged", "sbatch", "squeue", "scancel", "scontrol")

_CONFIGURATION = """\
ClusterName=test
SlurmctldHost={node}(127.0.0.1)
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge/socket
CredType=cred/munge
SlurmctldPort={controller_port}
SlurmdPort={node_port}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/log/slurmctld.log
SlurmdLogFile={folder}/log/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=sched_interval=1,batch_sched_delay=0,sched_min_interval=0,bf_interval=1
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
JobRequeue=1
MinJobAge=300
KillWait=5
ReturnToService=2
NodeName={node} NodeAddr=127.0.0.1 CPUs={cores} RealMemory=1000 State=UNKNOWN
PartitionName=low Nodes={node} Default=YES MaxTime=INFINITE State=UP PriorityTier=1 GraceTime=5
PartitionName=high Nodes={node} MaxTime=INFINITE State=UP PriorityTier=10
PartitionName=never Nodes={node} MaxTime=INFINITE State=DOWN
"""
"""Preemption puts jobs back into the queue; `never` takes jobs and starts none."""


def missing_programs() -> list[str]:
    """What isn't here of it; its daemons take more than a simple user."""
    if os.geteuid() != 0:
        return ["root"]
    return [program for program in PROGRAMS if shutil.which(program, path=_path()) is None]


def _path() -> str:
    return f"{os.environ['PATH']}{os.pathsep}/usr/sbin"


@dataclass(frozen=True)
class OneNodeSlurm:
    """Its daemons, and what its commands need to find it. cores: that it gives to jobs, whatever the machine has."""

    folder: Path
    cores: int = 2

    @property
    def environment(self) -> dict[str, str]:
        return {"SLURM_CONF": str(self.folder / "slurm.conf"), "PATH": _path()}

    def start(self) -> None:
        for name in ("state", "spool", "log", "munge"):
            (self.folder / name).mkdir(parents=True)
        (self.folder / "munge").chmod(0o711)
        key = self.folder / "munge" / "key"
        key.touch(mode=0o600)
        key.write_bytes(os.urandom(1024))
        files = {"socket": "socket", "pid-file": "pid", "log-file": "log", "seed-file": "seed", "key-file": "key"}
        options = [f"--{option}={self.folder / 'munge' / file}" for option, file in files.items()]
        self._daemon("munged", "--force", *options)
        ports = free_ports(2)
        (self.folder / "slurm.conf").write_text(
            _CONFIGURATION.format(
                node=self.node,
                user="root",
                folder=self.folder,
                cores=self.cores,
                controller_port=ports[0],
                node_port=ports[1],
            )
        )
        self._daemon("slurmctld", "-c")
        self.start_node()
        wait_until(lambda: self.call("sinfo", "-h", "-p", "low", "-o", "%T") == "idle", every=0.1)

    @property
    def node(self) -> str:
        return socket.gethostname().partition(".")[0]

    def start_node(self) -> None:
        self._daemon("slurmd", "-N", self.node)

    def _daemon(self, *command: str) -> None:
        subprocess.run(command, env={**os.environ, **self.environment}, check=True, capture_output=True, timeout=60)

    def call(self, *command: str) -> str:
        """What a command of Slurm prints; nothing where it fails, or tries for long to signal a job that is ending."""
        environment = {**os.environ, **self.environment}
        with suppress(subprocess.TimeoutExpired):
            return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=20).stdout.strip()
        return ""

    def kill_node(self) -> None:
        """End slurmd as a crash does; its jobs go on."""
        os.kill(int((self.folder / "slurmd.pid").read_text()), signal.SIGKILL)

    def stop(self) -> None:
        self.call("scancel", "--user=root")
        self.call("scancel", "--signal=KILL", "--full", "--user=root")
        for file in ("slurmctld.pid", "slurmd.pid", "munge/pid"):
            with suppress(OSError, ValueError):
                os.kill(int((self.folder / file).read_text()), signal.SIGTERM)
