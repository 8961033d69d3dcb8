"""Parts of the frame that refresh themselves."""

from django.urls import path

from midchannel.web.frame import views

urlpatterns = [path("frame/bell", views.bell, name="bell")]
