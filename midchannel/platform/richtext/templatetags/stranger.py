"""`{{ text|stranger_text }}`, `{{ html|stranger_html }}`, `{{ name|stranger_line }}`: the only ways a stranger's words reach a page."""

from collections.abc import Mapping

from django import template
from django.utils.safestring import SafeString

from midchannel.platform import richtext

register = template.Library()


@register.filter
def stranger_text(text: str | None) -> SafeString:
    """Plain text, with links, line breaks and folded quotes."""
    return richtext.render_text(text or "")


@register.filter
def stranger_html(source: str | None, pictures: Mapping[str, str] | None = None) -> SafeString:
    """HTML, sanitised, remote images blocked; `pictures` that came with it (`cid:` to an address of ours) are shown."""
    return richtext.render_html(source or "", pictures)


@register.filter
def stranger_line(text: str | None) -> SafeString:
    """One line: names, subjects, previews."""
    return richtext.render_line(text or "")


@register.filter
def stranger_raw(text: str | None) -> SafeString:
    """A document as it arrived, for `<pre>`."""
    return richtext.render_raw(text or "")
