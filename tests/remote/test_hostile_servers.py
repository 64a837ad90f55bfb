"""Whatever a server sends: one sentence or a clean copy, nothing outside the copies, nothing without an end."""

from __future__ import annotations

import json
import os
import random
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lazytui.errors import LazytuiError
from lazytui.remote import line as line_module
from lazytui.remote import mirror as mirror_module
from lazytui.remote.address import Address
from lazytui.remote.host import Host
from lazytui.remote.line import Line, LineLost, Refused
from lazytui.remote.messages import Reply
from lazytui.remote.mirror import Mirror, content_of, limit_copies, mark_as_used
from lazytui.remote.protocol import PROTOCOL, as_line
from lazytui.remote.rows import row_of
from lazytui.runs.workspace_watch import WorkspaceWatch
from tests.cli.test_runs import EVIL, assert_harmless
from tests.commands import Lab
from tests.remote.conftest import Far
from tests.remote.machines import program_as_ssh
from tests.remote.test_at import finished_run

HELLO = as_line({"lazytui": "1.2.3", "protocol": PROTOCOL, "workspace": "/runs"})
NAME = "20261121-2301-train-lazy-k3f9"

Say = Callable[..., str]


@pytest.fixture
def says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Say:
    """From here on the machine says these bytes, whatever it is asked; then it waits, or ends."""
    monkeypatch.setenv("LAZYTUI_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(line_module, "PATIENCE", 0.3)
    monkeypatch.setattr(line_module, "_PATIENCE_AT_FIRST", 0.3)

    def say(*content: bytes, end: str = "cat > /dev/null") -> str:
        file = tmp_path / "said"
        file.write_bytes(b"".join(content))
        script = f"#!/bin/sh\ncat {shlex.quote(str(file))}\n{end}\n"
        monkeypatch.setenv("LAZYTUI_SSH", program_as_ssh(tmp_path, script))
        return str(file)

    return say


def refusal(address: Address | None = None) -> str:
    """The one sentence that a connection ends with."""
    with pytest.raises(LazytuiError) as caught:
        Host(address or Address("box"))
    assert_harmless(str(caught.value))
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 600
    return str(caught.value)


def row(**changes: Any) -> dict[str, Any]:
    record = {"kind": "train", "params": {"seed": 1}, "created": 1.0}
    return {"run": NAME, "stamp": "0a", "state": "done", "record": record, "files": ["result.json"], **changes}


def listed(*rows: Any, **more: Any) -> bytes:
    return as_line({"re": 1, "rows": rows, **more})


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"Welcome to \x1b[31mbox\x1b[0m\r\nlast login: never\n" * 3,
        b"{" * 1000 + b"\n",
        b'{"protocol": "x"}\n{"protocol": 1}\n{"lazytui": 3, "protocol": 1}\n',
        b"\xff\xfe\x00\n" * 10,
        HELLO,
        HELLO + b"[" * 100_000 + b"\n",
        HELLO + b'{"re": 1, "rows": ' + b'{"a":' * 5000 + b"1" + b"}" * 5000 + b"}\n",
        HELLO + b"nonsense\n",
        HELLO + b'{"re": 2}\n',
        HELLO + b'{"re": 1e999}\n',
        HELLO + b'{"re": "one"}\n[]\n',
        HELLO + as_line({"re": 1, "more": True}) * 50,
        HELLO + listed(row(run="../../evil")),
        HELLO + listed(row(run="a/b")),
        HELLO + listed(row(run=".hidden")),
        HELLO + listed(row(run="x" * 5000)),
        HELLO + listed(row(run="new\nline")),
        HELLO + listed(row(files=["../../.ssh/authorized_keys"])),
        HELLO + listed(row(files=["run.json"])),
        HELLO + listed(row(state="evil")),
        HELLO + listed(row(size=-1)),
        HELLO + listed(row(size=10**30)),
        HELLO + listed(row(started=float("1e300"))),
        HELLO + listed(row(stamp="../..")),
        HELLO + listed(row(record=[])),
        HELLO + listed("run"),
        HELLO + listed(gone=["../x"]),
        HELLO + listed(metrics=[{"run": NAME, "metrics": {"a": "b"}, "stamp": "0"}]),
        HELLO + listed(pieces=[{"run": NAME, "file": "events.jsonl", "offset": 10**12, "size": 1, "text": ""}]),
        HELLO + listed(error=EVIL, code=3),
        HELLO + listed(error=EVIL, code="x"),
    ],
)
def test_a_server_that_says_nonsense_is_refused_in_a_sentence(says: Say, content: bytes, tmp_path: Path) -> None:
    says(content)
    refusal()
    at = tmp_path / "cache" / "at"
    assert [path for path in at.rglob("*") if path.is_file()] == [], "nothing was written"
    assert not (tmp_path / "evil").exists() and not list(tmp_path.glob("x*"))


