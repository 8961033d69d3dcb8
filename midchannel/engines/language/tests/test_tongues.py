"""Which language a text is in, Hindi in Latin letters and several languages at once among them."""

import csv
from collections import defaultdict
from pathlib import Path

import pytest

from midchannel.engines.language import grading, tongues

POSTS = Path(__file__).parent / "languages.tsv"
"""Posts of our own that nothing was learned from."""


def test_posts_in_thirty_languages_are_told_apart() -> None:
    with POSTS.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    told = tongues.tell([row["text"] for row in rows])
    right = defaultdict(list)
    for row, (code, _) in zip(rows, told, strict=True):
        right["hi-Latn" if row["label"] == "hi-Latn" else "others"].append(code == row["label"])
    assert sum(right["hi-Latn"]) / len(right["hi-Latn"]) >= 0.8
    assert sum(right["others"]) / len(right["others"]) >= 0.9


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("ขอบคุณมากครับ", "th"),
        ("நன்றி, மிகவும் நல்லது", "ta"),
        ("Ευχαριστώ πάρα πολύ για τη βοήθεια", "el"),
        ("ᏣᎳᎩ ᎦᏬᏂᎯᏍᏗ ᏣᎳᎩ", ""),
        ("xkcd qwrt zzz", ""),
    ],
)
def test_an_alphabet_may_tell_the_language_and_what_is_unknown_is_said_to_be(text: str, code: str) -> None:
    assert tongues.tell([text])[0][0] == code


def test_a_post_in_many_languages_is_in_no_single_one() -> None:
    text = (
        "Vielen Dank für die schnelle Hilfe. Merci beaucoup pour votre réponse. Gracias por todo, muy amables. "
        "Obrigado pela ajuda de hoje. "
        "Большое спасибо за помощь. धन्यवाद आपकी मदद के लिए. 谢谢你们的帮助. Tack så mycket för hjälpen."
    )
    short = "Danke. Merci. Gracias. Obrigado. Спасибо. धन्यवाद. 谢谢. شكرا. Asante. Tack."
    assert [code for code, _ in tongues.tell([text, short])] == [tongues.SEVERAL] * 2


def test_hindi_in_latin_letters_counts_as_hindi_where_only_hindi_is_asked_for() -> None:
    rows = grading.rows_of("text\tlabel\nbhai mera order abhi tak nahi aaya kya karu\thi\nthis is fine\ten\n", {})
    assert grading.grade("language", rows, clock=lambda: 0.0).labels["hi"].recall == 1.0
