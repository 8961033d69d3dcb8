"""Whatever happens to records, in whatever order: each belongs to exactly one customer, and what people did can all be taken back."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from midchannel.middle.customers import actions, queries
from midchannel.middle.customers.actions import removing
from midchannel.middle.customers.errors import NothingToDoError, OvertakenError
from midchannel.middle.customers.models import LinkDecision
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database.bulk import fetch

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
LEAD = Viewer(7, "Lea", "lead", ())
HANDLES = st.integers(1, 7)
EMAILS = st.sampled_from(["a@x.example", "b@x.example", "c@x.example"])
STEPS = st.one_of(
    st.tuples(st.just("arrive"), HANDLES, st.lists(EMAILS, max_size=2, unique=True)),
    st.tuples(st.just("edit"), HANDLES, st.sampled_from(["Ana", "Bruno", "Chiara"])),
    st.tuples(st.just("link"), HANDLES, HANDLES),
    st.tuples(st.just("unlink"), HANDLES, st.none()),
    st.tuples(st.just("erase"), HANDLES, st.none()),
    st.tuples(st.just("undo"), st.integers(0, 20), st.none()),
)

pytestmark = pytest.mark.django_db


@contextmanager
def thrown_away() -> Iterator[None]:
    """An example leaves nothing behind."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


class World:
    """The simple model: who has which verified addresses, and what people said last about a pair."""

    def __init__(self) -> None:
        self.now = NOW
        self.emails: dict[int, set[str]] = {}
        self.acts: list[int] = []
        self.met: set[int] = set()

    def take(self, step: tuple[str, int, object]) -> None:
        """One thing happens, in the program and in the model."""
        self.now += timedelta(seconds=1)
        getattr(self, step[0])(step[1], step[2])

    def arrive(self, handle: int, emails: list[str]) -> None:
        is_new = handle not in self.emails
        claims = tuple(("email", each, True) for each in emails)
        face = actions.Face(handle, f"Person {handle}", f"person{handle}", is_new, claims)
        actions.recognise([face], source="forum", now=self.now)
        self.emails.setdefault(handle, set()).update(emails)

    def edit(self, handle: int, name: str) -> None:
        if handle in self.emails:
            about = actions.About({"given_name": name, "family_name": "Lima"}, self.now, name=f"{name} Lima")
            face = actions.Face(handle, name, f"person{handle}", False, (), (about,))
            actions.recognise([face], source="forum", now=self.now)

    def link(self, handle: int, other: int) -> None:
        records, customers = records_of(), customers_of()
        if handle in records and other in records and customers[handle] != customers[other]:
            self.acts += actions.link_customers(LEAD, customers[handle], into_id=customers[other], now=self.now)[:1]

    def unlink(self, handle: int, _: None) -> None:
        records = records_of()
        if handle in records:
            try:
                self.acts.append(actions.unlink(LEAD, records[handle], now=self.now))
            except NothingToDoError:
                assert list(customers_of().values()).count(customers_of()[handle]) == 1

    def erase(self, handle: int, _: None) -> None:
        if handle in self.emails:
            removing.remove_records([handle], now=self.now)
            del self.emails[handle]

    def undo(self, number: int, _: None) -> None:
        if self.acts:
            self.take_back(self.acts[number % len(self.acts)])

    def take_back(self, decision_id: int) -> None:
        """Undo one act; one that was overtaken, or whose records are gone, stays."""
        if LinkDecision.objects.filter(pk=decision_id).exists():
            try:
                actions.undo_decision(LEAD, decision_id, now=self.now)
            except OvertakenError:
                return
        self.acts.remove(decision_id)

    def by_proof(self) -> set[frozenset[int]]:
        """Who is one by verified addresses alone: connected components."""
        groups = [{handle} for handle in self.emails]
        for one, two in combinations(self.emails, 2):
            if self.emails[one] & self.emails[two]:
                first, second = (next(g for g in groups if each in g) for each in (one, two))
                if first is not second:
                    first |= second
                    groups.remove(second)
        return {frozenset(group) for group in groups}


def records_of() -> dict[int, int]:
    return dict(fetch("SELECT handle_id, id FROM source_record"))


def customers_of() -> dict[int, int]:
    return dict(fetch("SELECT handle_id, customer_id FROM source_record"))


