"""Values of the case file that conditions read: as fields to type, and read back from a form."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from midchannel.engines.casework.questions import Need, Question
from midchannel.middle.cases.queries.showing import CasePage
from midchannel.platform.errors import InvalidError
from midchannel.web.cases import wording
from midchannel.web.cases.records import Field

PREFIX = "v."
LONGEST = 500


def of_case(page: CasePage) -> list[Field]:
    """What the plan's conditions ask for, and whatever else the case knows."""
    values = page.detail.values
    found = [field_of(each, values) for each in page.questions]
    asked = {each.name.partition(".")[0] for each in page.questions}
    for name, value in values.items():
        if name not in asked and not isinstance(value, dict | list):
            found.append(field_of(Question(name, _need_of(value)), values))
    return found


def _need_of(value: Any) -> Need:
    if isinstance(value, bool):
        return Need.YES_NO
    return Need.NUMBER if isinstance(value, int | float) else Need.TEXT


def field_of(question: Question, values: Mapping[str, Any]) -> Field:
    """A field for a value, with what is known now."""
    value = _reached(question.name, values)
    text = {True: "yes", False: "no"}[value] if isinstance(value, bool) else "" if value is None else str(value)
    choices = tuple((each, each) for each in question.choices)
    if question.need is Need.CHOICE and text and text not in question.choices:
        choices = (*choices, (text, text))
    if question.need is Need.YES_NO:
        choices = (("yes", _("Yes")), ("no", _("No")))
    return Field(
        name=f"{PREFIX}{question.name}",
        label=wording.name_of(question.name),
        kind=question.need.value,
        value=text,
        choices=choices,
        shown=wording.shown(value),
    )


def _reached(name: str, values: Mapping[str, Any]) -> Any:
    found: Any = values
    for each in name.split("."):
        found = found.get(each) if isinstance(found, Mapping) else None
    return found


def read(posted: Mapping[str, str], questions: tuple[Question, ...], values: Mapping[str, Any]) -> dict[str, Any]:
    """The values that a form sets anew. What is left empty stays as it is. Raises InvalidError with the field's name."""
    needs = {each.name: each.need for each in questions}
    found: dict[str, Any] = {}
    for key, text in posted.items():
        name = key.removeprefix(PREFIX)
        known = _reached(name, values)
        if key == name or not text.strip() or (name not in needs and known is None):
            continue
        value = _read(name, text.strip(), needs.get(name) or _need_of(known))
        if value != known:
            _put(found, name, value, values)
    return found


def _put(found: dict[str, Any], name: str, value: Any, values: Mapping[str, Any]) -> None:
    """Sets a value; one that lies in another is set in a copy of that."""
    first, _dot, rest = name.partition(".")
    if not rest:
        found[first] = value
        return
    holder = found.get(first, values.get(first))
    inner = dict(holder) if isinstance(holder, Mapping) else {}
    _put(inner, rest, value, inner)
    found[first] = inner


def _read(name: str, text: str, need: Need) -> Any:
    if len(text) > LONGEST:
        raise InvalidError(_("At most %d letters fit here.") % LONGEST, name)
    if need is Need.YES_NO:
        return text == "yes"
    if need is not Need.NUMBER:
        return text
    try:
        number = float(text.replace(",", "."))
    except ValueError as error:
        said = _("%(name)s is a number; “%(text)s” is none.") % {"name": wording.name_of(name), "text": text[:40]}
        raise InvalidError(said, name) from error
    if not abs(number) < 1e15:
        raise InvalidError(_("This number is too large."), name)
    return int(number) if number.is_integer() else number
