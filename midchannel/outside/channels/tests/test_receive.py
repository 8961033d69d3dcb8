"""What arrives is told new from seen, stored before it is acknowledged, and parked with a reason when it cannot be understood."""

import json
import threading
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from midchannel.outside.channels import actions as channels
from midchannel.outside.channels import documents
from midchannel.outside.channels.actions import filing
from midchannel.outside.channels.kinds import Outcome
from midchannel.outside.channels.models import Arrival, Channel, ChannelCount, Parked, Seen
from midchannel.platform.database.bulk import fetch
from midchannel.usecases import arrive

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def channel(db: None) -> Channel:
    return Channel.objects.create(network="collector", name="Shop", created_at=NOW)


def note(identifier: str, text: str = "hello", **more: object) -> bytes:
    """A statement as a sender writes it."""
    said = {"id": identifier, "type": "Note", "content": text}
    return json.dumps({"type": "Create", "actor": {"id": "ana"}, "object": said, **more}).encode()


def outcomes(channel: Channel, *raws: bytes, now: datetime = NOW) -> list[str]:
    """What became of each."""
    return [item.outcome.name.lower() for item in channels.receive(channel.pk, raws, now=now).items]


def counted(channel: Channel) -> dict[str, int]:
    """The channel's equation, with parked and waiting counted from their rows."""
    sums = {"received": 0, "duplicate": 0, "applied": 0}
    for row in ChannelCount.objects.filter(channel=channel).values(*sums):
        sums = {name: sums[name] + row[name] for name in sums}
    parked = Parked.objects.filter(channel=channel, replayed_at=None).count()
    waiting = sum(Arrival.objects.filter(channel=channel, waiting=True).values_list("size", flat=True))
    return {**sums, "parked": parked, "waiting": waiting}


def holds(count: dict[str, int]) -> bool:
    """received = applied + duplicate + parked + waiting."""
    return count["received"] == count["applied"] + count["duplicate"] + count["parked"] + count["waiting"]


def apply_all(now: datetime = NOW) -> None:
    """The worker's turn."""
    while arrive.apply_waiting(now=now):
        pass


def test_the_same_again_is_a_duplicate_and_other_words_are_an_edit(channel: Channel) -> None:
    assert outcomes(channel, note("1"), note("2")) == ["accepted", "accepted"]
    assert outcomes(channel, note("1"), note("2", "changed"), note("2", "changed")) == [
        "duplicate",
        "edit",
        "duplicate",
    ]
    assert outcomes(channel, note("1"), note("2"), note("2", "changed")) == ["duplicate", "duplicate", "duplicate"]


def test_an_explicit_new_time_makes_old_words_a_new_edit(channel: Channel) -> None:
    outcomes(channel, note("1", "first"), note("1", "second"))

    assert outcomes(channel, note("1", "first", updated="2026-11-21T11:00:00Z")) == ["edit"]


def test_the_same_id_on_another_channel_is_another_statement(channel: Channel) -> None:
    other = Channel.objects.create(network="collector", name="Forum", created_at=NOW)
    outcomes(channel, note("1"))

    assert outcomes(other, note("1")) == ["accepted"]


def test_a_new_signature_or_order_of_keys_is_no_edit(channel: Channel) -> None:
    document = json.loads(note("1"))
    outcomes(channel, json.dumps(document).encode())

    again = {"signature": {"value": "xyz"}, **dict(reversed(document.items()))}

    assert outcomes(channel, json.dumps(again, indent=2).encode()) == ["duplicate"]


def test_a_replay_of_everything_adds_no_row_and_moves_no_other_counter(channel: Channel) -> None:
    batch = [note(str(number)) for number in range(50)] + [b"nonsense"]
    outcomes(channel, *batch)
    apply_all()
    before, rows = (
        counted(channel),
        fetch("SELECT (SELECT count(*) FROM seen), (SELECT count(*) FROM arrival), (SELECT count(*) FROM parked)"),
    )

    assert set(outcomes(channel, *batch)) == {"duplicate"}

    after = counted(channel)
    assert after == {**before, "received": before["received"] + 51, "duplicate": before["duplicate"] + 51}
    assert rows == fetch(
        "SELECT (SELECT count(*) FROM seen), (SELECT count(*) FROM arrival), (SELECT count(*) FROM parked)"
    )


