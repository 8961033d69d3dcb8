"""Templates: no inline script or style (the Content-Security-Policy forbids them), strangers' text through its filter."""

import re

from tests.house import tree

INLINE = {
    "an inline script": re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")[^>]*>", re.I),
    "an inline style element": re.compile(r"<style[\s>]", re.I),
    "a style attribute": re.compile(r"\sstyle\s*=\s*[\"']", re.I),
    "an event attribute": re.compile(r"\son[a-z]+\s*=\s*[\"']", re.I),
    "a javascript: address": re.compile(r"[\"']javascript:", re.I),
    "htmx's hx-on": re.compile(r"\shx-on[:\-=]", re.I),
    "the filter `safe`": re.compile(r"\|\s*safe\b"),
    "autoescape off": re.compile(r"{%\s*autoescape\s+off"),
    "a foreign host": re.compile(r"(src|href)=[\"']https?://(?!www\.w3\.org)", re.I),
}


def _templates() -> list[tuple[str, str]]:
    return [
        (tree.name(path), path.read_text())
        for path in tree.kept()
        if path.suffix == ".html" and "tests" not in path.parts
    ]


def test_templates_hold_nothing_the_policy_forbids() -> None:
    wrong = []
    for name, text in _templates():
        wrong += [f"{name}: {what}" for what, pattern in INLINE.items() if pattern.search(text)]

    assert wrong == []


def test_forms_that_write_carry_the_token() -> None:
    wrong = []
    for name, text in _templates():
        for form in re.findall(r"<form\b.*?</form>", text, re.S | re.I):
            if re.search(r"method=[\"']post", form, re.I) and "csrf_token" not in form:
                wrong.append(name)

    assert wrong == []
