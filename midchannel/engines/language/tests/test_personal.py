"""What is personal in a text is found where it stands, and its likes are not."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midchannel.engines.language import personal


@pytest.mark.parametrize(
    ("text", "type_", "value"),
    [
        ("write to Ana.Perez+x@example.co.uk please", "email", "ana.perez+x@example.co.uk"),
        ("it is ana (at) example (dot) com", "email", "ana@example.com"),
        ("call me on 0171 234 5678 now", "phone", "+441712345678"),
        ("I am at +49 170 1234567", "phone", "+491701234567"),
        ("(555) 123-4567", "phone", "+15551234567"),
        ("my card 4111 1111-1111 1111 was charged", "card", "4111111111111111"),
        ("amex 3782 822463 10005", "card", "378282246310005"),
        ("2 of them: 10, 3782 822463 10005", "card", "378282246310005"),
        ("of 7 3782 822463 10005", "card", "378282246310005"),
        ("DE89 3704 0044 0532 0130 00 is mine", "iban", "DE89370400440532013000"),
        ("gb82west12345698765432", "iban", "GB82WEST12345698765432"),
        ("it came from 192.168.1.20 I think", "ip", "192.168.1.20"),
        ("and 2001:db8::1 too", "ip", "2001:db8::1"),
        ("send it to 221B Baker Street", "address", "221B Baker Street"),
        ("ich wohne Hauptstraße 12a", "address", "Hauptstraße 12a"),
        ("au 12 rue de la Paix", "address", "12 rue de la Paix"),
        ("vivo en Calle Mayor 5", "address", "Calle Mayor 5"),
    ],
)
def test_what_is_personal_is_found_with_its_place(text: str, type_: str, value: str) -> None:
    found = [each for each in personal.find(text) if each.type == type_]
    assert [each.value for each in found] == [value]
    assert text[found[0].start : found[0].end].strip()


@pytest.mark.parametrize(
    "text",
    [
        "4111-1111-1111-1112 is no card",
        "order 123456789012 is late",
        "they won 3-1 on 2011-12-01 at 12:30:45",
        "version 1.2.3.4 is out",
        "don't @ me. I mean it",
        "R$ 1.234.567,89",
        "two square inches of skin",
        "DE88 3704 0044 0532 0130 00",
    ],
)
def test_a_lookalike_is_left_alone(text: str) -> None:
    assert personal.find(text) == []


@given(st.text(max_size=200))
def test_no_text_is_an_error_and_matches_never_overlap(text: str) -> None:
    found = personal.find(text)
    assert all(one.end <= other.start for one, other in itertools.pairwise(found))
    assert all(0 <= each.start < each.end <= len(text) for each in found)
