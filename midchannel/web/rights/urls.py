"""The addresses of rights."""

from django.urls import path, re_path

from midchannel.web.customers import consent
from midchannel.web.rights import retention, unsubscribe, views

CUSTOMER = "customers/<int:customer_id>"

urlpatterns = [
    path(f"{CUSTOMER}/rights/", consent.rights, name="customer_rights"),
    path(f"{CUSTOMER}/rights/say/", consent.say, name="customer_consent_say"),
    path(f"{CUSTOMER}/rights/confirm/", consent.confirm, name="customer_consent_confirm"),
    path(f"{CUSTOMER}/rights/export/", views.export, name="customer_export"),
    path(f"{CUSTOMER}/rights/erase/", views.erase, name="customer_erase"),
    re_path(r"^unsubscribe/(?P<token>[\w:-]{10,300})/$", unsubscribe.unsubscribe, name="unsubscribe"),
    path("rights/", views.requests, name="rights"),
    path("rights/retention/", retention.rules, name="rights_retention"),
    path("rights/retention/<slug:kind>/", retention.keep, name="rights_retention_keep"),
    path("rights/<int:request_id>/", views.one, name="rights_request"),
    path("rights/<int:request_id>/download/", views.download, name="rights_download"),
    re_path(r"^rights/(?P<request_id>\d{1,19})/certificate\.(?P<form>json|html)$", views.paper, name="rights_paper"),
    re_path(r"^rights/(?P<request_id>\d{1,19})/(?P<change>withdraw|hasten)/$", views.change, name="rights_change"),
]
