"""The reference page's content, made from the OpenAPI document."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import msgspec

from midchannel.api import describe
from midchannel.api.problems import CODES

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """A parameter or a property: its name, its kind, what it means."""

    name: str
    kind: str
    words: str
    place: str = ""
    is_required: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """One status an operation may answer with."""

    status: str
    words: str
    shape: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """One operation."""

    id: str
    method: str
    path: str
    title: str
    words: tuple[str, ...]
    right: str
    parameters: tuple[Row, ...]
    body: str
    outcomes: tuple[Outcome, ...]
    example: str


@dataclass(frozen=True, slots=True)
class Group:
    """Operations that belong together."""

    name: str
    id: str
    operations: tuple[Drawn, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """One object of the API."""

    name: str
    words: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class ProblemCode:
    """One code of problems."""

    code: str
    status: int
    words: str


@dataclass(frozen=True, slots=True)
class Reference:
    """All of it."""

    title: str
    version: str
    words: tuple[str, ...]
    groups: tuple[Group, ...]
    shapes: tuple[Shape, ...]
    problems: tuple[ProblemCode, ...]


@cache
def drawn() -> Reference:
    """The reference. Made once a process."""
    made = describe.document()
    groups: dict[str, list[Drawn]] = {}
    for path, operations in made["paths"].items():
        for method, operation in operations.items():
            groups.setdefault(operation["tags"][0], []).append(_operation(path, method, operation, made))
    shapes = made["components"]["schemas"]
    return Reference(
        title=made["info"]["title"],
        version=made["info"]["version"],
        words=_paragraphs(made["info"]["description"]),
        groups=tuple(Group(name, name.lower().replace(" ", "-"), tuple(each)) for name, each in groups.items()),
        shapes=tuple(Shape(name, shape.get("description", ""), _rows(shape)) for name, shape in shapes.items()),
        problems=tuple(ProblemCode(code, int(status), words) for code, (status, words) in CODES.items()),
    )


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(" ".join(part.split()) for part in text.split("\n\n") if part.strip())


def _operation(path: str, method: str, operation: Json, made: Json) -> Drawn:
    content: Json = operation.get("requestBody", {}).get("content", {})
    schema: Json = next(iter(content.values()))["schema"] if content else {}
    rights = next(iter(operation["security"][0].values()))
    return Drawn(
        id=operation["operationId"],
        method=method.upper(),
        path=path,
        title=operation["summary"],
        words=_paragraphs(operation.get("description", "")),
        right=rights[0] if rights else "",
        parameters=tuple(_parameter(each) for each in operation["parameters"]),
        body=kind_of(schema) if schema else "",
        outcomes=tuple(
            Outcome(str(status), answer["description"], _shape_of(answer))
            for status, answer in operation["responses"].items()
        ),
        example=_example(path, method, operation, schema, made),
    )


def _parameter(parameter: Json) -> Row:
    return Row(
        parameter["name"],
        kind_of(parameter["schema"]),
        parameter.get("description", ""),
        parameter["in"],
        parameter["required"],
    )


def _rows(shape: Json) -> tuple[Row, ...]:
    required = shape.get("required", ())
    return tuple(
        Row(name, kind_of(each), each.get("description", ""), is_required=name in required)
        for name, each in shape.get("properties", {}).items()
    )


def _shape_of(answer: Json) -> str:
    contents = list(answer.get("content", {}).values())
    return kind_of(contents[0]["schema"]) if contents else ""


def kind_of(schema: Json) -> str:
    """A schema in a few words: "string", "list of CustomerRow", "string or null"."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " or ".join(kind_of(each) for each in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if schema.get("type") == "array":
        return f"list of {kind_of(schema.get('items', {}))}"
    kind = str(schema.get("format") or schema.get("type") or "anything")
    return f"{kind} ({schema['default']})" if schema.get("default") not in (None, "", []) else kind


EXAMPLES: dict[str, object] = {
    "text": "Your new card is on its way.",
    "saw_message_id": "226492416031584257",
    "channel_id": "1",
    "address": "ana@example.org",
    "until": "2026-12-01T09:00:00Z",
    "network": "collector",
    "name": "Web shop",
    "owner_id": "2",
}


def _example(path: str, method: str, operation: Json, schema: Json, made: Json) -> str:
    """A call with curl."""
    lines = [f'curl -H "Authorization: Bearer $TOKEN" "https://crm.example{path.replace("{", "$").replace("}", "")}"']
    if method != "get":
        lines[0] = lines[0].replace("curl ", f"curl -X {method.upper()} ", 1)
    if any(each["in"] == "header" for each in operation["parameters"]):
        lines.append('-H "Idempotency-Key: $(uuidgen)"')
    if schema:
        named = made["components"]["schemas"].get(kind_of(schema), {})
        wanted = set(named.get("required", ())) or {"owner_id"} & set(named.get("properties", {}))
        body = {name: EXAMPLES[name] for name in named.get("properties", {}) if name in wanted and name in EXAMPLES}
        lines += ['-H "Content-Type: application/json"', f"-d '{msgspec.json.encode(body).decode()}'"]
    return " \\\n  ".join(lines)
