"""Untrusted text to HTML that is safe to put into a page. Everything a stranger wrote goes through here, and only here."""

import html
import re
from collections.abc import Mapping
from functools import partial

import nh3
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from midchannel.platform.richtext import characters

LINK = re.compile(
    r"""(?P<url>https?://[^\s<>"'`\\]{1,2000})|(?P<mail>(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}(?![\w@]))"""
)
QUOTE = re.compile(r"^\s*>")
QUOTE_INTRODUCTION = re.compile(
    r"^\s*(?:(?:On|Am|Le|El|Il|Op|W dniu)\b.{0,300}(?:wrote|schrieb|écrit|escribió|scritto|schreef|napisał\(?a?\)?)\s*:"
    r"|-{2,}\s*(?:Original Message|Forwarded message|Ursprüngliche Nachricht)\s*-{2,})\s*$",
    re.IGNORECASE,
)
TRAILING = ".,;:!?'\"»”)]}…"
REL = "noopener noreferrer nofollow ugc"
TAGS = frozenset(
    "a abbr b bdi blockquote br caption code dd del details div dl dt em h1 h2 h3 h4 h5 h6 hr i img ins kbd li ol p pre q s"  # noqa: SIM905
    " samp small span strong sub summary sup table tbody td tfoot th thead tr u ul".split()
)
ATTRIBUTES = {
    "a": {"href", "title"},
    "abbr": {"title"},
    "img": {"alt", "src"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "ol": {"start"},
    "*": {"dir", "lang"},
}
DROPPED_WITH_CONTENT = {
    "script",
    "style",
    "head",
    "title",
    "template",
    "noscript",
    "iframe",
    "object",
    "svg",
    "math",
    "xmp",
    "textarea",
    "select",
}
SCHEMES = {"http", "https", "mailto", "tel"}
IMAGE = re.compile(r"<img\b[^>]*>")
ALT = re.compile(r'\balt="([^"]*)"')
TAG = re.compile(r"<[^<>]{0,2000}>")
DEEPEST = 200


def render_text(text: str) -> SafeString:
    """Plain text as paragraphs with links; quoted parts of mail are folded away; what cannot be seen is marked or removed."""
    cut = len(text) > characters.LIMIT
    lines = characters.cleaned(text[: characters.LIMIT]).strip("\n").split("\n")
    parts = [_folded(block) if is_quote else _paragraphs(block) for is_quote, block in _split_quotes(lines)]
    if cut:
        parts.append(f"<p><em>{html.escape(_('The text is longer; the rest is not shown.'))}</em></p>")
    return SafeString("".join(parts))


def render_line(text: str) -> SafeString:
    """A stranger's name, subject or first words on one line, escaped."""
    return SafeString(html.escape(characters.one_line(text)))


def render_raw(text: str) -> SafeString:
    """A document as it arrived, every character to be seen: for `<pre>`. No links, nothing folded, nothing removed but what misleads."""
    return SafeString(_escaped(characters.cleaned(text[: characters.LIMIT])))


def render_html(source: str, pictures: Mapping[str, str] | None = None) -> SafeString:
    """HTML from a stranger: known tags only, no styles, no scripts, no remote images (a labelled placeholder instead).

    `pictures` are those that came with it: the name after `cid:` to an address of ours that gives the picture.
    What nests deeper than any letter does is shown as plain text.
    """
    source = characters.cleaned(source[: characters.LIMIT * 4])
    source = characters.VISIBLE_CONTROL.sub("", source)
    if source.count("<") > characters.LIMIT // 10 or _depth(source) > DEEPEST:
        return render_text(html.unescape(TAG.sub("", source)))
    safe = nh3.clean(
        source,
        tags=set(TAGS),
        clean_content_tags=DROPPED_WITH_CONTENT,
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        url_schemes=SCHEMES | {"cid"},
        link_rel=REL,
        set_tag_attribute_values={"a": {"target": "_blank"}},
        attribute_filter=partial(_filtered, pictures or {}),
    )
    return SafeString(IMAGE.sub(_placeholder, safe))


def _filtered(pictures: Mapping[str, str], tag: str, attribute: str, value: str) -> str | None:
    if attribute == "href":
        scheme = value.strip().partition(":")[0].lower()
        return value if scheme in SCHEMES else None
    if attribute == "src":
        return pictures.get(value.strip().removeprefix("cid:")) if value.strip().startswith("cid:") else None
    if attribute in {"colspan", "rowspan", "start"}:
        return value if value.isdigit() and len(value) <= 3 else None
    if attribute == "dir":
        return value if value in {"ltr", "rtl", "auto"} else None
    return value


def _placeholder(image: re.Match[str]) -> str:
    if ' src="' in image.group():  # one of ours: every other address was taken out
        return image.group()
    alt = ALT.search(image.group())
    words = alt.group(1).strip() if alt else ""
    label = html.escape(_("Image not loaded"))
    return f'<span class="blocked-image">{label}{": " + words if words else ""}</span>'


def _depth(source: str) -> int:
    """How deep the opened elements nest at most, roughly: void elements count for nothing, closing tags take one away."""
    depth = deepest = 0
    for tag in re.finditer(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)", source):
        if tag.group(2).lower() in {"br", "img", "hr", "input", "meta", "link", "col", "p", "li", "td", "tr"}:
            continue
        depth = max(0, depth - 1) if tag.group(1) else depth + 1
        deepest = max(deepest, depth)
    return deepest


def _split_quotes(lines: list[str]) -> list[tuple[bool, list[str]]]:
    """Runs of lines that are quoted (with the line that introduces them), and runs that are not."""
    blocks: list[tuple[bool, list[str]]] = []
    for index, line in enumerate(lines):
        following = next((later for later in lines[index + 1 : index + 3] if later.strip()), "")
        introduces = bool(QUOTE_INTRODUCTION.match(line)) and (
            bool(QUOTE.match(following)) or line.lstrip().startswith("-")
        )
        goes_on = not line.strip() and bool(blocks) and blocks[-1][0] and bool(QUOTE.match(following))
        quoted = bool(QUOTE.match(line)) or introduces or goes_on
        if blocks and blocks[-1][0] == quoted:
            blocks[-1][1].append(line)
        else:
            blocks.append((quoted, [line]))
    return blocks


def _folded(lines: list[str]) -> str:
    summary = html.escape(_("Quoted text"))
    return f"<details><summary>{summary}</summary><blockquote>{_paragraphs([_unquoted(line) for line in lines])}</blockquote></details>"


def _unquoted(line: str) -> str:
    return re.sub(r"^\s*(?:>\s?)+", "", line)


def _paragraphs(lines: list[str]) -> str:
    paragraphs = re.split(r"\n\s*\n", "\n".join(lines).strip("\n"))
    return "".join(
        f"<p>{_inline(paragraph).replace(chr(10), '<br>')}</p>" for paragraph in paragraphs if paragraph.strip()
    )


def _inline(text: str) -> str:
    """Escaped text with its addresses made into links and its control characters into pictures."""
    out: list[str] = []
    end = 0
    for found in LINK.finditer(text):
        address, tail = _without_tail(found.group())
        out.append(_escaped(text[end : found.start()]))
        href = html.escape(address if found.lastgroup == "url" else f"mailto:{address}")
        out.append(f'<a href="{href}" rel="{REL}" target="_blank">{_escaped(address)}</a>{_escaped(tail)}')
        end = found.end()
    out.append(_escaped(text[end:]))
    return "".join(out)


def _without_tail(address: str) -> tuple[str, str]:
    """An address without the punctuation of the sentence around it; a closing bracket stays when it was opened inside."""
    end = len(address)
    while end and address[end - 1] in TRAILING:
        last = address[end - 1]
        if last == ")" and address[:end].count("(") >= address[:end].count(")"):
            break
        end -= 1
    return address[:end], address[end:]


def _escaped(text: str) -> str:
    return characters.VISIBLE_CONTROL.sub(_control, html.escape(text))


def _control(found: re.Match[str]) -> str:
    control = found.group()
    return f'<span class="control" title="{characters.name(control)}">{characters.picture(control)}</span>'
