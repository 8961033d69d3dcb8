"""The notices' addresses."""

from django.urls import path

from midchannel.web.notices import views

urlpatterns = [
    path("notices/", views.notices, name="notices"),
    path("notices/read/", views.read_all, name="notices-read"),
    path("notices/<int:notice_id>/", views.follow, name="notice"),
]
