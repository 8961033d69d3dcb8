"""The review's addresses."""

from django.urls import path

from midchannel.web.review import differences, views

DIFFERENCE = "review/differences/<int:difference_id>"

urlpatterns = [
    path("review/", views.review, name="review"),
    path("review/<int:pair_id>/", views.pair, name="review_pair"),
    path("review/<int:pair_id>/answer/", views.answer, name="review_answer"),
    path("review/<int:pair_id>/undo/", views.undo, name="review_undo"),
    path("review/differences/", differences.differences, name="differences"),
    path(f"{DIFFERENCE}/", differences.difference, name="difference"),
    path(f"{DIFFERENCE}/items/", differences.items, name="difference_items"),
    path(f"{DIFFERENCE}/settle/", differences.settle, name="difference_settle"),
    path(f"{DIFFERENCE}/items/<int:item_id>/", differences.settle_item, name="difference_item"),
]