@pytest.mark.parametrize(
    ("end", "kind"),
    [
        ("yes noise", Refused),
        ("yes aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa | tr -d '\\n'", LineLost),
        (f'printf %s {shlex.quote(HELLO.decode())}; yes \'{{"re": 1, "more": true}}\'', LineLost),
    ],
)
def test_output_without_an_end_ends(says: Say, end: str, kind: type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_module, "_MOST_NOISE", 1 << 16)
    monkeypatch.setattr(line_module, "_LARGEST_ANSWER", 1 << 18)
    says(end=end)
    with pytest.raises(kind) as caught:
        Host(Address("box"))
    assert_harmless(str(caught.value))


def test_a_server_that_does_not_listen_is_given_up(says: Say) -> None:
    says(HELLO, end="exec sleep 60")
    connected = Line(Address("box"))
    with pytest.raises(LineLost, match="doesn't answer"):
        list(connected.ask("list", known={f"run-{number}": ["0" * 8, ""] for number in range(20_000)}))


def test_evil_texts_are_shown_clean(says: Say, lab: Lab) -> None:
    evil = {"kind": EVIL[:90], "params": {EVIL: EVIL, "seed": 1}, "created": 1.0, "started_by": EVIL}
    rows = [
        row(record=evil, name=EVIL[:90], error=EVIL, state="failed", damage=""),
        row(run="second", record=None, damage=EVIL),
        row(run="third", record={"kind": "train", "params": {"deep": {"er": [1]}}, "created": 1.0}),
        row(run="fourth", record={"kind": "train", "params": {}, "created": "yesterday"}),
    ]
    says(HELLO, listed(*rows), as_line({"re": 2}))
    shown = lab.call("runs", "list", "--at", "box")
    assert shown.code == 0 and NAME in shown.out and "second" in shown.out and "failed" in shown.out
    assert_harmless(shown.out, shown.err)
    for reference in (NAME, "second", "third", "fourth"):
        shown = lab.call("runs", "show", reference, "--at", "box")
        assert_harmless(shown.out, shown.err)
        assert reference == NAME or shown.code == 3


def test_what_a_server_says_of_a_file_cannot_leave_the_copies(says: Say, tmp_path: Path) -> None:
    """A file that it lists comes by its name only, whatever its piece says, and no more of it than it says."""
    piece = {"run": NAME, "file": "result.json", "offset": 0, "size": 4, "base64": "####"}
    other = {"run": "../..", "file": "result.json", "offset": 0, "size": 4, "text": "evil"}
    for number, sent in enumerate((piece, other, {**piece, "base64": None}, {**piece, "size": None})):
        says(HELLO, listed(row()), as_line({"re": 2, "pieces": [sent]}))
        host = Host(Address(f"box{number}"))
        with pytest.raises(LazytuiError):
            host._bring(NAME, "result.json")
            (host.workspace.path / NAME / "result.json").read_text().index("{")
        host.hang_up()
    assert [path for path in tmp_path.rglob("*") if path.is_file() and path.read_bytes() == b"evil"] == []


