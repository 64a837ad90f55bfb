"""`--at`: the commands show and do over there what they show and do here."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from lazytui.analyses.core.local_runs import LocalRuns
from lazytui.errors import BadInput, UsageError
from lazytui.remote.address import Address, parse_address, settings_file
from lazytui.remote.host import Host
from lazytui.remote.several import Hosts
from lazytui.runs.events import EventLog, EventReader
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.status import Status
from lazytui.runs.workspace import Workspace, shipped_run
from tests.commands import Lab, wait_until
from tests.remote.conftest import Far
from tests.remote.machines import LAZYTUI

READ_ONLY = """
import sys
from lazytui.__main__ import main
for arguments in {commands!r}:
    sys.argv = ["lazytui", *arguments, *{options!r}]
    try:
        main()
    except SystemExit as end:
        assert not end.code, (arguments, end.code)
assert not {{"torch", "torchvision", "textual"}} & sys.modules.keys()
"""


def going_run(workspace: Path) -> RunFolder:
    """One that another machine says to be running."""
    run = Workspace(workspace).create("train", {"seed": 1})
    run.set_status(Status(state="running", heartbeat=time.time(), host="a node", pid=1, pid_started=0.0))
    return run


def finished_run(workspace: Path) -> Path:
    """A training that is done: the one that ships."""
    folder = Path(shutil.copytree(shipped_run("lazy-strokes").path, workspace / "20261121-2301-train-lazy-k3f9"))
    (folder / "name").write_text("reference\n")
    return folder


def test_what_is_listed_shown_and_exported_is_what_is_so_over_there(far: Far, lab: Lab) -> None:
    finished_run(far.workspace)
    there = ("--workspace", str(far.workspace))
    assert lab.call("runs", "list", "--json", *far.options).json == lab.call("runs", "list", "--json", *there).json
    assert lab.call("runs", "list", *far.options).out == lab.call("runs", "list", *there).out
    shown, at_home = (lab.call("runs", "show", "latest", *options).out for options in (far.options, there))
    assert shown.partition("\nfiles\n")[0] == at_home.partition("\nfiles\n")[0] and "Accuracy while it trains" in shown
    assert [line.split()[0] for line in shown.splitlines()[-5:]] == [
        line.split()[0] for line in at_home.splitlines()[-5:]
    ]
    for name, options in (("far", far.options), ("here", there)):
        assert lab.call("export", "reference", f"{name}.json", f"{name}.npz", *options).code == 0
    assert (lab.folder / "far.json").read_bytes() == (lab.folder / "here.json").read_bytes()
    followed = lab.call("runs", "follow", "latest", *far.options)
    assert followed.code == 0 and followed.out == lab.call("runs", "follow", "latest", *there).out


def test_torch_is_not_imported_here(far: Far, lab: Lab) -> None:
    finished_run(far.workspace)
    commands = (("runs", "show", "latest"), ("export", "latest", "all.txt"))
    program = "import os\n" + "".join(
        f"os.environ[{name!r}] = {os.environ[name]!r}\n" for name in ("LAZYTUI_SSH", "LAZYTUI_CACHE")
    )
    ended = lab.python(program + READ_ONLY.format(commands=commands, options=far.options))
    assert ended.code == 0, ended.err


def test_runs_are_stopped_paused_renamed_and_removed_over_there(far: Far, host: Host) -> None:
    run = going_run(far.workspace)
    host.look()
    (copy,) = host.workspace.runs()
    assert copy.status.state == "running" and copy.record == run.record
    host.pause(copy)
    assert run.pause_file.exists() and copy.pause_file.exists()
    assert host.pause_or_resume(copy) is True and not run.pause_file.exists() and not copy.pause_file.exists()
    host.stop(copy)
    assert run.stop_file.exists()
    host.rename(copy, "mine")
    assert run.name == copy.name == "mine"
    with pytest.raises(UsageError, match=r"box: .* is running; stop it first"):
        host.remove([copy])
    run.set_status(Status(state="stopped", heartbeat=time.time()))
    with pytest.raises(UsageError, match=r"box: .* isn't running: it was stopped"):
        host.stop(copy)
    assert copy.status.state == "running", "nobody looked since"
    host.remove([copy])
    assert not run.path.exists() and not copy.path.exists()
    assert [run.id for run in host.restore()] == [run.id] and run.path.exists() and copy.status.state == "stopped"
    host.remove([copy], for_good=True)
    assert list(far.workspace.glob("[!.]*")) == []


def test_a_run_is_started_over_there(far: Far, host: Host) -> None:
    with pytest.raises(UsageError, match="box: --train-size: "):
        host.start("dataset", {"train_size": -1})
    run = host.start("dataset", {"source": "strokes", "train_size": 300, "test_size": 200})

    def is_done() -> bool:
        host.look()
        return run.status.state == "done"

    wait_until(is_done)
    from lazytui.analyses.core.execute import figures

    there = figures(Workspace(far.workspace).find("latest"))
    assert [figure.name for figure in figures(run)] == [figure.name for figure in there]


def test_a_run_is_followed_as_it_grows_and_never_beyond_its_end(far: Far, host: Host) -> None:
    run = going_run(far.workspace)
    log = EventLog(run.events)
    log.append("note", text="one")
    host.look()
    host.keep_up()
    (copy,) = host.workspace.runs()
    reader = EventReader(copy.events)
    assert [event["text"] for event in reader.read()] == ["one"]
    log.append("note", text="zwei · 二")
    found: list[str] = []

    def has_come() -> bool:
        found.extend(event["text"] for event in reader.read())
        return bool(found)

    wait_until(has_come)
    assert found == ["zwei · 二"]
    log.append("note", text="three")
    log.close()
    run.set_status(Status(state="done", heartbeat=time.time(), ended=time.time()))
    wait_until(lambda: copy.status.state == "done")
    assert [event["text"] for event in reader.read()] == ["three"]


def test_only_what_changed_comes_again(far: Far, host: Host) -> None:
    first, second = going_run(far.workspace), going_run(far.workspace)
    host.look()
    before = {run.id: (run.path / "run.json").stat().st_mtime_ns for run in host.workspace.runs()}
    assert before.keys() == {first.id, second.id}
    again = Host(far.address)
    after = {run.id: (run.path / "run.json").stat().st_mtime_ns for run in again.workspace.runs()}
    assert after == before, "a new line brings nothing that is known"
    shutil.rmtree(second.path)
    again.look()
    assert [run.id for run in again.workspace.runs()] == [first.id]
    again.hang_up()


def test_a_lost_line_heals_by_itself_and_says_so_meanwhile(
    far: Far, host: Host, as_ssh: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lazytui.remote.host._FIRST_WAIT", 0.05)
    monkeypatch.setattr("lazytui.remote.host.LOOK_SECONDS", 0.05)
    host.keep_up()
    program = Path(as_ssh)
    away = program.rename(program.with_name("away"))
    assert host._line
    host._line._process.kill()
    wait_until(lambda: host.trouble)
    assert "Reconnecting" in host.trouble and "\n" not in host.trouble
    run = going_run(far.workspace)
    with pytest.raises(BadInput):
        host.stop(run)
    away.rename(program)
    wait_until(lambda: not host.trouble)
    wait_until(lambda: [one.id for one in host.workspace.runs()] == [run.id])
    host.stop(host.workspace.runs()[0])
    assert run.stop_file.exists()


def test_several_machines_are_one_workspace_and_one_leaderboard(far: Far, tmp_path: Path, lab: Lab) -> None:
    finished = finished_run(far.workspace)
    other = tmp_path / "other"
    other.mkdir()
    run = going_run(other)
    both = (*far.options, "--at", f"cluster:{other}")
    listed = lab.call("runs", "list", *both).out
    assert finished.name in listed and run.id in listed and f"cluster:{other}" in listed
    hosts = Hosts([far.address, Address("cluster", str(other), LAZYTUI)], LocalRuns)
    try:
        hosts.stop(hosts.workspace.find(run.id))
        assert run.stop_file.exists()
        shutil.rmtree(run.path)
        hosts.look()
        assert [one.id for one in hosts.workspace.runs()] == [finished.name]
    finally:
        hosts.hang_up()


def test_results_are_copied_once_and_completed(far: Far, lab: Lab) -> None:
    finished = finished_run(far.workspace)
    going_run(far.workspace)
    sync = ("runs", "sync", *far.options[1:])
    copied = lab.call(*sync)
    assert copied.code == 0 and "1 run of box" in copied.err
    own = lab.workspace / finished.name
    assert [run.name for run in lab.workspace.glob("[!.]*")] == [finished.name]
    for file in ("result.json", "arrays.safetensors"):
        assert (own / file).read_bytes() == (finished / file).read_bytes()
    assert not (own / "model.safetensors").exists()
    assert "0 runs of box" in lab.call(*sync).err
    assert "completed by model.safetensors" in lab.call(*sync, "reference", "--weights").err
    assert (own / "model.safetensors").read_bytes() == (finished / "model.safetensors").read_bytes()
    assert lab.call("runs", "show", "reference").code == 0


def test_trainings_of_several_machines_are_compared_here(far: Far, tmp_path: Path, lab: Lab) -> None:
    finished_run(far.workspace)
    other = tmp_path / "other"
    other.mkdir()
    shutil.copytree(shipped_run("cured-strokes").path, other / "20261121-2302-train-cured-m4m4")
    compared = lab.call("run", "compare", *far.options, "--at", f"cluster:{other}", "--json")
    assert compared.code == 0, compared.err
    assert compared.json["metrics"]["runs"] == 2 and compared.json["params"]["plain"] is False
    assert len(list(lab.workspace.glob("[!.]*"))) == 1, "only the comparison is here"
    assert sorted(path.name for path in far.workspace.iterdir()) == ["20261121-2301-train-lazy-k3f9"]


def test_a_run_is_started_there_and_followed_from_here(far: Far, lab: Lab) -> None:
    tiny = ("run", "dataset", "--source", "strokes", "--train-size", "300", "--test-size", "200")
    ended = lab.call(*tiny, *far.options, "--name", "mine", "--json")
    assert ended.code == 0 and ended.json["name"] == "mine" and ended.json["figures"]
    assert not lab.workspace.exists() and (far.workspace / ended.json["run"] / "result.json").exists()
    for more, words in (
        (("--resume",), "--resume doesn't go with --at"),
        (("--workspace", "w"), "--workspace doesn't go with --at"),
        (("--at", "other"), "on one machine"),
    ):
        refused = lab.call(*tiny, *far.options, *more)
        assert refused.code in {2, 3} and (words in refused.err or more[0] == "--at"), refused.err


@pytest.mark.parametrize(
    ("text", "host", "workspace"),
    [
        ("gpu1", "gpu1", ""),
        ("me@gpu1.lab:/scratch/runs", "me@gpu1.lab", "/scratch/runs"),
        ("gpu1:~/my runs", "gpu1", "~/my runs"),
        ("[::1]:runs", "[::1]", "runs"),
    ],
)
def test_addresses(text: str, host: str, workspace: str) -> None:
    address = parse_address(text)
    assert (address.host, address.workspace, address.text) == (host, workspace, text)


@pytest.mark.parametrize(
    "text", ["", "-oProxyCommand=evil", "a b", "me@", "@host", "host:", "x" * 400, "a:b\nc", "a\x1b"]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="isn't a machine"):
        parse_address(text)


def test_settings_of_hosts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    settings_file().parent.mkdir(parents=True)
    settings_file().write_text('remote-lazytui = "~/venv/bin/lazytui"\n["me@gpu1"]\nworkspace = "/scratch/me"\n')
    assert parse_address("me@gpu1") == Address("me@gpu1", "/scratch/me", "~/venv/bin/lazytui")
    assert parse_address("me@gpu1:runs", "lazytui") == Address("me@gpu1", "runs", "lazytui")
    assert parse_address("gpu2").lazytui == "~/venv/bin/lazytui"
    settings_file().write_text("workspce = 3\n")
    with pytest.raises(UsageError, match="Did you mean workspace"):
        parse_address("gpu1")
    settings_file().write_text("workspace = 3\n")
    with pytest.raises(UsageError, match="must be text"):
        parse_address("gpu1")


def test_the_command_that_reaches_a_machine_quotes_the_workspace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAZYTUI_SSH", "ssh -p 2222")
    command = Address("me@gpu1", "it's; rm -rf /").command()
    assert command[:3] == ["ssh", "-p", "2222"] and "BatchMode=yes" in command
    assert command[-3:-1] == ["--", "me@gpu1"]
    assert command[-1] == """lazytui serve --stdio --workspace 'it'"'"'s; rm -rf /'"""


def test_what_goes_with_at_and_what_does_not(far: Far, lab: Lab) -> None:
    for arguments, words in (
        (("runs", "list", "--workspace", "w", *far.options), "--workspace is a folder on this machine"),
        (("runs", "list", "--remote-lazytui", "x"), "is for --at"),
        ((*far.options, "methods"), "--at in front of a command is for the app"),
        (("serve",), "needs --stdio"),
    ):
        refused = lab.call(*arguments)
        assert refused.code == 2 and words in refused.sentence, refused.err


def test_json_lines(far: Far) -> None:
    """What stands in docs/architecture.md about the protocol, by hand."""
    run = going_run(far.workspace)
    asked = [{"id": 1, "do": "list"}, {"id": 2, "do": "get", "wanted": [[run.id, "../x", 0, 9]]}, {"id": 3, "do": "?"}]
    ended = subprocess.run(
        far.address.command(),
        input="".join(json.dumps(one) + "\n" for one in asked) + "no json\n",
        capture_output=True,
        text=True,
    )
    hello, listed, refused, unknown, nonsense = map(json.loads, ended.stdout.splitlines())
    assert hello["protocol"] == 1 and hello["workspace"] == str(far.workspace)
    assert [row["run"] for row in listed["rows"]] == [run.id]
    assert refused["re"] == 2 and "no file" in refused["error"]
    assert unknown["code"] == 2 and nonsense["code"] == 2
    assert ended.returncode == 0 and ended.stderr == ""


def test_a_run_is_a_job_of_an_engine_over_there(far: Far, lab: Lab) -> None:
    tiny = ("run", "dataset", "--source", "strokes", "--train-size", "300", "--test-size", "200", *far.options)
    for engine, words in (("slrm", "Did you mean slurm"), ("slurm", "box: ")):
        refused = lab.call(*tiny, "--engine", engine, "--engine-option", "no such=option")
        assert refused.code in {2, 3} and words in refused.sentence
        assert list(far.workspace.glob("[!.]*")) == []
    started = lab.call(*tiny, "--engine", "local", "--detach")
    assert started.code == 0 and (far.workspace / started.out.strip()).is_dir()


def test_a_command_of_ssh_that_is_none_and_a_table_that_is_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LAZYTUI_SSH", "ssh 'without an end")
    with pytest.raises(UsageError, match="LAZYTUI_SSH isn't a command"):
        Address("gpu1").command()
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    settings_file().parent.mkdir(parents=True)
    settings_file().write_text('gpu1 = "x"\n')
    with pytest.raises(UsageError, match="no setting 'gpu1'"):
        parse_address("gpu1")
