"""CMMN 1.1 XML to a plan, also as Camunda 7 and Flowable write it, and CMMN 1.0.

    document = read(data)
    document.plan, document.tree

What is not understood (extension elements, attributes of other makers, diagrams, parameters) is kept: `write` in `xml_writing` gives the
whole document again. References are looked up by local name, from the innermost stage outwards; criteria without an id go by their place.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from midchannel.engines.casework import checking, plan, xmltree
from midchannel.engines.casework.errors import InvalidPlanError, UnreadableError
from midchannel.engines.casework.xml_criteria import CriteriaReader, about_of, extra_of, id_of, names_of
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


class _Reader(CriteriaReader):
    """Walks a case."""

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
            about=about_of(case),
            version=next((value for name, value in case.attributes if name.endswith(":version")), ""),
            roles=tuple(
                plan.Role(each.get("id") or "", each.get("name"))
                for each in roles
                if each.get("id") and each.local != "caseRoles"
            ),
            file=tuple(
                self.file_item(each) for holder in case.named("caseFileModel") for each in holder.named("caseFileItem")
            ),
            extra=extra_of(
                case, {"id", "name"}, {"casePlanModel", "caseFileModel", "caseRoles", "caseRole", "documentation"}
            ),
            document=extra_of(self.root, {"id", "name"}, {"case"}),
            places=self.places,
        )

    def file_item(self, element: Element) -> plan.FileItem:
        inner = [each for holder in element.named("children") for each in holder.named("caseFileItem")]
        name = element.get("id") or ""
        self.places.setdefault(name, (element.line, element.column))
        return plan.FileItem(
            id=name,
            name=element.get("name"),
            about=about_of(element),
            multiplicity=element.get("multiplicity") or "",
            definition=element.get("definitionRef"),
            items=tuple(self.file_item(each) for each in inner),
            extra=extra_of(element, {"id", "name", "multiplicity", "definitionRef"}, {"children", "documentation"}),
        )

    # items

    def items(self, holder: Element, scope: tuple[Element, ...], inside: tuple[str, ...]) -> list[plan.Item]:
        found = []
        for each in holder.named("planItem"):
            definition = self.definition(each, scope)
            if definition is None:
                continue
            if definition.local == "planFragment":
                if id_of(definition) in inside:
                    self.wrong(each, f"{id_of(definition)!r} contains itself.")
                else:
                    found += self.items(definition, (definition, *scope), (*inside, id_of(definition)))
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

    def item(
        self, element: Element, definition: Element, scope: tuple[Element, ...], inside: tuple[str, ...]
    ) -> plan.Item:
        self.count += 1
        name = id_of(element) or f"{id_of(definition)}_{self.count}"
        kind = _KINDS.get(definition.local) or (
            plan.Kind.EVENT_LISTENER if definition.local.endswith("EventListener") else plan.Kind.STAGE
            if definition.local == "planFragment" else plan.Kind.TASK
        )  # fmt: skip
        own = id_of(definition)
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
            about=about_of(element) if whole is None else "",
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
            extra=extra_of(element, _ITEM_SAYS, _ITEM_KNOWN) if whole is None else plan.NOTHING,
            definition_extra=extra_of(definition, _DEFINITION_SAYS, _DEFINITION_KNOWN | _inner_definitions(definition)),
        )  # fmt: skip
        if whole is None and not item.about:
            item = replace(item, about=about_of(definition))
        if whole is not None:
            item = replace(item, about=about_of(definition))
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
            show=names_of(element, "show"),
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
            extra=extra_of(element, {"id"}, {"requiredRule", "manualActivationRule", "repetitionRule"}),
        )

    # what may be added

    def table(self, definition: Element, scope: tuple[Element, ...], inside: tuple[str, ...]) -> plan.Table | None:
        element = definition.first("planningTable")
        if element is None:
            return None
        if definition.local not in {"stage", "casePlanModel", "humanTask", "planFragment"}:
            self.wrong(element, f"<{definition.local}> can offer nothing to add.")
            return None
        holder = scope if definition.local != "humanTask" else scope[1:] or scope
        return self.one_table(element, holder, (*inside, id_of(definition)), {})

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
                            item, tuple(self.applicable(each, rules)), names_of(each, "authorizedRoleRefs")
                        )
                    )
        return plan.Table(
            items=tuple(items), roles=names_of(element, "authorizedRoleRefs"), id=element.get("id"), name=element.get("name"),
            about=about_of(element), extra=extra_of(element, {"id", "name", "authorizedRoleRefs", "applicabilityRuleRefs"},
                                                {"discretionaryItem", "planningTable", "applicabilityRule", "documentation"}),
        )  # fmt: skip

    def applicability(self, element: Element) -> plan.Applicability:
        known = {"id", "name", "contextRef"}
        extra = extra_of(element, known, {"condition", "documentation"})
        return plan.Applicability(
            id_of(element),
            self.condition(element),
            element.get("name"),
            about_of(element),
            element.get("contextRef"),
            extra,
        )

    def applicable(self, element: Element, rules: dict[str, plan.Applicability]) -> Iterable[plan.Applicability]:
        for name in names_of(element, "applicabilityRuleRefs"):
            if name in rules:
                yield rules[name]
            else:
                self.wrong(element, f"there is no applicability rule {name!r}.", checking.near(name, rules))


def _inner_definitions(definition: Element) -> frozenset[str]:
    return frozenset(
        each.local
        for each in definition.children
        if each.local in _KINDS or each.local.endswith(("Task", "EventListener"))
    )
