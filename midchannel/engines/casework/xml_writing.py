"""A plan as CMMN 1.1 XML. A file that was read is written as it was (`write_document`); a plan from elsewhere is written anew (`write`).

Written anew, a plan keeps everything it says: documentation, extension elements and attributes of other makers, diagrams. What only
Midchannel says (`show`, a version) goes into attributes of its own namespace. Definitions that several items share are written once.
"""

from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

from midchannel.engines.casework import plan, xmltree
from midchannel.engines.casework.xml_reading import CmmnDocument

CMMN = "http://www.omg.org/spec/CMMN/20151109/MODEL"
OWN = "https://midchannel.org/cmmn"
_KNOWN = {
    CMMN: "cmmn",
    OWN: "midchannel",
    "http://camunda.org/schema/1.0/cmmn": "camunda",
    "http://flowable.org/cmmn": "flowable",
    "http://www.w3.org/2001/XMLSchema-instance": "xsi",
}
_CAMUNDA, _FLOWABLE = "http://camunda.org/schema/1.0/cmmn", "http://flowable.org/cmmn"
_REFERENCES = {
    plan.Kind.PROCESS_TASK: "processRef",
    plan.Kind.CASE_TASK: "caseRef",
    plan.Kind.DECISION_TASK: "decisionRef",
}

Attributes = Iterable[tuple[str, str | None]]


def write_document(document: CmmnDocument) -> str:
    """The file again, equal in canonical form."""
    return xmltree.write(document.tree)


def write(said: plan.Plan) -> str:
    """A plan as CMMN."""
    return _Writer(said).whole()


