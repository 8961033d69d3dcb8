"""What a silo's columns mean: each with values as they stand there, a guess by its name, and what the first rows become by it."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from midchannel.outside.silos import mapping as mappings
from midchannel.outside.silos import queries
from midchannel.outside.silos.errors import SourceError
from midchannel.outside.silos.mapping import Mapping
from midchannel.outside.silos.port import Look
from midchannel.outside.silos.queries import SiloDetail
from midchannel.platform import clock
from midchannel.platform.errors import ConflictError, InvalidError
from midchannel.usecases import open_silo, try_silo
from midchannel.web.components import records
from midchannel.web.frame.access import SignedInRequest, signed_in
from midchannel.web.silos import connecting, words

SHOWN = 5


@dataclass(frozen=True, slots=True)
class Row:
    """A column as the form shows it."""

    index: int
    name: str
    samples: tuple[str, ...]
    meaning: str
    own: str
    is_key: bool
    is_changed: bool


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(role="administrator")
def columns(request: SignedInRequest, silo_id: int) -> HttpResponseBase:
    """The form; `?kind=` looks at what the columns mean where a row is of that kind."""
    silo = queries.get_silo(request.viewer, silo_id)
    kind = _kind(request, silo)
    try:
        look = open_silo.look(request.viewer, silo_id, kind=kind)
    except SourceError as error:
        return _unreadable(request, silo, error)
    names = [column.name for column in look.columns]
    if request.method != "POST":
        is_kept = silo.mapping is not None and silo.mapping.kind == kind and silo.mapping.key in names
        mapping = silo.mapping if is_kept and silo.mapping else mappings.guess(names, kind)
        return _form(request, silo, look, mapping)
    mapping = _given(request.POST, names, kind)
    try:
        open_silo.map_columns(request.viewer, silo_id, mapping, now=clock.now())
    except (InvalidError, ConflictError) as error:
        return _form(request, silo, look, mapping, error=error.reason, status=422)
    messages.success(request, _("It is known now what the columns mean."))
    return redirect("silo_terms" if silo.last_run_id is None else "silo", silo_id)


def _kind(request: SignedInRequest, silo: SiloDetail) -> str:
    asked = request.POST.get("kind") or request.GET.get("kind") or (silo.mapping.kind if silo.mapping else "")
    return asked if asked in mappings.KINDS else mappings.CUSTOMERS


def _given(post: QueryDict, names: list[str], kind: str) -> Mapping:
    fields = {name: post.get(f"meaning-{index}", "")[:200] for index, name in enumerate(names)}
    return Mapping(
        kind=kind,
        key=post.get("key", ""),
        changed=post.get("changed", ""),
        fields={name: meaning for name, meaning in fields.items() if meaning},
        zone=post.get("zone", "").strip() or "UTC",
        date_format=post.get("date_format", "").strip()[:60],
        verified=post.get("verified") == "on",
    )


def _form(
    request: SignedInRequest, silo: SiloDetail, look: Look, mapping: Mapping, *, error: str = "", status: int = 200
) -> HttpResponse:
    rows = [
        Row(
            index,
            column.name,
            column.samples,
            mapping.fields.get(column.name, ""),
            "" if mapping.kind == mappings.ORDERS else own_name(column.name),
            column.name == mapping.key,
            column.name == mapping.changed,
        )
        for index, column in enumerate(look.columns)
    ]
    names = words.fields_of(mapping.kind)
    context: dict[str, Any] = {
        "silo": silo,
        "mapping": mapping,
        "rows": rows,
        "count": look.count,
        "kinds": words.kind_names(),
        "fields": [(name, names.get(name, name)) for name in mappings.fields_of(mapping.kind)],
        "error": error,
        **_previewed(silo, look, mapping),
    }
    return connecting.page(request, "columns.html", context, status=status)


def own_name(column: str) -> str:
    """The name under which a column of its own meaning is kept."""
    plain = "_".join("".join(letter if letter.isalnum() else " " for letter in column.lower()).split())[:60]
    return f"{mappings.OWN}{plain or 'column'}"


@require_POST
@signed_in(role="administrator")
def preview(request: SignedInRequest, silo_id: int) -> HttpResponse:
    """What the first rows become by what is being chosen. Nothing is kept."""
    silo = queries.get_silo(request.viewer, silo_id)
    kind = _kind(request, silo)
    try:
        look = open_silo.look(request.viewer, silo_id, kind=kind)
    except SourceError as error:
        return render(request, "silos/_preview.html", {"error": error.reason})
    mapping = _given(request.POST, [column.name for column in look.columns], kind)
    return render(request, "silos/_preview.html", _previewed(silo, look, mapping))


def _previewed(silo: SiloDetail, look: Look, mapping: Mapping) -> dict[str, Any]:
    names = [column.name for column in look.columns]
    try:
        mappings.check(mapping, names)
    except InvalidError as error:
        return {"wrong": error.reason, "shown": []}
    shown = try_silo.preview(look.rows[:SHOWN], mapping, silo, now=clock.now())
    told = words.fields_of(mapping.kind) | {"lines": _("Lines")}
    return {
        "shown": [
            (row, [(told.get(name, name.removeprefix(mappings.OWN)), value) for name, value in row.said])
            for row in shown
        ]
    }


def _unreadable(request: SignedInRequest, silo: SiloDetail, error: SourceError) -> HttpResponse:
    failed = records.State(
        kind="failed",
        title=_("It cannot be read at the moment"),
        words=error.reason,
        icon="plug",
        actions=(
            records.Action(
                label=_("Look at the connection"), href=f"/settings/silos/{silo.id}/connection/", icon="cable"
            ),
        ),
    )
    return connecting.page(request, "unreadable.html", {"silo": silo, "failed": failed}, status=502)
