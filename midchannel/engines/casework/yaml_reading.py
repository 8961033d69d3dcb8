"""Plans as people write them, in YAML. Everything wrong with a text is told at once, each with its line and column.

    plan: late_delivery
    title: Late delivery
    roles: {agent: Care, operations: Operations}
    items:
      - task: find_parcel
        title: Find the parcel
        for: agent
        show: [orders, promises]
      - milestone: answered
        after: find_parcel completes
        if: amount > 500

`docs/casework.md` tells the whole language. Anchors and aliases are not taken in; a text is at most `yaml_nodes.LARGEST` characters.
"""

import dataclasses
from collections.abc import Iterator
from typing import Any

import yaml

from midchannel.engines.casework import checking, phrases, plan, times, yaml_words
from midchannel.engines.casework.errors import InvalidPlanError
from midchannel.engines.casework.yaml_nodes import Map, Node, NodeReader, composed

_MULTIPLICITIES = {True: "ZeroOrMore", False: ""}


def read(text: str) -> plan.Plan:
    """The plan that a text says. Raises `InvalidPlanError` with every problem and its place."""
    node = composed(text)
    reader = _Reader()
    said = reader.plan_of(node)
    problems = reader.problems + checking.check(said)
    if problems:
        raise InvalidPlanError(problems)
    return said


