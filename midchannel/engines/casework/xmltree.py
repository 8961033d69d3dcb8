"""XML as it was written: every element, attribute, comment and space, with its place. Reads what strangers send: it refuses a lot.

Refused are document types (with them entities, billions of laughs and references to elsewhere), what is not well formed, more than
`LARGEST` bytes, and nesting deeper than `DEEPEST`. Writing gives the same document again, equal in canonical form (C14N).
"""

from dataclasses import dataclass, field
from xml.parsers import expat  # document types are refused below, and without them there are no entities
from xml.sax.saxutils import escape

from midchannel.engines.casework.errors import UnreadableError

LARGEST = 5_000_000
DEEPEST = 100
_XML = "http://www.w3.org/XML/1998/namespace"


@dataclass(frozen=True)
class Note:
    """A comment, or an instruction to some program (with `target`)."""

    text: str
    target: str = ""


@dataclass
class Element:
    """An element: its name and attributes as written, and what is in it."""

    name: str
    attributes: list[tuple[str, str]]
    parent: "Element | None"
    line: int
    column: int
    content: list["Element | Note | str"] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    """Namespaces by prefix, as they hold here."""

    @property
    def local(self) -> str:
        """The name without its prefix."""
        return self.name.rpartition(":")[2]

    @property
    def space(self) -> str:
        """The namespace."""
        return self.names.get(self.name.rpartition(":")[0], "")

    @property
    def children(self) -> list["Element"]:
        """The elements in it."""
        return [each for each in self.content if isinstance(each, Element)]

    @property
    def text(self) -> str:
        """The text directly in it."""
        return "".join(each for each in self.content if isinstance(each, str))

    def named(self, *names: str) -> list["Element"]:
        """The elements in it of these local names."""
        return [each for each in self.children if each.local in names]

    def first(self, name: str) -> "Element | None":
        """The first element in it of this local name."""
        return next((each for each in self.children if each.local == name), None)

    def get(self, name: str) -> str | None:
        """An attribute by its local name: without a prefix before one with."""
        found = [value for each, value in self.attributes if each == name]
        found += [
            value for each, value in self.attributes if each.rpartition(":")[2] == name and not each.startswith("xmlns")
        ]
        return found[0] if found else None

    def qualified(self, name: str) -> str:
        """The name of an attribute with its namespace: `{uri}name`."""
        prefix, _, local = name.rpartition(":")
        return f"{{{self.names.get(prefix, '')}}}{local}" if prefix else local


@dataclass
class Document:
    """A whole document: what comes before the root, the root, what comes after."""

    root: Element
    before: list[Note | str]
    after: list[Note | str]


class _Reader:
    def __init__(self) -> None:
        self.parser = expat.ParserCreate()
        self.root: Element | None = None
        self.open: list[Element] = []
        self.before: list[Note | str] = []
        self.after: list[Note | str] = []
        parser = self.parser
        parser.buffer_text = True
        parser.ordered_attributes = True
        parser.StartDoctypeDeclHandler = self.doctype
        parser.EntityDeclHandler = self.doctype
        parser.ExternalEntityRefHandler = self.elsewhere
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.characters
        parser.CommentHandler = self.comment
        parser.ProcessingInstructionHandler = self.instruction

    def wrong(self, message: str) -> UnreadableError:
        return UnreadableError(message, line=self.parser.CurrentLineNumber, column=self.parser.CurrentColumnNumber + 1)

    def doctype(self, *_about: object) -> None:
        raise self.wrong("A document type with its entities is not taken in.")

    def elsewhere(self, *_about: object) -> int:
        raise self.wrong("A reference to elsewhere is not followed.")

    def start(self, name: str, flat: list[str]) -> None:
        if len(self.open) >= DEEPEST:
            raise self.wrong(f"<{name}> nests deeper than {DEEPEST}.")
        attributes = list(zip(flat[::2], flat[1::2], strict=True))
        parent = self.open[-1] if self.open else None
        names = parent.names if parent else {"xml": _XML}
        declared = {
            each[6:] if each != "xmlns" else "": value
            for each, value in attributes
            if each == "xmlns" or each.startswith("xmlns:")
        }
        line, column = self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1
        element = Element(name, attributes, parent, line, column, names={**names, **declared} if declared else names)
        prefix = name.rpartition(":")[0]
        if prefix and prefix not in element.names:
            raise self.wrong(f"<{name}>: the prefix {prefix!r} stands for nothing.")
        if parent:
            parent.content.append(element)
        else:
            self.root = element
        self.open.append(element)

    def end(self, _name: str) -> None:
        self.open.pop()

    def add(self, each: Note | str) -> None:
        if self.open:
            self.open[-1].content.append(each)
        else:
            (self.before if self.root is None else self.after).append(each)

    def characters(self, text: str) -> None:
        self.add(text)

    def comment(self, text: str) -> None:
        self.add(Note(text))

    def instruction(self, target: str, text: str) -> None:
        self.add(Note(text, target))


