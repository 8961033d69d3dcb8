"""The silos' addresses."""

from django.urls import path, re_path

from midchannel.web.silos import columns, connecting, pages

urlpatterns = [
    path("settings/silos/", pages.silos, name="silos"),
    path("settings/silos/new/", connecting.choose, name="silo_choose"),
    path("settings/silos/new/<slug:reader>/", connecting.new, name="silo_new"),
    path("settings/silos/new/<slug:reader>/check/", connecting.check, name="silo_check"),
    path("settings/silos/<int:silo_id>/", pages.silo, name="silo"),
    path("settings/silos/<int:silo_id>/now/", pages.progress, name="silo_progress"),
    path("settings/silos/<int:silo_id>/connection/", connecting.connection, name="silo_connection"),
    path("settings/silos/<int:silo_id>/check/", connecting.check_again, name="silo_check_again"),
    path("settings/silos/<int:silo_id>/columns/", columns.columns, name="silo_columns"),
    path("settings/silos/<int:silo_id>/columns/preview/", columns.preview, name="silo_preview"),
    path("settings/silos/<int:silo_id>/terms/", connecting.terms, name="silo_terms"),
    path("settings/silos/<int:silo_id>/try/", pages.try_out, name="silo_try"),
    re_path(
        r"^settings/silos/(?P<silo_id>\d{1,18})/(?P<change>read|read-all|stop|pause|resume|close)/$",
        pages.change,
        name="silo_change",
    ),
    path("settings/silos/runs/<int:run_id>/", pages.run, name="silo_run"),
    path("settings/silos/runs/<int:run_id>/undo/", pages.undo, name="silo_run_undo"),
]
