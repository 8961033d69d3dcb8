"""The addresses of Cases."""

from django.urls import path

from midchannel.web.cases import views

CASE = "cases/<int:case_id>"

urlpatterns = [
    path("cases/", views.cases_list, name="cases"),
    path(f"{CASE}/", views.case, name="case"),
]
