"""How values are spelled, found by and weighed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midchannel.engines.identity import fields, keys, model

TEXT = st.text(max_size=40)
ANY = TEXT | st.integers() | st.none() | st.lists(TEXT, max_size=3)
RAW = st.dictionaries(st.sampled_from([*fields.STANDARD, "x_any"]), ANY, max_size=8)
LOSSY = {"birth_date", "email", "phone", "handle", "organisation", "x_any"}


@given(st.sampled_from([*fields.STANDARD, "x_any"]), TEXT)
def test_a_normal_form_is_normal(name: str, raw: str) -> None:
    for found in fields.normal(name, raw):
        assert found == found.strip() != ""
        assert name in LOSSY or fields.normal(name, found)[:1] in {(found,), ()}


@given(RAW, RAW)
def test_any_two_records_can_be_compared_in_either_order(one: dict[str, object], other: dict[str, object]) -> None:
    left, right = fields.read(one), fields.read(other)
    by = model.load_default()

    there, back = by.score(left, right), by.score(right, left)

    assert there.verdict == back.verdict
    assert there.weight == pytest.approx(back.weight)
    assert 0.0 <= there.probability <= 1.0
    assert len(keys.blocking_keys(left)) <= 200


@given(RAW)
def test_keys_are_numbers_postgresql_can_keep_and_each_is_given_once(raw: dict[str, object]) -> None:
    found = keys.blocking_keys(fields.read(raw))

    assert len(set(found)) == len(found)
    assert all(-(2**63) <= each < 2**63 for each in found)


def test_keys_do_not_change_with_the_process() -> None:
    assert keys.hashed("email:a@b.example") == 286334605255646997


@pytest.mark.parametrize(
    ("name", "raw", "normal"),
    [
        ("email", " Rob.Allen+shop@GMail.com", "roballen@gmail.com"),
        ("phone", "+49 (0)170 123 45 67", "701234567"),
        ("birth_date", "24.06.1971", "19710624"),
        ("birth_date", "06/24/1971", "19710624"),
        ("birth_date", "24 June 1971", "19710624"),
        ("birth_date", 19710624, "19710624"),
        ("birth_date", "1971", "19710000"),
        ("full_name", "Dr. Renée O'Neill", "renee oneill"),
        ("handle", "@alice@social.example", "alice"),
        ("organisation", "Müller & Söhne GmbH", "muller sohne"),
        ("website", "https://www.example.org/", "example.org"),
        ("x_price", "36.50", "36.5"),
        ("given_name", "王", "王"),
    ],
)
def test_a_value_is_spelled_one_way(name: str, raw: object, normal: str) -> None:
    assert fields.normal(name, raw) == (normal,)


@pytest.mark.parametrize("raw", ["", "  ", "!!!", "N/A", "null", None, float("nan")])
def test_what_says_nothing_is_nothing(raw: object) -> None:
    assert fields.read({"full_name": raw, "x_note": raw}).values == {}


@pytest.mark.parametrize(
    ("column", "field"), [("soc_sec_id", "tax_number"), ("First Name", "given_name"), ("dateOfBirth", "birth_date")]
)
def test_columns_are_known_by_their_names(column: str, field: str) -> None:
    assert fields.recognise(column) == field


def test_swapped_names_are_seen_and_said() -> None:
    by = model.load_default()
    one = fields.read({"given_name": "Lily", "family_name": "Robinson", "birth_date": "2009-07-06"})
    other = fields.read({"given_name": "Robinson", "family_name": "Lily", "birth_date": "2009-07-06"})

    score = by.score(one, other)

    levels = {each.field: each.level for each in score.contributions}
    assert (levels[model.ORDER], levels["given_name"], levels["birth_date"]) == ("swapped", "same", "same")
    assert score.weight > 0


def test_a_name_and_a_handle_made_of_it_count_once() -> None:
    by = model.load_default()
    names = {"given_name": "Ada", "family_name": "Quimby"}

    both = by.score(fields.read(names | {"handle": "adaquimby"}), fields.read(names | {"handle": "adaquimby"}))

    bits = {each.field: each.weight for each in both.contributions}
    name = bits["given_name"] + bits["family_name"] + bits[model.ORDER]
    assert both.weight == pytest.approx(by.prior + max(name, bits["handle"]))


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("Ada", "Oda", "a little alike"),
        ("Nils", "Nils", "same"),
        ("Elif", "Alif", "a little alike"),
        ("Paul", "Paula", "a little alike"),
        ("Jonas", "Joana", "a little alike"),
        ("Sara", "Sarah", "one letter"),
        ("Anna", "Anne", "one letter"),
        ("Bob", "Robert", "close"),
        ("Wilhelmina", "Wilhemina", "one letter"),
    ],
)
def test_a_well_known_or_short_name_is_no_slip_for_another(one: str, other: str, level: str) -> None:
    score = model.load_default().score(fields.read({"given_name": one}), fields.read({"given_name": other}))

    assert score.contributions[0].level == level
    assert (score.contributions[0].weight < 0) == (level == "a little alike")


def test_addresses_that_differ_as_the_first_names_do_join_nobody() -> None:
    ada, oda = (
        fields.read({"given_name": each, "family_name": "Awning", "email": f"{each}.awning@mail.example"})
        for each in ("ada", "oda")
    )

    assert model.load_default().score(ada, oda).verdict != model.AUTO


@pytest.mark.parametrize("given_name", ["Marta", None, "M"])
def test_a_household_never_joins_by_itself(given_name: str | None) -> None:
    home = {
        "family_name": "Costa",
        "street": "Rua do Sol",
        "house_number": "7",
        "postcode": "4000-001",
        "phone": "+351 223 456 789",
    }
    one, other = fields.read({"given_name": "Rui", **home}), fields.read({"given_name": given_name, **home})

    assert model.load_default().score(one, other).verdict != model.AUTO


def test_a_city_only_ever_brings_a_pair_to_review() -> None:
    by = model.load_default()
    one = fields.Record({"biography": ("sells the finest copper in ur",), "avatar": ("abc",)})

    assert by.score(one, one).verdict != model.AUTO


def test_two_erp_numbers_are_for_people_to_judge() -> None:
    by = model.load_default()
    same = {"full_name": "Ada Quimby", "email": "ada@quimby.example", "birth_date": "1980-02-03"}

    assert by.score(fields.read(same), fields.read(same)).verdict == model.AUTO
    assert (
        by.score(fields.read({**same, "erp_number": "1"}), fields.read({**same, "erp_number": "2"})).verdict
        == model.REVIEW
    )


def test_what_both_had_proof_of_is_a_must() -> None:
    by = model.load_default()
    proven = fields.read({"email": "ada@quimby.example"}, verified=[("email", "Ada@Quimby.example")])

    assert by.score(proven, proven).verdict == model.MUST


def test_a_model_is_read_as_it_was_written() -> None:
    by = model.load_default()

    assert model.Model.from_json(by.to_json()) == by
    with pytest.raises(ValueError, match="no identity model"):
        model.Model.from_json("[]")
