"""Rows of tables become documents."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midchannel.outside.channels import documents, tables
from midchannel.outside.channels.kinds import Flag, Kind
from midchannel.outside.channels.vocabulary import Object, encode

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


def read(header: str, row: str, mapping: str = "") -> documents.Envelope:
    names = header.split(";")
    plan = tables.plan_for(names, mapping)
    document = tables.document_of(dict(zip(names, row.split(";"), strict=True)), plan)
    return documents.read(encode(document), now=NOW)


def test_call_records_are_read_by_their_usual_headers() -> None:
    call = read(
        "Caller;Called;Started;Duration;Direction;Note", "+49 30 1;+49 30 2;2026-11-01T10:00:00+01:00;2:05;in;Card?"
    )

    assert (call.kind, call.address, call.text) == (Kind.CALL, "+49 30 1", "Card?")
    assert call.at == datetime(2026, 11, 1, 9, tzinfo=UTC)
    assert call.data == {"duration": "PT125S"}
    assert call.flags & Flag.PRIVATE


def test_an_outgoing_call_is_with_whom_was_called() -> None:
    call = read("caller;called;started;duration;direction", "+49 30 2;+49 30 1;2026-11-01;12;outbound")

    assert call.flags & Flag.OUTGOING
    assert call.address == "+49 30 2"
    assert [person.id for person in call.participants] == ["+49 30 1"]


def test_mails_posts_and_messages_are_told_apart() -> None:
    assert read("from;subject;body", "a@b.example;Card;Where?").kind == Kind.MAIL
    assert read("from;text", "ana;Where?").kind == Kind.MESSAGE
    assert read("kind;author;text", "tweet;ana;Where?").kind == Kind.POST
    assert read("from;text", "ana;Where?", 'kind = "post"').kind == Kind.POST


def test_a_mapping_file_goes_before_synonyms_and_translates() -> None:
    mapping = """
        kind = "call"
        zone = "Europe/Berlin"
        date_format = "%d/%m/%Y %H:%M"
        [columns]
        from = "Wer"
        at = "Wann"
        direction = "Art"
        [values.direction]
        Ankommend = "in"
    """

    call = read("Wer;Wann;Art;from", "123;03/04/2026 12:00;ankommend;nobody", mapping)

    assert call.address == "123"
    assert call.at == datetime(2026, 4, 3, 10, tzinfo=UTC)


def test_the_same_row_has_the_same_id_and_another_row_another() -> None:
    first, again, other = (read("from;text", row) for row in ("ana;a", "ana;a", "ana;b"))

    assert first.external_id == again.external_id != other.external_id


def test_identifiers_are_claims_and_stand_in_for_an_author() -> None:
    both = read("from;text;email", "ana;Hello;ana@b.example")
    alone = read("text;email", "Hello;ana@b.example")

    assert [(i.type, i.value, i.verified) for i in both.identifiers] == [("email", "ana@b.example", False)]
    assert alone.address == "ana@b.example"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-01 10:00", datetime(2026, 11, 1, 10, tzinfo=UTC)),
        ("2026-11-01T10:00:00Z", datetime(2026, 11, 1, 10, tzinfo=UTC)),
        ("1.11.2026 10:00", datetime(2026, 11, 1, 10, tzinfo=UTC)),
        ("25/12/2025 6:30 PM", datetime(2025, 12, 25, 18, 30, tzinfo=UTC)),
        ("12/25/2025", datetime(2025, 12, 25, tzinfo=UTC)),
        ("1760000000", datetime(2025, 10, 9, 8, 53, 20, tzinfo=UTC)),
        ("1760000000000", datetime(2025, 10, 9, 8, 53, 20, tzinfo=UTC)),
        ("Sun, 01 Nov 2026 10:00:00 +0100", datetime(2026, 11, 1, 9, tzinfo=UTC)),
    ],
)
def test_times_are_read_in_many_forms(text: str, moment: datetime) -> None:
    assert read("from;text;date", f"ana;Hello;{text}").at == moment


@pytest.mark.parametrize(
    ("header", "row", "words"),
    [
        ("from;text;date", "ana;Hello;03/04/2026", "day/month or month/day"),
        ("from;text;date", "ana;Hello;soon", "cannot be read"),
        ("from;text", ";Hello", "nobody is named"),
        ("from;text;kind", "ana;Hello;pigeon", "kind 'pigeon'"),
        ("from;text;direction", "ana;Hello;sideways", "direction 'sideways'"),
        ("caller;called;duration", "1;2;long", "duration 'long'"),
    ],
)
def test_a_row_that_makes_no_document_says_why(header: str, row: str, words: str) -> None:
    with pytest.raises(tables.RowError, match=words):
        read(header, row)


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        ("[columns", "not TOML"),
        ('[columns]\nwho = "a"', "no field 'who'"),
        ('[columns]\nfrom = "b"', "no column 'b'. The columns are: a, from"),
        ('knd = "call"', "no 'knd'. It may have: kind, zone"),
        ('kind = "pigeon"', "no kind"),
        ('zone = "Atlantis"', "no time zone"),
        ("values = 1", "values"),
        ("columns = 1", "columns"),
    ],
)
def test_a_mapping_that_cannot_be_used_says_why(mapping: str, words: str) -> None:
    with pytest.raises(tables.MappingError, match=words):
        tables.plan_for(["a", "from"], mapping)


def test_a_table_that_does_not_say_who_wrote_is_refused_whole() -> None:
    with pytest.raises(tables.MappingError, match="No column says who"):
        tables.plan_for(["colour", "text"])


@given(
    header=st.lists(
        st.one_of(st.sampled_from([n for names in tables.SYNONYMS.values() for n in names]), st.text(max_size=20)),
        max_size=8,
    ),
    cells=st.lists(
        st.one_of(st.text(max_size=40), st.sampled_from(["in", "out", "2026-01-01", "call", "1:30", "9" * 400])),
        max_size=8,
    ),
)
def test_any_table_gives_a_document_or_says_why_not(header: list[str], cells: list[str]) -> None:
    row = dict(zip(header, cells, strict=False))
    try:
        document = tables.document_of(row, tables.plan_for(header))
    except (tables.MappingError, tables.RowError):
        return

    assert isinstance(document.object, Object)
    assert document.id
    assert document.object.published is None or document.object.published.tzinfo is not None


@given(
    moment=st.datetimes(datetime(1990, 1, 1), datetime(2026, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    form=st.sampled_from(["%Y-%m-%d %H:%M:%S", "%d.%m.%Y %H:%M:%S", "%Y-%m-%dT%H:%M:%S+00:00", "%Y/%m/%d %H:%M:%S"]),
)
def test_what_was_written_in_a_known_form_is_read_back(moment: datetime, form: str) -> None:
    read_back = read("from;text;date", f"ana;Hello;{moment.strftime(form)}").at

    assert abs(read_back - moment) < timedelta(seconds=1)
