"""Everything compared anew: a difference is proposed, looked at, applied and taken back; nothing changes unseen."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from midchannel.middle.customers import actions, queries
from midchannel.middle.customers.actions import differing, modelling, removing
from midchannel.middle.customers.errors import DifferenceNotFoundError, NothingToDoError, OvertakenError
from midchannel.middle.customers.models import DifferenceItem, LinkDecision, ReviewPair
from midchannel.middle.customers.queries import differing as reading
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database.bulk import fetch
from midchannel.usecases import resolve_identities

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
LEAD = Viewer(7, "Lea", "lead", ())
AGENT = Viewer(8, "Mia", "agent", ())
ANA = {
    "given_name": "Ana",
    "family_name": "Lima",
    "birth_date": "1990-01-02",
    "email": "ana@lima.example",
    "city": "Porto",
}
ANA_AGAIN = {"given_name": "Ana", "family_name": "Lima", "birth_date": "1990-01-02", "email": "ana@lima.example"}
RUI = {
    "given_name": "Rui",
    "family_name": "Costa",
    "birth_date": "1961-11-30",
    "email": "rui@costa.example",
    "city": "Faro",
}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_model_in_memory() -> None:
    modelling._held = None


def arrive(handle: int, attributes: dict[str, str], *, now: datetime = NOW) -> int:
    name = f"{attributes['given_name']} {attributes['family_name']}"
    about = actions.About(attributes, now, name=name, kind=1)
    actions.recognise([actions.Face(handle, name, str(handle), True, (), (about,))], source="crm", now=now)
    return int(fetch("SELECT id FROM source_record WHERE handle_id = %s", [handle])[0][0])


def customers() -> dict[int, int]:
    return dict(fetch("SELECT handle_id, customer_id FROM source_record ORDER BY 1"))


def names() -> list[tuple[int, str, int | None]]:
    return fetch("SELECT id, name, redirect_to_id FROM customer ORDER BY id")


def forget_links() -> None:
    """As if a poorer model had decided so far."""
    fetch("DELETE FROM link_decision WHERE other_id IS NOT NULL RETURNING id")
    fetch(
        "INSERT INTO customer (id, kind, name) SELECT id, 'person', name FROM source_record"
        " ON CONFLICT (id) DO UPDATE SET name = excluded.name, redirect_to_id = NULL RETURNING id"
    )
    fetch("UPDATE source_record SET customer_id = id RETURNING id")


def two_of_three() -> tuple[int, int, int]:
    found = arrive(1, ANA), arrive(2, RUI), arrive(3, ANA_AGAIN)
    assert customers()[1] == customers()[3] != customers()[2]
    return found


def test_real_time_and_batch_decide_alike() -> None:
    two_of_three()

    proposed = resolve_identities.propose(now=LATER)

    assert (proposed.records, proposed.changes) == (3, 0)


def test_what_would_be_joined_is_proposed_applied_and_taken_back() -> None:
    ana, _, again = two_of_three()
    forget_links()
    before = customers(), names()

    proposed = resolve_identities.propose(now=LATER)

    assert (customers(), names()) == before, "nothing changes before somebody says so"
    (item,) = reading.list_items(LEAD, proposed.difference_id).items
    assert (item.kind, [[r.id for r in group] for group in item.after]) == ("join", [[ana, again]])
    assert {each["field"] for each in item.edges[0]["evidence"]["fields"]} >= {"email", "birth_date"}

    differing.apply_item(LEAD, proposed.difference_id, item.id, now=LATER)
    assert customers()[1] == customers()[3] == ana
    assert reading.get_difference(LEAD, proposed.difference_id).state == "applied"

    differing.undo_item(LEAD, proposed.difference_id, item.id, now=LATER)
    assert (customers(), names()) == before
    assert reading.get_difference(LEAD, proposed.difference_id).state == "undone"


def test_what_would_be_split_is_proposed() -> None:
    ana, _, again = two_of_three()
    fetch(
        """UPDATE source_record SET attributes = '{"given_name": "Ana", "birth_date": "1971-07-05"}' WHERE id = %s RETURNING id""",
        [again],
    )

    proposed = resolve_identities.propose(now=LATER)
    counts = differing.apply_difference(LEAD, proposed.difference_id, now=LATER)

    assert counts == {"applied": 1}
    assert customers()[3] == again != customers()[1] == ana


def test_a_persons_word_is_never_proposed_away() -> None:
    ana, _, again = two_of_three()
    actions.unlink(LEAD, again, now=NOW)

    proposed = resolve_identities.propose(now=LATER)

    assert proposed.changes == 0
    assert customers()[3] != customers()[1] == ana


def test_an_erasure_during_a_resolve_overtakes_its_item() -> None:
    two_of_three()
    forget_links()
    proposed = resolve_identities.propose(now=LATER)

    removing.remove_records([3], now=LATER)
    counts = differing.apply_difference(LEAD, proposed.difference_id, now=LATER)

    assert counts == {"overtaken": 1}
    assert set(customers()) == {1, 2}


def test_whoever_was_linked_meanwhile_overtakes_its_item() -> None:
    _, rui, _ = two_of_three()
    forget_links()
    proposed = resolve_identities.propose(now=LATER)
    actions.link_customers(LEAD, customers()[3], into_id=rui, now=LATER)

    (item,) = DifferenceItem.objects.all()
    with pytest.raises(OvertakenError):
        differing.apply_item(LEAD, proposed.difference_id, item.pk, now=LATER)


def test_declined_items_change_nothing_and_cannot_be_applied() -> None:
    two_of_three()
    forget_links()
    proposed = resolve_identities.propose(now=LATER)
    (item,) = DifferenceItem.objects.all()

    differing.decline_item(LEAD, proposed.difference_id, item.pk, reason="Twins", now=LATER)

    assert reading.get_difference(LEAD, proposed.difference_id).state == "declined"
    with pytest.raises(NothingToDoError):
        differing.apply_item(LEAD, proposed.difference_id, item.pk, now=LATER)
    assert not LinkDecision.objects.filter(other_id__isnull=False).exists()


def test_differences_are_for_leads() -> None:
    proposed = resolve_identities.propose(now=LATER)

    with pytest.raises(DifferenceNotFoundError):
        differing.apply_difference(AGENT, proposed.difference_id, now=LATER)


def test_names_alone_are_only_asked_about() -> None:
    one, two = (
        arrive(1, {"given_name": "Ana", "family_name": "Limanova"}),
        arrive(2, {"given_name": "Ana", "family_name": "Limanova"}),
    )
    ReviewPair.objects.all().delete()

    proposed = resolve_identities.propose(now=LATER)

    assert proposed.changes == 0
    assert list(ReviewPair.objects.values_list("left_id", "right_id", "state")) == [(one, two, 0)]


def test_a_link_that_a_fact_keeps_from_joining_is_asked_about() -> None:
    for at, more in enumerate(({"erp_number": "D-1"}, {}, {"erp_number": "D-2"}), 1):
        arrive(at, ANA | more)
    ReviewPair.objects.all().delete()

    assert resolve_identities.propose(now=LATER).changes == 0
    assert ReviewPair.objects.filter(state=0).count() == 2

    ReviewPair.objects.all().delete()
    forget_links()
    proposed = resolve_identities.propose(now=LATER)
    differing.apply_difference(None, proposed.difference_id, now=LATER)

    assert ReviewPair.objects.filter(state=0).count() == 2
    assert sorted(Counter(customers().values()).values()) == [1, 2]


def test_households_are_not_one_person() -> None:
    home = {
        "family_name": "Costa",
        "street": "Rua do Sol",
        "house_number": "7",
        "postcode": "4000-001",
        "phone": "+351223456789",
    }
    arrive(1, {"given_name": "Rui", **home})
    arrive(2, {"given_name": "Marta", **home})

    assert customers()[1] != customers()[2]
    assert resolve_identities.propose(now=LATER).changes == 0


def test_learned_weights_are_used_from_then_on() -> None:
    for number in range(30):
        given, family = f"Name{chr(97 + number % 26)}xa", f"Family{chr(97 + number % 7)}{number}"
        attributes = {
            "given_name": given,
            "family_name": family,
            "email": f"{given}.{family}@x.example",
            "city": "Porto",
        }
        arrive(2 * number, attributes)
        arrive(2 * number + 1, attributes)

    resolve_identities.train(version="learned/1", now=LATER)

    assert modelling.active().version == "learned/1"
    modelling._held = None
    assert modelling.active().version == "learned/1"
    assert queries.can_see(LEAD, customers()[0])
