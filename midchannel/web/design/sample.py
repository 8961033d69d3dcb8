"""Made-up content for the style page: ordinary, long and hostile."""

from datetime import datetime, timedelta

from midchannel.web.components import records as r

LONG = (
    "Wolfeschlegelsteinhausenbergerdorff-Aþena Þórunn Guðmundsdóttir-Nguyễn von und zu Oberhausen an der langen Leitung"
)
HOSTILE = "<script>alert(1)</script> \u202egnp.exe\u202c <b onclick=x()>bold</b> \x00\x1b[31m Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘"

ANA = r.Face(name="Ana Horvat", key="ana", network="fediverse")
AGENT = r.Face(name="Sam Okafor", key="sam")
LEAD = r.Face(name="Jie Lin", key="jie")


def rows(now: datetime) -> list[r.Row]:
    """A list of conversations."""
    return [*_waiting(now), *_quiet(now)]


def _row(now: datetime, number: int, name: str, line: str, *, minutes: float, network: str, **more: object) -> r.Row:
    return r.Row(
        id=str(number),
        href=f"/design/inbox/?c={number}",
        face=r.Face(name=name, key=name, network=network),
        name=name,
        line=line,
        at=now - timedelta(minutes=minutes),
        **more,  # type: ignore[arg-type]
    )


def _waiting(now: datetime) -> list[r.Row]:
    late = r.Clock(name="First answer", due_at=now - timedelta(minutes=42))
    soon = r.Clock(name="First answer", due_at=now + timedelta(minutes=12))
    easy = r.Clock(name="Resolution", due_at=now + timedelta(hours=5, minutes=10))
    charged = "my card was charged twice on Thursday, see https://shop.example/orders"
    why = "Why can I not top up with Apple Pay since the update?"
    declined = "The app declines my transfer to Iceland and then it charges the fee nevertheless, three times"
    called = "Call, 3 min 20 s: asked why the card has not arrived"
    mood: dict[str, object] = {"mood": "angry", "is_current": True, "looking": (LEAD,)}
    return [
        _row(now, 1, "Ana Horvat", charged, minutes=64, network="email", unread=2, clock=late, **mood),
        _row(now, 2, "@tomasz@mastodon.example", why, minutes=18, network="fediverse", unread=1, clock=soon),
        _row(now, 3, LONG, declined, minutes=95, network="simulator", clock=easy, owner=AGENT),
        _row(
            now,
            4,
            "Priya Raman",
            "Thank you, that worked!",
            minutes=130,
            network="webchat",
            mood="happy",
            is_ours=False,
            owner=AGENT,
        ),
        _row(now, 5, HOSTILE, HOSTILE, minutes=300, network="collector", unread=12),
        _row(now, 6, "+44 20 7946 0018", called, minutes=420, network="telephone", clock=easy),
    ]


def _quiet(now: datetime) -> list[r.Row]:
    met = r.Clock(name="First answer", due_at=now, met=True)
    asked = "We have asked the card team and will come back tomorrow."
    refund = "I would like to ask for a refund of the fee"
    return [
        _row(now, 7, "مريم الحسيني", "لم تصل بطاقتي بعد، متى تصل؟", minutes=1500, network="simulator", owner=LEAD),
        _row(now, 8, "Kenji Watanabe", asked, minutes=2900, network="email", is_ours=True, state="Snoozed"),
        _row(now, 9, "Luca Bianchi", refund, minutes=4400, network="bluesky", has_draft=True),
        _row(now, 10, "Olga Petrova", "How do I change my PIN?", minutes=9000, network="simulator", clock=met),
    ]


def tabs() -> list[r.Tab]:
    """Ways to look at a list."""
    return [
        r.Tab(label="Waiting longest", href="#", is_current=True, count=12),
        r.Tab(label="Mine", href="#", count=3),
        r.Tab(label="Resolved", href="#", count=12480),
    ]


