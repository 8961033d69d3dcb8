"""Who is who, as it arrives: proof joins, weights join, claims and names only ask, and generic values prove nothing."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from midchannel.middle.customers import actions
from midchannel.middle.customers.actions import modelling, resolving
from midchannel.middle.customers.errors import AlreadyAnsweredError, NothingToDoError
from midchannel.middle.customers.models import (
    GenericValue,
    LinkDecision,
    PairState,
    RecordKey,
    ReviewPair,
    SourceRecord,
)
from midchannel.outside.channels.models import Handle
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database.bulk import fetch
from midchannel.platform.events.models import StoredEvent

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
LEAD, OTHER = Viewer(7, "Lea", "lead", ()), Viewer(8, "Lou", "lead", ())
BUSINESS, SOCIAL, THIRD_PARTY = 1, 0, 3
ANA = {"given_name": "Ana", "family_name": "Lima", "birth_date": "1990-01-02", "email": "ana@lima.example"}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_model_in_memory() -> None:
    modelling._held = None


def meet(
    handle: int,
    attributes: Mapping[str, Any] | None = None,
    *,
    kind: int = BUSINESS,
    network: str = "crm",
    name: str = "",
    address: str = "",
    url: str = "",
    claims: Sequence[tuple[str, str, bool]] = (),
    is_new: bool = True,
    now: datetime = NOW,
    expires_at: datetime | None = None,
    is_organisation: bool = False,
) -> int:
    """Somebody arrives; returns their record."""
    about: tuple[actions.About, ...] = ()
    if attributes is not None:
        name = name or f"{attributes.get('given_name', '')} {attributes.get('family_name', '')}".strip()
        about = (
            actions.About(
                dict(attributes), now, name=name, kind=kind, expires_at=expires_at, is_organisation=is_organisation
            ),
        )
    face = actions.Face(handle, name, address or str(handle), is_new, tuple(claims), about, url)
    actions.recognise([face], source=network, now=now)
    return int(fetch("SELECT id FROM source_record WHERE handle_id = %s", [handle])[0][0])


def customer(record_id: int) -> int:
    return SourceRecord.objects.get(pk=record_id).customer_id


def asked() -> list[tuple[int, int]]:
    return list(ReviewPair.objects.filter(state=PairState.OPEN).values_list("left_id", "right_id"))


def test_two_systems_that_know_the_same_person_are_one_customer_with_the_reason() -> None:
    one, two = meet(1, ANA), meet(2, ANA, network="shop")

    assert customer(two) == customer(one) == one
    why = LinkDecision.objects.get(record_id=two, other_id=one)
    assert (why.verdict, why.by_user_id) == ("auto", None)
    assert {each["field"] for each in why.evidence["fields"]} >= {"given_name", "family_name", "birth_date", "email"}
    assert (why.weight or 0.0) > 10


def test_a_business_record_gives_its_id_and_the_old_one_leads_there() -> None:
    face = meet(1, network="forum", kind=SOCIAL, name="Ana Lima", claims=[("email", "ana@lima.example", True)])
    record = meet(2, ANA, claims=[("email", "ana@lima.example", True)], now=LATER)

    assert customer(face) == customer(record) == record
    assert fetch("SELECT redirect_to_id, name FROM customer WHERE id = %s", [face]) == [(record, "")]
    assert StoredEvent.objects.filter(kind="customer.redirected", object_id=face).exists()


def test_what_somebody_only_claims_asks_and_never_joins() -> None:
    record = meet(1, ANA)
    forger = meet(2, ANA, kind=SOCIAL, network="forum", claims=[("email", "ana@lima.example", False)])

    assert customer(forger) != customer(record)
    assert asked() == [(record, forger)]


def test_first_names_a_letter_apart_are_two_people() -> None:
    ada, oda = (
        meet(at, {"given_name": each, "family_name": "Awning", "email": f"{each.lower()}.awning@mail.example"})
        for at, each in enumerate(("Ada", "Oda"), 1)
    )

    assert customer(ada) != customer(oda)
    assert asked() == []


@pytest.mark.parametrize("order", [(0, 1, 2), (0, 2, 1), (1, 0, 2)])
def test_a_link_that_a_fact_keeps_from_joining_is_asked_about(order: tuple[int, int, int]) -> None:
    said = [ANA | {"erp_number": "D-1"}, ANA, ANA | {"erp_number": "D-2"}]

    first, second, third = sorted((number, meet(number + 1, said[number])) for number in order)

    records = [first[1], second[1], third[1]]
    customers = [customer(each) for each in records]
    assert customers[0] != customers[2]
    assert customers[1] in {customers[0], customers[2]}
    other = records[0] if customers[1] == customers[2] else records[2]
    assert tuple(sorted((records[1], other))) in asked()


def test_proof_joins_whatever_the_names() -> None:
    record = meet(1, ANA, claims=[("email", "ana@lima.example", True)])
    face = meet(2, network="forum", name="kestrel", claims=[("email", "ana@lima.example", True)])

    assert customer(face) == customer(record)
    assert LinkDecision.objects.get(record_id=face, other_id=record).verdict == "must"


def test_links_in_both_directions_are_proof_and_in_one_direction_are_not() -> None:
    one_url, two_url = "https://a.example/@ana", "https://b.example/ana"
    for number, url in ((1, one_url), (2, "https://c.example/x"), (3, two_url)):
        Handle.objects.create(id=number, network="fediverse", address=url, url=url)
    one = meet(1, {"website": two_url}, kind=SOCIAL, network="fediverse", address=one_url, url=one_url)
    liar = meet(2, {"website": one_url}, kind=SOCIAL, network="fediverse", address="https://c.example/x")
    two = meet(3, {"website": [one_url]}, kind=SOCIAL, network="fediverse", address=two_url, url=two_url)

    assert customer(two) == customer(one) != customer(liar)
    assert LinkDecision.objects.get(record_id=two, other_id=one).by_rule == "links-both-ways/1"


@pytest.mark.parametrize(
    ("handle", "is_theirs"), [("limas.example", True), ("lima.bsky.social", False), ("xlimas.example", False)]
)
def test_a_bluesky_handle_is_proven_by_the_customers_own_domain(handle: str, is_theirs: bool) -> None:
    shop = meet(1, {"organisation": "Limas", "website": "https://limas.example/shop"}, is_organisation=True)
    face = actions.Face(2, "Limas", handle, True, (), (), "", is_organisation=True)
    actions.recognise([face], source="bluesky", now=NOW)

    record = SourceRecord.objects.get(handle_id=2)
    assert (record.customer_id == customer(shop)) is is_theirs


def test_an_address_that_people_of_many_names_share_proves_nothing_and_is_looked_at_again() -> None:
    names = ["Ana", "Bruno", "Chiara", "Dmitri", "Emeka"]
    first = meet(1, {"given_name": "Ana", "family_name": "Lima", "email": "family@lima.example"})
    again = meet(2, {"given_name": "Ana", "family_name": "Lima", "email": "family@lima.example"}, network="shop")
    assert customer(again) == customer(first)

    for number, name in enumerate(names[1:], 3):
        meet(number, {"given_name": name, "family_name": "Lima", "email": "family@lima.example"})

    assert GenericValue.objects.get().field == "email"
    assert customer(again) != customer(first)
    taken_back = LinkDecision.objects.filter(reverts_id__isnull=False)
    assert taken_back.filter(by_rule="no-longer/1").exists()
    assert (min(first, again), max(first, again)) in asked()


def test_one_address_on_very_many_records_is_no_burden() -> None:
    count = 300
    faces = [
        actions.Face(
            number,
            "",
            str(number),
            True,
            (),
            (actions.About({"email": "one@for.example", "given_name": chr(97 + number % 26) * 3}, NOW, kind=1),),
        )
        for number in range(count)
    ]
    actions.recognise(faces, source="crm", now=NOW)
    meet(count, {"email": "one@for.example", "given_name": "Zoe"})

    assert len(set(SourceRecord.objects.values_list("customer_id", flat=True))) > count - 30
    assert ReviewPair.objects.count() <= count * resolving.MOST_REVIEWS


@pytest.mark.parametrize(
    "name", ["", "   ", "!!!", "???", "王 小明", "🙂 🙃", "\u202e\u200b", "x" * 5000, "O'", "-" * 10]
)
def test_names_without_letters_and_of_any_script_are_nobodys_proof(name: str) -> None:
    one = meet(1, {"full_name": name[:4000], "city": "Porto"}, name=name[:200])
    two = meet(2, {"full_name": name[:4000], "city": "Porto"}, name=name[:200])

    assert customer(one) != customer(two)


def test_what_has_expired_is_not_compared() -> None:
    one = meet(1, ANA)
    two = meet(2, ANA, kind=THIRD_PARTY, network="broker", expires_at=NOW - timedelta(days=1))

    assert customer(one) != customer(two)


def test_organisations_and_people_never_meet() -> None:
    one = meet(1, {"organisation": "Ana Lima", "email": "ana@lima.example"}, is_organisation=True)
    two = meet(2, {**ANA, "organisation": "Ana Lima"})

    assert customer(one) != customer(two)


def test_an_edit_joins_and_the_next_one_parts_again() -> None:
    one, two = meet(1, ANA), meet(2, {"given_name": "Ana"}, network="shop")
    assert customer(one) != customer(two)

    meet(2, ANA, network="shop", is_new=False, now=LATER)
    assert customer(one) == customer(two)

    meet(2, {"given_name": "Rui", "family_name": "Costa"}, network="shop", is_new=False, now=LATER + timedelta(hours=1))
    assert customer(one) != customer(two)
    assert fetch("SELECT name FROM customer WHERE id = %s", [customer(two)]) == [("Rui Costa",)]


def test_a_bare_handle_costs_three_rows_and_a_few_keys() -> None:
    record = meet(1, network="forum", kind=SOCIAL, name="Ana Lima", address="https://a.example/@ana.lima")

    assert LinkDecision.objects.count() == 1
    assert RecordKey.objects.filter(record_id=record).count() <= 8


def test_two_reviewers_on_one_pair_the_second_is_told() -> None:
    one = meet(1, {"given_name": "Ana", "family_name": "Limanova"})
    two = meet(2, {"given_name": "Ana", "family_name": "Limanova"}, network="shop")
    pair = ReviewPair.objects.get()

    actions.answer_pair(LEAD, pair.pk, label="same", now=LATER)

    with pytest.raises(AlreadyAnsweredError):
        actions.answer_pair(OTHER, pair.pk, label="different", now=LATER)
    assert customer(one) == customer(two)

    actions.undo_answer(LEAD, pair.pk, now=LATER)
    assert customer(one) != customer(two)
    assert asked() == [(one, two)]
    with pytest.raises(NothingToDoError):
        actions.undo_answer(LEAD, pair.pk, now=LATER)


def test_an_answer_is_a_constraint_for_ever() -> None:
    one, two = (
        meet(1, {"given_name": "Ana", "family_name": "Limanova"}),
        meet(2, {"given_name": "Ana", "family_name": "Limanova"}),
    )
    actions.answer_pair(LEAD, ReviewPair.objects.get().pk, label="different", now=LATER)

    proof = [("email", "ana@lima.example", True)]
    meet(1, ANA, claims=proof, is_new=False, now=LATER)
    meet(2, ANA, claims=proof, is_new=False, now=LATER)

    assert customer(one) != customer(two)
    assert not asked()


def test_a_customer_joined_by_weights_is_taken_apart_with_what_is_theirs_alone() -> None:
    other = {"given_name": "Ana", "family_name": "Lima", "phone": "+351912345678", "birth_date": "1990-01-02"}
    one, two = meet(1, ANA), meet(2, {**other, "email": "ana@lima.example"})
    before = customer(one)
    assert customer(two) == before

    actions.unlink(LEAD, two, now=LATER)
    late = meet(3, other, network="shop", now=LATER)

    assert customer(late) == customer(two) != customer(one) == before