class _Reader(NodeReader):
    def plan_of(self, node: Node) -> plan.Plan:
        said = self.mapping(node, yaml_words.PLAN_KEYS, "A plan")
        assert said is not None  # noqa: S101 - told apart when composed
        name = said.text("plan")
        if not name:
            self.wrong(node, "A plan begins with `plan:` and its name.")
        model = said.node_of("model")
        about_model = self.mapping(model, ("id", "name", "about", "cmmn"), "`model`") if model is not None else None
        root = plan.Item(
            id=(about_model.text("id") if about_model else None) or "",
            kind=plan.Kind.CASE,
            name=about_model.text("name") if about_model else None,
            about=(about_model.text("about") if about_model else None) or "",
            exit=self.criteria(said.node_of("ends"), ""),
            auto_complete=self.completion(said.node_of("complete")),
            items=tuple(self.items(said.node_of("items"))),
            table=self.table(said.node_of("may_add")),
            definition_extra=self.kept(about_model.node_of("cmmn")) if about_model else plan.NOTHING,
        )
        root = dataclasses.replace(root, definition_name=root.name)
        return plan.Plan(
            id=name or "",
            root=root,
            name=said.text("title"),
            about=said.text("about") or "",
            version=said.text("version") or "",
            roles=tuple(self.roles(said.node_of("roles"))),
            file=tuple(self.files(said.node_of("file"))),
            extra=self.kept(said.node_of("cmmn")),
            document=self.kept(said.node_of("document")),
            places=self.places,
        )

    def completion(self, node: Node | None) -> bool:
        if node is None:
            return False
        said = self.text(node)
        if said not in {yaml_words.AUTOMATICALLY, yaml_words.BY_HAND}:
            self.wrong(node, f"`complete` is `{yaml_words.AUTOMATICALLY}` or `{yaml_words.BY_HAND}`.")
        return said == yaml_words.AUTOMATICALLY

    def roles(self, node: Node | None) -> Iterator[plan.Role]:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                yield plan.Role(str(key.value), self.text(value))
        elif node is not None:
            for each in self.several(node):
                yield plan.Role(self.text(each) or "")

    def files(self, node: Node | None) -> Iterator[plan.FileItem]:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                self.places.setdefault(str(key.value), (key.start_mark.line + 1, key.start_mark.column + 1))
                yield self.file_item(str(key.value), value)
        elif node is not None:
            self.wrong(node, "The case file is written as `name: title` lines.")

    def file_item(self, name: str, node: Node) -> plan.FileItem:
        if not isinstance(node, yaml.MappingNode):
            return plan.FileItem(name, self.text(node))
        said = Map(
            self, node, ("title", "about", "many", "multiplicity", "definition", "items", "cmmn"), "A case file item"
        )
        many = said.node_of("many")
        multiplicity = said.text("multiplicity") or (
            _MULTIPLICITIES[bool(self.truth(many))] if many is not None else ""
        )
        inner = tuple(self.files(said.node_of("items")))
        about, definition = said.text("about") or "", said.text("definition")
        return plan.FileItem(
            name, said.text("title"), about, multiplicity, definition, inner, self.kept(said.node_of("cmmn"))
        )

    # items

    def items(self, node: Node | None) -> Iterator[plan.Item]:
        if node is not None and not isinstance(node, yaml.SequenceNode):
            self.wrong(node, "Items are written as a list: each begins with a dash.")
            return
        for each in self.several(node):
            item = self.item(each)
            if item is not None:
                yield item

    def item(self, node: Node, *, option: bool = False) -> plan.Item | None:
        said = self.begun(node, option=option)
        if said is None:
            return None
        word = next((each for each in yaml_words.KINDS if each in said), None)
        name = said.text(word) if word else None
        if word is None or not name:
            self.wrong(node, f"An item begins with what it is and its name: {', '.join(yaml_words.KINDS)}.")
            return None
        if len(name.split()) != 1:
            self.wrong(node, f"{name!r}: a name is one word; `title` is what people read.")
        self.places.setdefault(name, (node.start_mark.line + 1, node.start_mark.column + 1))
        kind = yaml_words.KINDS[word]
        return plan.Item(
            id=name,
            kind=kind,
            name=said.text("title"),
            about=said.text("about") or "",
            entry=self.begins(said, name),
            exit=self.criteria(said.node_of("ends"), name),
            control=self.control(said),
            work=self.work(said),
            timing=self.timing(said, kind, node, name),
            auto_complete=self.completion(said.node_of("complete")),
            items=tuple(self.items(said.node_of("items"))),
            table=self.table(said.node_of("may_add")),
            extra=self.kept(said.node_of("cmmn")),
            **self.definition(said.node_of("definition")),
        )

    def begun(self, node: Node, *, option: bool) -> Map | None:
        known = (*yaml_words.KINDS, *yaml_words.ITEM_KEYS, *(yaml_words.OPTION_KEYS if option else ()))
        if not isinstance(node, yaml.MappingNode):
            self.wrong(node, f"An item begins with what it is and its name: {', '.join(yaml_words.KINDS)}.")
            return None
        said = Map(self, node, known, "An item")
        named = [each for each in yaml_words.KINDS if each in said]
        if len(named) > 1:
            self.wrong(node, f"An item is one thing, not {' and '.join(named)}.")
        return said

    def definition(self, node: Node | None) -> dict[str, Any]:
        """What the definition behind an item says of itself, where it came from CMMN."""
        if node is None:
            return {}
        said = self.mapping(node, ("id", "name", "required", "by_hand", "repeat", "repeat_on", "counter", "neutral", "completion", "cmmn",
                                   "control"), "`definition`")  # fmt: skip
        if said is None:
            return {}
        return {
            "definition": said.text("id"),
            "definition_name": said.text("name"),
            "default": self.control(said),
            "definition_extra": self.kept(said.node_of("cmmn")),
        }

    def begins(self, said: Map, name: str) -> tuple[plan.Criterion, ...]:
        if "begins" in said:
            for each in ("after", "if"):
                if each in said:
                    self.wrong(said.values[each], f"`{each}` stands beside `begins`: write it there.")
            return self.criteria(said.node_of("begins"), name)
        if "after" not in said and "if" not in said:
            return ()
        condition = said.node_of("if")
        criterion = plan.Criterion(
            self.parts(said.node_of("after"), name), self.condition(condition) if condition is not None else None
        )
        return (criterion,) if criterion.on or criterion.condition else ()

    def criteria(self, node: Node | None, name: str) -> tuple[plan.Criterion, ...]:
        found = [self.criterion(each, name) for each in self.several(node)]
        return tuple(each for each in found if each is not None and (each.on or each.condition))

    def criterion(self, node: Node, name: str) -> plan.Criterion | None:
        if isinstance(node, yaml.ScalarNode):
            return plan.Criterion(self.parts(node, name))
        said = self.mapping(node, yaml_words.CRITERION_KEYS, "A criterion")
        if said is None:
            return None
        condition, together = said.node_of("if"), said.node_of("together")
        if "after" not in said and condition is None:
            self.wrong(node, "A criterion waits for an event (`after`), a condition (`if`), or both.")
            return None
        return plan.Criterion(
            on=self.parts(said.node_of("after"), name),
            condition=None if condition is None else self.condition(condition) or "true",
            id=said.text("id"),
            name=said.text("name"),
            sentry=said.text("sentry"),
            about=said.text("about") or "",
            trigger="onEvent" if together is not None and self.truth(together) else "",
            extra=self.kept(said.node_of("cmmn")),
        )

    def parts(self, node: Node | None, name: str) -> tuple[plan.OnPart, ...]:
        return tuple(part for each in self.several(node) if (part := self.part(each, name)) is not None)

    def part(self, node: Node, name: str) -> plan.OnPart | None:
        said = Map(self, node, ("event", "id", "name"), "An event") if isinstance(node, yaml.MappingNode) else None
        text = said.text("event") if said else self.text(node)
        try:
            part = phrases.read(text or "")
        except ValueError as wrong:
            self.wrong(node, str(wrong))
            return None
        self.places.setdefault(f"{name}>{part.source}", (node.start_mark.line + 1, node.start_mark.column + 1))
        return dataclasses.replace(part, id=said.text("id"), name=said.text("name")) if said else part

    # rules and work

    def control(self, said: Map) -> plan.Control:
        holder = said.node_of("control") if "control" in said.values else None
        return plan.Control(
            required=self.rule(said.node_of("required")),
            manual=self.rule(said.node_of("by_hand")),
            repeat=self.rule(said.node_of("repeat")),
            repeat_on=said.words("repeat_on"),
            counter=said.text("counter"),
            neutral=self.rule(said.node_of("neutral")),
            parent_completion=said.text("completion") or "",
            extra=self.kept(holder),
        )

    def rule(self, node: Node | None) -> plan.Rule | None:
        if node is None or self.truth(node) is False:
            return None
        if self.truth(node):
            return plan.Rule()
        if not isinstance(node, yaml.MappingNode):
            condition = self.condition(node)
            return plan.Rule(condition) if condition else None
        said = Map(self, node, yaml_words.RULE_KEYS, "A rule")
        asked = said.node_of("if")
        condition = self.condition(asked) if asked is not None else None
        return plan.Rule(
            condition, said.text("id"), said.text("name"), said.text("about") or "", self.kept(said.node_of("cmmn"))
        )

    def work(self, said: Map) -> plan.Work:
        waits = said.node_of("waits")
        truth = self.truth(waits) if waits is not None else True
        return plan.Work(
            performer=said.text("for"),
            blocking=truth is not False,
            blocking_expression=self.condition(waits) if waits is not None and truth is None else None,
            reference=said.text("runs"),
            form=said.text("form"),
            show=said.words("show"),
        )

    def timing(self, said: Map, kind: plan.Kind, node: Node, name: str) -> plan.Timing | None:
        given, start = said.node_of("time"), said.node_of("from")
        if kind is not plan.Kind.TIMER:
            for each in (given, start):
                if each is not None:
                    self.wrong(each, "Only a timer has a time.")
            return None
        text = self.text(given) if given is not None else None
        if given is None or not text:
            self.wrong(node, "A timer needs a `time`: P2D (in two days), 4 business hours, R3/PT1H, 2026-12-24T18:00Z.")
            return plan.Timing("P1D")
        if text.strip()[:2] not in {"${", "#{"}:
            try:
                times.read_schedule(text)
            except (ValueError, OverflowError) as wrong:
                self.wrong(given, str(wrong))
                text = "P1D"
        return plan.Timing(text, self.part(start, name) if start is not None else None)

    # what may be added

    def table(self, node: Node | None) -> plan.Table | None:
        if node is None:
            return None
        if isinstance(node, yaml.MappingNode):
            said = Map(self, node, ("id", "name", "about", "who", "items", "rules", "cmmn"), "`may_add`")
            items = tuple(self.options(said.node_of("items")))
            rules = tuple(self.applicabilities(said.node_of("rules"), "table"))
            about = said.text("about") or ""
            return plan.Table(
                items,
                said.words("who"),
                rules,
                said.text("id"),
                said.text("name"),
                about,
                self.kept(said.node_of("cmmn")),
            )
        return plan.Table(tuple(self.options(node)))

    def options(self, node: Node | None) -> Iterator[plan.Discretionary | plan.Table]:
        for each in self.several(node):
            inner = (
                next((value for key, value in each.value if key.value == "group"), None)
                if isinstance(each, yaml.MappingNode)
                else None
            )
            if inner is not None:
                table = self.table(inner)
                if table is not None:
                    yield table
                continue
            item = self.item(each, option=True)
            if item is None or not isinstance(each, yaml.MappingNode):
                continue
            given = {key.value: value for key, value in each.value if isinstance(key, yaml.ScalarNode)}
            rules = tuple(self.applicabilities(given.get("when"), item.id))
            roles = tuple(said for one in self.several(given.get("who")) if (said := self.text(one)))
            yield plan.Discretionary(item, rules, roles)

    def applicabilities(self, node: Node | None, owner: str) -> Iterator[plan.Applicability]:
        for number, each in enumerate(self.several(node), 1):
            name = f"{owner}_when{number if number > 1 else ''}"
            if not isinstance(each, yaml.MappingNode):
                yield plan.Applicability(name, self.condition(each))
                continue
            said = Map(self, each, ("id", "if", "name", "about", "context", "cmmn"), "A rule")
            asked = said.node_of("if")
            condition = self.condition(asked) if asked is not None else None
            extra = self.kept(said.node_of("cmmn"))
            about = said.text("about") or ""
            yield plan.Applicability(
                said.text("id") or name, condition, said.text("name"), about, said.text("context"), extra
            )
