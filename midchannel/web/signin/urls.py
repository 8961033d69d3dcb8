"""Signing in and out, and passwords: allauth's views at our addresses. What is not here (signing up, say) does not exist."""

from allauth.account import views
from django.urls import path
from django.views.generic import RedirectView

urlpatterns = [
    path("signin/", views.login, name="account_login"),
    path("signout/", views.logout, name="account_logout"),
    path("signin/inactive/", views.account_inactive, name="account_inactive"),
    path("signin/again/", views.reauthenticate, name="account_reauthenticate"),
    path("password/change/", views.password_change, name="account_change_password"),
    path("signup/", RedirectView.as_view(pattern_name="account_login"), name="account_signup"),
]
