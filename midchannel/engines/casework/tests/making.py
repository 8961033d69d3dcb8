"""Random plans and random commands, for the properties."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from midchannel.engines.casework import commands, plan
from midchannel.engines.casework.states import FileTransition, State, Transition

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
FILES = ("order", "mention")
NAMES = ("amount", "mood", "go")
_CONDITIONS = (
    "amount > 3",
    "go",
    "mood == 'bad' || amount <= 1",
    "${!go}",
    "amount / mood > 1",
    "empty mood",
    "repetitionCounter < 3",
)
_EVENTS = {
    "stage": ("create", "start", "complete", "exit", "terminate", "suspend", "resume"),
    "task": ("create", "enable", "start", "manualStart", "complete", "terminate", "exit", "disable", "fault"),
    "milestone": ("create", "occur", "terminate"),
    "listener": ("create", "occur", "terminate"),
}
_KINDS = (
    plan.Kind.HUMAN_TASK,
    plan.Kind.HUMAN_TASK,
    plan.Kind.TASK,
    plan.Kind.MILESTONE,
    plan.Kind.USER_LISTENER,
    plan.Kind.TIMER,
)


@st.composite
def plans(draw: st.DrawFn, most: int = 14) -> plan.Plan:
    """A plan that can be used: nested stages, criteria across them, rules, discretionary items, timers."""
    count = draw(st.integers(1, most))
    kinds = {f"i{number}": draw(st.sampled_from((*_KINDS, plan.Kind.STAGE))) for number in range(count)}
    homes: dict[str, str] = {}
    stages = [""]
    for name, kind in kinds.items():
        homes[name] = draw(st.sampled_from(stages))
        if kind is plan.Kind.STAGE:
            stages.append(name)
    made = {name: _item(draw, name, kind, kinds) for name, kind in kinds.items()}
    return plan.Plan(
        "random",
        _assemble(
            draw,
            plan.Item("", plan.Kind.CASE, auto_complete=draw(st.booleans()), exit=_criteria(draw, kinds, most=1)),
            homes,
            made,
        ),
        file=tuple(plan.FileItem(each) for each in FILES),
        roles=(plan.Role("agent"), plan.Role("expert")),
    )


def _assemble(draw: st.DrawFn, holder: plan.Item, homes: dict[str, str], made: dict[str, plan.Item]) -> plan.Item:
    from dataclasses import replace

    inner = [_assemble(draw, made[name], homes, made) for name, home in homes.items() if home == holder.id]
    if holder.kind not in {plan.Kind.STAGE, plan.Kind.CASE}:
        return holder
    fixed = [each for each in inner if each.kind.family == "listener" or draw(st.integers(0, 4))]
    extra = [each for each in inner if each not in fixed]
    options = tuple(
        plan.Discretionary(each, _rules(draw, each.id), draw(st.sampled_from(((), ("expert",))))) for each in extra
    )
    return replace(holder, items=tuple(fixed), table=plan.Table(options) if options else None)


def _rules(draw: st.DrawFn, name: str) -> tuple[plan.Applicability, ...]:
    condition = draw(st.sampled_from((None, None, *_CONDITIONS)))
    return () if condition is None else (plan.Applicability(f"{name}_when", condition),)


def _item(draw: st.DrawFn, name: str, kind: plan.Kind, kinds: dict[str, plan.Kind]) -> plan.Item:
    family = kind.family
    works = family in {"stage", "task"}
    timing = None
    if kind is plan.Kind.TIMER:
        timing = plan.Timing(draw(st.sampled_from(("PT1H", "R2/PT30M", "2026-03-01T12:00Z", "${amount}"))))
    return plan.Item(
        name,
        kind,
        entry=_criteria(draw, kinds) if family != "listener" else (),
        exit=_criteria(draw, kinds, most=1) if works else (),
        control=_control(draw, works=works),
        work=plan.Work(blocking=bool(draw(st.integers(0, 5)))) if family == "task" else plan.PLAIN_WORK,
        timing=timing,
        auto_complete=draw(st.booleans()),
    )


def _rule(draw: st.DrawFn) -> plan.Rule | None:
    chosen = draw(st.sampled_from((None, None, None, "", *_CONDITIONS)))
    return None if chosen is None else plan.Rule(chosen or None)


def _control(draw: st.DrawFn, *, works: bool) -> plan.Control:
    return plan.Control(required=_rule(draw), manual=_rule(draw) if works else None, repeat=_rule(draw))


def _criteria(draw: st.DrawFn, kinds: dict[str, plan.Kind], most: int = 2) -> tuple[plan.Criterion, ...]:
    return tuple(_criterion(draw, kinds) for _ in range(draw(st.sampled_from((0, 0, 1, most)))))


def _criterion(draw: st.DrawFn, kinds: dict[str, plan.Kind]) -> plan.Criterion:
    parts = tuple(_part(draw, kinds) for _ in range(draw(st.integers(0, 2))))
    condition = draw(st.sampled_from((None, None, *_CONDITIONS)))
    if not parts and condition is None:
        condition = "go"
    return plan.Criterion(parts, condition)


def _part(draw: st.DrawFn, kinds: dict[str, plan.Kind]) -> plan.OnPart:
    what = draw(st.integers(0, 9))
    if what == 0:
        return plan.OnPart(plan.Source.FILE, draw(st.sampled_from(FILES)), draw(st.sampled_from(("create", "update"))))
    if what == 1:
        return plan.OnPart(
            plan.Source.VARIABLE, draw(st.sampled_from(NAMES)), draw(st.sampled_from(("create", "update", "delete")))
        )
    source = draw(st.sampled_from(sorted(kinds)))
    return plan.OnPart(plan.Source.ITEM, source, draw(st.sampled_from(_EVENTS[kinds[source].family])))


values = st.dictionaries(
    st.sampled_from(NAMES),
    st.one_of(st.booleans(), st.integers(-2, 9), st.sampled_from(("bad", "true", "PT5M")), st.none()),
    max_size=2,
)
_BY_PERSON = [
    Transition.COMPLETE, Transition.MANUAL_START, Transition.DISABLE, Transition.REENABLE, Transition.TERMINATE, Transition.SUSPEND,
    Transition.RESUME, Transition.FAULT, Transition.REACTIVATE, Transition.OCCUR,
]  # fmt: skip


@st.composite
def asked(draw: st.DrawFn, names: list[str], most: int) -> commands.AnyCommand:
    """A command, sensible or not: most things that are asked for are refused."""
    what = draw(st.integers(0, 11))
    if what <= 6:
        return commands.Move(
            transition=draw(st.sampled_from(_BY_PERSON)), instance=draw(st.integers(0, most)), values=draw(values)
        )
    if what == 7:
        return commands.SetValues(values=draw(values), remove=tuple(draw(st.lists(st.sampled_from(NAMES), max_size=1))))
    if what == 8:
        return commands.FileEvent(item=draw(st.sampled_from(FILES)), event=draw(st.sampled_from(FileTransition)))
    if what == 9:
        return commands.AddPlanned(
            item=draw(st.sampled_from(names)), roles=draw(st.sampled_from((None, ("agent",), ("expert",))))
        )
    if what == 10:
        return commands.AddTask(title="A task of one's own", within=draw(st.integers(0, most)))
    return commands.DoAgain(instance=draw(st.integers(0, most)))


moments = st.integers(0, 7200).map(lambda seconds: timedelta(seconds=seconds))
__all__ = ["NAMES", "NOW", "State", "asked", "moments", "plans", "values"]
