"""What strangers write is shown, and does nothing."""

import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from django.template import Context, Template
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from midchannel.platform import richtext
from midchannel.platform.richtext import rendering

PIECES = [
    "<script>",
    "</script>",
    "<SCRIPT SRC=//x>",
    "<svg onload=alert(1)>",
    "<math><mi//xlink:href='data:x,<script>'>",
    "<img src=x onerror=alert(1)>",
    "<a href='javascript:alert(1)'>",
    "<a href=' java\nscript:alert(1)'>",
    "<a href='data:text/html,x'>",
    "<a href='vbscript:x'>",
    "</a>",
    "<p style='position:fixed'>",
    "<style>*{}</style>",
    "<iframe srcdoc='<script>'>",
    "<form action=//x><input name=q>",
    "<base href=//x>",
    "<meta http-equiv=refresh>",
    "<link rel=stylesheet>",
    "<object data=x>",
    "<embed src=x>",
    "<template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<b",
    ">",
    '"',
    "'",
    "`",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "&lt;script&gt;",
    "&#x3c;script&#x3e;",
    "\x00",
    "\x1b",
    "\u202e",
    "\u2066",
    "\ud800",
    "https://x.example/?a=<script>",
    'https://x.example/"onmouseover=alert(1)',
    "javascript:alert(1)",
    "mailto:x@y.example?body=<b>",
    "<div>" * 30,
    "<table><td>",
    "<textarea>",
    "<title>",
    "<xmp>",
    "<details ontoggle=alert(1) open>",
    "<a href=https://ok.example target=_self rel=opener>",
    "\n> ",
    "\n\n",
    "On Monday Ana wrote:\n> hi",
]
NASTY = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=12)), max_size=14).map("".join)
ALLOWED = rendering.TAGS - {"img"}
ALLOWED_ATTRIBUTES = {"href", "title", "rel", "target", "class", "colspan", "rowspan", "start", "dir", "lang", "open"}


