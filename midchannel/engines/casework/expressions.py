"""The language of conditions: small, safe, and never Python's.

    amount > 500 and status in ['new', 'open']          as plans are written by hand
    ${amount > 500 && (vip || !paid)}                    the same in the JUEL of CMMN files

Names are values of the case (`order.total` reaches into a value); numbers, quoted strings, lists, `true false null`; `+ - * / % div mod`;
`== != < <= > >= eq ne lt le gt ge`; `in`, `not in`; `&& || ! and or not`; `empty x`; `a ? b : c`; `operations.FUNCTIONS`; and what
other engines write: `caseInstance.getVariable('x')`, `var:get(x)`, `var:eq(x, 1)`.

A text is at most `LONGEST` characters, nests at most `DEEPEST` and has at most `MOST` parts. Evaluation is in `values`.
"""

import re
from dataclasses import dataclass

from midchannel.engines.casework import operations
from midchannel.engines.casework.errors import ExpressionError

LONGEST = 2000
DEEPEST = 40
MOST = 300

Constant = bool | int | float | str | None


@dataclass(frozen=True)
class Literal:
    """A value written out."""

    value: Constant
    at: int


@dataclass(frozen=True)
class Name:
    """A value of the case: `order.total` is ("order", "total")."""

    path: tuple[str, ...]
    at: int


@dataclass(frozen=True)
class Unary:
    """`!x`, `-x` or `empty x`: `op` is "not", "-" or "empty"."""

    op: str
    operand: "Node"
    at: int


@dataclass(frozen=True)
class Binary:
    """Two operands; `op` is one of + - * / % == != < <= > >= in not-in and or."""

    op: str
    left: "Node"
    right: "Node"
    at: int


@dataclass(frozen=True)
class Choice:
    """`test ? yes : no`."""

    test: "Node"
    yes: "Node"
    no: "Node"
    at: int


@dataclass(frozen=True)
class ListOf:
    """`[a, b]`."""

    items: tuple["Node", ...]
    at: int


@dataclass(frozen=True)
class Call:
    """A function of `operations.FUNCTIONS` with its arguments."""

    name: str
    arguments: tuple["Node", ...]
    at: int


Node = Literal | Name | Unary | Binary | Choice | ListOf | Call

_TOKEN = re.compile(
    r"""\s*(?:(?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d{1,2})?)
    |(?P<string>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
    |(?P<name>[^\W\d]\w*(?::[^\W\d]\w*)?)
    |(?P<op>&&|\|\||==|!=|<=|>=|[-+*/%<>!?:()\[\],.=]))""",
    re.VERBOSE,
)
_WORDS = {
    "and": "and", "&&": "and", "or": "or", "||": "or", "not": "not", "!": "not", "eq": "==", "==": "==", "ne": "!=", "!=": "!=", "lt": "<",
    "<": "<", "le": "<=", "<=": "<=", "gt": ">", ">": ">", "ge": ">=", ">=": ">=", "div": "/", "mod": "%", "in": "in", "empty": "empty",
}  # fmt: skip
_LEVELS: tuple[frozenset[str], ...] = (
    frozenset({"or"}),
    frozenset({"and"}),
    frozenset({"==", "!="}),
    frozenset({"<", "<=", ">", ">=", "in", "not-in"}),
    frozenset({"+", "-"}),
    frozenset({"*", "/", "%"}),
)
_CONSTANTS: dict[str, Constant] = {"true": True, "false": False, "null": None}
_GETTERS = {
    ("caseInstance", "getVariable"),
    ("caseInstance", "hasVariable"),
    ("execution", "getVariable"),
    ("planItemInstance", "getVariable"),
}


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    at: int


def parse(text: str) -> Node:
    """What `text` says, with or without `${...}` around it. Empty text is an error: see `is_blank`."""
    inner, offset = _unwrapped(text)
    return _Parser(text, _tokens(text, inner, offset)).whole()


def is_blank(text: str | None) -> bool:
    """Whether nothing is asked: the rule is then simply there, which counts as true."""
    return text is None or not _unwrapped(text)[0].strip()


def names_in(node: Node) -> frozenset[str]:
    """The first parts of all names: the values of the case that the answer depends on."""
    found: set[str] = set()
    waiting: list[Node] = [node]
    while waiting:
        each = waiting.pop()
        if isinstance(each, Name):
            found.add(each.path[0])
        waiting.extend(children(each))
    return frozenset(found)


