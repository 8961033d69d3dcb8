"""The addresses of Measures."""

from django.urls import path

from midchannel.web.measures import cases, views

urlpatterns = [
    path("measures/", views.measures, name="measures"),
    path("measures/casework/", cases.measures_cases, name="measures-cases"),
    path("measures/casework/rows/", cases.cases_behind, name="measures-cases-rows"),
    path("measures/goals/", views.goals, name="measures-goals"),
    path("measures/goals/new/", views.new_goal, name="measures-goal-new"),
    path("measures/mine/", views.mine, name="measures-mine"),
    path("measures/mine/<slug:measure_id>/rows/", views.own_rows, name="measure-own-rows"),
    path("measures/<slug:measure_id>/rows/", views.rows, name="measure-rows"),
]
