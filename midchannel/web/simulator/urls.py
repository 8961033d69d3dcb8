"""The simulator's addresses."""

from django.urls import path

from midchannel.web.simulator import views

urlpatterns = [
    path("simulator/", views.page, name="simulator"),
    path("simulator/public/", views.public, name="simulator-public"),
    path("simulator/private/", views.private, name="simulator-private"),
    path("simulator/say/", views.say, name="simulator-say"),
    path("simulator/edit/", views.edit, name="simulator-edit"),
    path("simulator/delete/", views.delete, name="simulator-delete"),
    path("simulator/steer/", views.steer, name="simulator-steer"),
    path("simulator/remove/", views.remove, name="simulator-remove"),
]
