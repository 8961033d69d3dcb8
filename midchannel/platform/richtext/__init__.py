"""The one room that turns text from strangers into something a page may show. Knows no business words.

Door: `render_text` (plain text), `render_html` (HTML, mail), `render_line` (one line for lists), `render_raw` (a document as it arrived),
and the template filters `stranger_text`, `stranger_html`, `stranger_line`, `stranger_raw`.
Nothing else in the product marks a stranger's text as safe.
"""

from midchannel.platform.richtext.rendering import render_html, render_line, render_raw, render_text

__all__ = ["render_html", "render_line", "render_raw", "render_text"]
