"""The addresses of Improvements."""

from django.urls import path

from midchannel.web.improvements import doing, telling, views

urlpatterns = [
    path("improvements/", views.improvements, name="improvements"),
    path("improvements/new/", doing.new, name="improvement-new"),
    path("improvements/for/<int:conversation_id>/", doing.tying, name="improvement-tying"),
    path("improvements/<int:improvement_id>/", views.improvement, name="improvement"),
    path("improvements/<int:improvement_id>/ledger/", views.ledger, name="improvement-ledger"),
    path("improvements/<int:improvement_id>/evidence/", views.evidence, name="improvement-evidence"),
    path("improvements/<int:improvement_id>/edit/", doing.edit, name="improvement-edit"),
    path("improvements/<int:improvement_id>/move/", doing.move, name="improvement-move"),
    path("improvements/<int:improvement_id>/tie/", doing.tie, name="improvement-tie"),
    path("improvements/<int:improvement_id>/untie/", doing.untie, name="improvement-untie"),
    path("improvements/<int:improvement_id>/ask/", doing.ask, name="improvement-ask"),
    path("improvements/<int:improvement_id>/tell/", telling.tell, name="improvement-tell"),
]
