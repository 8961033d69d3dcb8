"""Made-up content for the style page: ordinary, long and hostile."""

from datetime import datetime, timedelta

from midchannel.web.components import records as r

LONG = (
    "Wolfeschlegelsteinhausenbergerdorff-Aþena Þórunn Guðmundsdóttir-Nguyễn von und zu Oberhausen an der langen Leitung"
)
HOSTILE = "<script>alert(1)</script> \u202egnp.exe\u202c <b onclick=x()>bold</b> \x00\x1b[31m Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘"
MAIL = """Hello,

my card was charged twice on Thursday (order 4471-22), see https://shop.example/orders/4471-22. Could you
send one of them back, please? I have tried the app, it only says "something went wrong".

Kind regards
Ana

On Thu, 19 Nov 2026 at 10:12, Midchannel Bank <help@bank.example> wrote:
> Dear Ana,
> thank you for your order. Your card ending in 4402 was charged 18.90 EUR.
>
> Your team
"""
HTML = """<p>Hi! The <b>statement</b> shows <a href="javascript:alert(1)">this</a> and <a href="https://example.org/x">that</a>.</p>
<img src="https://tracker.example/p.gif" alt="Screenshot of my app" onerror="alert(1)"><style>body{display:none}</style>
<table><tr><td>19 Nov</td><td>18.90</td></tr><tr><td>19 Nov</td><td>18.90</td></tr></table><iframe src="https://x.example"></iframe>"""

ANA = r.Face(name="Ana Horvat", key="ana", network="fediverse")
AGENT = r.Face(name="Sam Okafor", key="sam")
LEAD = r.Face(name="Jie Lin", key="jie")


def rows(now: datetime) -> list[r.Row]:
    """A list of conversations."""

    def row(number: int, name: str, line: str, minutes: float, network: str, **more: object) -> r.Row:
        face = r.Face(name=name, key=name, network=network)
        return r.Row(
            id=str(number),
            href=f"/design/inbox/?c={number}",
            face=face,
            name=name,
            line=line,
            at=now - timedelta(minutes=minutes),
            **more,  # type: ignore[arg-type]
        )

    late = r.Clock(name="First answer", due_at=now - timedelta(minutes=42))
    soon = r.Clock(name="First answer", due_at=now + timedelta(minutes=12))
    easy = r.Clock(name="Resolution", due_at=now + timedelta(hours=5, minutes=10))
    return [
        row(
            1,
            "Ana Horvat",
            "my card was charged twice on Thursday, see https://shop.example/orders",
            64,
            "email",
            unread=2,
            clock=late,
            mood="angry",
            is_current=True,
            looking=(LEAD,),
        ),
        row(
            2,
            "@tomasz@mastodon.example",
            "Why can I not top up with Apple Pay since the update?",
            18,
            "fediverse",
            unread=1,
            clock=soon,
        ),
        row(
            3,
            LONG,
            "The app declines my transfer to Iceland and then it charges the fee nevertheless, three times",
            95,
            "simulator",
            clock=easy,
            owner=AGENT,
        ),
        row(4, "Priya Raman", "Thank you, that worked!", 130, "webchat", mood="happy", is_ours=False, owner=AGENT),
        row(5, HOSTILE, HOSTILE, 300, "collector", unread=12),
        row(
            6, "+44 20 7946 0018", "Call, 3 min 20 s: asked why the card has not arrived", 420, "telephone", clock=easy
        ),
        row(7, "مريم الحسيني", "لم تصل بطاقتي بعد، متى تصل؟", 1500, "simulator", owner=LEAD),
        row(
            8,
            "Kenji Watanabe",
            "We have asked the card team and will come back tomorrow.",
            2900,
            "email",
            is_ours=True,
            state="Snoozed",
        ),
        row(9, "Luca Bianchi", "I would like to ask for a refund of the fee", 4400, "bluesky", has_draft=True),
        row(
            10,
            "Olga Petrova",
            "How do I change my PIN?",
            9000,
            "simulator",
            clock=r.Clock(name="First answer", due_at=now, met=True),
        ),
    ]