def write(node: Node) -> str:
    """A part as one would write it; brackets only where they are needed."""
    if isinstance(node, Literal):
        return _constant(node.value)
    if isinstance(node, Name):
        return ".".join(node.path)
    if isinstance(node, Unary):
        inner = write(node.operand)
        return f"{node.op}{'' if node.op == '-' else ' '}{f'({inner})' if isinstance(node.operand, Binary | Choice) else inner}"
    if isinstance(node, Binary):
        sides = [f"({write(each)})" if _binds_less(each, node) else write(each) for each in (node.left, node.right)]
        return f"{sides[0]} {node.op.replace('-', ' ') if node.op == 'not-in' else node.op} {sides[1]}"
    if isinstance(node, Choice):
        return " ".join([write(node.test), "?", write(node.yes), ":", write(node.no)])
    inner = ", ".join(write(each) for each in children(node))
    return f"[{inner}]" if isinstance(node, ListOf) else f"{node.name}({inner})"


def _constant(value: Constant) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
    return str(value)


def _binds_less(part: Node, whole: Binary) -> bool:
    if isinstance(part, Choice):
        return True
    if not isinstance(part, Binary):
        return False
    mine, other = (next(n for n, level in enumerate(_LEVELS) if each.op in level) for each in (part, whole))
    return mine < other or (mine == other and part is whole.right)


def children(node: Node) -> tuple[Node, ...]:
    """The parts that a part is made of."""
    if isinstance(node, Unary):
        return (node.operand,)
    if isinstance(node, Binary):
        return (node.left, node.right)
    if isinstance(node, Choice):
        return (node.test, node.yes, node.no)
    if isinstance(node, ListOf):
        return node.items
    return node.arguments if isinstance(node, Call) else ()


def _unwrapped(text: str) -> tuple[str, int]:
    stripped = text.strip()
    offset = len(text) - len(text.lstrip())
    if stripped[:2] in {"${", "#{"} and stripped.endswith("}"):
        return stripped[2:-1], offset + 2
    return stripped, offset


def _tokens(text: str, inner: str, offset: int) -> list[_Token]:
    if len(text) > LONGEST:
        raise ExpressionError(f"The condition is longer than {LONGEST} characters.", at=LONGEST, text=text[:60] + "...")
    found, place = [], 0
    while inner[place:].strip():
        match = _TOKEN.match(inner, place)
        if match is None:
            at = place + len(inner[place:]) - len(inner[place:].lstrip())
            raise ExpressionError(f"{inner[at]!r} means nothing here.", at=offset + at, text=text)
        kind = str(match.lastgroup)
        found.append(_Token(kind, match.group(kind), offset + match.start(kind)))
        place = match.end()
    if len(found) > MOST:
        raise ExpressionError(f"The condition has more than {MOST} parts.", at=found[MOST].at, text=text)
    return [*found, _Token("end", "", offset + len(inner.rstrip()))]


