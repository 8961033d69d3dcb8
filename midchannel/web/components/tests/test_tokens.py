"""Colours that can be read: AA everywhere, AAA for what is said in threads, in light and in dark."""

import re
from pathlib import Path

import pytest

import midchannel.web

SOURCE = (Path(midchannel.web.__file__).parent / "static/mc/tokens.css").read_text()
COLOUR = re.compile(r"--([\w-]+):\s*(#[0-9a-f]{6})\b")
AAA_IN_THREADS = [
    (text, ground) for text in ("text", "accent-text") for ground in ("theirs", "ours", "warm-soft", "surface")
]
AA = [
    *[
        (text, ground)
        for text in ("text-2", "text-3")
        for ground in ("bg", "surface", "sunken", "hover", "theirs", "raised")
    ],
    *[("text-2", ground) for ground in ("ours", "warm-soft", "accent-soft")],
    *[(f"face-{n}t", f"face-{n}") for n in range(8)],
    *[(f"{name}-text", f"{name}-soft") for name in ("accent", "warm", "red", "sky", "heather")],
    *[(text, "surface") for text in ("red-text", "warm-text", "sky-text", "heather-text")],
    *[
        ("red-text", "ours"),
        ("warm-text", "ours"),
        ("warm-text", "warm-soft-2"),
        ("warm-text", "bg"),
        ("red-text", "bg"),
    ],
    *[
        ("on-accent", "accent"),
        ("on-accent", "accent-hover"),
        ("on-warm", "warm"),
        ("on-red", "red"),
        ("accent-text", "sunken"),
    ],
]
VISIBLE = [
    ("field-line", "surface"),
    ("focus", "surface"),
    ("focus", "bg"),
    *[(f"chart-{n}", "surface") for n in range(8)],
]


def palette(block: str) -> dict[str, str]:
    return dict(COLOUR.findall(block))


LIGHT = palette(SOURCE[: SOURCE.index("@media")])
DARK = palette(SOURCE[SOURCE.index(':root[data-theme="dark"]') :])


def luminance(colour: str) -> float:
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("pairs", "least"), [(AAA_IN_THREADS, 7), (AA, 4.5), (VISIBLE, 3)], ids=["AAA in threads", "AA", "visible"]
)
def test_colours_can_be_told_apart(theme: dict[str, str], pairs: list[tuple[str, str]], least: float) -> None:
    weak = {pair: round(contrast(theme[pair[0]], theme[pair[1]]), 2) for pair in pairs}

    assert {pair: ratio for pair, ratio in weak.items() if ratio < least} == {}


def test_dark_is_the_same_whether_chosen_or_preferred() -> None:
    preferred = SOURCE[SOURCE.index("@media (prefers-color-scheme: dark)") : SOURCE.index(':root[data-theme="dark"]')]

    assert palette(preferred) == DARK
    assert set(DARK) <= set(LIGHT)


def test_colours_are_chosen_in_the_tokens_alone() -> None:
    folder = Path(midchannel.web.__file__).parent / "static/mc"

    wrong = {
        path.name: found
        for path in folder.glob("*.css")
        if path.name != "tokens.css"
        and (
            found := re.findall(r"(?<![\w%])#[0-9a-fA-F]{3,8}\b|\brgb\(", re.sub(r"url\([^)]*\)", "", path.read_text()))
        )
    }

    assert wrong == {}