def tiles() -> list[r.Tile]:
    """Numbers that open the rows behind them."""
    return [
        r.Tile(label="Open", value="128", note="12 more than yesterday", href="#", spark=(3, 5, 4, 8, 9, 7, 12)),
        r.Tile(label="Overdue", value="4", note="oldest 2 h 10 min", href="#", is_loss=True),
        r.Tile(label="First answer, median", value="18", unit="min", note="15 to 22, 90th percentile 64 min", href="#"),
        r.Tile(label="Received", value="12,480,122", note="= applied + duplicate + parked + waiting"),
    ]


def notices(now: datetime) -> list[r.Notice]:
    """A question and an answer."""
    return [
        r.Notice(
            id="1",
            href="#",
            face=LEAD,
            words="Jie Lin asks you in the conversation with Ana Horvat",
            excerpt=HOSTILE,
            at=now - timedelta(minutes=4),
            is_unread=True,
        ),
        r.Notice(
            id="2",
            href="#",
            face=AGENT,
            words="Sam Okafor answered your question",
            excerpt="Yes. Refunds run tonight.",
            at=now - timedelta(hours=7),
        ),
    ]


def entries(now: datetime) -> list[r.Entry]:
    """A customer's timeline."""
    return [
        r.Entry(
            at=now - timedelta(minutes=4),
            words="Wrote a public post",
            kind="theirs",
            network="fediverse",
            text="Still waiting",
            audience="public",
            href="#",
        ),
        r.Entry(
            at=now - timedelta(hours=3),
            words="Sam Okafor replied by e-mail",
            kind="ours",
            network="email",
            text="Dear Ana, you are right …",
        ),
        r.Entry(at=now - timedelta(hours=4), words="Note by Jie Lin", kind="internal", text="Refunds run tonight"),
        r.Entry(at=now - timedelta(days=3), words="Called, 3 min 20 s", kind="theirs", network="telephone"),
        r.Entry(at=now - timedelta(days=12), words="First answer was late by 42 min", kind="loss"),
    ]


def states() -> list[r.State]:
    """Every kind of state."""
    return [
        r.State(
            kind="first",
            title="No conversations yet",
            words="What customers say to you appears here, from every channel. Begin by connecting one.",
            actions=(
                r.Action(label="Connect a mailbox", href="#", icon="mail"),
                r.Action(label="Start the simulator", href="#"),
            ),
        ),
        r.State(
            kind="nothing",
            title="Nothing found for “refnd”",
            words="Searched in names, addresses and texts of the last 12 months in your queues.",
            actions=(r.Action(label="Search all months", href="#"),),
        ),
        r.State(
            kind="failed",
            title="The timeline could not be loaded",
            words="The conversation is shown, the orders are missing. Nothing was changed.",
            actions=(r.Action(label="Try again", href="#", icon="refresh-cw"),),
        ),
        r.State(
            kind="much", title="The first 200 of many", words="Narrow by channel, queue or a word to see the rest."
        ),
        r.State(
            kind="denied", title="This belongs to Card disputes", words="Ask Jie Lin, who leads it, to let you in."
        ),
    ]


def marks() -> list[r.Mark]:
    """Bars."""
    return [
        r.Mark(label="E-mail", value=1240, href="#", low=1180, high=1300, tone="0"),
        r.Mark(label="Fediverse", value=830, href="#", low=760, high=905, tone="1"),
        r.Mark(label="Telephone", value=412, href="#", tone="3"),
        r.Mark(label="A channel with an unreasonably long name that somebody typed", value=12, href="#", tone="2"),
        r.Mark(label="Web chat", value=0, href="#", tone="4"),
    ]


def series() -> list[r.Series]:
    """Lines."""

    def line(label: str, tone: str, values: list[float | None], spread: float) -> r.Series:
        made = tuple(
            r.Mark(
                label=f"{i + 1} Nov",
                value=v,
                href="#",
                tone=tone,
                low=None if v is None or not spread else v - spread,
                high=None if v is None or not spread else v + spread,
            )
            for i, v in enumerate(values)
        )
        return r.Series(label=label, marks=made, tone=tone)

    return [
        line("Median", "0", [22, 25, 21, 30, 28, None, 26, 24, 20, 18, 19, 17, 16, 15], 3),
        line("90th percentile", "1", [61, 70, 66, 90, 84, None, 70, 68, 64, 60, 52, 50, 47, 49], 0),
    ]