class _Writer:
    def __init__(self, said: plan.Plan) -> None:
        self.plan = said
        self.lines: list[str] = []
        self.depth = 0
        self.spaces = dict(_KNOWN)
        self.sentries = 0
        self.written: set[str] = set()

    def whole(self) -> str:
        said = self.plan
        self.depth = 1
        self.open(
            "case",
            [("id", said.id), ("name", said.name), (f"{{{OWN}}}version", said.version or None), *said.extra.attributes],
        )
        self.about(said.about)
        if said.file:
            self.open("caseFileModel")
            for each in said.file:
                self.file_item(each)
            self.close("caseFileModel")
        self.container("casePlanModel", said.root)
        if said.roles:
            self.open("caseRoles")
            for role in said.roles:
                self.empty("role", [("id", role.id), ("name", role.name)])
            self.close("caseRoles")
        self.elements(said.extra)
        self.close("case")
        document = [each for each in said.document.attributes if each[0] != "targetNamespace"]
        space = dict(said.document.attributes).get("targetNamespace", OWN)
        before = [each for each in said.document.elements if "caseFileItemDefinition" in each[:60]]
        after = [each for each in said.document.elements if each not in before]
        body = self.lines
        head = self.attributes([("targetNamespace", space), *document])
        names = "".join(
            f' xmlns:{prefix}="{uri}"' for uri, prefix in self.spaces.items() if self.is_used(uri, prefix, body, head)
        )
        opening = f'<?xml version="1.0" encoding="UTF-8"?>\n<cmmn:definitions{names}{head}>'
        return "\n".join([opening, *before, *body, *after, "</cmmn:definitions>"]) + "\n"

    def is_used(self, uri: str, prefix: str, body: list[str], head: str) -> bool:
        return uri == CMMN or f"{prefix}:" in head or any(f"{prefix}:" in each for each in body)

    # lines

    def attributes(self, given: Attributes) -> str:
        said = []
        for name, value in given:
            if value is not None:
                said.append(f" {self.named(name)}={quoteattr(value)}")
        return "".join(said)

    def named(self, name: str) -> str:
        if not name.startswith("{"):
            return name
        uri, _, local = name[1:].partition("}")
        prefix = self.spaces.setdefault(uri, f"ns{len(self.spaces)}")
        return f"{prefix}:{local}"

    def line(self, text: str) -> None:
        self.lines.append("  " * self.depth + text)

    def open(self, name: str, given: Attributes = ()) -> None:
        self.line(f"<cmmn:{name}{self.attributes(given)}>")
        self.depth += 1

    def close(self, name: str) -> None:
        self.depth -= 1
        last = self.lines[-1] if self.lines else ""
        if (
            last.lstrip().startswith((f"<cmmn:{name}>", f"<cmmn:{name} "))
            and not last.endswith("/>")
            and "</" not in last
        ):
            self.lines[-1] = last[:-1] + "/>"
        else:
            self.line(f"</cmmn:{name}>")

    def empty(self, name: str, given: Attributes = ()) -> None:
        self.line(f"<cmmn:{name}{self.attributes(given)}/>")

    def text(self, name: str, text: str, given: Attributes = ()) -> None:
        self.line(f"<cmmn:{name}{self.attributes(given)}>{escape(text)}</cmmn:{name}>")

    def about(self, text: str) -> None:
        if text:
            self.text("documentation", text)

    def elements(self, extra: plan.Extra, more: Iterable[str] = ()) -> None:
        """What other makers say goes into extension elements, what CMMN says beside it."""
        own = [
            each
            for each in extra.elements
            if CMMN in each.partition(">")[0] and not each.startswith(("<camunda:", "<flowable:"))
        ]
        foreign = [*(each for each in extra.elements if each not in own), *more]
        if foreign:
            self.open("extensionElements")
            for each in foreign:
                self.line(each)
            self.close("extensionElements")
        for each in own:
            self.line(each)

    # parts of a case

    def file_item(self, item: plan.FileItem) -> None:
        given = [
            ("id", item.id),
            ("name", item.name),
            ("multiplicity", item.multiplicity or None),
            ("definitionRef", item.definition),
        ]
        self.open("caseFileItem", [*given, *item.extra.attributes])
        self.about(item.about)
        self.elements(item.extra)
        if item.items:
            self.open("children")
            for each in item.items:
                self.file_item(each)
            self.close("children")
        self.close("caseFileItem")

    def container(self, name: str, item: plan.Item) -> None:
        """A stage or the case plan model: items, sentries, what may be added, definitions."""
        own = (
            item.definition or f"{item.id or self.plan.id + '_model'}{'' if name == 'casePlanModel' else '_definition'}"
        )
        given = [("id", item.id or own if name == "casePlanModel" else own), ("name", item.definition_name or item.name if name ==
                 "casePlanModel" else item.definition_name), ("autoComplete", "true" if item.auto_complete else None)]  # fmt: skip
        self.open(name, [*given, *self.said_by(item)])
        self.about(item.about if name == "casePlanModel" else "")
        self.elements(item.definition_extra)
        self.control("defaultControl", item.default)
        inner = list(item.items)
        waiting: list[tuple[str, plan.Criterion]] = []
        for each in inner:
            self.plan_item("planItem", each, waiting)
        held = [(each, each.table) for each in inner if each.table and each.kind is plan.Kind.HUMAN_TASK]
        offered = [*self.offered(item.table), *(one for _, table in held for one in self.offered(table))]
        prepared = {
            id(table): self.prepared(table, waiting) for table in [item.table, *(table for _, table in held)] if table
        }
        exits = [self.reference(each, waiting) for each in item.exit] if name == "casePlanModel" else []
        for reference, criterion in dict(waiting).items():
            self.sentry(reference, criterion)
        if item.table:
            self.lines += prepared[id(item.table)]
        for each in [*inner, *(one.item for one in offered)]:
            self.definition(each, prepared.get(id(each.table), []))
        for criterion, reference in zip(item.exit, exits, strict=bool(exits)) if exits else ():
            self.criterion("exitCriterion", criterion, reference)
        self.close(name)

    def offered(self, table: plan.Table | None) -> list[plan.Discretionary]:
        if table is None:
            return []
        found: list[plan.Discretionary] = []
        for each in table.items:
            found += self.offered(each) if isinstance(each, plan.Table) else [each]
        return found

    def prepared(self, table: plan.Table, waiting: list[tuple[str, plan.Criterion]]) -> list[str]:
        """The lines of a planning table, to stand after the sentries that they need."""
        kept, self.lines = self.lines, []
        self.table(table, waiting, {})
        lines, self.lines = self.lines, kept
        return lines

    def said_by(self, item: plan.Item) -> list[tuple[str, str]]:
        return list(item.definition_extra.attributes)

    def plan_item(
        self, name: str, item: plan.Item, waiting: list[tuple[str, plan.Criterion]], more: Attributes = ()
    ) -> None:
        entry = [(each, self.reference(each, waiting)) for each in item.entry]
        leave = [(each, self.reference(each, waiting)) for each in item.exit]
        own = item.definition or f"{item.id}_definition"
        given = [("id", item.id), ("name", item.name), ("definitionRef", own), *more, *item.extra.attributes]
        if item.work.show:
            given.append((f"{{{OWN}}}show", " ".join(item.work.show)))
        self.open(name, given)
        self.about(item.about)
        self.elements(item.extra)
        self.control("itemControl", item.control)
        for criterion, reference in entry:
            self.criterion("entryCriterion", criterion, reference)
        for criterion, reference in leave:
            self.criterion("exitCriterion", criterion, reference)
        self.close(name)

    def reference(self, criterion: plan.Criterion, waiting: list[tuple[str, plan.Criterion]]) -> str:
        """The id of the sentry of a criterion: its own, where no other sentry has it already."""
        if criterion.sentry:
            waiting.append((criterion.sentry, criterion))
            return criterion.sentry
        self.sentries += 1
        name = f"sentry_{self.sentries}"
        waiting.append((name, criterion))
        return name

    def criterion(self, name: str, criterion: plan.Criterion, reference: str) -> None:
        self.empty(name, [("id", criterion.id), ("sentryRef", reference)])

    def sentry(self, reference: str, criterion: plan.Criterion) -> None:
        trigger = [(f"{{{_FLOWABLE}}}triggerMode", criterion.trigger)] if criterion.trigger else []
        self.open("sentry", [("id", reference), ("name", criterion.name), *trigger, *criterion.extra.attributes])
        self.about(criterion.about)
        self.elements(
            criterion.extra, [self.value_part(each) for each in criterion.on if each.kind is plan.Source.VARIABLE]
        )
        for part in criterion.on:
            if part.kind is not plan.Source.VARIABLE:
                self.part("planItemOnPart" if part.kind is plan.Source.ITEM else "caseFileItemOnPart", part)
        if criterion.condition is not None:
            self.open("ifPart")
            self.text("condition", criterion.condition)
            self.close("ifPart")
        self.close("sentry")

    def part(self, name: str, part: plan.OnPart) -> None:
        given = [
            ("id", part.id),
            ("name", part.name),
            ("sourceRef", part.source),
            ("exitCriterionRef", part.exit_criterion),
        ]
        self.open(name, given)
        self.text("standardEvent", part.event)
        self.close(name)

    def value_part(self, part: plan.OnPart) -> str:
        self.named(f"{{{_CAMUNDA}}}x")
        source = quoteattr(part.source)
        event = f"<camunda:variableEvent>{escape(part.event)}</camunda:variableEvent>"
        return f"<camunda:variableOnPart variableName={source}>{event}</camunda:variableOnPart>"

    def control(self, name: str, control: plan.Control) -> None:
        if control == plan.PLAIN:
            return
        more = []
        if control.neutral is not None:
            said = (
                f"<cmmn:condition>{escape(control.neutral.condition)}</cmmn:condition>"
                if control.neutral.condition
                else ""
            )
            more.append(f"<flowable:completionNeutralRule>{said}</flowable:completionNeutralRule>")
        if control.parent_completion:
            more.append(f"<flowable:parentCompletionRule type={quoteattr(control.parent_completion)}/>")
        self.open(name, control.extra.attributes)
        self.elements(control.extra, more)
        counter = [(f"{{{_FLOWABLE}}}counterVariable", control.counter)] if control.counter else []
        on = [(f"{{{_CAMUNDA}}}repeatOnStandardEvent", each) for each in control.repeat_on]
        self.rule("repetitionRule", control.repeat, [*counter, *on])
        self.rule("requiredRule", control.required)
        self.rule("manualActivationRule", control.manual)
        self.close(name)

    def rule(self, name: str, rule: plan.Rule | None, more: Attributes = ()) -> None:
        if rule is None:
            return
        self.open(name, [("id", rule.id), ("name", rule.name), *more, *rule.extra.attributes])
        self.about(rule.about)
        self.elements(rule.extra)
        if rule.condition is not None:
            self.text("condition", rule.condition)
        self.close(name)

    # what may be added, and definitions

    def table(self, table: plan.Table, waiting: list[tuple[str, plan.Criterion]], known: dict[str, plan.Applicability],
              refs: tuple[str, ...] = ()) -> None:  # fmt: skip
        given = [("id", table.id), ("name", table.name), ("authorizedRoleRefs", " ".join(table.roles) or None)]
        self.open("planningTable", [*given, ("applicabilityRuleRefs", " ".join(refs) or None), *table.extra.attributes])
        self.about(table.about)
        self.elements(table.extra)
        rules: dict[str, plan.Applicability] = {}
        for each in table.items:
            rules |= {rule.id: rule for rule in each.rules if rule.id not in known}
            if isinstance(each, plan.Table):
                self.table(each, waiting, {**known, **rules}, tuple(rule.id for rule in each.rules))
                continue
            named = [("applicabilityRuleRefs", " ".join(rule.id for rule in each.rules) or None)]
            self.plan_item(
                "discretionaryItem", each.item, waiting, [*named, ("authorizedRoleRefs", " ".join(each.roles) or None)]
            )
        for rule in rules.values():
            self.open(
                "applicabilityRule",
                [("id", rule.id), ("name", rule.name), ("contextRef", rule.context), *rule.extra.attributes],
            )
            self.about(rule.about)
            if rule.condition is not None:
                self.text("condition", rule.condition)
            self.close("applicabilityRule")
        self.close("planningTable")

    def definition(self, item: plan.Item, table: list[str]) -> None:
        own = item.definition or f"{item.id}_definition"
        if item.definition:
            if own in self.written:
                return
            self.written.add(own)
        if item.kind is plan.Kind.STAGE:
            self.container("stage", item)
            return
        work = item.work
        waits = [
            (f"{{{_FLOWABLE}}}isBlockingExpression", work.blocking_expression),
            (f"{{{_FLOWABLE}}}formKey", work.form),
        ]
        given = [("id", own), ("name", item.definition_name), ("isBlocking", None if work.blocking else "false"), *waits,
                 ("performerRef", work.performer if item.kind is plan.Kind.HUMAN_TASK else None),
                 (_REFERENCES.get(item.kind, "ref"), work.reference)]  # fmt: skip
        self.open(item.kind.value, [*given, *item.definition_extra.attributes])
        self.elements(item.definition_extra)
        self.control("defaultControl", item.default)
        self.lines += table
        if item.timing:
            self.text("timerExpression", item.timing.expression, [("id", item.timing.id)])
            if item.timing.start:
                start = item.timing.start
                self.part(
                    "planItemStartTrigger" if start.kind is plan.Source.ITEM else "caseFileItemStartTrigger", start
                )
        self.close(item.kind.value)