def groups() -> set[frozenset[int]]:
    held: dict[int, set[int]] = {}
    for handle, customer in customers_of().items():
        held.setdefault(customer, set()).add(handle)
    return {frozenset(group) for group in held.values()}


def check(world: World) -> None:
    """What is true after every step."""
    rows = fetch(
        "SELECT r.id, r.handle_id, c.id, c.redirect_to_id, c.name FROM source_record r LEFT JOIN customer c ON c.id = r.customer_id"
    )
    assert {row[1] for row in rows} == set(world.emails)
    assert all(row[2] is not None and row[3] is None and row[4] for row in rows)
    ids = {record_id for record_id, *_ in rows}
    assert all(customer_id in ids for _, _, customer_id, *_ in rows), "a customer is named after one of its records"
    for customer_id, redirect_to in fetch("SELECT id, redirect_to_id FROM customer WHERE redirect_to_id IS NOT NULL"):
        home = fetch("SELECT customer_id FROM source_record WHERE id = %s", [customer_id])
        assert not home or home[0][0] == redirect_to
    apart = fetch(
        "SELECT d.id FROM link_decision d JOIN source_record a ON a.id = d.record_id JOIN source_record b ON b.id = d.other_id"
        " WHERE d.verdict = 'cannot' AND d.reverts_id IS NULL AND a.customer_id = b.customer_id"
        " AND NOT EXISTS (SELECT 1 FROM link_decision l WHERE l.id > d.id AND (l.reverts_id = d.id OR"
        "  (l.verdict = 'must' AND l.by_user_id IS NOT NULL AND l.reverts_id IS NULL AND"
        "   least(l.record_id, l.other_id) = least(d.record_id, d.other_id) AND"
        "   greatest(l.record_id, l.other_id) = greatest(d.record_id, d.other_id))))"
    )
    assert not apart, "what a person took apart stays apart"
    if not fetch("SELECT 1 FROM link_decision WHERE by_user_id IS NOT NULL LIMIT 1"):
        assert groups() == world.by_proof()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STEPS, max_size=25))
def test_every_record_belongs_to_one_customer_and_undoing_everything_gives_the_beginning(
    db: None, steps: list[tuple[str, int, object]]
) -> None:
    with thrown_away():
        world = World()
        for step in steps:
            world.take(step)
            check(world)

        while world.acts:
            before = len(world.acts)
            for decision_id in reversed(list(world.acts)):
                world.take_back(decision_id)
            assert len(world.acts) < before, "something can always be taken back"

        assert groups() == world.by_proof()
        names = fetch("SELECT c.id FROM customer c JOIN source_record r ON r.customer_id = c.id WHERE c.name = ''")
        assert not names
        assert all(queries.can_see(LEAD, customer) for customer in customers_of().values())


PEOPLE = (
    {
        "given_name": "Ana",
        "family_name": "Lima",
        "birth_date": "1990-01-02",
        "city": "Porto",
        "email": "ana@lima.example",
    },
    {
        "given_name": "Bruno",
        "family_name": "Keller",
        "birth_date": "1971-07-05",
        "city": "Bern",
        "email": "bk@keller.example",
    },
    {
        "given_name": "Rui",
        "family_name": "Lima",
        "birth_date": "1958-11-30",
        "city": "Porto",
        "email": "rui@lima.example",
    },
)
FACE = st.tuples(st.sampled_from(PEOPLE), st.sampled_from(["", "birth_date", "city", "email"])).map(
    lambda drawn: {name: value for name, value in drawn[0].items() if name != drawn[1]}
)


@settings(
    max_examples=40,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(FACE, min_size=2, max_size=7), st.randoms(use_true_random=False), st.booleans())
def test_the_final_customers_do_not_depend_on_the_order_of_arrival(
    db: None, people: list[dict[str, str]], random: object, together: bool
) -> None:
    faces = [
        actions.Face(
            number,
            f"{each['given_name']} {each['family_name']}",
            f"{number}",
            True,
            (),
            (actions.About(each, NOW, kind=1),),
        )
        for number, each in enumerate(people, 1)
    ]
    shuffled = list(faces)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    found = []
    for order in (faces, shuffled):
        with thrown_away():
            for batch in [order] if together else [[face] for face in order]:
                actions.recognise(batch, source="crm", now=NOW)
            found.append(groups())

    assert found[0] == found[1]
