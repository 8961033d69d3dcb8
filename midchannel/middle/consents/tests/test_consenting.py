"""What people allow, through links and their undoing."""

import pytest

from midchannel.middle.consents import actions, queries
from midchannel.middle.consents.errors import NothingToConfirmError, UnknownPurposeError
from midchannel.middle.conversations.models import Conversation
from midchannel.middle.customers import actions as customers
from midchannel.middle.customers.errors import CustomerNotFoundError, RecordNotFoundError
from midchannel.middle.customers.models import LinkDecision, SourceRecord
from midchannel.outside.channels.models import Handle
from midchannel.platform.audit.actions import Actor
from midchannel.platform.audit.models import Entry
from tests.desk import NOW, Desk, after, make_desk, say

pytestmark = pytest.mark.django_db
FORM = Actor("form")


@pytest.fixture
def desk() -> Desk:
    return make_desk()


def record_of(address: str) -> SourceRecord:
    return SourceRecord.objects.get(handle_id=Handle.objects.get(address=address).pk)


def met(desk: Desk, *who: str) -> list[SourceRecord]:
    for each in who:
        say(desk.mail, f"<{each}>", who=each, private=True)
    return [record_of(each) for each in who]


def test_marketing_needs_a_yes_and_service_does_not(desk: Desk) -> None:
    [cara] = met(desk, "cara@example.com")

    assert queries.may(desk.ana, cara.customer_id, purpose="service")
    assert not queries.may(desk.ana, cara.customer_id, purpose="marketing")

    actions.record_consent(FORM, cara.pk, purpose="marketing", state="granted", how="form", now=NOW)

    assert queries.may(None, cara.customer_id, purpose="marketing", network="email")


def test_what_was_said_is_kept_with_its_proof_and_never_changed(desk: Desk) -> None:
    [cara] = met(desk, "cara@example.com")
    proof = {"page": "https://shop.example/newsletter", "words": "Yes, send me news"}
    actions.record_consent(
        FORM, cara.pk, purpose="marketing", state="granted", how="form", proof=proof, network="post", now=NOW
    )
    actions.record_consent(
        desk.ana, cara.pk, purpose="marketing", state="withdrawn", how="phone", network="post", now=after(hours=1)
    )

    line = next(line for line in queries.get_consents(desk.ana, cara.customer_id) if line.purpose == "marketing")

    assert [(row.state, row.how, row.by) for row in line.rows] == [
        ("withdrawn", "phone", "Ana"),
        ("granted", "form", "form"),
    ]
    assert line.rows[1].proof == proof
    assert [row.is_standing for row in line.rows] == [True, False]
    assert "Yes, send" not in str(list(Entry.objects.values_list("details", flat=True)))


def test_the_same_statement_again_is_harmless(desk: Desk) -> None:
    [cara] = met(desk, "cara@example.com")
    first = actions.record_consent(FORM, cara.pk, purpose="profiling", state="granted", how=" import", now=NOW)

    again = actions.record_consent(
        FORM, cara.pk, purpose="profiling", state="granted", how=" import", said_at=NOW, now=after(days=1)
    )

    assert first is not None
    assert again is None


def test_on_a_link_the_most_restrictive_holds_until_confirmed_and_undo_gives_each_its_own(desk: Desk) -> None:
    cara, dora = met(desk, "cara@example.com", "dora@example.com")
    actions.record_consent(FORM, cara.pk, purpose="marketing", state="granted", how="form", now=NOW)
    actions.record_consent(FORM, dora.pk, purpose="marketing", state="withdrawn", how="form", now=NOW)
    own = cara.customer_id, dora.customer_id

    customers.link(desk.ana, dora.pk, customer_id=cara.customer_id, now=after(minutes=1))
    assert not queries.may(desk.ana, cara.customer_id, purpose="marketing")
    assert queries.allowed_records([cara.pk, dora.pk], purpose="marketing") == set()

    actions.confirm(
        desk.ana, cara.customer_id, purpose="marketing", state="granted", how="asked them", now=after(minutes=2)
    )
    assert queries.allowed_records([cara.pk, dora.pk], purpose="marketing") == {cara.pk, dora.pk}

    decision = LinkDecision.objects.filter(record=dora.pk, by_user_id__isnull=False).latest("id")
    customers.undo_decision(desk.ana, decision.pk, now=after(minutes=3))
    cara.refresh_from_db()
    dora.refresh_from_db()
    assert (cara.customer_id, dora.customer_id) == own
    assert queries.may(desk.ana, cara.customer_id, purpose="marketing")
    assert not queries.may(desk.ana, dora.customer_id, purpose="marketing")


def test_unlinking_gives_each_its_own_too(desk: Desk) -> None:
    cara, dora = met(desk, "cara@example.com", "dora@example.com")
    actions.record_consent(FORM, dora.pk, purpose="location", state="granted", how="app", now=NOW)
    actions.record_consent(FORM, cara.pk, purpose="location", state="withdrawn", how="app", now=NOW)
    customers.link(desk.ana, dora.pk, customer_id=cara.customer_id, now=after(minutes=1))
    actions.confirm(desk.ana, cara.customer_id, purpose="location", state="withdrawn", how="asked", now=after(hours=1))

    customers.unlink(desk.ana, dora.pk, now=after(hours=2))

    assert queries.allowed_records([cara.pk, dora.pk], purpose="location") == {dora.pk}


def test_handles_nobody_knows_may_only_what_needs_no_yes(desk: Desk) -> None:
    assert queries.allowed_handles([4711], purpose="service") == {4711}
    assert not queries.may_write(4711, purpose="marketing", network="post")


def test_only_who_sees_the_customer_may_ask_and_say(desk: Desk) -> None:
    [cara] = met(desk, "cara@example.com")
    assert Conversation.objects.exists()

    with pytest.raises(CustomerNotFoundError):
        queries.may(desk.kim, cara.customer_id, purpose="service")
    with pytest.raises(RecordNotFoundError):
        actions.record_consent(desk.kim, cara.pk, purpose="service", state="withdrawn", how="x", now=NOW)
    with pytest.raises(CustomerNotFoundError):
        actions.confirm(desk.kim, cara.customer_id, purpose="service", state="granted", how="x", now=NOW)


def test_what_cannot_be_is_refused(desk: Desk) -> None:
    [cara] = met(desk, "cara@example.com")

    with pytest.raises(UnknownPurposeError):
        queries.may(desk.ana, cara.customer_id, purpose="world domination")
    with pytest.raises(NothingToConfirmError):
        actions.confirm(desk.ana, cara.customer_id, purpose="sharing", state="granted", how="x", now=NOW)
