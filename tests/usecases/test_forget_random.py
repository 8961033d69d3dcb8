"""Whatever people say, edit, are linked to and taken from, and whoever is erased: nothing of the erased is left, all of the others is."""

from dataclasses import dataclass, field
from itertools import count

import msgspec
import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from midchannel.middle.consents.actions import requesting
from midchannel.middle.consents.models import RightsRequest
from midchannel.middle.customers import actions as customers
from midchannel.middle.customers.errors import NothingToDoError
from midchannel.middle.customers.models import Customer, SourceRecord
from midchannel.outside.channels import actions as channels
from midchannel.outside.channels import queries as channel_queries
from midchannel.outside.channels.actions.filing import unpack
from midchannel.outside.channels.models import Arrival, Handle
from midchannel.platform.database.bulk import fetch
from midchannel.usecases import arrive, forget
from tests.desk import Desk, after, make_desk

pytestmark = pytest.mark.django_db

WHO = st.integers(0, 3)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("say"), WHO, WHO),
        st.tuples(st.just("say"), WHO, WHO),
        st.tuples(st.just("edit"), WHO, WHO),
        st.tuples(st.just("link"), WHO, WHO),
        st.tuples(st.just("unlink"), WHO, WHO),
        st.tuples(st.just("erase"), WHO, WHO),
    ),
    max_size=14,
)


@dataclass
class Town:
    """The model: what stands under each address now, and what was ever said by somebody who is erased."""

    desk: Desk
    numbers: count = field(default_factory=count)  # type: ignore[type-arg]
    said: dict[str, dict[str, str]] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)

    def say(self, who: str, external_id: str, text: str, *, behind: str = "") -> None:
        said = {"id": external_id, "type": "Note", "content": text}
        if behind:
            said["inReplyTo"] = behind
        document = {"type": "Create", "actor": {"id": who, "name": who}, "object": said, "mc:audience": "private"}
        moment = after(minutes=next(self.numbers))
        channels.receive(self.desk.mail, [msgspec.json.encode(document)], now=moment)
        while arrive.apply_waiting(now=moment):
            pass
        self.said.setdefault(who, {})[external_id] = text


@given(STEPS)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
def test_nothing_of_the_erased_is_left_and_all_of_the_others(steps: list[tuple[str, int, int]]) -> None:
    with transaction.atomic():
        town = Town(make_desk())
        for step, one, other in steps:
            do(town, step, f"p{one}@example.com", f"p{other}@example.com")
            check(town)
        transaction.set_rollback(True)


def do(town: Town, step: str, who: str, other: str) -> None:
    """One step, where it is possible."""
    number = next(town.numbers)
    if step == "say":
        behind = next(iter(town.said.get(other, {})), "")
        town.say(who, f"<{number}@x>", f"word{number}x", behind=behind)
    elif step == "edit" and town.said.get(who):
        external_id = next(iter(town.said[who]))
        town.say(who, external_id, f"word{number}x")
    elif step == "link" and town.said.get(who) and town.said.get(other):
        try:
            customers.link(
                town.desk.lea, record(other).pk, customer_id=record(who).customer_id, now=after(hours=number)
            )
        except NothingToDoError:
            return
    elif step == "unlink" and town.said.get(who):
        try:
            customers.unlink(town.desk.lea, record(who).pk, now=after(hours=number))
        except NothingToDoError:
            return
    elif step == "erase" and town.said.get(who):
        erase(town, record(who).customer_id, number)


def record(address: str) -> SourceRecord:
    return SourceRecord.objects.get(handle_id=Handle.objects.get(address=address).pk)


def erase(town: Town, customer_id: int, number: int) -> None:
    handles = SourceRecord.objects.filter(customer_id=customer_id).values_list("handle_id", flat=True)
    for address in Handle.objects.filter(pk__in=handles).values_list("address", flat=True):
        town.gone += town.said.pop(address, {}).values()
    now = after(hours=number)
    request = requesting.open_request(town.desk.lea, customer_id, kind="erasure", at_once=True, now=now)
    row = RightsRequest.objects.get(pk=request)
    assert requesting.begin(row, now=now)
    forget.remove(row, now=now)


def check(town: Town) -> None:
    """What has to be true after every step."""
    held = {customer_id for (customer_id,) in fetch("SELECT DISTINCT customer_id FROM source_record")}
    assert held <= set(Customer.objects.values_list("pk", flat=True))
    texts = fetch(
        "SELECT h.address, coalesce((SELECT v.text FROM activity_version v WHERE v.activity_id = a.id ORDER BY v.id DESC LIMIT 1), a.text)"
        " FROM activity a JOIN handle h ON h.id = a.handle_id"
    )
    assert sorted(texts) == sorted((who, text) for who, said in town.said.items() for text in said.values())
    raw = b"".join(r for body in Arrival.objects.values_list("body", flat=True) for *_, r in unpack(bytes(body)))
    assert not [text for text in town.gone if text.encode() in raw]
    messages = fetch(
        "SELECT count(*) FROM message m JOIN conversation c ON c.id = m.conversation_id WHERE m.direction = 1"
    )
    assert messages[0][0] == len(texts)
    assert all(each.holds for each in channel_queries.count_arrivals(town.desk.lea))
    assert {address for (address,) in fetch("SELECT address FROM handle")} == set(town.said)
