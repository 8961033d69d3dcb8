"""YAML as it stands in a text, each value with its place: what is wrong is told at its line. `yaml_reading` makes a plan of it."""

import yaml

from midchannel.engines.casework import checking, expressions, plan, values
from midchannel.engines.casework.errors import ExpressionError, InvalidPlanError, Problem

LARGEST = 1_000_000
# The same language read by a C library where there is one: a dozen times faster.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DEEPEST = 60

Node = yaml.Node


def composed(text: str) -> Node:
    """The mapping a text consists of. Raises `InvalidPlanError` for what is no YAML, too long, too deep, or refers to itself."""
    if len(text) > LARGEST:
        raise InvalidPlanError([Problem(1, 1, f"The text is longer than {LARGEST:,} characters.")])
    try:
        _check_events(text)
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as wrong:
        mark = wrong.problem_mark or wrong.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise InvalidPlanError(
            [Problem(line, column, f"This is not YAML: {wrong.problem or wrong.context}.")]
        ) from wrong
    except yaml.YAMLError as wrong:
        raise InvalidPlanError([Problem(1, 1, f"This is not YAML: {str(wrong).splitlines()[0]}.")]) from wrong
    if not isinstance(node, yaml.MappingNode):
        raise InvalidPlanError([Problem(1, 1, "A plan begins with `plan:` and its name.")])
    return node


def _check_events(text: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _refused(event, "Anchors and aliases (&, *) are not taken in.")
        if isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            depth += 1
            if depth > _DEEPEST:
                raise _refused(event, f"The text nests deeper than {_DEEPEST}.")
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            depth -= 1


def _refused(event: yaml.Event, message: str) -> InvalidPlanError:
    mark = event.start_mark
    return InvalidPlanError([Problem(mark.line + 1 if mark else 1, mark.column + 1 if mark else 1, message)])


class Map:
    """A mapping of a text: values by key, each with its place; unknown and double keys are told."""

    def __init__(self, reader: "NodeReader", node: yaml.MappingNode, known: tuple[str, ...], what: str) -> None:
        self.reader, self.node = reader, node
        self.values: dict[str, Node] = {}
        for key, value in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else ""
            if name in self.values:
                reader.wrong(key, f"{name!r} stands here twice.")
            elif name not in known:
                reader.wrong(key, f"{what} has no {name!r}.", checking.near(name, known))
            else:
                self.values[name] = value

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def node_of(self, key: str) -> Node | None:
        return self.values.get(key)

    def text(self, key: str) -> str | None:
        node = self.values.get(key)
        return None if node is None else self.reader.text(node)

    def words(self, key: str) -> tuple[str, ...]:
        node = self.values.get(key)
        return (
            ()
            if node is None
            else tuple(said for each in self.reader.several(node) if (said := self.reader.text(each)))
        )


class NodeReader:
    """Reads small things, keeps what is wrong."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.places: dict[str, tuple[int, int]] = {}

    def wrong(self, node: Node, message: str, hint: str = "", *, shift: int = 0) -> None:
        mark = node.start_mark
        self.problems.append(Problem(mark.line + 1, mark.column + 1 + shift, message, hint))

    def text(self, node: Node) -> str | None:
        if isinstance(node, yaml.ScalarNode):
            return None if node.tag.endswith(":null") else node.value
        self.wrong(node, "A text was expected here.")
        return None

    def truth(self, node: Node) -> bool | None:
        """True or false where the text says so, None where it says something else."""
        if isinstance(node, yaml.ScalarNode) and node.tag.endswith(":bool"):
            return str(node.value).lower() in {"true", "yes", "on"}
        return None

    def several(self, node: Node | None) -> list[Node]:
        if node is None or (isinstance(node, yaml.ScalarNode) and node.tag.endswith(":null")):
            return []
        return list(node.value) if isinstance(node, yaml.SequenceNode) else [node]

    def mapping(self, node: Node, known: tuple[str, ...], what: str) -> Map | None:
        if isinstance(node, yaml.MappingNode):
            return Map(self, node, known, what)
        self.wrong(node, f"{what} is written as `key: value` lines.")
        return None

    def condition(self, node: Node) -> str | None:
        """A condition that can be read; what cannot is told with its place."""
        text = self.text(node)
        if text is None or expressions.is_blank(text):
            self.wrong(node, "A condition was expected here.")
            return None
        try:
            values.condition(text)
        except ExpressionError as wrong:
            plain = isinstance(node, yaml.ScalarNode) and node.start_mark.line == node.end_mark.line
            shift = (wrong.at + (1 if isinstance(node, yaml.ScalarNode) and node.style else 0)) if plain else 0
            self.wrong(node, f"The condition {text!r} cannot be read: {wrong.message}", shift=shift)
            return None
        return text

    def kept(self, node: Node | None) -> plan.Extra:
        """What only CMMN knows: `{attributes: {name: value}, elements: [xml]}`."""
        if node is None:
            return plan.NOTHING
        said = self.mapping(node, ("attributes", "elements"), "`cmmn`")
        if said is None:
            return plan.NOTHING
        attributes: list[tuple[str, str]] = []
        given = said.node_of("attributes")
        if isinstance(given, yaml.MappingNode):
            attributes = [(str(key.value), str(value.value)) for key, value in given.value]
        return plan.Extra(tuple(attributes), said.words("elements"))
