"""The addresses of Understanding."""

from django.urls import path

from midchannel.web.understanding import measures, mood, views

urlpatterns = [
    path("understanding/", views.understanding, name="understanding"),
    path("understanding/learn/", views.learn, name="understanding-learn"),
    path("understanding/reread/", views.begin_reread, name="understanding-reread"),
    path("understanding/check/", views.check, name="understanding-check"),
    path("understanding/examples/", views.examples, name="understanding-examples"),
    path("understanding/texts/<int:activity_id>/", views.text, name="understanding-text"),
    path("measures/mood/", measures.shares, name="measures-mood"),
    path("measures/mood/texts/", measures.rows, name="measures-mood-rows"),
    path("customers/<int:customer_id>/mood/", mood.customer, name="customer_mood"),
]
