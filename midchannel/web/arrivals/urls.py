"""The addresses of Arrivals."""

from django.urls import path

from midchannel.web.arrivals import imports, views

urlpatterns = [
    path("arrivals/", views.arrivals, name="arrivals"),
    path("arrivals/counts/", views.counts, name="arrivals_counts"),
    path("arrivals/parked/", views.parked, name="arrivals_parked"),
    path("arrivals/parked/replay/", views.replay_all, name="arrivals_replay_all"),
    path("arrivals/parked/<int:parked_id>/", views.parked_one, name="arrivals_parked_one"),
    path("arrivals/parked/<int:parked_id>/raw/", views.raw, name="arrivals_raw"),
    path("arrivals/parked/<int:parked_id>/replay/", views.replay_one, name="arrivals_replay"),
    path("arrivals/imports/", imports.imports, name="arrivals_imports"),
    path("arrivals/imports/<int:run_id>/", imports.one, name="arrivals_import"),
    path("arrivals/imports/<int:run_id>/undo/", imports.undo, name="arrivals_import_undo"),
]