BAD = {
    "not JSON": (b"{nonsense", "not-json"),
    "a lone surrogate": (rb'{"type":"Create","actor":"a","object":{"id":"x","content":"\ud800"}}', "not-json"),
    "broken UTF-8": (b'{"type":"Create","actor":"a","object":{"id":"x","content":"\xff\xfe"}}', "not-json"),
    "a list": (b"[1,2]", "shape"),
    "deep nesting": (b'{"mc:source":' + b"[" * 50_000 + b"]" * 50_000 + b"}", "shape"),
    "no actor": (b'{"type":"Create","object":{"id":"x","content":"hi"}}', "no-actor"),
    "an actor without id": (b'{"type":"Create","actor":{"name":"Ana"},"object":{"id":"x","content":"hi"}}', "no-actor"),
    "no id": (b'{"type":"Create","actor":"a","object":{"content":"hi"}}', "no-id"),
    "a deletion of nothing": (b'{"type":"Delete","actor":"a"}', "no-id"),
    "an unknown activity": (note("x", type="Teleport"), "unknown-kind"),
    "an unknown object": (
        b'{"type":"Create","actor":"a","object":{"id":"x","type":"Unicorn","content":"hi"}}',
        "unknown-kind",
    ),
    "no object": (b'{"type":"Create","actor":"a"}', "unknown-kind"),
    "no words": (note("x", ""), "empty"),
    "the year 0": (note("x", published="0000-01-01T00:00:00Z"), "shape"),
    "the year 1": (note("x", published="0001-01-01T00:00:00Z"), "time"),
    "the year 9999": (note("x", published="9999-12-31T23:59:59Z"), "time"),
    "no zone": (note("x", published="2026-11-20T10:00:00"), "time"),
    "a million letters": (note("x", "x" * 999_000), "too-long"),
    "1 MB of emoji": (note("x", "\N{PILE OF POO}" * 250_000), "too-large"),
    "an endless id": (note("x" * 5000), "too-long"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_parked_whole_with_its_reason_and_the_rest_goes_on(channel: Channel, name: str) -> None:
    raw, code = BAD[name]

    received = channels.receive(channel.pk, [note("before"), raw, note("after")], now=NOW)

    assert [item.outcome for item in received.items] == [Outcome.ACCEPTED, Outcome.PARKED, Outcome.ACCEPTED]
    assert received.items[1].code == code
    assert received.items[1].reason
    assert bytes(Parked.objects.get().raw) == raw
    assert holds(counted(channel))


def test_what_has_no_object_is_told_to_give_one(channel: Channel) -> None:
    received = channels.receive(channel.pk, [b"{}"], now=NOW)
    assert "there is no `object`" in received.items[0].reason


@pytest.mark.parametrize(
    "text",
    [
        "nul \0 inside",
        "\N{RIGHT-TO-LEFT OVERRIDE}txet",
        "<script>alert(1)</script> help",
        "\N{PILE OF POO}" * 5000,
        "tab\tnew\nline\\N\\",
        "{}",
    ],
)
def test_strange_text_arrives_and_its_raw_form_is_kept(channel: Channel, text: str) -> None:
    raw = note("1", text)

    assert outcomes(channel, raw) == ["accepted"]
    apply_all()

    (kept,) = fetch("SELECT text FROM activity")[0]
    assert "\0" not in kept
    assert kept.strip()
    block = filing.unpack(bytes(Arrival.objects.get().body))
    assert block[0][3] == raw
    assert holds(counted(channel))


def test_html_and_script_in_every_field_is_only_text(channel: Channel) -> None:
    evil = "<img src=x onerror=alert(1)>"
    said = {"id": evil, "type": "Note", "content": evil + "help", "name": evil, "inReplyTo": evil, "url": evil}
    raw = json.dumps({"type": "Create", "actor": {"id": evil, "name": evil, "url": evil}, "object": said}).encode()

    assert outcomes(channel, raw) == ["accepted"]
    apply_all()

    assert fetch("SELECT text FROM activity") == [("help",)]
    assert counted(channel)["applied"] == 1


def test_a_clock_that_runs_backwards_repeats_no_id(channel: Channel) -> None:
    for step in range(5):
        assert outcomes(channel, note(f"n{step}"), now=NOW - timedelta(hours=step)) == ["accepted"]
        apply_all(NOW - timedelta(hours=step))

    assert fetch("SELECT count(DISTINCT id), count(*) FROM activity") == [(5, 5)]


def test_a_batch_has_a_size(channel: Channel) -> None:
    with pytest.raises(ValueError, match="1 to 1,000"):
        channels.receive(channel.pk, [], now=NOW)
    with pytest.raises(ValueError, match="1 to 1,000"):
        channels.receive(channel.pk, [b"{}"] * 1001, now=NOW)


def test_what_was_parked_can_be_replayed_once_it_is_understood(
    channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = note("1", type="Teleport")
    outcomes(channel, raw)
    parked = Parked.objects.get()
    assert channels.replay_parked(parked.pk, now=NOW).outcome is Outcome.PARKED

    monkeypatch.setattr(documents, "SAYS", documents.SAYS | {"Teleport"})

    assert channels.replay_parked(parked.pk, now=NOW).outcome is Outcome.ACCEPTED
    apply_all()
    assert fetch("SELECT text FROM activity") == [("hello",)]
    assert counted(channel) == {"received": 1, "duplicate": 0, "applied": 1, "parked": 0, "waiting": 0}


def test_a_deletion_takes_the_words_from_everywhere_and_nothing_brings_them_back(channel: Channel) -> None:
    secret = "my address is Elm Street 7"
    outcomes(channel, note("1", secret), note("1", secret + "!"))
    apply_all()

    assert outcomes(channel, b'{"type":"Delete","actor":"ana","object":"1"}') == ["edit"]
    apply_all()

    assert fetch("SELECT text FROM activity UNION ALL SELECT text FROM activity_version") == [("",)] * 3
    raws = [raw for row in Arrival.objects.all() for _, _, _, raw in filing.unpack(bytes(row.body))]
    assert not any(b"Elm Street" in raw for raw in raws)
    assert outcomes(channel, note("1", secret), note("1", "new words")) == ["duplicate", "duplicate"]
    assert holds(counted(channel))


def test_a_deletion_that_comes_first_keeps_the_words_out(channel: Channel) -> None:
    assert outcomes(channel, b'{"type":"Delete","actor":"ana","object":"1"}', note("1")) == ["accepted", "duplicate"]
    apply_all()

    assert fetch("SELECT count(*) FROM activity") == [(0,)]
    assert holds(counted(channel))


@pytest.mark.django_db(transaction=True)
def test_two_clients_sending_the_same_batch_at_once_store_it_once() -> None:
    channel = Channel.objects.create(network="collector", name="Race", created_at=NOW)
    batch = [note(str(number)) for number in range(200)] + [note(str(number), "edited") for number in range(50)]
    told: list[list[str]] = []

    def send(raws: list[bytes]) -> None:
        try:
            told.append(outcomes(channel, *raws))
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=(each,)) for each in (batch, batch, list(reversed(batch))) * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    apply_all()

    assert len(told) == 6
    assert sum(each.count("accepted") for each in told) == 200
    assert Seen.objects.count() == 200
    assert fetch("SELECT count(*) FROM activity WHERE channel_id = %s", [channel.pk]) == [(200,)]
    assert holds(counted(channel))


deliveries = st.lists(
    st.lists(
        st.tuples(st.sampled_from("abcd"), st.sampled_from(["one", "two", "three", None])), min_size=1, max_size=6
    ),
    max_size=6,
)


@given(deliveries)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_stream_ends_as_a_plain_model_says(channel: Channel, batches: list[list[tuple[str, str | None]]]) -> None:
    channel = Channel.objects.create(network="collector", name=f"model {uuid.uuid4()}", created_at=NOW)
    versions: dict[str, list[str | None]] = {}
    for batch in batches:
        expected = []
        for identifier, text in batch:
            known = versions.setdefault(identifier, [])
            if None in known or text in known:
                expected.append("duplicate")
            else:
                expected.append("edit" if known else "accepted")
                known.append(text)
        raws = [
            note(f"{channel.pk}-{i}", text)
            if text
            else json.dumps({"type": "Delete", "object": f"{channel.pk}-{i}"}).encode()
            for i, text in batch
        ]
        assert outcomes(channel, *raws) == expected
        assert holds(counted(channel))
    apply_all()
    assert holds(counted(channel))
    kept = fetch("SELECT count(*) FROM activity WHERE channel_id = %s", [channel.pk])[0][0]
    assert kept == sum(1 for known in versions.values() if known[0] is not None)
    shown = {text for (text,) in fetch("SELECT text FROM activity WHERE channel_id = %s AND text <> ''", [channel.pk])}
    assert len(shown) <= sum(1 for known in versions.values() if None not in known)