def read(data: bytes | str) -> Document:
    """The document. Raises `UnreadableError` with the place."""
    raw = data.encode() if isinstance(data, str) else data
    if len(raw) > LARGEST:
        raise UnreadableError(f"The document is larger than {LARGEST:,} bytes.")
    reader = _Reader()
    try:
        reader.parser.Parse(raw, True)
    except expat.ExpatError as wrong:
        raise UnreadableError(
            f"This is not XML: {expat.errors.messages[wrong.code]}.", line=wrong.lineno, column=wrong.offset + 1
        ) from wrong
    except (ValueError, LookupError) as wrong:
        raise UnreadableError(f"This is not XML: {wrong}.") from wrong
    if reader.root is None:
        raise UnreadableError("There is nothing in the document.")
    return Document(reader.root, reader.before, reader.after)


def write(document: Document) -> str:
    """The document again."""
    parts = ['<?xml version="1.0" encoding="UTF-8"?>\n']
    parts += [_note(each) + "\n" for each in document.before]
    parts.append(write_element(document.root))
    parts += ["\n" + _note(each) for each in document.after]
    return "".join(parts) + "\n"


def write_element(element: Element, *, alone: bool = False) -> str:
    """An element; `alone` declares every namespace that it uses from further up."""
    parts: list[str] = []
    needed = _inherited(element) if alone else []
    _write(element, parts, needed)
    return "".join(parts)


def _inherited(element: Element) -> list[tuple[str, str]]:
    used: set[str] = set()
    waiting = [element]
    while waiting:
        each = waiting.pop()
        used.add(each.name.rpartition(":")[0])
        used.update(
            name.rpartition(":")[0] for name, _ in each.attributes if ":" in name and not name.startswith("xmlns")
        )
        waiting.extend(each.children)
    own = {name for name, _ in element.attributes}
    found = [
        (f"xmlns:{prefix}" if prefix else "xmlns", element.names[prefix])
        for prefix in sorted(used)
        if prefix in element.names
    ]
    return [(name, uri) for name, uri in found if name not in own and name != "xmlns:xml"]


def _write(element: Element, parts: list[str], needed: list[tuple[str, str]]) -> None:
    attributes = "".join(f' {name}="{_attribute(value)}"' for name, value in [*needed, *element.attributes])
    if not element.content:
        parts.append(f"<{element.name}{attributes}/>")
        return
    parts.append(f"<{element.name}{attributes}>")
    for each in element.content:
        if isinstance(each, Element):
            _write(each, parts, [])
        else:
            parts.append(_note(each))
    parts.append(f"</{element.name}>")


def _note(each: Note | str) -> str:
    if isinstance(each, str):
        return escape(each, {"\r": "&#13;"})
    return f"<?{each.target} {each.text}?>" if each.target else f"<!--{each.text}-->"


def _attribute(value: str) -> str:
    return escape(value, {'"': "&quot;", "\n": "&#10;", "\t": "&#9;", "\r": "&#13;"})
