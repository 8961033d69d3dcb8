"""Invented pairs and decisions for the style page of who is who. Nobody in here exists."""

from datetime import datetime, timedelta
from typing import Any

from midchannel.web.components import records
from midchannel.web.customers import drawing, weighing
from midchannel.web.review.records import Line, PairRow, Progress, Question, Side

FIELDS = (
    {"field": "full_name", "weight": 5.4, "left": "Hyun-woo Kitestring", "right": "Hyunwoo Kitestring"},
    {"field": "birth_date", "weight": 7.9, "left": "1988-03-14", "right": "1988-03-14"},
    {"field": "postcode", "weight": 1.1, "left": "E2 8DD", "right": "E2 8DP"},
    {"field": "city", "weight": 0.1, "left": "London", "right": "London"},
    {"field": "email", "weight": -3.6, "left": "hyun-woo@mail.example", "right": "kitestring.studio@post.example"},
    {"field": "phone", "weight": 0.0, "left": "+44 20 7946 0018", "right": ""},
)


def question(now: datetime) -> Question:
    """A pair in the queue."""
    left = Side(
        name="Hyun-woo Kitestring",
        face=records.Face(name="Hyun-woo Kitestring", key="1", network="simulator"),
        href="#",
        known="Known since 3 November 2026, 9 contacts",
        handles=(
            Line(icon="bot", line="@hyun-woo.kitestring@simulator"),
            Line(icon="webhook", line="hyun-woo.kitestring@app.lantern"),
        ),
        said="Hello! Quick question. I am waiting for a pending transfer since Tuesday, and the rent is due. Can you see where it is?",
        said_at=now - timedelta(hours=3),
    )
    right = Side(
        name="Hyunwoo Kitestring",
        face=records.Face(name="Hyunwoo Kitestring", key="2", network="email"),
        href="#",
        known="Known since 12 November 2026, 1 contact",
        handles=(Line(icon="mail", line="kitestring.studio@post.example"),),
        said="Please change the address on my account.",
        said_at=now - timedelta(days=4),
    )
    return Question(
        id="1",
        sides=(left, right),
        left_name=left.name,
        right_name=right.name,
        points=tuple(weighing.points_of(FIELDS)),
        sum=weighing.sum_of(4.1),
        changes=(
            Line(icon="check", line="The same confirmed e-mail address or telephone number would settle it: the same."),
            Line(icon="x", line="Two different birth dates would settle it the other way."),
            Line(icon="minus", line="Without the same birth date nobody would be asked: too little would be left."),
        ),
        value_words="9 contacts, 2 orders",
        value_title="What depends on the answer",
        who="Weighed by model 2026-11-20, two hours ago",
        announce="Hyun-woo Kitestring and Hyunwoo Kitestring. Very probably the same.",
        answer_href="#",
    )


def rows() -> list[PairRow]:
    """The list of pairs."""
    people = (
        ("Hyun-woo Kitestring", "Hyunwoo Kitestring", "Very probably the same"),
        ("Chiara Limoncella", "C. Limoncella", "Could be either"),
        ("Anja Haferkorn-Wolkenstein-Brückenbauer", "A. Haferkorn", "Probably the same"),
        ("Rajiv Monsoon", "Rajesh Monsoon", "Probably two different"),
    )
    return [
        PairRow(
            id=str(number),
            href="#",
            left=records.Face(name=left, key=left),
            right=records.Face(name=right, key=right),
            names=f"{left}, {right}",
            line=words,
            is_current=not number,
        )
        for number, (left, right, words) in enumerate(people)
    ]


def path() -> drawing.Picture:
    """A customer's records, joined."""
    nodes = [
        drawing.Node(1, "Hyun-woo Kitestring", "+44 20 7946 0018", "phone"),
        drawing.Node(2, "Hyun-woo Kitestring", "hyun-woo.kitestring@app.lantern", "webhook"),
        drawing.Node(3, "Hyunwoo Kitestring", "kitestring.studio@post.example", "mail"),
        drawing.Node(4, "한복 & Kitestring <studio>", "@hyun-woo.kitestring@simulator", "bot"),
        drawing.Node(5, "H. Kitestring", "L-01922", "database"),
    ]
    edges = [
        drawing.Edge(1, 2, "proof: same e-mail", "rule, 3 Nov", "sure", "link-1"),
        drawing.Edge(1, 3, "Mia Berg says so", "12 Nov", "sure", "link-2"),
        drawing.Edge(2, 4, "strongly for", "model 3, 14 Nov", "rule", "link-3"),
        drawing.Edge(2, 5, "for", "model 3, 14 Nov", "weak", "link-4"),
    ]
    return drawing.draw(nodes, edges, title="Five records, joined by four decisions")


def context(now: datetime) -> dict[str, Any]:
    """All of it."""
    return {
        "question": question(now),
        "rows": rows(),
        "picture": path(),
        "progress": Progress(words="14 wait", mine="5 answered by you today", done=5, total=19),
        "undo_href": "#",
        "undo_words": "Chiara Limoncella and Chiara L.: the same",
        "differences_href": "#",
        "more_words": "and 10 more; the most valuable come first.",
    }
