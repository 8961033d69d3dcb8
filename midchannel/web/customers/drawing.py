"""The path of decisions behind a customer, as a picture: records as cards, joined by what was decided; for wide and for narrow pages.

Everything in it is said again in the list below it, so it is one picture to those who hear the page.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from midchannel.platform import richtext

CARD, HEIGHT, GAP, PITCH = 198, 54, 148, 78
NARROW_CARD, INDENT, NARROW_PITCH, NARROW_GAP = 250, 26, 96, 42
MOST = 14
DEEPEST_IN_LINE = 2
"""How many steps from the first record a page has room for side by side; a longer path goes down instead."""
LABEL = 24
SPRITE = "vendor/lucide/icons.svg"


@dataclass(frozen=True, slots=True)
class Node:
    """A record: its name (a stranger's), its place, and the icon of its source."""

    id: int
    name: str
    line: str
    icon: str


@dataclass(frozen=True, slots=True)
class Edge:
    """A decision between two records. `kind` is sure (proof or a person), rule, or weak; `anchor` leads to its words."""

    a: int
    b: int
    words: str
    who: str
    kind: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Picture:
    """Both drawings; `left_out` records are only in the list."""

    wide: SafeString
    narrow: SafeString
    left_out: int


@dataclass(frozen=True, slots=True)
class _Placed:
    node: Node
    depth: int
    row: float
    edge: Edge | None
    parent: int | None


def draw(nodes: Sequence[Node], edges: Sequence[Edge], *, title: str) -> Picture:
    """Draw a customer's records from the first of `nodes` on. Records that no edge reaches hang on the first."""
    placed = _place(nodes[:MOST], edges)
    is_deep = max((each.depth for each in placed), default=0) > DEEPEST_IN_LINE
    wide = _narrow(placed, title, name="path-wide path-tall") if is_deep else _wide(placed, title)
    return Picture(wide, _narrow(placed, title), max(0, len(nodes) - MOST))


def _place(nodes: Sequence[Node], edges: Sequence[Edge]) -> list[_Placed]:
    """Walk from the first record along the decisions; children stand below each other, parents beside the middle of theirs."""
    known = {node.id: node for node in nodes}
    beside: dict[int, list[tuple[int, Edge]]] = {}
    for edge in edges:
        if edge.a in known and edge.b in known:
            beside.setdefault(edge.a, []).append((edge.b, edge))
            beside.setdefault(edge.b, []).append((edge.a, edge))
    seen: set[int] = set()
    placed: list[_Placed] = []
    free = 0.0

    def walk(node_id: int, depth: int, edge: Edge | None, parent: int | None) -> float:
        nonlocal free
        seen.add(node_id)
        at = len(placed)
        placed.append(_Placed(known[node_id], depth, 0, edge, parent))
        rows = [walk(other, depth + 1, by, node_id) for other, by in beside.get(node_id, ()) if other not in seen]
        if rows:
            row = (rows[0] + rows[-1]) / 2
        else:
            row, free = free, free + 1
        placed[at] = _Placed(known[node_id], depth, row, edge, parent)
        return row

    for node in nodes:
        if node.id not in seen:
            walk(node.id, 0 if not placed else 1, None, None)
    return placed


def _wide(placed: Sequence[_Placed], title: str) -> SafeString:
    """From left to right."""
    where = {each.node.id: (each.depth * (CARD + GAP), each.row * PITCH + 2) for each in placed}
    width = max((x for x, _y in where.values()), default=0) + CARD + 2
    height = max((y for _x, y in where.values()), default=0) + HEIGHT + 4
    lines, labels = [], []
    for each in placed:
        if each.edge is None or each.parent is None:
            continue
        (px, py), (x, y) = where[each.parent], where[each.node.id]
        start, end, top, bottom = px + CARD, x, py + HEIGHT / 2, y + HEIGHT / 2
        bend = start + GAP / 2 - 62
        path = f"M{start} {top}C{start + 30} {top} {bend - 24} {bottom} {bend + 10} {bottom}L{end} {bottom}"
        lines.append((each.edge.kind, path))
        labels.append(_label(each.edge, x - GAP / 2 + 4, bottom, anchor="middle"))
    return _svg(
        "path-wide",
        size=(width, height),
        title=title,
        lines=lines,
        labels=labels,
        cards=[_card(each, *where[each.node.id], CARD, is_first=not index) for index, each in enumerate(placed)],
    )


def _narrow(placed: Sequence[_Placed], title: str, name: str = "path-narrow") -> SafeString:
    """From top to bottom, children indented."""
    where = {each.node.id: (min(each.depth, 3) * INDENT, index * NARROW_PITCH + 2) for index, each in enumerate(placed)}
    height = (len(placed) - 1) * NARROW_PITCH + HEIGHT + 4
    width = max((x for x, _y in where.values()), default=0) + NARROW_CARD + 2
    lines, labels = [], []
    for each in placed:
        if each.edge is None or each.parent is None:
            continue
        (px, py), (x, y) = where[each.parent], where[each.node.id]
        down = px + INDENT / 2
        path = f"M{down} {py + HEIGHT}V{y + HEIGHT / 2}H{max(x, down)}"
        lines.append((each.edge.kind, path))
        labels.append(_label(each.edge, x + 2, y - NARROW_GAP / 2 + 2, anchor="start"))
    return _svg(
        name,
        size=(width, height),
        title=title,
        lines=lines,
        labels=labels,
        cards=[_card(each, *where[each.node.id], NARROW_CARD, is_first=not index) for index, each in enumerate(placed)],
    )


def _svg(
    name: str,
    *,
    size: tuple[float, float],
    title: str,
    lines: Sequence[tuple[str, str]],
    labels: Sequence[SafeString],
    cards: Sequence[SafeString],
) -> SafeString:
    width, height = size
    return format_html(
        '<svg class="path-drawing {}" width="{}" height="{}" viewBox="0 0 {} {}" role="group" aria-label="{}">{}{}{}</svg>',
        *(name, f"{width:.0f}", f"{height:.0f}", f"{width:.0f}", f"{height:.0f}", title),
        format_html_join("", '<path class="path-line path-{}" d="{}"/>', lines),
        format_html_join("", "{}", ((card,) for card in cards)),
        format_html_join("", "{}", ((label,) for label in labels)),
    )


def _label(edge: Edge, x: float, y: float, *, anchor: str) -> SafeString:
    """The words of a decision on its line; a click goes to the whole of it."""
    return format_html(
        '<a href="#{}"><text class="path-words path-words-{}" x="{}" y="{}" text-anchor="{}">{}</text>'
        '<text class="path-who" x="{}" y="{}" text-anchor="{}">{}</text></a>',
        *(edge.anchor, edge.kind, f"{x:.0f}", f"{y - 6:.0f}", anchor, _cut(edge.words)),
        *(f"{x:.0f}", f"{y + 14:.0f}", anchor, _cut(edge.who)),
    )


def _cut(words: str, length: int = LABEL) -> str:
    return words if len(words) <= length else words[: length - 1].rstrip() + "…"


def _card(each: _Placed, x: float, y: float, width: int, *, is_first: bool) -> SafeString:
    """A record. The inner `svg` cuts what is too long."""
    return format_html(
        '<g class="path-card{}"><rect x="{}" y="{}" width="{}" height="{}" rx="10"/>'
        '<svg x="{}" y="{}" width="18" height="18" class="icon path-icon" aria-hidden="true"><use href="{}#{}"></use></svg>'
        '<svg x="{}" y="{}" width="{}" height="{}"><text class="path-name" x="0" y="22">{}</text>'
        '<text class="path-place" x="0" y="40">{}</text></svg></g>',
        *(" path-first" if is_first else "", f"{x + 1:.0f}", f"{y:.0f}", width - 1, HEIGHT),
        *(f"{x + 13:.0f}", f"{y + 18:.0f}", static(SPRITE), each.node.icon),
        *(f"{x + 42:.0f}", f"{y:.0f}", width - 52, HEIGHT),
        richtext.render_line(_cut(each.node.name, width // 9)),
        richtext.render_line(_cut(each.node.line, width // 8)),
    )


def spanning(edges: Sequence[Edge], strength: Mapping[str, float]) -> list[Edge]:
    """Those of the decisions that hold the customer together: the strongest that still join something new."""
    group: dict[int, int] = {}

    def root(node: int) -> int:
        while group.setdefault(node, node) != node:
            node = group[node]
        return node

    kept = []
    for edge in sorted(edges, key=lambda edge: -strength.get(edge.anchor, 0)):
        a, b = root(edge.a), root(edge.b)
        if a != b:
            group[a] = b
            kept.append(edge)
    return kept
