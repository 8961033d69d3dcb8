"""The addresses of partners: all there is for them."""

from django.urls import path

from midchannel.web.rooms import views

urlpatterns = [
    path("rooms/invitation/<str:token>/", views.invitation, name="room_invitation"),
    path("rooms/leave/", views.leave, name="room_leave"),
    path("rooms/<int:room_id>/", views.room, name="partner_room"),
    path("rooms/<int:room_id>/messages/", views.messages, name="partner_room_messages"),
    path("rooms/<int:room_id>/say/", views.say, name="partner_room_say"),
    path("rooms/<int:room_id>/documents/<int:document_id>/", views.document, name="partner_room_document"),
]