class Reader(HTMLParser):
    """Reads the result as a browser would, and notes anything that could do something."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.problems: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ALLOWED:
            self.problems.append(f"<{tag}>")
        for name, value in attrs:
            if name not in ALLOWED_ATTRIBUTES:
                self.problems.append(f"{tag} {name}")
            if name == "class" and value not in {"control", "blocked-image"}:
                self.problems.append(f"class {value}")
            if name == "href" and not re.match(r"https?:|mailto:|tel:", value or "", re.IGNORECASE):
                self.problems.append(f"href {value}")
        if tag == "a" and dict(attrs).get("href"):
            rel = dict(attrs).get("rel") or ""
            if "noopener" not in rel or "nofollow" not in rel or dict(attrs).get("target") != "_blank":
                self.problems.append(f"link {attrs}")

    def handle_comment(self, data: str) -> None:
        self.problems.append("comment")

    def unknown_decl(self, data: str) -> None:
        self.problems.append("declaration")


def problems(markup: str) -> list[str]:
    reader = Reader()
    reader.feed(markup)
    reader.close()
    return reader.problems


@settings(max_examples=300, deadline=None)
@given(NASTY)
def test_nothing_in_a_text_can_do_anything(text: str) -> None:
    assert problems(richtext.render_text(text)) == []


@settings(max_examples=300, deadline=None)
@given(NASTY)
def test_nothing_in_html_can_do_anything(source: str) -> None:
    assert problems(richtext.render_html(source)) == []


@settings(max_examples=200, deadline=None)
@given(NASTY)
def test_a_line_is_one_line_of_escaped_text(text: str) -> None:
    line = richtext.render_line(text)

    assert "<" not in line
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00-\x1f\ud800-\udfff]", line)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_whatever_comes_can_be_encoded_for_the_wire(text: str) -> None:
    for render in (richtext.render_text, richtext.render_html, richtext.render_line):
        render(text).encode("utf-8")


def test_addresses_become_links_without_the_sentence_around_them() -> None:
    shown = richtext.render_text("See https://x.example/a_(b)?q=1&r=2, or (https://y.example). Mail ana@x.example!")

    assert 'href="https://x.example/a_(b)?q=1&amp;r=2"' in shown
    assert 'href="https://y.example"' in shown
    assert 'href="mailto:ana@x.example"' in shown
    assert shown.count("noopener noreferrer nofollow ugc") == 3


def test_blank_lines_part_paragraphs_and_line_ends_are_kept() -> None:
    assert richtext.render_text("a\r\nb\n\n\nc") == "<p>a<br>b</p><p>c</p>"


def test_quoted_parts_of_mail_are_folded_with_the_line_that_introduces_them() -> None:
    shown = richtext.render_text("Yes.\n\nOn Monday, Sam wrote:\n> Is it?\n>\n> Sam")

    assert shown.startswith("<p>Yes.</p><details><summary>")
    assert shown.count("<details>") == 1
    assert "Is it?" in shown
    assert "&gt;" not in shown


def test_a_text_turned_around_is_turned_back() -> None:
    assert "\u202e" not in richtext.render_text("invoice\u202egnp.exe")
    assert richtext.render_line("\u2067abc") == "abc"


def test_control_characters_are_shown_as_pictures() -> None:
    shown = richtext.render_text("a\x00b\x1b[31m")

    assert '<span class="control" title="U+0000">␀</span>' in shown
    assert "␛" in shown


def test_piles_of_accents_are_cut_and_real_accents_stay() -> None:
    assert len(richtext.render_line("Z" + "\u0351" * 40)) <= 6
    assert richtext.render_line("Guðmundsdóttir") == "Guðmundsdóttir"
    assert richtext.render_line("Việt") == "Việt"


def test_emoji_families_and_right_to_left_names_stay_whole() -> None:
    assert richtext.render_line("👩‍👩‍👧 مريم") == "👩‍👩‍👧 مريم"


def test_remote_images_are_not_loaded_and_say_what_they_were() -> None:
    source = (
        '<p><img src="https://tracker.example/p.gif" alt="My &lt;app&gt;"><img src="data:image/png;base64,AAAA"></p>'
    )

    shown = richtext.render_html(source)

    assert "tracker" not in shown
    assert "<img" not in shown
    assert shown.count("blocked-image") == 2
    assert "My &lt;app&gt;" in shown


@pytest.mark.parametrize(
    "kept",
    [
        '<p dir="rtl"><b>a</b> <i>b</i></p>',
        "<ul><li>c</li></ul>",
        '<table><tbody><tr><td colspan="2">d</td></tr></tbody></table>',
        "<blockquote>e</blockquote>",
        "<pre><code>f</code></pre>",
    ],
)
def test_html_keeps_what_a_letter_needs(kept: str) -> None:
    assert richtext.render_html(kept) == kept


def test_what_a_script_or_style_says_vanishes_with_it() -> None:
    assert richtext.render_html("<style>body{}</style><script>alert(1)</script><title>x</title>hello") == "hello"


def test_depth_that_no_letter_has_is_shown_as_text_and_takes_no_time() -> None:
    shown = richtext.render_html("<div>" * 50_000 + "hello")

    assert "hello" in shown
    assert "<div>" not in shown


@pytest.mark.parametrize("render", [richtext.render_text, richtext.render_html, richtext.render_line])
def test_a_megabyte_of_emoji_is_cut(render: Callable[[str], str]) -> None:
    assert len(render("😀" * 1_000_000)) < 500_000


def test_a_cut_text_says_so() -> None:
    with translation.override("en"):
        assert "the rest is not shown" in richtext.render_text("a" * 200_000)


def test_a_long_line_ends_in_dots() -> None:
    line = richtext.render_line("word " * 500)

    assert len(line) <= 300
    assert line.endswith("…")


def test_the_filters_are_built_into_every_template() -> None:
    template = Template("{{ a|stranger_text }}{{ b|stranger_html }}{{ c|stranger_line }}{{ none|stranger_text }}")

    shown = template.render(Context({"a": "<b>", "b": "<b>x</b><script>y</script>", "c": "<i>\n"}))

    assert shown == "<p>&lt;b&gt;</p><b>x</b>&lt;i&gt;"


def test_a_picture_that_came_with_the_mail_is_shown_and_no_other() -> None:
    source = '<img src="cid:logo@x" alt="a"><img src="cid:other"><img src="https://spy.example/1.gif"><img src="/secret" alt="src=">'

    shown = str(richtext.render_html(source, {"logo@x": "/inbox/1/2/0"}))

    assert shown.count("<img") == 1
    assert 'src="/inbox/1/2/0"' in shown
    assert shown.count("blocked-image") == 3
