"""Made-up conversation for the style page: a bubble of every kind, and composers."""

from datetime import datetime, timedelta

from midchannel.web.components import records as r
from midchannel.web.design.sample import AGENT, ANA, LEAD

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


def thread(now: datetime) -> list[r.Bubble]:
    """A conversation with every kind of bubble, the oldest first."""
    return sorted([*_heard(now), *_inside(now), *_sent(now)], key=lambda bubble: bubble.at)


def _heard(now: datetime) -> list[r.Bubble]:
    """What the customer and a partner said."""
    files = (
        r.Attachment(name="statement-november.pdf", size=182_000, href="#"),
        r.Attachment(name="huge.mov", size=41_000_000, reason="over 25 MB, not kept"),
    )
    return [
        r.Bubble(
            id="1",
            author=ANA,
            audience="private",
            at=now - timedelta(minutes=190),
            text=MAIL,
            subject="Charged twice",
            network="email",
            seen_by="Ana Horvat and the company",
            attachments=files,
        ),
        r.Bubble(
            id="5",
            author=ANA,
            audience="public",
            at=now - timedelta(minutes=64),
            network="fediverse",
            text="Still waiting @bank … and nobody answers. #fail",
            edited_at=now - timedelta(minutes=60),
            seen_by="Everybody on the fediverse",
            source="https://mastodon.example/@ana/1",
        ),
        r.Bubble(
            id="8",
            author=ANA,
            audience="public",
            at=now - timedelta(minutes=11),
            network="fediverse",
            deleted_at=now - timedelta(minutes=10),
        ),
        r.Bubble(
            id="9",
            author=ANA,
            audience="private",
            at=now - timedelta(minutes=5),
            network="email",
            html=HTML,
            seen_by="Ana Horvat and the company",
        ),
        r.Bubble(
            id="10",
            author=r.Face(name="Northern Cards Ltd", key="p", network="email"),
            audience="partner",
            at=now - timedelta(minutes=3),
            network="email",
            text="We confirm: reversal number 88172.",
            seen_by="The company and Northern Cards",
        ),
    ]


def _inside(now: datetime) -> list[r.Bubble]:
    """A question to a colleague, and its answer."""
    return [
        r.Bubble(
            id="2",
            author=AGENT,
            audience="internal",
            at=now - timedelta(minutes=180),
            side="ours",
            text="@Jie Lin is this the duplicate from Thursday's outage? See https://status.example/42",
            is_question=True,
            seen_by="The company",
        ),
        r.Bubble(
            id="3",
            author=LEAD,
            audience="internal",
            at=now - timedelta(minutes=174),
            text="Yes. Refunds run tonight; she can expect it within two days.",
            is_question=False,
            seen_by="The company",
        ),
    ]


def _sent(now: datetime) -> list[r.Bubble]:
    """Our replies, in every state of their way."""
    return [
        r.Bubble(
            id="4",
            author=AGENT,
            audience="private",
            at=now - timedelta(minutes=170),
            side="ours",
            network="email",
            text="Dear Ana,\n\nyou are right, and I am sorry: the second charge is on its way back and arrives within two days.\n\nSam",
            seen_by="Ana Horvat",
            delivery=r.Delivery(state="confirmed", at=now - timedelta(minutes=169)),
        ),
        r.Bubble(
            id="6",
            author=AGENT,
            audience="public",
            at=now - timedelta(minutes=30),
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
            at=now - timedelta(minutes=12),
            side="ours",
            network="fediverse",
            text="Hello again",
            seen_by="Everybody",
            delivery=r.Delivery(state="unknown", retry="#"),
        ),
        r.Bubble(
            id="11",
            author=AGENT,
            audience="private",
            at=now - timedelta(minutes=0),
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
