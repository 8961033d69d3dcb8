"""Queries are understood, or their mistake is shown; and the index of words never changes what is found."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midchannel.engines import searches
from midchannel.engines.searches import Matcher, QueryError, Said, Sense, matching, parse, simple
from midchannel.engines.searches.words import places_of


def finds(query: str, text: str, *, sense: Sense = matching.NO_SENSE, **known: object) -> bool:
    said = Said(text, **known)  # type: ignore[arg-type]
    return Matcher.of([(1, parse(query))]).match([said], lambda numbers: [sense] * len(numbers)) == [[1]]


@pytest.mark.parametrize(
    ("query", "text", "is_found"),
    [
        ("card late", "My CARD is too late", True),
        ("card late", "My card is here", False),
        ('"card is late"', "the card is late again", True),
        ('"card late"', "the card is late", False),
        ("arriv*", "It never arrives", True),
        ("card -app", "the card in the app", False),
        ("card NOT (app OR web)", "the card on paper", True),
        ("delay OR late", "so late", True),
        ("refund NEAR(3) late", "late is the word for my refund", False),
        ("refund NEAR(5) late", "late is the word for my refund", True),
        ("refund NEAR/2 (late OR slow)", "slow old refund", True),
        ('"my refund" NEAR(2) late', "late came my refund", True),
        ("cafe", "Café's are nice", True),
        ("#lantern", "I love #Lantern", True),
        ("#lantern", "I love lantern", False),
        ("lantern", "hey @lantern@simulator", True),
        ("banque", "la BANQUE fermée", True),
        ("カード", "新しいカードが届かない", True),
        ("straße", "in der STRASSE", True),
        ("don't", "I don\u2019t know", True),
        ("card\u00a0late", "card late", True),
    ],
)
def test_words_phrases_groups_and_distances(query: str, text: str, is_found: bool) -> None:
    assert finds(query, text) is is_found


def test_facts_about_the_text_and_its_author() -> None:
    sense = Sense("de", "negative", frozenset({"complaint"}), frozenset({"Cards"}))

    assert finds("karte language:de mood:negative intent:complaint topic:cards", "die Karte", sense=sense)
    assert not finds("karte language:fr,en", "die Karte", sense=sense)
    assert not finds("karte -mood:negative", "die Karte", sense=sense)
    assert finds("karte reach:>1000", "die Karte", reach=1000)
    assert not finds("karte reach:>1000", "die Karte", reach=None)
    assert finds('karte channel:"Town square" network:simulator', "Karte", channel="town square", network="simulator")
    assert finds("karte is:overheard", "Karte")
    assert not finds("karte is:overheard", "Karte", is_addressed=True)


@pytest.mark.parametrize(
    ("query", "code", "at"),
    [
        ("", "empty", 0),
        ('card "late', "open_quote", 5),
        ("(card late", "open_bracket", 0),
        ("card)", "close_bracket", 4),
        ("card OR", "dangling", 5),
        ("card AND OR late", "dangling", 9),
        ("()", "nothing_between", 0),
        ("-card", "only_exclusions", 0),
        ("card OR -late", "only_exclusions", 0),
        ("refund NEAR(x) late", "near_distance", 7),
        ("refund NEAR(99) late", "near_distance", 7),
        ("refund NEAR(3) mood:negative", "near_side", 7),
        ("colour:red", "unknown_field", 0),
        ("card mood:angry", "bad_value", 5),
        ("card reach:many", "bad_value", 5),
        ("a*", "short_prefix", 0),
        ("card +++", "no_word", 5),
        ("word " * 1000, "too_long", searches.MOST_CHARACTERS),
        ("a " * 400, "too_many", 0),
        ("(" * 40 + "a" + ")" * 40, "too_deep", 21),
    ],
)
def test_a_mistake_is_shown_where_it_stands(query: str, code: str, at: int) -> None:
    with pytest.raises(QueryError) as raised:
        parse(query)

    assert (raised.value.code, raised.value.at) == (code, at)


@given(st.text(max_size=200))
def test_any_text_is_a_query_or_a_mistake_within_it(text: str) -> None:
    mistake = None
    try:
        query = parse(text)
    except QueryError as error:
        mistake = error
    if mistake is None:
        assert query.text == text.strip()
    else:
        assert 0 <= mistake.at <= mistake.at + mistake.length <= len(text)


WORDS = st.sampled_from(["card", "late", "app", "refund", "arrive", "arrival"])
TEXTS = st.lists(WORDS, max_size=12).map(" ".join)


def _queries() -> st.SearchStrategy[str]:
    leaves = st.one_of(
        WORDS,
        st.lists(WORDS, min_size=2, max_size=2).map(lambda pair: f'"{" ".join(pair)}"'),
        st.just("arriv*"),
        st.tuples(WORDS, st.integers(1, 4), WORDS).map(lambda near: f"({near[0]} NEAR({near[1]}) {near[2]})"),
        st.just("mood:negative"),
    )
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.tuples(inner, inner).map(lambda two: f"({two[0]} {two[1]})"),
            st.tuples(inner, inner).map(lambda two: f"({two[0]} OR {two[1]})"),
            st.tuples(inner, inner).map(lambda two: f"({two[0]} -{two[1]})"),
        ),
        max_leaves=8,
    )


@given(st.lists(_queries(), min_size=1, max_size=8), st.lists(TEXTS, min_size=1, max_size=8), st.booleans())
def test_the_index_finds_what_asking_every_search_finds(queries: list[str], texts: list[str], is_bad: bool) -> None:
    sense = Sense(mood="negative" if is_bad else "neutral")
    parsed = [(key, query) for key, text in enumerate(queries) if (query := _try(text))]
    asked: list[list[int]] = []

    def read(numbers: list[int]) -> Sequence[Sense]:
        asked.append(numbers)
        return [sense] * len(numbers)

    found = Matcher.of(parsed).match([Said(text) for text in texts], read)

    assert len(asked) <= 1, "what has to be read is read at once"
    for text, keys in zip(texts, found, strict=True):
        wanted = [key for key, query in parsed if matching.holds_of(query.root)(places_of(text), Said(text), sense)]
        assert sorted(keys) == wanted


def _try(text: str) -> searches.Query | None:
    try:
        return parse(text)
    except QueryError:
        return None


@given(TEXTS, WORDS, WORDS, st.integers(1, 6))
def test_near_is_the_same_from_both_sides(text: str, one: str, two: str, distance: int) -> None:
    assert finds(f"{one} NEAR({distance}) {two}", text) == finds(f"{two} NEAR({distance}) {one}", text)


def test_the_words_a_text_was_found_by_are_marked_in_it() -> None:
    text = "Where is my Card? The card's refund is LATE."
    marks = matching.marks_in(parse('"my card" OR refund NEAR(3) late'), text)

    assert [text[begin:end] for begin, end in marks] == ["my", "Card", "refund", "LATE"]


@pytest.mark.parametrize(
    "query",
    [
        "card late",
        '"card arrival" -app',
        "card (late OR slow OR delay*)",
        "(refund NEAR(4) late) mood:negative language:de reach:>1000 is:overheard",
        'card channel:"town square" network:simulator intent:complaint -"old app"',
    ],
)
def test_a_simple_query_is_a_form_and_back(query: str) -> None:
    parsed = parse(query)
    form = simple.simplify(parsed)

    assert form is not None
    assert simple.simplify(parse(simple.compose(form))) == form


@pytest.mark.parametrize(
    "query", ["(card late) OR app", "card (late OR slow) (app OR web)", "mood:negative,mixed card"]
)
def test_what_a_form_cannot_say_stays_a_query(query: str) -> None:
    assert simple.simplify(parse(query)) is None


@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=30))
def test_whatever_is_typed_into_the_form_is_a_query_or_says_nothing(words: str, some: str, without: str) -> None:
    text = simple.compose(simple.Simple(words=words, some=some, without=without))

    try:
        parse(text)
    except QueryError as error:
        kind = error.code
    else:
        kind = ""
    assert kind in {"", "empty", "only_exclusions", "no_word", "short_prefix"}