class _Parser:
    """Reads tokens from left to right, the weakest operator first."""

    def __init__(self, text: str, tokens: list[_Token]) -> None:
        self.text, self.tokens, self.place, self.depth = text, tokens, 0, 0

    def whole(self) -> Node:
        node = self.choice()
        if self.token.kind != "end":
            raise self.wrong(f"{self.token.text!r} was not expected.")
        return node

    @property
    def token(self) -> _Token:
        return self.tokens[self.place]

    def wrong(self, message: str) -> ExpressionError:
        return ExpressionError(message, at=self.token.at, text=self.text)

    def take(self) -> _Token:
        token = self.token
        self.place += 1
        return token

    def took(self, text: str) -> bool:
        if self.token.kind == "op" and self.token.text == text:
            self.place += 1
            return True
        return False

    def need(self, text: str) -> None:
        if not self.took(text):
            found = repr(self.token.text) if self.token.text else "the end"
            raise self.wrong(f"{text!r} was expected, {found} was found.")

    def choice(self) -> Node:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.wrong(f"The condition nests deeper than {DEEPEST}.")
        node = self.level(0)
        if self.token.text == "?":
            at = self.take().at
            yes = self.choice()
            self.need(":")
            node = Choice(node, yes, self.choice(), at)
        self.depth -= 1
        return node

    def operator(self) -> str:
        token = self.token
        if token.text == "not" and self.tokens[self.place + 1].text == "in":
            return "not-in"
        if token.text == "=":
            raise self.wrong("'=' sets nothing here; to compare write '=='.")
        return _WORDS.get(token.text, token.text if token.kind == "op" else "")

    def level(self, number: int) -> Node:
        if number == len(_LEVELS):
            return self.unary()
        node = self.level(number + 1)
        while (op := self.operator()) in _LEVELS[number]:
            at = self.take().at
            if op == "not-in":
                self.take()
            node = Binary(op, node, self.level(number + 1), at)
        return node

    def unary(self) -> Node:
        op = _WORDS.get(self.token.text, self.token.text) if self.token.kind in {"op", "name"} else ""
        if op in {"not", "-", "empty"} and not (op == "empty" and self.tokens[self.place + 1].text == "("):
            at = self.take().at
            self.depth += 1
            if self.depth > DEEPEST:
                raise self.wrong(f"The condition nests deeper than {DEEPEST}.")
            node = Unary(op, self.unary(), at)
            self.depth -= 1
            return node
        return self.primary()

    def primary(self) -> Node:
        token = self.take()
        if token.kind == "number":
            whole = token.text.isdigit()
            return Literal(int(token.text) if whole else float(token.text), token.at)
        if token.kind == "string":
            return Literal(re.sub(r"\\(.)", r"\1", token.text[1:-1]), token.at)
        if token.kind == "name":
            return self.named(token)
        if token.text == "(":
            node = self.choice()
            self.need(")")
            return node
        if token.text == "[":
            return ListOf(self.several("]"), token.at)
        self.place -= 1
        raise self.wrong(
            "The condition ends too early." if token.kind == "end" else f"{token.text!r} was not expected."
        )

    def several(self, closing: str) -> tuple[Node, ...]:
        if self.took(closing):
            return ()
        found = [self.choice()]
        while self.took(","):
            found.append(self.choice())
        self.need(closing)
        return tuple(found)

    def named(self, token: _Token) -> Node:
        if token.text in _CONSTANTS:
            return Literal(_CONSTANTS[token.text], token.at)
        if token.text in _WORDS and token.text != "empty":
            self.place -= 1
            raise self.wrong(f"{token.text!r} was not expected.")
        path = [token.text]
        while self.took("."):
            if self.token.kind != "name":
                raise self.wrong("A name was expected after the dot.")
            path.append(self.take().text)
        if self.took("("):
            return self.called(tuple(path), self.several(")"), token)
        if ":" in token.text:
            raise ExpressionError(
                f"{token.text!r} is a function: its arguments are missing.", at=token.at, text=self.text
            )
        return Name(tuple(path), token.at)

    def called(self, path: tuple[str, ...], arguments: tuple[Node, ...], token: _Token) -> Node:
        if path in _GETTERS or path[0] in {"var:get", "variables:get", "var:getOrDefault", "var:exists"}:
            return self.got(path[-1], arguments, token)
        if path[0] in _COMPARERS and len(arguments) == 2:
            return Binary(_COMPARERS[path[0]], self.meant(arguments[0]), arguments[1], token.at)
        name = ".".join(path)
        if name not in operations.FUNCTIONS:
            raise ExpressionError(f"There is no function {name!r}.", at=token.at, text=self.text)
        least, most = operations.FUNCTIONS[name].takes
        if not least <= len(arguments) <= most:
            takes = str(least) if least == most else f"{least} to {most}"
            raise ExpressionError(f"{name} takes {takes} values, not {len(arguments)}.", at=token.at, text=self.text)
        return Call(name, arguments, token.at)

    def got(self, getter: str, arguments: tuple[Node, ...], token: _Token) -> Node:
        if not 1 <= len(arguments) <= 2:
            raise ExpressionError(f"{getter} takes the name of one value.", at=token.at, text=self.text)
        node = self.meant(arguments[0])
        if getter in {"hasVariable", "var:exists"}:
            return Binary("!=", node, Literal(None, token.at), token.at)
        if len(arguments) == 2:
            return Choice(Binary("!=", node, Literal(None, token.at), token.at), node, arguments[1], token.at)
        return node

    def meant(self, argument: Node) -> Node:
        """The value that an argument names: `'x'` or `x`."""
        if isinstance(argument, Literal) and isinstance(argument.value, str):
            return Name(tuple(argument.value.split(".")), argument.at)
        if isinstance(argument, Name):
            return argument
        raise ExpressionError("The name of a value was expected.", at=argument.at, text=self.text)


_COMPARERS = {
    f"{prefix}:{word}": op
    for prefix in ("var", "variables")
    for word, op in {
        "eq": "==", "equals": "==", "ne": "!=", "notEquals": "!=", "lt": "<", "lowerThan": "<", "lte": "<=", "lowerThanOrEquals": "<=",
        "gt": ">", "greaterThan": ">", "gte": ">=", "greaterThanOrEquals": ">=",
    }.items()
}  # fmt: skip
