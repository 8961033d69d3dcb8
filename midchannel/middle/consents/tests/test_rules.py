"""What holds for a customer: the most restrictive of what their records said, until a person has confirmed."""

from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from midchannel.middle.consents.purposes import GROUNDS, Purpose
from midchannel.middle.consents.rules import Statement, decide

START = datetime(2026, 11, 1, tzinfo=UTC)
MARKETING = Purpose.MARKETING


def said(number: int, record: int, state: str, network: str = "", among: tuple[int, ...] | None = None) -> Statement:
    return Statement(number, record, network, state, START + timedelta(hours=number), among)


def test_every_purpose_says_what_holds_unasked() -> None:
    assert set(GROUNDS) == set(Purpose)
    assert decide(Purpose.SERVICE, None, [1], []).is_allowed
    assert not decide(MARKETING, None, [1], []).is_allowed


def test_one_no_among_the_records_is_a_no() -> None:
    statements = [said(1, 1, "granted"), said(2, 2, "withdrawn")]

    together = decide(MARKETING, None, [1, 2], statements)

    assert (together.is_allowed, together.kind) == (False, "restrictive")
    assert [s.record_id for s in together.decided_by] == [2]
    assert decide(MARKETING, None, [1], statements).is_allowed


def test_a_confirmation_holds_while_its_records_are_together() -> None:
    statements = [said(1, 1, "granted"), said(2, 2, "withdrawn"), said(3, 1, "granted", among=(1, 2))]

    assert decide(MARKETING, None, [1, 2], statements).kind == "confirmed"
    assert decide(MARKETING, None, [1, 2, 3], statements).is_allowed
    assert decide(MARKETING, None, [1], statements).kind == "said"
    assert not decide(MARKETING, None, [2], statements).is_allowed


def test_what_is_said_after_a_confirmation_counts() -> None:
    statements = [said(1, 1, "granted"), said(2, 2, "withdrawn"), said(3, 1, "granted", among=(1, 2))]

    assert not decide(MARKETING, None, [1, 2], [*statements, said(4, 1, "withdrawn")]).is_allowed


def test_a_record_linked_later_counts_although_it_spoke_before() -> None:
    statements = [said(0, 9, "withdrawn"), said(1, 1, "granted"), said(3, 1, "granted", among=(1,))]

    assert not decide(MARKETING, None, [1, 9], statements).is_allowed


def test_a_yes_on_a_network_is_for_that_network() -> None:
    statements = [said(1, 1, "granted", "email")]

    assert decide(MARKETING, "email", [1], statements).is_allowed
    assert not decide(MARKETING, "bluesky", [1], statements).is_allowed
    assert not decide(MARKETING, None, [1], statements).is_allowed


def test_a_no_in_general_ends_every_yes_and_a_yes_in_general_leaves_a_no_here() -> None:
    assert not decide(MARKETING, "email", [1], [said(1, 1, "granted", "email"), said(2, 1, "withdrawn")]).is_allowed
    assert not decide(MARKETING, "email", [1], [said(1, 1, "withdrawn", "email"), said(2, 1, "granted")]).is_allowed


# A busy machine is no finding.
calm = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
STATEMENTS = st.lists(
    st.tuples(
        st.integers(1, 4),
        st.sampled_from(["granted", "withdrawn"]),
        st.sampled_from(["", "email", "bluesky"]),
    ),
    max_size=12,
)


@calm
@given(STATEMENTS, st.sets(st.integers(1, 4)), st.sets(st.integers(1, 4)), st.sampled_from([None, "email"]))
def test_linking_never_allows_what_either_side_refused(
    told: list[tuple[int, str, str]], one: set[int], other: set[int], network: str | None
) -> None:
    statements = [said(number, record, state, where) for number, (record, state, where) in enumerate(told)]
    for purpose in Purpose:
        sides = [decide(purpose, network, side, statements) for side in (one, other)]
        together = decide(purpose, network, one | other, statements)

        if any(not side.is_allowed and side.kind != "default" for side in sides):
            assert not together.is_allowed
        if together.is_allowed and together.kind != "default":
            assert any(side.is_allowed and side.kind != "default" for side in sides)


@calm
@given(STATEMENTS, st.sets(st.integers(1, 4), min_size=1))
def test_what_others_said_changes_nothing_for_whom_they_are_not(
    told: list[tuple[int, str, str]], records: set[int]
) -> None:
    statements = [said(number, record, state, where) for number, (record, state, where) in enumerate(told)]
    own = [s for s in statements if s.record_id in records]

    assert decide(MARKETING, "email", records, statements) == decide(MARKETING, "email", records, own)
