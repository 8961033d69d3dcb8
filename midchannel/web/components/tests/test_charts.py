"""Charts start at zero, say what they mean, and lead to their rows."""

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from midchannel.web.components import charts, sureness
from midchannel.web.components.records import Judged, Mark, Series, Sure

VALUES = st.one_of(st.none(), st.floats(0, 1e9))


def tree(markup: str) -> ET.Element:
    return ET.fromstring(markup)  # noqa: S314 - our own drawing


def find(root: ET.Element, tag: str, name: str) -> list[ET.Element]:
    return [e for e in root.iter(tag) if name in e.get("class", "").split()]


def test_bars_are_drawn_from_zero_in_proportion() -> None:
    root = tree(charts.bar_chart([Mark(label="a", value=100), Mark(label="b", value=50)], title="t"))

    longest, half = (float(bar.get("width", "0%")[:-1]) for bar in find(root, "rect", "mark-shape"))

    assert longest == charts.BAR_SHARE
    assert half == longest / 2


def test_each_bar_is_a_link_to_its_rows_and_says_its_value() -> None:
    root = tree(
        charts.bar_chart(
            [Mark(label="E-mail", value=1240, href="/x?a=1&b=2", low=1180, high=1300)], title="t", unit="contacts"
        )
    )

    link = next(root.iter("a"))

    assert link.get("href") == "/x?a=1&b=2"
    assert link.get("aria-label") == "E-mail: 1,240 contacts (1,180\u20131,300)"


def test_intervals_are_drawn_within_the_picture() -> None:
    root = tree(charts.bar_chart([Mark(label="a", value=10, low=2, high=40)], title="t"))

    ends = [float(line.get("x2", "0%")[:-1]) for line in find(root, "line", "interval")]

    assert max(ends) == charts.BAR_SHARE


def test_a_share_is_drawn_against_a_whole_and_not_against_the_largest() -> None:
    root = tree(charts.bar_chart([Mark(label="a", value=10.0)], title="t", unit="%"))

    (bar,) = find(root, "rect", "mark-shape")

    assert float(bar.get("width", "0%")[:-1]) == 40


def test_what_lines_are_held_against_has_no_points() -> None:
    marks = (Mark(label="1", value=2.0), Mark(label="2", value=2.0))

    root = tree(charts.line_chart([Series(label="Goal", marks=marks, is_reference=True)], title="t", unit="min"))

    assert find(root, "circle", "mark-shape") == []
    assert len(find(root, "polyline", "is-reference")) == 1
    assert [text.text for text in find(root, "text", "chart-axis")][:2] == ["1", "2 min"]


def test_a_long_name_is_cut_to_the_room_there_is() -> None:
    root = tree(charts.bar_chart([Mark(label="Heard and then " * 5, value=1.0)], title="t"))

    (wide,), (slim,) = find(root, "text", "only-in-wide"), find(root, "text", "only-in-slim")

    assert len(wide.text or "") > len(slim.text or "") == charts.LABEL_LENGTH


def test_a_line_has_gaps_where_nothing_is_known() -> None:
    marks = tuple(Mark(label=str(i), value=v) for i, v in enumerate([1.0, 2.0, None, 3.0, 4.0]))

    root = tree(charts.line_chart([Series(label="a", marks=marks)], title="t"))

    assert len(find(root, "polyline", "chart-line")) == 2
    assert len(find(root, "circle", "mark-shape")) == 4


def test_several_lines_are_labelled_at_their_ends_without_touching() -> None:
    series = [Series(label=f"line {n}", marks=(Mark(label="1", value=5), Mark(label="2", value=5))) for n in range(3)]

    heights = [
        float(text.get("y", "0")) for text in find(tree(charts.line_chart(series, title="t")), "text", "chart-end")
    ]

    assert heights[1] - heights[0] >= charts.LABEL_GAP
    assert heights[2] - heights[1] >= charts.LABEL_GAP


def test_a_table_stands_behind_every_chart() -> None:
    root = tree(charts.line_chart([Series(label="a", marks=(Mark(label="Mon", value=1, href="/r"),))], title="t"))

    cells = ["".join(cell.itertext()) for cell in root.iter("td")]

    assert cells == ["1"]
    assert [e.text for e in root.iter("th")] == ["When", "a", "Mon"]


def test_what_strangers_called_it_is_escaped() -> None:
    assert "<script" not in charts.bar_chart([Mark(label="<script>", value=1, href='"><script>')], title="<script>")


@settings(deadline=None)
@given(
    st.lists(
        st.builds(
            Mark,
            label=st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=9),
            value=VALUES,
            low=VALUES,
            high=VALUES,
        ),
        max_size=9,
    )
)
def test_any_values_can_be_drawn_without_inline_style(marks: list[Mark]) -> None:
    for drawing in (
        charts.bar_chart(marks, title="t"),
        charts.line_chart([Series(label="x", marks=tuple(marks))], title="t"),
        charts.line_chart([], title="t"),
    ):
        assert "style=" not in drawing
        assert "nan" not in drawing
        tree(drawing)


def test_a_spark_is_one_line() -> None:
    assert charts.spark([1, 5, 3], label="Open").count("<polyline") == 1
    assert charts.spark([], label="Open").count("<polyline") == 1


def test_sureness_stands_on_the_line_where_it_is_right_and_below_where_it_is_too_sure() -> None:
    half = Judged(part=4, whole=8, value=0.5, low=0.2, high=0.8)
    root = tree(sureness.sureness_chart([Sure(said=0.5, right=half), Sure(said=0.9, right=half)], title="t"))
    line = next(e for e in root.iter("line") if "is-reference" in e.get("class", ""))
    top, bottom = float(line.get("y2", "")), float(line.get("y1", ""))

    right, too_sure = find(root, "circle", "mark-shape")

    def wanted(dot: ET.Element) -> float:
        return bottom - (bottom - top) * float(dot.get("cx", "")[:-1]) / 100

    assert float(right.get("cy", "")) == pytest.approx(wanted(right))
    assert float(too_sure.get("cy", "")) > wanted(too_sure)
    assert "90 % sure: so in 50 % of 8 texts" in ET.tostring(root, encoding="unicode")


def test_a_share_says_what_it_rests_on_and_how_far_it_may_be_off() -> None:
    shown = str(sureness.share_bar(Judged(part=13, whole=15, value=13 / 15, low=0.62, high=0.96)))

    assert "87 %" in shown
    assert "13 of 15" in shown
    assert "between 62 % and 96 %" in shown
    assert sureness.share_bar(Judged(part=0, whole=0, value=0, low=0, high=1)) == "\u2013"
