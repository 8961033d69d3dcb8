"""CMMN files of strangers: taken in without loss, or refused with the element and the reason."""

from xml.etree import ElementTree as ET

import pytest

from midchannel.engines.casework import errors, plan, xml_reading, xml_writing, xmltree

_HEAD = '<definitions xmlns="http://www.omg.org/spec/CMMN/20151109/MODEL" xmlns:m="urn:maker" targetNamespace="t">'


def _file(inner: str, *, more: str = "") -> str:
    return f'{_HEAD}<case id="c"><casePlanModel id="p">{inner}</casePlanModel>{more}</case></definitions>'


_BOMB = """<!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><definitions>&c;</definitions>"""


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (_BOMB, "document type"),
        ('<!DOCTYPE x SYSTEM "file:///etc/passwd"><definitions/>', "document type"),
        ('<!DOCTYPE x [<!ENTITY e SYSTEM "http://127.0.0.1/x">]><x>&e;</x>', "document type"),
        ("<definitions>&nothing;</definitions>", "not XML"),
        ("<definitions>", "not XML"),
        ("", "not XML"),
        ("<a:b/>", "stands for nothing"),
        ("<definitions/>", "This is not CMMN"),
        ("<x>" * 200 + "</x>" * 200, "nests deeper"),
        (_HEAD + "</definitions>", "no case"),
        ("<x>" + " " * 5_000_001 + "</x>", "larger than"),
        (b"\xff\xfe\x00", "not XML"),
    ],
)
def test_what_is_dangerous_or_no_cmmn_is_refused(data: str | bytes, says: str) -> None:
    with pytest.raises(errors.UnreadableError, match=says):
        xml_reading.read(data)


@pytest.mark.parametrize(
    ("inner", "says"),
    [
        (
            '<planItem id="a" definitionRef="t"/><humanTask id="task"/>',
            r'<planItem id="a">: there is no definition \'t\'',
        ),
        ('<planItem id="a"/>', "names no definition"),
        (
            '<planItem id="a" definitionRef="t"><entryCriterion id="e" sentryRef="x"/></planItem><task id="t"/>',
            "no sentry 'x'",
        ),
        (
            '<planItem id="a" definitionRef="s"/><stage id="s"><planItem id="b" definitionRef="s"/></stage>',
            "'s' contains itself",
        ),
        (
            '<planItem id="a" definitionRef="t"><entryCriterion sentryRef="x"/></planItem><sentry id="x"><planItemOnPart sourceRef="q">'
            "<standardEvent>complete</standardEvent></planItemOnPart></sentry><task id='t'/>",
            "no item 'q'",
        ),
        (
            '<planItem id="a" definitionRef="t"><entryCriterion sentryRef="x"/></planItem><sentry id="x"><ifPart>'
            "<condition>${a.b(}</condition></ifPart></sentry><task id='t'/>",
            "ends too early",
        ),
        ('<planItem id="a" definitionRef="t"/><timerEventListener id="t"/>', "has no time"),
    ],
)
def test_a_plan_that_cannot_be_used_is_refused_with_the_element(inner: str, says: str) -> None:
    with pytest.raises(errors.InvalidPlanError, match=says):
        xml_reading.read(_file(inner))


def test_what_other_makers_say_stays() -> None:
    inner = (
        '<!-- kept --><documentation>Why &amp; how</documentation><extensionElements><m:colour x="1">red</m:colour></extensionElements>'
        '<planItem id="a" definitionRef="t" m:colour="blue"/><humanTask id="t" m:form="f"><?maker do?></humanTask>'
    )
    text = _file(inner, more='<input id="i"/>')

    document = xml_reading.read(text)

    assert ET.canonicalize(xml_writing.write_document(document)) == ET.canonicalize(text)
    written = xml_writing.write(document.plan)
    assert 'ns5:colour="blue"' in written or ':colour="blue"' in written
    assert "<m:colour" in written
    assert "Why &amp; how" in written
    assert xml_reading.read(written).plan == document.plan


def test_cmmn_of_the_first_version_starts_by_hand_unless_it_says_otherwise() -> None:
    text = _file('<planItem id="a" definitionRef="t"/><humanTask id="t"/>').replace("20151109", "20131201")

    assert xml_reading.read(text).plan.root.items[0].rules.manual == plan.Rule()


def test_spaces_and_signs_in_attributes_stay() -> None:
    text = '<a b="&#10;x &lt;&amp;&quot;y"> <c/>\n</a>'

    assert ET.canonicalize(xmltree.write(xmltree.read(text))) == ET.canonicalize(text)
