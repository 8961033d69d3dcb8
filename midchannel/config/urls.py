"""Every address of the product, by screen."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("midchannel.web.signin.urls")),
    path("", include("midchannel.web.inbox.urls")),
    path("", include("midchannel.web.notices.urls")),
    path("", include("midchannel.web.frame.urls")),
    path("", include("midchannel.web.search.urls")),
    path("", include("midchannel.web.customers.urls")),
    path("", include("midchannel.web.review.urls")),
    path("", include("midchannel.web.rights.urls")),
    path("", include("midchannel.web.arrivals.urls")),
    path("", include("midchannel.web.cases.urls")),
    path("", include("midchannel.web.measures.urls")),
    path("", include("midchannel.web.understanding.urls")),
    path("", include("midchannel.web.improvements.urls")),
    path("", include("midchannel.web.listening.urls")),
    path("", include("midchannel.web.plans.urls")),
    path("", include("midchannel.web.settings.urls")),
    path("", include("midchannel.web.cases.together_urls")),
    path("", include("midchannel.web.rooms.urls")),
    path("", include("midchannel.web.silos.urls")),
    path("", include("midchannel.web.first_run.urls")),
    path("", include("midchannel.web.simulator.urls")),
    path("", include("midchannel.api.urls")),
]
if settings.DEBUG:
    urlpatterns.append(path("design/", include("midchannel.web.design.urls")))

handler400 = "midchannel.web.frame.errors.bad_request"
handler403 = "midchannel.web.frame.errors.denied"
handler404 = "midchannel.web.frame.errors.not_found"
handler500 = "midchannel.web.frame.errors.failed"
