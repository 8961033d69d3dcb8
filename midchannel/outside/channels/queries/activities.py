"""Reading what was said, set-based: pages prove the right to see a conversation or customer first, and then ask for its texts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from midchannel.outside.channels.actions.arriving import MAX_BATCH
from midchannel.outside.channels.actions.filing import unpack
from midchannel.outside.channels.kinds import Flag, Kind
from midchannel.platform.database.bulk import array, fetch
from midchannel.platform.errors import NotFoundError

EDITED, DELETED, PRIVATE, AUTOMATIC = map(int, (Flag.EDITED, Flag.DELETED, Flag.PRIVATE, Flag.AUTOMATIC))


class FileRef(msgspec.Struct, frozen=True):
    """A file that came with a message: kept here under `sha256`, or only linked by `url` at its network."""

    name: str
    media_type: str = ""
    sha256: str = ""
    url: str = ""
    size_bytes: int = 0
    inline_id: str = ""


@dataclass(frozen=True, slots=True)
class ActivityText:
    """What somebody said, in its newest version. `html` is the stranger's own markup ("" when there was none), never safe as it is.

    `versions` counts the edits; `edited_at` is the time of the last. When `deleted_at` is set, its author took the words back and
    nothing of them is kept.
    """

    id: int
    handle_id: int
    channel_id: int
    at: datetime
    kind: Kind
    flags: int
    text: str
    html: str = ""
    subject: str = ""
    files: tuple[FileRef, ...] = ()
    data: dict[str, Any] | None = None
    versions: int = 0
    edited_at: datetime | None = None
    deleted_at: datetime | None = None

    @property
    def is_private(self) -> bool:
        """Whether it was said to the company alone."""
        return bool(self.flags & PRIVATE)

    @property
    def is_automatic(self) -> bool:
        """Whether a machine wrote it (out of office, bounce)."""
        return bool(self.flags & AUTOMATIC)


@dataclass(frozen=True, slots=True)
class Version:
    """One content an activity had, the first or a later one."""

    at: datetime
    text: str
    html: str
    is_deleted: bool


def find_activities(keys: Iterable[str]) -> dict[str, int]:
    """Which of these keys have been seen: key to the id of its activity (or of our own message)."""
    wanted = array(keys)
    if wanted == "{}":
        return {}
    rows = fetch("SELECT key, activity_id FROM seen WHERE key = ANY(%s::uuid[])", [wanted])
    return {key.hex: activity_id for key, activity_id in rows}


def find_orders(keys: Iterable[str]) -> dict[str, tuple[str, dict[str, Any]]]:
    """Known orders by their keys: whose each is (the handle's address), and its data as last said. For translators."""
    found = find_activities(keys)
    if not found:
        return {}
    texts = get_activities(found.values())
    rows = fetch(
        "SELECT id, address FROM handle WHERE id = ANY(%s::bigint[])", [array({t.handle_id for t in texts.values()})]
    )
    addresses = dict(rows)
    return {
        key: (addresses.get(texts[identifier].handle_id, ""), texts[identifier].data or {})
        for key, identifier in found.items()
        if identifier in texts
    }


def get_activities(ids: Iterable[int]) -> dict[int, ActivityText]:
    """Activities by id, each with its newest text. One query, a second one when some of them were edited or deleted."""
    wanted = array(ids)
    if wanted == "{}":
        return {}
    rows = fetch(
        "SELECT id, handle_id, channel_id, at, kind, flags, text, data::text FROM activity WHERE id = ANY(%s::bigint[])",
        [wanted],
    )
    later = _later_versions([row[0] for row in rows if row[5] & (EDITED | DELETED)])
    return {row[0]: _text_of(row, later.get(row[0])) for row in rows}


def _later_versions(ids: Sequence[int]) -> dict[int, tuple[Any, ...]]:
    if not ids:
        return {}
    rows = fetch(
        "SELECT DISTINCT ON (activity_id) activity_id, at, text, data::text, count(*) OVER (PARTITION BY activity_id)"
        " FROM activity_version WHERE activity_id = ANY(%s::bigint[]) ORDER BY activity_id, id DESC",
        [array(ids)],
    )
    return {row[0]: row for row in rows}


def _text_of(row: tuple[Any, ...], later: tuple[Any, ...] | None) -> ActivityText:
    identifier, handle_id, channel_id, at, kind, flags, text, raw = row
    edited_at = deleted_at = None
    versions = 0
    if flags & DELETED:
        text, raw = "", None
        deleted_at = later[1] if later else at
    elif later:
        _, edited_at, text, raw, versions = later
    data: dict[str, Any] | None = msgspec.json.decode(raw) if raw else None
    return ActivityText(
        identifier,
        handle_id,
        channel_id,
        at,
        Kind(kind),
        flags,
        text,
        html=str(data.get("html") or "") if data else "",
        subject=str(data.get("subject") or "") if data else "",
        files=_files_of(data) if data and "files" in data else (),
        data=data,
        versions=versions,
        edited_at=edited_at,
        deleted_at=deleted_at,
    )


def _files_of(data: dict[str, Any]) -> tuple[FileRef, ...]:
    return tuple(
        FileRef(
            name=str(each.get("name") or ""),
            media_type=str(each.get("mediaType") or ""),
            sha256=str(each.get("mc:sha256") or ""),
            url=each["url"] if isinstance(each.get("url"), str) else "",
            size_bytes=int(each.get("mc:size") or 0),
            inline_id=str(each.get("mc:contentId") or ""),
        )
        for each in data["files"]
        if isinstance(each, dict)
    )


def list_versions(activity_id: int) -> list[Version]:
    """Every content an activity had, oldest first. Empty when there is no such activity."""
    rows = fetch(
        "SELECT at, text, data::text, false, 0 FROM activity WHERE id = %s"
        " UNION ALL SELECT at, text, data::text, deleted, id FROM activity_version WHERE activity_id = %s ORDER BY 5",
        [activity_id, activity_id],
    )
    return [Version(at, text, _html_in(raw), deleted) for at, text, raw, deleted, _ in rows]


def _html_in(raw: str | None) -> str:
    return str(msgspec.json.decode(raw).get("html") or "") if raw else ""


def get_original(activity_id: int) -> bytes:
    """The document of an activity (or of one of its versions) as it arrived. Raises NotFoundError when its words were taken back."""
    rows = fetch(
        "SELECT first_id, body FROM arrival WHERE first_id <= %s ORDER BY first_id DESC LIMIT 1", [activity_id]
    )
    if rows and activity_id - rows[0][0] < MAX_BATCH:
        first_id, body = rows[0]
        for position, _verdict, _target, raw in unpack(body):
            if first_id + position == activity_id and raw:
                return raw
    raise NotFoundError


def find_profiles(activity_ids: Iterable[int]) -> dict[int, int]:
    """Those of some activities that are profiles, with the handle each is about."""
    rows = fetch(
        "SELECT id, handle_id FROM activity WHERE id = ANY(%s::bigint[]) AND kind = %s",
        [array(set(activity_ids)), int(Kind.PROFILE)],
    )
    return dict(rows)
