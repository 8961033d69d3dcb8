"""CMMN 1.1 XML to a plan, also as Camunda 7 and Flowable write it, and CMMN 1.0.

    document = read(data)
    document.plan, document.tree

What is not understood (extension elements, attributes of other makers, diagrams, parameters) is kept: `write` in `xml_writing` gives the
whole document again. References are looked up by local name, from the innermost stage outwards; criteria without an id go by their place.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from midchannel.engines.casework import checking, plan, xmltree
from midchannel.engines.casework.errors import InvalidPlanError, Problem, UnreadableError
from midchannel.engines.casework.xmltree import Element

_SPACES = frozenset({"http://www.omg.org/spec/CMMN/20151109/MODEL", "http://www.omg.org/spec/CMMN/20131201/MODEL"})
_FIRST_VERSION = "http://www.omg.org/spec/CMMN/20131201/MODEL"
_KINDS = {each.value: each for each in plan.Kind}
_DEEPEST = 40
_MOST = 20_000
_ITEM_KNOWN = frozenset({"entryCriterion", "exitCriterion", "itemControl", "documentation"})
_DEFINITION_KNOWN = frozenset({
    "planItem", "sentry", "planningTable", "defaultControl", "documentation", "entryCriterion", "exitCriterion", "timerExpression",
    "planItemStartTrigger", "caseFileItemStartTrigger", "planFragment",
})  # fmt: skip
_ITEM_SAYS = frozenset({"id", "name", "definitionRef", "show", "applicabilityRuleRefs", "authorizedRoleRefs"})
_DEFINITION_SAYS = frozenset({
    "id", "name", "autoComplete", "isBlocking", "performerRef", "formKey", "isBlockingExpression",
    "processRef", "caseRef", "decisionRef",
})  # fmt: skip
_OURS = frozenset(
    {"", "{http://flowable.org/cmmn", "{http://camunda.org/schema/1.0/cmmn", "{https://midchannel.org/cmmn"}
)
"""The makers whose attributes are understood."""
_UNDERSTOOD = frozenset({"completionNeutralRule", "parentCompletionRule", "variableOnPart"})
_REFERENCES = ("processRef", "caseRef", "decisionRef")


@dataclass(frozen=True)
class CmmnDocument:
    """A file: its plan, the text it came from, and what is only probably wrong."""

    plan: plan.Plan
    tree: xmltree.Document


def read(data: bytes | str, *, case: str | None = None) -> CmmnDocument:
    """The plan of a file: of its only case, or the one named. Raises `UnreadableError` or `InvalidPlanError`, with elements and places."""
    tree = xmltree.read(data)
    root = tree.root
    if root.local != "definitions" or root.space not in _SPACES:
        raise UnreadableError(
            f"This is not CMMN: the document begins with <{root.name}>.", line=root.line, column=root.column
        )
    cases = root.named("case")
    chosen = next((each for each in cases if case in {None, each.get("id")}), None)
    if chosen is None:
        there = ", ".join(str(each.get("id")) for each in cases) or "none"
        raise UnreadableError(
            f"There is no case {case or ''} in <definitions>: {there}.", line=root.line, column=root.column
        )
    reader = _Reader(root, chosen, first_version=root.space == _FIRST_VERSION)
    said = reader.whole()
    problems = reader.problems or checking.check(said)
    if problems:
        raise InvalidPlanError(problems)
    return CmmnDocument(said, tree)


class _Reader:
    """Walks a case, keeps what is wrong."""

    def __init__(self, root: Element, case: Element, *, first_version: bool) -> None:
        self.root, self.case, self.first_version = root, case, first_version
        self.problems: list[Problem] = []
        self.places: dict[str, tuple[int, int]] = {}
        self.every: dict[str, Element] = {}
        self.count = 0
        waiting = [case]
        while waiting:
            each = waiting.pop()
            if each.local != "planItem" and (name := _id(each)):
                self.every.setdefault(name, each)
            waiting.extend(each.children)

    def wrong(self, element: Element, message: str, hint: str = "") -> None:
        name = f' id="{element.get("id")}"' if element.get("id") else ""
        self.problems.append(Problem(element.line, element.column, f"<{element.local}{name}>: {message}", hint))

    def whole(self) -> plan.Plan:
        case = self.case
        model = case.first("casePlanModel")
        if model is None:
            self.wrong(case, "it has no casePlanModel.")
            return plan.Plan(case.get("id") or "", plan.Item("", plan.Kind.CASE))
        roles = [
            *case.named("caseRole", "caseRoles"),
            *(each for holder in case.named("caseRoles") for each in holder.named("role")),
        ]
        root = self.item(model, model, (), ())
        return plan.Plan(
            id=case.get("id") or "case",
            root=replace(root, kind=plan.Kind.CASE),
            name=case.get("name"),
            about=_about(case),
            version=next((value for name, value in case.attributes if name.endswith(":version")), ""),
            roles=tuple(
                plan.Role(each.get("id") or "", each.get("name"))
                for each in roles
                if each.get("id") and each.local != "caseRoles"
            ),
            file=tuple(
                self.file_item(each) for holder in case.named("caseFileModel") for each in holder.named("caseFileItem")
            ),
            extra=_extra(
                case, {"id", "name"}, {"casePlanModel", "caseFileModel", "caseRoles", "caseRole", "documentation"}
            ),
            document=_extra(self.root, {"id", "name"}, {"case"}),
            places=self.places,
        )

    def file_item(self, element: Element) -> plan.FileItem:
        inner = [each for holder in element.named("children") for each in holder.named("caseFileItem")]
        name = element.get("id") or ""
        self.places.setdefault(name, (element.line, element.column))
        return plan.FileItem(
            id=name,
            name=element.get("name"),
            about=_about(element),
            multiplicity=element.get("multiplicity") or "",
            definition=element.get("definitionRef"),
            items=tuple(self.file_item(each) for each in inner),
            extra=_extra(element, {"id", "name", "multiplicity", "definitionRef"}, {"children", "documentation"}),
        )

    # items

    def items(self, holder: Element, scope: tuple[Element, ...], inside: tuple[str, ...]) -> list[plan.Item]:
        found = []
        for each in holder.named("planItem"):
            definition = self.definition(each, scope)
            if definition is None:
                continue
            if definition.local == "planFragment":
                if _id(definition) in inside:
                    self.wrong(each, f"{_id(definition)!r} contains itself.")
                else:
                    found += self.items(definition, (definition, *scope), (*inside, _id(definition)))
                continue
            item = self.item(each, definition, scope, inside)
            found.append(item)
        return found

    def definition(self, element: Element, scope: tuple[Element, ...]) -> Element | None:
        reference = element.get("definitionRef")
        if not reference:
            self.wrong(element, "it names no definition (definitionRef).")
            return None
        found = self.look_up(reference, scope, lambda each: each.local in _KINDS or each.local.endswith(("Task", "task", "EventListener"))
                             or each.local in {"planFragment"})  # fmt: skip
        if found is None:
            self.wrong(element, f"there is no definition {reference!r}.", checking.near(reference, self.every))
        return found

    def look_up(self, reference: str, scope: tuple[Element, ...], fits) -> Element | None:  # type: ignore[no-untyped-def]
        reference = reference.rpartition(":")[2] if reference not in self.every else reference
        for holder in scope:
            for each in holder.children:
                if _id(each) == reference and fits(each):
                    return each
        found = self.every.get(reference)
        return found if found is not None and fits(found) else None

    def item(
        self, element: Element, definition: Element, scope: tuple[Element, ...], inside: tuple[str, ...]
    ) -> plan.Item:
        self.count += 1
        name = _id(element) or f"{_id(definition)}_{self.count}"
        kind = _KINDS.get(definition.local) or (
            plan.Kind.EVENT_LISTENER if definition.local.endswith("EventListener") else plan.Kind.STAGE
            if definition.local == "planFragment" else plan.Kind.TASK
        )  # fmt: skip
        own = _id(definition)
        self.places.setdefault(name, (element.line, element.column))
        if own in inside or len(inside) > _DEEPEST or self.count > _MOST:
            self.wrong(element, f"{own!r} contains itself." if own in inside else "the plan is too large or too deep.")
            return plan.Item(name, kind)
        within = (definition, *scope)
        whole = definition if element is definition else None
        item = plan.Item(
            id=name,
            kind=kind,
            name=element.get("name"),
            about=_about(element) if whole is None else "",
            definition=None if whole is not None else own,
            definition_name=definition.get("name"),
            entry=self.criteria(element, scope or within, "entry"),
            exit=self.criteria(element, scope or within, "exit"),
            control=self.control(element.first("itemControl"), kind) if whole is None else plan.PLAIN,
            default=self.control(definition.first("defaultControl"), kind),
            work=self.work(element, definition),
            timing=self.timing(definition),
            auto_complete=definition.get("autoComplete") == "true",
            items=tuple(self.items(definition, within, (*inside, own))),
            table=self.table(definition, within, inside),
            extra=_extra(element, _ITEM_SAYS, _ITEM_KNOWN) if whole is None else plan.NOTHING,
            definition_extra=_extra(definition, _DEFINITION_SAYS, _DEFINITION_KNOWN | _inner_definitions(definition)),
        )  # fmt: skip
        if whole is None and not item.about:
            item = replace(item, about=_about(definition))
        if whole is not None:
            item = replace(item, about=_about(definition))
        return self.first_version_rules(item)

    def first_version_rules(self, item: plan.Item) -> plan.Item:
        """CMMN 1.0 starts tasks and stages by hand unless a rule says no."""
        if self.first_version and item.kind.family in {"stage", "task"} and item.rules.manual is None:
            return replace(item, default=replace(item.default, manual=plan.Rule()))
        return item

    def work(self, element: Element, definition: Element) -> plan.Work:
        reference = next((definition.get(each) for each in _REFERENCES if definition.get(each)), None)
        expressions = [each.text.strip() for each in definition.children if each.local.endswith("RefExpression")]
        return plan.Work(
            performer=definition.get("performerRef"),
            blocking=definition.get("isBlocking") != "false",
            blocking_expression=definition.get("isBlockingExpression"),
            reference=reference or (expressions[0] if expressions else None),
            form=definition.get("formKey"),
            show=_names(element, "show"),
        )

    def timing(self, definition: Element) -> plan.Timing | None:
        said = definition.first("timerExpression")
        if definition.local != "timerEventListener":
            return None
        trigger = definition.first("planItemStartTrigger") or definition.first("caseFileItemStartTrigger")
        start = (
            self.part(trigger, plan.Source.FILE if trigger.local.startswith("caseFile") else plan.Source.ITEM)
            if trigger
            else None
        )
        return plan.Timing(said.text.strip() if said else "", start, said.get("id") if said else None)

    # rules and criteria

    def control(self, element: Element | None, kind: plan.Kind) -> plan.Control:
        if element is None:
            return plan.PLAIN
        repeat = element.first("repetitionRule")
        neutral = next(
            (each for holder in element.named("extensionElements") for each in holder.named("completionNeutralRule")),
            None,
        )
        parent = next(
            (each for holder in element.named("extensionElements") for each in holder.named("parentCompletionRule")),
            None,
        )
        on = repeat.get("repeatOnStandardEvent") if repeat else None
        return plan.Control(
            required=self.rule(element.first("requiredRule")),
            manual=self.rule(element.first("manualActivationRule")) if kind.family in {"stage", "task"} else None,
            repeat=self.rule(repeat),
            repeat_on=(on,) if on else (),
            counter=repeat.get("counterVariable") if repeat else None,
            neutral=self.rule(neutral),
            parent_completion=(parent.get("type") or "") if parent else "",
            extra=_extra(element, {"id"}, {"requiredRule", "manualActivationRule", "repetitionRule"}),
        )

    def rule(self, element: Element | None) -> plan.Rule | None:
        if element is None:
            return None
        known = {
            "id",
            "name",
            "counterVariable",
            "repeatOnStandardEvent",
        }
        extra = _extra(element, known, {"condition", "documentation"})
        return plan.Rule(self.condition(element), element.get("id"), element.get("name"), _about(element), extra)

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
                about = _about(each) or criterion.about
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
            sentry=_id(sentry),
            about=_about(sentry),
            trigger="onEvent" if sentry.get("triggerMode") == "onEvent" else "",
            extra=_extra(
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

    # what may be added

    def table(self, definition: Element, scope: tuple[Element, ...], inside: tuple[str, ...]) -> plan.Table | None:
        element = definition.first("planningTable")
        if element is None:
            return None
        if definition.local not in {"stage", "casePlanModel", "humanTask", "planFragment"}:
            self.wrong(element, f"<{definition.local}> can offer nothing to add.")
            return None
        holder = scope if definition.local != "humanTask" else scope[1:] or scope
        return self.one_table(element, holder, (*inside, _id(definition)), {})

    def one_table(self, element: Element, scope: tuple[Element, ...], inside: tuple[str, ...],
                  above: dict[str, plan.Applicability]) -> plan.Table:  # fmt: skip
        own = {each.id: each for each in (self.applicability(one) for one in element.named("applicabilityRule"))}
        rules = {**above, **own}
        items: list[plan.Discretionary | plan.Table] = []
        for each in element.children:
            if each.local == "planningTable":
                inner = self.one_table(each, scope, inside, rules)
                named = tuple(self.applicable(each, rules))
                items.append(replace(inner, rules=named or inner.rules if each.get("applicabilityRuleRefs") else ()))
            elif each.local == "discretionaryItem":
                definition = self.definition(each, scope)
                if definition is not None:
                    item = self.item(each, definition, scope, inside)
                    items.append(
                        plan.Discretionary(
                            item, tuple(self.applicable(each, rules)), _names(each, "authorizedRoleRefs")
                        )
                    )
        return plan.Table(
            items=tuple(items), roles=_names(element, "authorizedRoleRefs"), id=element.get("id"), name=element.get("name"),
            about=_about(element), extra=_extra(element, {"id", "name", "authorizedRoleRefs", "applicabilityRuleRefs"},
                                                {"discretionaryItem", "planningTable", "applicabilityRule", "documentation"}),
        )  # fmt: skip

    def applicability(self, element: Element) -> plan.Applicability:
        known = {"id", "name", "contextRef"}
        return plan.Applicability(_id(element), self.condition(element), element.get("name"), _about(element), element.get("contextRef"),
                                  _extra(element, known, {"condition", "documentation"}))  # fmt: skip

    def applicable(self, element: Element, rules: dict[str, plan.Applicability]) -> Iterable[plan.Applicability]:
        for name in _names(element, "applicabilityRuleRefs"):
            if name in rules:
                yield rules[name]
            else:
                self.wrong(element, f"there is no applicability rule {name!r}.", checking.near(name, rules))


def _id(element: Element) -> str:
    return element.get("id") or ""


def _inner_definitions(definition: Element) -> frozenset[str]:
    return frozenset(
        each.local
        for each in definition.children
        if each.local in _KINDS or each.local.endswith(("Task", "EventListener"))
    )


def _names(element: Element, attribute: str) -> tuple[str, ...]:
    return tuple((element.get(attribute) or "").split())


def _about(element: Element) -> str:
    said = [each.text.strip() for each in element.named("documentation")]
    return "\n\n".join(each for each in [*said, element.get("description") or ""] if each)


def _extra(element: Element, attributes: Iterable[str], elements: Iterable[str]) -> plan.Extra:
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
