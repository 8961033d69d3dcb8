"""Export: everything the company knows of its customers, and every conversation with its messages, as files anybody can read.

For the terminal, whose user owns the data; who asked is kept in the audit log. What is internal is not a message, and is not in it.
"""

import csv
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from midchannel.middle.conversations.models import Audience, Direction, State
from midchannel.platform import ids
from midchannel.platform.audit import actions as audit
from midchannel.platform.audit.actions import Actor
from midchannel.platform.database.bulk import array, fetch

PAGE = 1000
TERMINAL = Actor("terminal")
# What a spreadsheet would take for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")

CUSTOMERS = """
SELECT c.id, c.kind, c.name,
    (SELECT json_agg(json_build_object('network', h.network, 'address', h.address, 'name', h.name) ORDER BY h.id)
        FROM source_record r JOIN handle h ON h.id = r.handle_id WHERE r.customer_id = c.id),
    (SELECT json_agg(json_build_object('type', i.type, 'value', i.value, 'verified', i.verified) ORDER BY i.id)
        FROM source_record r JOIN identifier i ON i.record_id = r.id WHERE r.customer_id = c.id)
FROM customer c WHERE c.id > %s ORDER BY c.id LIMIT %s
"""
CONVERSATIONS = """
SELECT c.id, ch.name, ch.network, c.state, c.subject, c.opened_at, c.resolved_at, q.name, u.name, r.customer_id
FROM conversation c JOIN channel ch ON ch.id = c.channel_id LEFT JOIN queue q ON q.id = c.queue_id
LEFT JOIN account_user u ON u.id = c.owner_id LEFT JOIN source_record r ON r.handle_id = c.handle_id
WHERE c.id > %s ORDER BY c.id LIMIT %s
"""
MESSAGES = """
SELECT m.id, m.conversation_id, m.direction, m.audience, coalesce(v.text, a.text, m.body), a.at, h.address, h.name, u.name,
    coalesce(a.flags & 32 <> 0, false)
FROM message m LEFT JOIN activity a ON a.id = m.id LEFT JOIN handle h ON h.id = a.handle_id
LEFT JOIN account_user u ON u.id = m.author_id
LEFT JOIN LATERAL (SELECT text FROM activity_version v WHERE v.activity_id = m.id ORDER BY v.id DESC LIMIT 1) v ON true
WHERE m.conversation_id = ANY(%s::bigint[]) ORDER BY m.conversation_id, m.id
"""
COLUMNS = {
    "customers": ("id", "kind", "name", "handles", "identifiers"),
    "conversations": (
        "id",
        "channel",
        "network",
        "state",
        "subject",
        "opened_at",
        "resolved_at",
        "queue",
        "owner",
        "customer_id",
    ),
    "messages": (
        "id",
        "conversation_id",
        "direction",
        "audience",
        "text",
        "at",
        "address",
        "name",
        "author",
        "is_deleted",
    ),
}

Row = dict[str, Any]
Tell = Callable[[int, int], None]


def export(
    folder: Path, *, format_: str, now: datetime, by: Actor = TERMINAL, tell: Tell = lambda _done, _total: None
) -> dict[str, int]:
    """Write the files into a new folder; returns how many rows each has. In JSON Lines, messages are inside their conversations."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    audit.record(by, "export", object_type="export", object_id=0, now=now, format=format_)
    total = sum(int(fetch(f"SELECT count(*) FROM {table}")[0][0]) for table in ("customer", "conversation"))
    written = dict.fromkeys(COLUMNS, 0)
    with _Files(folder, format_, written) as files:
        for customer in _customers():
            files.write("customers", customer)
            tell(written["customers"], total)
        for conversations, messages in _conversations():
            for conversation in conversations:
                own = messages.get(conversation["id"], [])
                files.write_conversation(conversation, own)
            tell(written["customers"] + written["conversations"], total)
    return written


class _Files:
    """The files of an export, open while it runs."""

    def __init__(self, folder: Path, format_: str, written: dict[str, int]) -> None:
        self.is_csv = format_ == "csv"
        self.written = written
        names = COLUMNS if self.is_csv else ("customers", "conversations")
        self.files = {name: _create(folder / f"{name}.{format_}") for name in names}
        self.tables = {name: csv.writer(file) for name, file in self.files.items()} if self.is_csv else {}
        for name, table in self.tables.items():
            table.writerow(COLUMNS[name])

    def __enter__(self) -> "_Files":
        return self

    def __exit__(self, *_: object) -> None:
        for file in self.files.values():
            file.close()

    def write(self, name: str, row: Row) -> None:
        self.written[name] += 1
        if self.is_csv:
            self.tables[name].writerow([_cell(row[column]) for column in COLUMNS[name]])
        else:
            self.files[name].write(msgspec.json.encode(row).decode() + "\n")

    def write_conversation(self, conversation: Row, messages: list[Row]) -> None:
        if self.is_csv:
            for message in messages:
                self.write("messages", message)
            self.write("conversations", conversation)
        else:
            self.written["messages"] += len(messages)
            self.write("conversations", {**conversation, "messages": messages})


def _create(path: Path) -> Any:
    file = path.open("x", encoding="utf-8", newline="")
    path.chmod(0o600)
    return file


def _cell(value: object) -> str:
    """A value in a cell; never a formula, whoever wrote it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = msgspec.json.encode(value).decode() if isinstance(value, list) else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def _pages(sql: str) -> Iterator[list[tuple[Any, ...]]]:
    after = 0
    while rows := fetch(sql, [after, PAGE]):
        yield rows
        after = rows[-1][0]


def _customers() -> Iterator[Row]:
    for rows in _pages(CUSTOMERS):
        for identifier, kind, name, handles, identifiers in rows:
            yield {
                "id": str(identifier),
                "kind": kind,
                "name": name,
                "handles": handles or [],
                "identifiers": identifiers or [],
            }


def _conversations() -> Iterator[tuple[list[Row], dict[str, list[Row]]]]:
    for rows in _pages(CONVERSATIONS):
        conversations = []
        for row in rows:
            values = [str(row[0]), *row[1:3], State(row[3]).name.lower(), row[4], *map(_when, row[5:7]), *row[7:9]]
            customer_id = str(row[9]) if row[9] is not None else None
            conversations.append(dict(zip(COLUMNS["conversations"], [*values, customer_id], strict=True)))
        yield conversations, _messages([row[0] for row in rows])


def _messages(conversation_ids: list[int]) -> dict[str, list[Row]]:
    messages: dict[str, list[Row]] = {}
    for row in fetch(MESSAGES, [array(conversation_ids)]):
        values = [
            str(row[0]),
            str(row[1]),
            Direction(row[2]).name.lower(),
            Audience(row[3]).name.lower(),
            row[4],
            _when(row[5] or ids.moment_of(row[0])),
            *row[6:10],
        ]
        messages.setdefault(str(row[1]), []).append(dict(zip(COLUMNS["messages"], values, strict=True)))
    return messages


def _when(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
