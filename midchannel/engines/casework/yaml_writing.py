"""A plan as YAML: what a person would write where that says everything, longer where the plan came from CMMN and says more.

Reading it again gives the same plan.
"""

from typing import Any

import yaml

from midchannel.engines.casework import phrases, plan, yaml_words

_WORDS = {kind: word for word, kind in yaml_words.KINDS.items()}


class _Dumper(yaml.SafeDumper):
    """Texts of several lines as blocks; lists indented under their key."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text and not any(line != line.rstrip() for line in text.splitlines()) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def write(said: plan.Plan) -> str:
    """The text of a plan."""
    return yaml.dump(_plan(said), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)


def _kept(**given: Any) -> dict[str, Any]:
    """What is said: nothing empty."""
    return {key.rstrip("_"): value for key, value in given.items() if value not in (None, "", (), [], {}, False)}


def _plan(said: plan.Plan) -> dict[str, Any]:
    root = said.root
    model = _kept(
        id=root.id, name=root.name or root.definition_name, about=root.about, cmmn=_extra(root.definition_extra)
    )
    return _kept(
        plan=said.id,
        title=said.name,
        version=said.version,
        about=said.about,
        roles={each.id: each.name for each in said.roles},
        file={each.id: _file(each) for each in said.file},
        complete=yaml_words.AUTOMATICALLY if root.auto_complete else None,
        ends=_criteria(root.exit),
        items=[_item(each) for each in root.items],
        may_add=_table(root.table),
        model=model,
        cmmn=_extra(said.extra),
        document=_extra(said.document),
    )


def _extra(extra: plan.Extra) -> dict[str, Any]:
    return _kept(attributes=dict(extra.attributes), elements=list(extra.elements))


def _file(item: plan.FileItem) -> Any:
    inner = {each.id: _file(each) for each in item.items}
    said = _kept(title=item.name, about=item.about, multiplicity=item.multiplicity, definition=item.definition, items=inner,
                 cmmn=_extra(item.extra))  # fmt: skip
    return item.name if set(said) <= {"title"} else said


def _item(item: plan.Item) -> dict[str, Any]:
    work, timing = item.work, item.timing
    waits = work.blocking_expression or (None if work.blocking else "false")
    said = _kept(
        title=item.name,
        about=item.about,
        for_=work.performer,
        show=list(work.show),
        form=work.form,
        **_begins(item.entry),
        ends=_criteria(item.exit),
        **_control(item.control),
        runs=work.reference,
        time=timing.expression if timing else None,
        from_=_part(timing.start) if timing and timing.start else None,
        complete=yaml_words.AUTOMATICALLY if item.auto_complete else None,
        items=[_item(each) for each in item.items],
        may_add=_table(item.table),
        definition=_definition(item),
        cmmn=_extra(item.extra),
    )
    if waits is not None:
        said["waits"] = False if waits == "false" else waits
    return {_WORDS[item.kind]: item.id, **said}


def _definition(item: plan.Item) -> dict[str, Any]:
    control = _control(item.default)
    held = control.pop("control", None)
    return _kept(
        id=item.definition, name=item.definition_name, **control, control=held, cmmn=_extra(item.definition_extra)
    )


def _begins(criteria: tuple[plan.Criterion, ...]) -> dict[str, Any]:
    written = _criteria(criteria)
    if isinstance(written, dict) and set(written) <= {"after", "if"}:
        return written
    if isinstance(written, str):
        return {"after": written}
    return {"begins": written} if written else {}


def _criteria(criteria: tuple[plan.Criterion, ...]) -> Any:
    written = [_criterion(each) for each in criteria]
    return written[0] if len(written) == 1 else written


def _criterion(criterion: plan.Criterion) -> Any:
    parts = [_part(each) for each in criterion.on]
    said = _kept(
        after=parts[0] if len(parts) == 1 else parts,
        if_=criterion.condition,
        id=criterion.id,
        name=criterion.name,
        sentry=criterion.sentry,
        about=criterion.about,
        together=criterion.trigger == "onEvent",
        cmmn=_extra(criterion.extra),
    )
    return parts[0] if set(said) == {"after"} and len(parts) == 1 and isinstance(parts[0], str) else said


def _part(part: plan.OnPart) -> Any:
    text = phrases.write(part)
    return {"event": text, **_kept(id=part.id, name=part.name)} if part.id or part.name else text


def _control(control: plan.Control) -> dict[str, Any]:
    return _kept(
        required=_rule(control.required),
        by_hand=_rule(control.manual),
        repeat=_rule(control.repeat),
        repeat_on=list(control.repeat_on),
        counter=control.counter,
        neutral=_rule(control.neutral),
        completion=control.parent_completion,
        control=_extra(control.extra),
    )


def _rule(rule: plan.Rule | None) -> Any:
    if rule is None:
        return None
    said = _kept(if_=rule.condition, id=rule.id, name=rule.name, about=rule.about, cmmn=_extra(rule.extra))
    if not said:
        return True
    return rule.condition if set(said) == {"if"} and rule.condition not in {"true", "false"} else said


def _table(table: plan.Table | None) -> Any:
    if table is None:
        return None
    items = [{"group": _table(each)} if isinstance(each, plan.Table) else _option(each) for each in table.items]
    rules = [_applicability(each) for each in table.rules]
    said = _kept(
        id=table.id, name=table.name, about=table.about, who=list(table.roles), rules=rules, cmmn=_extra(table.extra)
    )
    return {**said, "items": items} if said or not items else items


def _option(option: plan.Discretionary) -> dict[str, Any]:
    when = [_applicability(each) for each in option.rules]
    own = [each for each in option.rules if each.id.startswith(f"{option.item.id}_when")]
    if len(own) == len(option.rules) == 1 and set(when[0]) == {"id", "if"}:
        return {**_item(option.item), **_kept(when=option.rules[0].condition, who=list(option.roles))}
    return {**_item(option.item), **_kept(when=when, who=list(option.roles))}


def _applicability(rule: plan.Applicability) -> dict[str, Any]:
    return {
        "id": rule.id,
        **_kept(if_=rule.condition, name=rule.name, about=rule.about, context=rule.context, cmmn=_extra(rule.extra)),
    }
