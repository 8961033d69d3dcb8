"""The addresses of Cases."""

from django.urls import path

from midchannel.web.cases import beginning, doing, history, next_best, replanning, views

CASE = "cases/<int:case_id>"

urlpatterns = [
    path("cases/", views.cases_list, name="cases"),
    path("cases/new/", beginning.new, name="case_new"),
    path(f"{CASE}/", views.case, name="case"),
    path(f"{CASE}/do/", doing.do, name="case_do"),
    path(f"{CASE}/foresee/", doing.foresee, name="case_foresee"),
    path(f"{CASE}/undo/", doing.undo, name="case_undo"),
    path(f"{CASE}/history/", history.history, name="case_history"),
    path(f"{CASE}/next-best/", next_best.panel, name="case_next_best"),
    path(f"{CASE}/plan/", replanning.change, name="case_plan"),
    path(f"{CASE}/plan/back/", replanning.take_back, name="case_plan_back"),
    path(f"{CASE}/hand-over/", doing.hand_over, name="case_hand_over"),
]
