"""The search's addresses."""

from django.urls import path

from midchannel.web.search import views

urlpatterns = [
    path("search/", views.search, name="search"),
    path("search/quick", views.quick, name="search_quick"),
]