def thread(now: datetime) -> list[r.Bubble]:
    """A conversation with every kind of bubble."""

    def at(minutes: float) -> datetime:
        return now - timedelta(minutes=minutes)

    files = (
        r.Attachment(name="statement-november.pdf", size=182_000, href="#"),
        r.Attachment(name="huge.mov", size=41_000_000, reason="over 25 MB, not kept"),
    )
    return [
        r.Bubble(
            id="1",
            author=ANA,
            audience="private",
            at=at(190),
            text=MAIL,
            subject="Charged twice",
            network="email",
            seen_by="Ana Horvat and the company",
            attachments=files,
        ),
        r.Bubble(
            id="2",
            author=AGENT,
            audience="internal",
            at=at(180),
            side="ours",
            text="@Jie Lin is this the duplicate from Thursday's outage? See https://status.example/42",
            is_question=True,
            seen_by="The company",
        ),
        r.Bubble(
            id="3",
            author=LEAD,
            audience="internal",
            at=at(174),
            text="Yes. Refunds run tonight; she can expect it within two days.",
            is_question=False,
            seen_by="The company",
        ),
        r.Bubble(
            id="4",
            author=AGENT,
            audience="private",
            at=at(170),
            side="ours",
            network="email",
            text="Dear Ana,\n\nyou are right, and I am sorry: the second charge is on its way back and arrives within two days.\n\nSam",
            seen_by="Ana Horvat",
            delivery=r.Delivery(state="confirmed", at=at(169)),
        ),
        r.Bubble(
            id="5",
            author=ANA,
            audience="public",
            at=at(64),
            network="fediverse",
            text="Still waiting @bank … and nobody answers. #fail",
            edited_at=at(60),
            seen_by="Everybody on the fediverse",
            source="https://mastodon.example/@ana/1",
        ),
        r.Bubble(
            id="6",
            author=AGENT,
            audience="public",
            at=at(30),
            side="ours",
            network="fediverse",
            text="Hello Ana, we have written to you by mail.",
            seen_by="Everybody on the fediverse",
            delivery=r.Delivery(state="failed", reason="the network refused it: 403 blocked by the person", retry="#"),
        ),
        r.Bubble(
            id="7",
            author=AGENT,
            audience="public",
            at=at(12),
            side="ours",
            network="fediverse",
            text="Hello again",
            seen_by="Everybody",
            delivery=r.Delivery(state="unknown", retry="#"),
        ),
        r.Bubble(id="8", author=ANA, audience="public", at=at(11), network="fediverse", deleted_at=at(10)),
        r.Bubble(
            id="9",
            author=ANA,
            audience="private",
            at=at(5),
            network="email",
            html=HTML,
            seen_by="Ana Horvat and the company",
        ),
        r.Bubble(
            id="10",
            author=r.Face(name="Northern Cards Ltd", key="p", network="email"),
            audience="partner",
            at=at(3),
            network="email",
            text="We confirm: reversal number 88172.",
            seen_by="The company and Northern Cards",
        ),
        r.Bubble(
            id="11",
            author=AGENT,
            audience="private",
            at=at(0),
            side="ours",
            network="email",
            text="Thank you!",
            delivery=r.Delivery(state="queued", take_back="#", until=now + timedelta(seconds=8)),
        ),
    ]


def composer(**more: object) -> r.Composer:
    """A composer; `more` changes it."""
    base: dict[str, object] = {
        "reply_to": "#",
        "note_to": "#",
        "audience": "private",
        "where": "By e-mail from help@bank.example to ana@mail.example.",
        "seen_by": "Seen by Ana Horvat and the company.",
        "client_id": "1",
        "note_id": "2",
        "last_seen": "11",
        "network": "email",
        "can_attach": True,
    }
    return r.Composer(**(base | more))  # type: ignore[arg-type]


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
