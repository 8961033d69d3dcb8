"""The two ways to an account, and the way back to one."""

from django.urls import path

from midchannel.web.first_run import views

urlpatterns = [
    path("first-run/", views.begin, name="first_run"),
    path("first-run/next/", views.next_steps, name="first_run_next"),
    path("invitation/<str:token>/", views.accept, name="accept_invitation"),
    path("password/new/<str:token>/", views.choose_password, name="choose_password"),
]