def test_a_growing_file_is_written_where_it_grew_only(tmp_path: Path) -> None:
    mirror = Mirror(tmp_path, "box")
    reply = Reply.model_validate({"re": 1, "rows": [row(files=["events.jsonl"])]})
    mirror.take(reply.rows[0])

    def append(offset: int, size: int | None, text: str) -> bool:
        piece = {"run": NAME, "file": "events.jsonl", "offset": offset, "size": size, "text": text}
        return mirror.append(Reply.model_validate({"re": 1, "pieces": [piece]}).pieces[0])

    file = tmp_path / NAME / "events.jsonl"
    assert append(0, 6, "one") and not append(3, 6, "two") and file.read_text() == "onetwo"
    assert not append(100, 200, "hole") and file.read_text() == "onetwo"
    assert not append(3, 6, "two") and file.read_text() == "onetwo", "the same again, of another process"
    assert not append(6, None, "") and append(6, 3, "") and not file.exists(), "it was begun anew"


def test_what_was_read_longest_ago_makes_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Records and states stay, and so does what is in use; whatever a link leads to is none of it."""
    monkeypatch.setattr(mirror_module, "LARGEST_COPIES", 250)
    mirror, away = Mirror(tmp_path / "at" / "box", "box"), tmp_path / "away"
    mirror.take(Reply.model_validate({"re": 1, "rows": [row(files=["result.json"])]}).rows[0])
    away.mkdir()
    (tmp_path / "at" / "several").mkdir()
    (tmp_path / "at" / "several" / "run").symlink_to(away)
    run = mirror.path / NAME
    files = [run / "model.safetensors", run / "result.json", run / "arrays.safetensors", away / "result.json"]
    for age, file in enumerate(files):
        file.write_bytes(bytes(100))
        os.utime(file, (1000 + age, 1000 + age))
    mark_as_used(files[0])
    assert files[0].stat().st_mtime == 1000
    limit_copies(tmp_path / "at")
    assert [file.exists() for file in files] == [True, False, True, True]
    monkeypatch.setattr(mirror_module, "LARGEST_COPIES", 0)
    limit_copies(tmp_path / "at")
    assert {file.name for file in run.iterdir()} == {"run.json", "status.json", "model.safetensors"}


def test_changed_answers_are_refused_or_harmless(far: Far, tmp_path: Path) -> None:
    """Answers of a real server with values replaced at random: a copy of them is only ever a workspace."""
    finished_run(far.workspace)
    from lazytui.runs.workspace import Workspace

    real = {"re": 1, "rows": [row_of(Workspace(far.workspace).runs()[0])[0]]}
    real["metrics"] = [{"run": NAME, "metrics": {"easy_accuracy": 0.5}, "stamp": "1f"}]
    real["pieces"] = [{"run": NAME, "file": "events.jsonl", "offset": 0, "size": 3, "text": "one"}]
    shelf = tmp_path / "shelf" / "inner"
    mirror = Mirror(shelf, "box")
    random_numbers = random.Random(0)
    accepted = 0
    for _ in range(400):
        try:
            reply = Reply.model_validate(json.loads(json.dumps(changed(real, random_numbers))))
        except ValueError:
            continue
        accepted += 1
        for one in reply.rows:
            mirror.take(one)
        for metrics in reply.metrics:
            mirror.take_metrics(metrics)
        for piece in reply.pieces:
            try:
                content_of(piece)
                mirror.append(piece)
            except ValueError:
                continue
    assert 20 < accepted < 400
    for shown in WorkspaceWatch(mirror.workspace).refresh():
        assert shown.description and shown.state
    assert sorted(path.name for path in shelf.parent.iterdir()) == ["inner"]
    assert not [path for path in shelf.rglob("*") if path.is_symlink()]
    allowed = {"run.json", "status.json", "name", "pause", "ticket.json", "events.jsonl"}
    assert {path.name for path in shelf.rglob("*") if path.is_file()} <= allowed


VALUES: tuple[Any, ...] = (
    None,
    "",
    "..",
    "../x",
    "/etc/passwd",
    EVIL,
    -1,
    0,
    2**70,
    1e308,
    True,
    [],
    {},
    [[]],
    "x" * 200,
)


def changed(value: Any, random_numbers: random.Random) -> Any:
    """The same with one or a few values replaced."""
    if random_numbers.random() < 0.04:
        return random_numbers.choice(VALUES)
    if isinstance(value, dict):
        return {name: changed(one, random_numbers) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [changed(one, random_numbers) for one in value]
    return value
