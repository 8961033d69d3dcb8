"""How strongly something speaks for or against two records being one customer: in words, and as a bar.

Weights are in bits: one more doubles the odds. Nobody is shown a bit: people read "strongly for", "a little against".
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from midchannel.platform import richtext
from midchannel.platform.richtext import characters

FULL = 10.0
"""The weight at which a bar is as long as it gets."""
NOTHING, LITTLE, PLAIN, STRONG = 0.3, 2.0, 5.0, 9.0
SURE = 60.0
ALIKE = 0.72

FIELDS = {
    "given_name": gettext_lazy("First name"),
    "family_name": gettext_lazy("Family name"),
    "full_name": gettext_lazy("Name"),
    "name": gettext_lazy("Name"),
    "handle": gettext_lazy("User name"),
    "birth_date": gettext_lazy("Birth date"),
    "gender": gettext_lazy("Gender"),
    "email": gettext_lazy("E-mail"),
    "phone": gettext_lazy("Telephone"),
    "street": gettext_lazy("Street"),
    "house_number": gettext_lazy("House number"),
    "address": gettext_lazy("Address"),
    "postcode": gettext_lazy("Postcode"),
    "city": gettext_lazy("City"),
    "state": gettext_lazy("State"),
    "country": gettext_lazy("Country"),
    "organisation": gettext_lazy("Organisation"),
    "job_title": gettext_lazy("Job"),
    "website": gettext_lazy("Website"),
    "biography": gettext_lazy("About themselves"),
    "avatar": gettext_lazy("Picture"),
    "customer_number": gettext_lazy("Customer number"),
    "erp_number": gettext_lazy("ERP number"),
    "tax_number": gettext_lazy("Tax number"),
    "language": gettext_lazy("Language"),
    "name_order": gettext_lazy("Order of the names"),
    "chance": gettext_lazy("Chance"),
    "names_alone": gettext_lazy("Names alone"),
    "shared_alone": gettext_lazy("What others share"),
}

NOTES = {
    "chance": gettext_lazy("two of all people are rarely one"),
    "names_alone": gettext_lazy("never decide"),
    "shared_alone": gettext_lazy("never decides alone"),
}


@dataclass(frozen=True, slots=True)
class Point:
    """What one field says about two records. `side` is for, against or none; `left` and `right` are strangers' texts."""

    field: str
    label: str
    left: str
    right: str
    weight: float
    words: str | Promise
    side: str
    is_same: bool
    bar: SafeString
    marked: tuple[SafeString, SafeString]

    @property
    def is_general(self) -> bool:
        """Whether it is about no value of these two: chance, or in which order the names stand."""
        return not self.left and not self.right


@dataclass(frozen=True, slots=True)
class Sum:
    """What all of it comes to."""

    words: str
    odds: str
    side: str


def label_of(field: str) -> str:
    """What a field is called; an unknown column by its own name."""
    known = FIELDS.get(field)
    return str(known) if known else field.removeprefix("x_").replace("_", " ").capitalize()


def words_of(weight: float) -> str:
    """A weight in words."""
    size = abs(weight)
    if size < NOTHING:
        return _("says nothing")
    if weight > 0:
        return _step(size, _("a little for"), _("for"), _("strongly for"), _("very strongly for"))
    return _step(size, _("a little against"), _("against"), _("strongly against"), _("very strongly against"))


def _step(size: float, little: str, plain: str, strong: str, very: str) -> str:
    if size < LITTLE:
        return little
    if size < PLAIN:
        return plain
    return strong if size < STRONG else very


def side_of(weight: float) -> str:
    """for, against, or none."""
    return "none" if abs(weight) < NOTHING else "for" if weight > 0 else "against"


def points_of(fields: Iterable[Mapping[str, Any]]) -> list[Point]:
    """The fields of a decision's evidence ({field, weight, left, right}), what says most first."""
    points = [_point(each) for each in fields]
    telling = [point for point in points if not point.is_general or point.side != "none"]
    return sorted(telling, key=lambda point: (-abs(point.weight), point.label))


