"""The plans' addresses. A plan's name is one word; drafts and moves have a number, so no name can be in their way."""

from django.urls import path, re_path

from midchannel.web.plans import editing, importing, moving, offers, simulating, views

NAME = r"^plans/(?P<name>\w[\w.-]{0,79})/"
ACTION = "(?P<change>run|stop|again)"

urlpatterns = [
    path("plans/", views.plans, name="plans"),
    path("plans/+new/", editing.new, name="plan_new"),
    path("plans/+import/", importing.bring, name="plan_import"),
    path("plans/+drafts/<int:draft_id>/", editing.draft, name="plan_draft"),
    path("plans/+drafts/<int:draft_id>/check/", editing.check, name="plan_check"),
    path("plans/+drafts/<int:draft_id>/save/", editing.save, name="plan_save"),
    path("plans/+drafts/<int:draft_id>/drop/", editing.drop, name="plan_drop"),
    path("plans/+drafts/<int:draft_id>/try/", simulating.try_draft, name="plan_draft_try"),
    path("plans/+drafts/<int:draft_id>/export/", importing.export_draft, name="plan_draft_export"),
    path("plans/+moves/<int:move_id>/", moving.move, name="plan_move"),
    path("plans/+moves/<int:move_id>/now/", moving.progress, name="plan_move_now"),
    re_path(rf"^plans/\+moves/(?P<move_id>\d{{1,18}})/{ACTION}/$", moving.change, name="plan_move_change"),
    path("plans/+moves/<int:move_id>/back/<int:case_id>/", moving.take_back, name="plan_move_back"),
    re_path(NAME + "$", views.plan, name="plan"),
    re_path(NAME + "difference/$", views.difference, name="plan_difference"),
    re_path(NAME + "edit/$", editing.edit, name="plan_edit"),
    re_path(NAME + "export/$", importing.export, name="plan_export"),
    re_path(NAME + "try/$", simulating.try_version, name="plan_try"),
    re_path(NAME + "move/$", moving.begin, name="plan_move_begin"),
    re_path(NAME + "offers/$", offers.answer, name="plan_offer"),
]
