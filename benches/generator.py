"""The fixed stream that every bench of arrival uses: the same seed gives the same bytes.

Each document is a post on a federated network of about 1.5 KB: the statement itself, the context and addressing fields such a
server sends, and an incompressible signature (256 random bytes in base 64, as RSA-2048 makes). Half are replies (about two
messages from outside a conversation); an eighth come from somebody new, and authors follow a long tail.
"""

import base64
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import msgspec

WORDS = """
my card payment order delivery was declined twice today please help account transfer pending still not arrived
exchange rate wrong fee charged top up failed why does the app not show refund statement balance cash
withdrawal abroad pin blocked verify identity new phone number support answer slow thank you great quick kind
problem again broken screen package late address change cancel subscription price invoice double contact
nobody answers since monday since yesterday could someone look into this issue for me it is urgent thanks in
advance
""".split()  # noqa: SIM905 - words, not a list of quotes
START = datetime(2026, 11, 1, tzinfo=UTC)
REPLY_SHARE = 0.5
CONTEXT = [
    "https://www.w3.org/ns/activitystreams",
    "https://w3id.org/security/v1",
    {"sensitive": "as:sensitive", "Hashtag": "as:Hashtag"},
]


def documents(count: int, *, seed: int = 1) -> Iterator[bytes]:
    """`count` documents of about 1.5 KB, in order of time."""
    rng = random.Random(seed)
    authors = max(count // 8, 50)
    posts: list[str] = []
    for number in range(count):
        # A long tail: few write much, most write once or twice.
        author = int(authors * rng.random() ** 2.2)
        post = f"https://social{author % 40}.example/users/person{author}/statuses/{115000000000000000 + number}"
        parent = posts[rng.randrange(max(0, number - 4000), number)] if posts and rng.random() < REPLY_SHARE else None
        posts.append(post)
        text = " ".join(rng.choices(WORDS, k=rng.randint(8, 24)))
        signature = base64.b64encode(rng.randbytes(256)).decode()
        yield msgspec.json.encode(_document(number, author, post=post, parent=parent, text=text, signature=signature))


def _document(
    number: int, author: int, *, post: str, parent: str | None, text: str, signature: str
) -> dict[str, object]:
    """A post as a network in the words of ActivityPub sends it."""
    host, name = f"https://social{author % 40}.example", f"person{author}"
    actor = f"{host}/users/{name}"
    at = (START + timedelta(seconds=number / 10)).strftime("%Y-%m-%dT%H:%M:%SZ")
    company = "https://midchannel.example/users/company"
    return {
        "@context": CONTEXT,
        "id": f"{post}/activity",
        "type": "Create",
        "actor": {
            "id": actor,
            "type": "Person",
            "name": name.title(),
            "preferredUsername": name,
            "url": f"{host}/@{name}",
        },
        "published": at,
        "to": ["https://www.w3.org/ns/activitystreams#Public"],
        "cc": [f"{actor}/followers", company],
        "object": {
            "id": post,
            "type": "Note",
            "summary": None,
            "inReplyTo": parent,
            "published": at,
            "url": f"{host}/@{name}/{number}",
            "attributedTo": actor,
            "to": ["https://www.w3.org/ns/activitystreams#Public"],
            "sensitive": False,
            "content": text,
            "mediaType": "text/plain",
            "tag": [{"type": "Mention", "href": company, "name": "@company@midchannel.example"}],
            "replies": {"id": f"{post}/replies", "type": "Collection"},
        },
        "signature": {
            "type": "RsaSignature2017",
            "creator": f"{actor}#main-key",
            "created": at,
            "signatureValue": signature,
        },
    }


def batches(count: int, size: int = 1000, *, seed: int = 1) -> list[list[bytes]]:
    """The stream in batches."""
    stream = list(documents(count, seed=seed))
    return [stream[i : i + size] for i in range(0, len(stream), size)]
