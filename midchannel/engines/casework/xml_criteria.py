"""Rules, criteria and sentries of a CMMN file, and what only the file says. `xml_reading` reads the rest."""

from collections.abc import Iterable
from dataclasses import replace

from midchannel.engines.casework import checking, plan, xmltree
from midchannel.engines.casework.errors import Problem
from midchannel.engines.casework.xmltree import Element

_OURS = frozenset(
    {"", "{http://flowable.org/cmmn", "{http://camunda.org/schema/1.0/cmmn", "{https://midchannel.org/cmmn"}
)
"""The makers whose attributes are understood."""
_UNDERSTOOD = frozenset({"completionNeutralRule", "parentCompletionRule", "variableOnPart"})


class CriteriaReader:
    """Finds what a case names, reads rules and criteria, keeps what is wrong."""

    def __init__(self, root: Element, case: Element, *, first_version: bool) -> None:
        self.root, self.case, self.first_version = root, case, first_version
        self.problems: list[Problem] = []
        self.places: dict[str, tuple[int, int]] = {}
        self.every: dict[str, Element] = {}
        self.count = 0
        waiting = [case]
        while waiting:
            each = waiting.pop()
            if each.local != "planItem" and (name := id_of(each)):
                self.every.setdefault(name, each)
            waiting.extend(each.children)

    def wrong(self, element: Element, message: str, hint: str = "") -> None:
        name = f' id="{element.get("id")}"' if element.get("id") else ""
        self.problems.append(Problem(element.line, element.column, f"<{element.local}{name}>: {message}", hint))

    def look_up(self, reference: str, scope: tuple[Element, ...], fits) -> Element | None:  # type: ignore[no-untyped-def]
        reference = reference.rpartition(":")[2] if reference not in self.every else reference
        for holder in scope:
            for each in holder.children:
                if id_of(each) == reference and fits(each):
                    return each
        found = self.every.get(reference)
        return found if found is not None and fits(found) else None

    def rule(self, element: Element | None) -> plan.Rule | None:
        if element is None:
            return None
        known = {
            "id",
            "name",
            "counterVariable",
            "repeatOnStandardEvent",
        }
        extra = extra_of(element, known, {"condition", "documentation"})
        return plan.Rule(self.condition(element), element.get("id"), element.get("name"), about_of(element), extra)

    def condition(self, element: Element) -> str | None:
        """The text of a condition; in CMMN 1.0 it stands in a body."""
        said = element.first("condition")
        if said is None:
            return None
        body = said.first("body")
        return (body.text if body is not None else said.text).strip() or None

    def criteria(self, element: Element, scope: tuple[Element, ...], way: str) -> tuple[plan.Criterion, ...]:
        found = []
        for each in element.named(f"{way}Criterion"):
            sentry = self.sentry(each, each.get("sentryRef"), scope)
            if sentry is not None:
                criterion = self.criterion(sentry)
                about = about_of(each) or criterion.about
                found.append(
                    replace(criterion, id=each.get("id"), name=each.get("name") or criterion.name, about=about)
                )
        for reference in (element.get(f"{way}CriteriaRefs") or "").split():
            sentry = self.sentry(element, reference, scope)
            if sentry is not None:
                found.append(replace(self.criterion(sentry), id=reference))
        return tuple(found)

    def sentry(self, element: Element, reference: str | None, scope: tuple[Element, ...]) -> Element | None:
        if not reference:
            self.wrong(element, "it names no sentry (sentryRef).")
            return None
        found = self.look_up(reference, scope, lambda each: each.local == "sentry")
        if found is None:
            known = [name for name, each in self.every.items() if each.local == "sentry"]
            self.wrong(element, f"there is no sentry {reference!r}.", checking.near(reference, known))
        return found

    def criterion(self, sentry: Element) -> plan.Criterion:
        parts = []
        for each in sentry.children:
            if each.local == "planItemOnPart":
                parts.append(self.part(each, plan.Source.ITEM))
            elif each.local == "caseFileItemOnPart":
                parts.append(self.part(each, plan.Source.FILE))
            elif each.local == "extensionElements":
                parts += [self.value_part(one) for one in each.named("variableOnPart")]
        condition = sentry.first("ifPart")
        return plan.Criterion(
            on=tuple(parts),
            condition=None if condition is None else self.condition(condition) or "true",
            name=sentry.get("name"),
            sentry=id_of(sentry),
            about=about_of(sentry),
            trigger="onEvent" if sentry.get("triggerMode") == "onEvent" else "",
            extra=extra_of(
                sentry,
                {"id", "name", "triggerMode"},
                {"planItemOnPart", "caseFileItemOnPart", "ifPart", "documentation"},
            ),
        )

    def part(self, element: Element, kind: plan.Source) -> plan.OnPart:
        source, event = element.get("sourceRef"), element.first("standardEvent")
        if not source:
            self.wrong(element, "it names no source (sourceRef).")
        if event is None or not event.text.strip():
            self.wrong(element, "it names no event (standardEvent).")
        said = event.text.strip() if event is not None else ""
        leaving = element.get("exitCriterionRef") or element.get("sentryRef")
        return plan.OnPart(kind, source or "", said, leaving, element.get("id"), element.get("name"))

    def value_part(self, element: Element) -> plan.OnPart:
        event = element.first("variableEvent")
        said = event.text.strip() if event is not None else ""
        return plan.OnPart(plan.Source.VARIABLE, element.get("variableName") or "", said, None, element.get("id"))


def id_of(element: Element) -> str:
    """Its id, empty where it has none."""
    return element.get("id") or ""


def names_of(element: Element, attribute: str) -> tuple[str, ...]:
    """The names an attribute lists."""
    return tuple((element.get(attribute) or "").split())


def about_of(element: Element) -> str:
    """What is written about it."""
    said = [each.text.strip() for each in element.named("documentation")]
    return "\n\n".join(each for each in [*said, element.get("description") or ""] if each)


def extra_of(element: Element, attributes: Iterable[str], elements: Iterable[str]) -> plan.Extra:
    """What it says beyond these attributes and elements."""
    known, inner = set(attributes), set(elements)
    said = {
        element.qualified(name): value
        for name, value in element.attributes
        if not (name.rpartition(":")[2] in known and element.qualified(name).rpartition("}")[0] in _OURS)
        and not name.startswith("xmlns")
        and name != "description"
    }
    kept = tuple(sorted(said.items()))
    foreign = [each for each in element.children if each.local not in inner]
    flat = [one for each in foreign for one in (each.children if each.local == "extensionElements" else [each])]
    written = tuple(xmltree.write_element(each, alone=True).strip() for each in flat if each.local not in _UNDERSTOOD)
    return plan.Extra(kept, written) if kept or written else plan.NOTHING
