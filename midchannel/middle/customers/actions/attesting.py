"""What a tracker says of who is who: evidence, never a merge. Each is one more decision, which a later one or a person takes back.

A device that one person has signed in on is that person's. As soon as a second one signs in on it, it is nobody's: it would make one
customer of all who ever used a shared computer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from midchannel.middle.customers.actions import settling
from midchannel.platform import ids
from midchannel.platform.database.bulk import array, copy_rows, execute, fetch

SAME_DEVICE, SHARED_DEVICE, ALIAS = "same-device/1", "shared-device/1", "alias/1"
LOCK = 0x6D63_0009
PROVEN_ALIAS = 12.0
"""The weight, in bits, of two ids of which the company's own server says that they are one person's."""
UNDECIDED = 0.5


@dataclass(frozen=True, slots=True)
class Device:
    """Somebody (a handle with a record) was signed in on a device (a handle)."""

    device_id: int
    user_id: int


@dataclass(frozen=True, slots=True)
class Alias:
    """It was said that two handles with records are one person; proven by a server of the company's, or only said by a page."""

    handle_id: int
    previous_id: int
    is_proven: bool


def attest(devices: Sequence[Device], aliases: Sequence[Alias], *, now: datetime) -> None:
    """Keep what was said as decisions, and divide anew what they touch. What was said before is not said again.

    In the caller's transaction.
    """
    wanted = {each.device_id for each in devices} | {each.user_id for each in devices}
    wanted |= {each.handle_id for each in aliases} | {each.previous_id for each in aliases}
    execute(
        "SELECT pg_advisory_xact_lock(%s, (k %% 1000000007)::int) FROM unnest(%s::bigint[]) AS k ORDER BY k",
        [LOCK, array(sorted({each.device_id for each in devices}))],
    )
    records = dict(
        fetch("SELECT handle_id, id FROM source_record WHERE handle_id = ANY(%s::bigint[])", [array(wanted)])
    )
    touched: set[int] = set()
    for device in devices:
        if device.device_id in records and device.user_id in records:
            touched |= _signed_in(records[device.device_id], records[device.user_id], now=now)
    for alias in aliases:
        one, two = records.get(alias.handle_id), records.get(alias.previous_id)
        if one is not None and two is not None and one != two:
            touched |= _said_to_be_one(one, two, is_proven=alias.is_proven, now=now)
    if touched:
        settling.settle(touched, now=now)


def _signed_in(device: int, user: int, *, now: datetime) -> set[int]:
    """Whose a device is. Returns the records about which something was decided."""
    rows = fetch(
        "SELECT other_id, by_rule FROM link_decision WHERE record_id = %s AND by_rule = ANY(%s::text[])",
        [device, [SAME_DEVICE, SHARED_DEVICE]],
    )
    users = {other for other, _ in rows}
    if user in users or any(rule == SHARED_DEVICE for _, rule in rows):
        return set()
    if not users:
        _decide(device, user, "must", SAME_DEVICE, None, now=now)
        return {device, user}
    for each in sorted(users | {user}):
        _decide(device, each, "cannot", SHARED_DEVICE, None, now=now)
    return {device, user, *users}


def _said_to_be_one(one: int, two: int, *, is_proven: bool, now: datetime) -> set[int]:
    """An alias is kept once for a pair, whichever way round and however often it is said."""
    left, right = min(one, two), max(one, two)
    if fetch(
        "SELECT 1 FROM link_decision WHERE by_rule = %s AND record_id = %s AND other_id = %s", [ALIAS, left, right]
    ):
        return set()
    if is_proven:
        _decide(left, right, "auto", ALIAS, PROVEN_ALIAS, now=now)
        return {left, right}
    execute(
        "INSERT INTO review_pair (id, left_id, right_id, weight, probability, evidence, by_rule, value_at_stake, priority, state, label)"
        " VALUES (%s, %s, %s, 0, %s, %s, %s, 1, 1, 0, '') ON CONFLICT (left_id, right_id) DO NOTHING",
        [ids.take_one(now=now), left, right, UNDECIDED, _evidence("alias", 0.0), ALIAS],
    )
    return set()


def _decide(record: int, other: int, verdict: str, rule: str, weight: float | None, *, now: datetime) -> None:
    customer_id = fetch("SELECT customer_id FROM source_record WHERE id = %s", [other])[0][0]
    evidence = _evidence(rule.partition("/")[0], weight)
    columns = ("id", "record_id", "other_id", "customer_id", "verdict", "weight", "by_rule", "evidence", "at")
    row = (ids.take_one(now=now), record, other, customer_id, verdict, weight, rule, evidence, now.isoformat())
    copy_rows("link_decision", columns, [row])


def _evidence(field: str, weight: float | None) -> str:
    return msgspec.json.encode({"fields": [{"field": field, "level": "said", "weight": weight}]}).decode()
