"""The addresses under /api: the operations, their document, the reference page; every other one is a problem."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, path, re_path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from midchannel.api import describe, problems, reference
from midchannel.api.app import api

View = Callable[..., HttpResponseBase]


@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document."""
    return HttpResponse(describe.encoded(), content_type="application/json")


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """The reference: the same document for people, drawn by the server under the same strict policy as every page."""
    return render(request, "api/reference.html", {"reference": reference.drawn()})


@csrf_exempt
def missing(request: HttpRequest) -> HttpResponse:
    """404 as a problem."""
    return problems.respond("not-found", f"There is nothing at this address. The reference is at {problems.REFERENCE}.")


NOTHING: Mapping[str, frozenset[str]] = {}


def as_problem(view: View, known: Mapping[str, frozenset[str]] = NOTHING) -> View:
    """What ninja answers outside of its handlers (a wrong method) and whatever breaks before them is a problem, too.

    `known` are the names behind the question mark by method: `Right` refuses others, since a mistyped filter must not list all.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            request.unknown_names = sorted(request.GET.keys() - known.get(str(request.method), frozenset()))  # type: ignore[attr-defined]
            response = view(request, *args, **kwargs)
        except Exception as error:  # noqa: BLE001 - the outermost door of the API; it is logged and answered as 500
            return problems.of_exception(request, error)
        if response.status_code != 405:
            return response
        allowed = response.headers["Allow"]
        refused = problems.respond("method-not-allowed", f"This address knows {allowed}.")
        refused["Allow"] = allowed
        return refused

    answer.csrf_exempt = True  # type: ignore[attr-defined] # a token is no cookie: nobody else's page can send it
    return answer


def _operations() -> list[URLPattern]:
    """Ninja's addresses under ours, without its root page."""
    patterns = [cast(URLPattern, pattern) for pattern in api.urls[0]]
    known = _known_names()
    return [
        path(f"api/v1/{pattern.pattern}", as_problem(cast(View, pattern.callback), known[str(pattern.pattern)]))
        for pattern in patterns
        if pattern.name != "api-root"
    ]


def _known_names() -> dict[str, dict[str, frozenset[str]]]:
    """The names that operations know behind the question mark, by route and method."""
    found: dict[str, dict[str, frozenset[str]]] = {"": {}}
    for bound in api._get_bound_routers():
        for place, view in bound.path_operations.items():
            methods = found.setdefault(place.lstrip("/").replace("{", "<").replace("}", ">"), {})
            for operation in view.operations:
                names = [
                    name
                    for model in operation.models
                    if model.__ninja_param_source__ == "query"
                    for name in model.__ninja_flatten_map__
                ]
                methods |= dict.fromkeys(operation.methods, frozenset(names))
    return found


urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/openapi.json", as_problem(openapi), name="api_openapi"),
    path("api/v1/docs", as_problem(docs), name="api_docs"),
    *_operations(),
    re_path(r"^api(?:/.*)?$", missing),
]
