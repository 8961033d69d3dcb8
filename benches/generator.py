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
    encode = msgspec.json.encode
    posts: list[str] = []
    for number in range(count):
        # A long tail: few write much, most write once or twice.
        author = int(authors * rng.random() ** 2.2)
        host = f"https://social{author % 40}.example"
        name = f"person{author}"
        actor = f"{host}/users/{name}"
        post = f"{host}/users/{name}/statuses/{115000000000000000 + number}"
        parent = posts[rng.randrange(max(0, number - 4000), number)] if posts and rng.random() < REPLY_SHARE else None
        posts.append(post)
        at = (START + timedelta(seconds=number / 10)).strftime("%Y-%m-%dT%H:%M:%SZ")
        text = " ".join(rng.choices(WORDS, k=rng.randint(8, 24)))
        yield encode(
            {
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
                "cc": [f"{actor}/followers", "https://midchannel.example/users/company"],
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
                    "tag": [
                        {
                            "type": "Mention",
                            "href": "https://midchannel.example/users/company",
                            "name": "@company@midchannel.example",
                        }
                    ],
                    "replies": {"id": f"{post}/replies", "type": "Collection"},
                },
                "signature": {
                    "type": "RsaSignature2017",
                    "creator": f"{actor}#main-key",
                    "created": at,
                    "signatureValue": base64.b64encode(rng.randbytes(256)).decode(),
                },
            }
        )


def batches(count: int, size: int = 1000, *, seed: int = 1) -> list[list[bytes]]:
    """The stream in batches."""
    stream = list(documents(count, seed=seed))
    return [stream[i : i + size] for i in range(0, len(stream), size)]
