"""Somebody's addresses are taken out of what the company wrote itself, wherever it keeps texts: the last step of `usecases.forget`.

What becomes of every other column is in `fates`.
"""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from midchannel.platform import secrets
from midchannel.platform.database.bulk import execute, fetch

# (table, key, column): texts the company writes, in which an address may stand.
TEXTS = (
    ("post", "id", "text"),
    ("notice", "id", "text"),
    ("swarm", "id", "reason"),
    ("partner_message", "id", "text"),
    ("partner_room", "id", "subject"),
    ("case_document", "id", "name"),
    ("message", "id", "body"),
    ("conversation", "id", "subject"),
    ("conversation_draft", "id", "text"),
    ("improvement", "id", "title"),
    ("improvement", "id", "change"),
    ("improvement_telling", "id", "text"),
    ("improvement_asker", "id", "reason"),
    ("canned_reply", "id", "body"),
    ("canned_reply", "id", "title"),
    ("delivery", "id", "reason"),
    ("parked", "id", "reason"),
    ("import_run", "id", "name"),
    ("silo_run", "run_id", "reason"),
    ("channel", "id", "health_reason"),
    ("review_pair", "id", "label"),
    ("difference_item", "id", "reason"),
    ("search", "id", "name"),
    ("search", "id", "text"),
    ("voice_set", "id", "name"),
    ("voice_version", "id", "reason"),
)
OBJECTS = (
    ("audit_entry", "id", "details"),
    ("event", "id", "body"),
    ("delivery", "id", "document"),
    ("import_run", "id", "options"),
    ("review_pair", "id", "evidence"),
    ("link_decision", "id", "evidence"),
    ("difference_item", "id", "edges"),
    ("customer_score", "id", "detail"),
    ("voice_version", "id", "names"),
)


def sweep(addresses: Sequence[str], take_out: Callable[[str], str]) -> dict[str, int]:
    """Take addresses out of every text of ours. Returns counts by table. In the caller's transaction."""
    likes = [f"%{_escaped(address)}%" for address in addresses]
    counts: dict[str, int] = {}
    if not likes:
        return counts
    for table, key, column in TEXTS:
        for identifier, text in fetch(f"SELECT {key}, {column} FROM {table} WHERE {column} ILIKE ANY(%s)", [likes]):
            if (cleaned := take_out(text)) != text:
                execute(f"UPDATE {table} SET {column} = %s WHERE {key} = %s", [cleaned, identifier])
                counts[table] = counts.get(table, 0) + 1
    for table, key, column in OBJECTS:
        for identifier, text in fetch(
            f"SELECT {key}, {column}::text FROM {table} WHERE {column}::text ILIKE ANY(%s)", [likes]
        ):
            whole = msgspec.json.decode(text)
            if (cleaned := _inside(whole, take_out)) != whole:
                packed = msgspec.json.encode(cleaned).decode()
                execute(f"UPDATE {table} SET {column} = %s::jsonb WHERE {key} = %s", [packed, identifier])
                counts[table] = counts.get(table, 0) + 1
    return counts


def _inside(value: Any, take_out: Callable[[str], str]) -> Any:
    if isinstance(value, dict):
        return {key: _inside(each, take_out) for key, each in value.items()}
    if isinstance(value, list):
        return [_inside(each, take_out) for each in value]
    return take_out(value) if isinstance(value, str) else value


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def forget_imported(activity_ids: Sequence[int], take_out: Callable[[str], str], likes: Sequence[str]) -> int:
    """What imports keep of their rows: the names under which the person's activities came, and reasons that name them."""
    gone = execute(
        "UPDATE import_row SET item_key = '', item_id = NULL, reason = '' WHERE item_id = ANY(%s::bigint[])",
        [list(activity_ids)],
    )
    rows = fetch(
        "SELECT run_id, number, item_key, reason FROM import_row WHERE item_key ILIKE ANY(%s) OR reason ILIKE ANY(%s)",
        [[f"%{_escaped(each)}%" for each in likes]] * 2,
    )
    for run_id, number, item_key, reason in rows:
        gone += execute(
            "UPDATE import_row SET item_key = %s, reason = %s WHERE run_id = %s AND number = %s",
            [take_out(item_key), take_out(reason), run_id, number],
        )
    return gone


def forget_answers(ids: Sequence[int], take_out: Callable[[str], str]) -> int:
    """Answers kept for machines that may ask again within a day: those that name the person, or something of theirs, go."""
    wanted = {str(identifier) for identifier in ids}
    gone = []
    for identifier, user_id, key, location, sealed in fetch(
        "SELECT id, user_id, key, location, sealed FROM given_answer FOR UPDATE"
    ):
        body = secrets.unseal(sealed, place=f"given_answer.sealed:{user_id}:{key}") if sealed else ""
        text = f"{location} {key} {body}"
        if take_out(text) != text or any(each in text for each in wanted):
            gone.append(identifier)
    return execute("DELETE FROM given_answer WHERE id = ANY(%s::bigint[])", [gone])


def forget_talk(handle_ids: Sequence[int]) -> int:
    """Who turned to whom, where one of them is erased."""
    handles = list(handle_ids)
    execute("DELETE FROM talk_awaited WHERE from_id = ANY(%s::bigint[])", [handles])
    return execute(
        "DELETE FROM talk WHERE from_id = ANY(%s::bigint[]) OR to_id = ANY(%s::bigint[])", [handles, handles]
    )


# What a case is made of, children first.
OF_CASE = (
    "case_trace",
    "case_signal",
    "case_conversation",
    "case_event",
    "plan_item",
    "plan_move_case",
    "case_plan_version",
)


def forget_cases(handle_ids: Sequence[int]) -> tuple[dict[str, int], list[int]]:
    """Cases about the person go whole: what is in their file is about this person. Returns counts by table, and the cases."""
    if not fetch("SELECT to_regclass('casework_case') IS NOT NULL")[0][0]:
        return {}, []
    rows = fetch("DELETE FROM casework_case WHERE handle_id = ANY(%s::bigint[]) RETURNING id", [list(handle_ids)])
    gone = [identifier for (identifier,) in rows]
    counts = {table: execute(f"DELETE FROM {table} WHERE case_id = ANY(%s::bigint[])", [gone]) for table in OF_CASE}
    return {**counts, "casework_case": len(gone)}, gone


def forget_cases_of(conversation_ids: Sequence[int], user_ids: Sequence[int]) -> list[int]:
    """Cases of conversations that are gone, or of colleagues who are, with all that they are made of. Returns the cases."""
    rows = fetch(
        "DELETE FROM casework_case c WHERE owner_id = ANY(%s::bigint[]) OR EXISTS (SELECT 1 FROM case_conversation l"
        " WHERE l.case_id = c.id AND l.conversation_id = ANY(%s::bigint[])) RETURNING id",
        [list(user_ids), list(conversation_ids)],
    )
    gone = [identifier for (identifier,) in rows]
    for table in OF_CASE:
        execute(f"DELETE FROM {table} WHERE case_id = ANY(%s::bigint[])", [gone])
    return gone


def forget_case_links(conversation_ids: Sequence[int]) -> None:
    """Cases about others no longer name conversations that are gone."""
    if fetch("SELECT to_regclass('case_conversation') IS NOT NULL")[0][0]:
        execute("DELETE FROM case_conversation WHERE conversation_id = ANY(%s::bigint[])", [list(conversation_ids)])