def _point(each: Mapping[str, Any]) -> Point:
    weight = float(each.get("weight") or 0.0)
    left, right = text_of(each.get("left")), text_of(each.get("right"))
    return Point(
        field=str(each.get("field", "")),
        label=label_of(str(each.get("field", ""))),
        left=left,
        right=right,
        weight=weight,
        words=NOTES[each["field"]] if each.get("field") in NOTES else words_of(weight),
        side=side_of(weight),
        is_same=bool(left) and left.casefold() == right.casefold(),
        bar=bar(weight),
        marked=mark_differences(left, right),
    )


def mark_differences(left: str, right: str) -> tuple[SafeString, SafeString]:
    """Both texts, escaped, with what is not the same in them marked; texts that have little in common are not marked at all."""
    a, b = characters.one_line(left), characters.one_line(right)
    matcher = SequenceMatcher(None, a.casefold(), b.casefold(), autojunk=False)
    is_alike = a and b and len(a) == len(a.casefold()) and len(b) == len(b.casefold()) and matcher.ratio() >= ALIKE
    if not is_alike or a == b:
        return richtext.render_line(left), richtext.render_line(right)
    steps = matcher.get_opcodes()
    return _marked((step[0], a[step[1] : step[2]]) for step in steps), _marked(
        (step[0], b[step[3] : step[4]]) for step in steps
    )


def _marked(pieces: Iterable[tuple[str, str]]) -> SafeString:
    return format_html_join(
        "",
        "{}",
        ((text if kind == "equal" else format_html("<mark>{}</mark>", text),) for kind, text in pieces if text),
    )


def text_of(value: Any) -> str:
    """A value as a text: lists with commas, nothing for None."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, Sequence):
        return ", ".join(text_of(each) for each in value)
    return str(value)


def bar(weight: float) -> SafeString:
    """A bar from the middle: to the right for, to the left against. The words beside it say the same."""
    share = 50 * min(abs(weight), FULL) / FULL
    left = 50.0 if weight >= 0 else 50 - share
    return format_html(
        '<svg class="lean lean-{}" width="100%" height="30" aria-hidden="true"><line class="lean-axis" x1="50%" x2="50%" y1="0" y2="30"/>'
        '<rect x="{}%" y="9" width="{}%" height="12" rx="3"/></svg>',
        side_of(weight),
        f"{left:.2f}",
        f"{max(share, 0.6):.2f}",
    )


def share_of(weight: float) -> float:
    """How many of a hundred pairs with this weight are one customer, as a share 0 to 1."""
    return float(1 / (1 + 2.0 ** -max(-SURE, min(SURE, weight))))


def sum_of(weight: float | None) -> Sum:
    """What a decision's whole weight comes to, in words."""
    if weight is None:
        return Sum(_("Certain"), "", "for")
    share = share_of(weight)
    for least, words, side in (
        (0.99, _("Almost certainly the same"), "for"),
        (0.9, _("Very probably the same"), "for"),
        (0.65, _("Probably the same"), "for"),
        (0.35, _("Could be either"), "none"),
        (0.1, _("Probably two different"), "against"),
        (-1.0, _("Very probably two different"), "against"),
    ):
        if share >= least:
            return Sum(words, _odds(share), side)
    raise AssertionError


def _odds(share: float) -> str:
    if share > 0.9995:
        return _("Of a thousand pairs that are alike in this way, fewer than one is two people.")
    if share > 0.99:
        wrong = round(1000 * (1 - share))
        return ngettext(
            "Of a thousand pairs that are alike in this way, about %d is two people.",
            "Of a thousand pairs that are alike in this way, about %d are two people.",
            wrong,
        ) % (wrong)
    same = round(100 * share)
    return ngettext(
        "Of a hundred pairs that are alike in this way, about %d is one person.",
        "Of a hundred pairs that are alike in this way, about %d are one person.",
        same,
    ) % (same)
