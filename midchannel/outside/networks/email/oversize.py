"""A mail too large to be taken whole: its words and its small attachments are fetched part by part, and the large ones named."""

from collections.abc import Iterator
from typing import Any

from imapclient import IMAPClient

from midchannel.outside.networks.email import charsets, parser
from midchannel.outside.networks.email.parser import LeftOut

BOUNDARY = b"=_midchannel_parts_of_a_larger_mail"
MAX_PARTS = 100


def fetch(client: IMAPClient, uid: int, *, limit_bytes: int) -> tuple[bytes | None, list[LeftOut]]:
    """The mail rebuilt of its headers and of the parts that together fit the limit, and the parts left out. None when it is gone."""
    row = client.fetch([uid], ["BODY.PEEK[HEADER]", "BODYSTRUCTURE"]).get(uid)
    if not row:
        return None, []
    headers: bytes = row.get(b"BODY[HEADER]") or b""
    pieces: list[bytes] = []
    left_out: list[LeftOut] = []
    room = limit_bytes
    for section, part in list(_leaves(row.get(b"BODYSTRUCTURE"), ""))[:MAX_PARTS]:
        media_type, size_bytes = f"{_word(part, 0)}/{_word(part, 1)}", int(part[6] or 0)
        about = _section(client, uid, f"{section}.MIME") if section else headers
        if size_bytes > room:
            decoded_bytes = size_bytes * 57 // 78 if _word(part, 5) == "base64" else size_bytes
            left_out.append(LeftOut(_name_in(about, media_type), media_type, decoded_bytes))
            continue
        room -= size_bytes
        pieces.append(about.rstrip() + b"\r\n\r\n" + _section(client, uid, section or "1"))
    return _rebuilt(headers, pieces), left_out


def _leaves(structure: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    """The section number ("" for a mail of one part) and structure of everything that is not a multipart. A stack: nesting may be deep."""
    stack = [(structure, prefix)]
    while stack:
        node, section = stack.pop()
        if node is None:
            continue
        if isinstance(node[0], list):
            children = [(child, f"{section}.{n}".lstrip(".")) for n, child in enumerate(node[0], start=1)]
            stack.extend(reversed(children))
        elif len(node) > 6:
            yield section, node


def _word(part: Any, position: int) -> str:
    value = part[position]
    return value.decode("ascii", "replace").lower() if isinstance(value, bytes) else str(value or "").lower()


def _section(client: IMAPClient, uid: int, section: str) -> bytes:
    row = client.fetch([uid], [f"BODY.PEEK[{section}]"]).get(uid, {})
    content = row.get(f"BODY[{section}]".encode())
    return content if isinstance(content, bytes) else b""


def _name_in(header: bytes, media_type: str) -> str:
    part = parser.parse(header.rstrip() + b"\r\nContent-Disposition: attachment\r\n\r\n")
    return part.parts[0].name if part.parts else charsets.clean(media_type)


def _rebuilt(header: bytes, pieces: list[bytes]) -> bytes:
    """The mail's own headers, with the parts side by side in one container of ours."""
    kept: list[bytes] = []
    skipping = False
    for line in header.rstrip().splitlines():
        if not line[:1].isspace():
            skipping = line.lower().startswith(
                (b"content-type:", b"content-transfer-encoding:", b"content-disposition:")
            )
        if not skipping and line:
            kept.append(line)
    kept.append(b'Content-Type: multipart/mixed; boundary="' + BOUNDARY + b'"')
    body = b"".join(b"\r\n--" + BOUNDARY + b"\r\n" + piece for piece in pieces)
    return b"\r\n".join(kept) + b"\r\n\r\n" + body + b"\r\n--" + BOUNDARY + b"--\r\n"
