"""The style page."""

from django.urls import path

from midchannel.web.design import views

urlpatterns = [
    path("", views.components, name="design"),
    path("inbox/", views.inbox, name="design-inbox"),
    path("who/", views.identity, name="design-who"),
    path("signin/", views.signin, name="design-signin"),
    path("error/<int:status>/", views.error, name="design-error"),
]
