"""The addresses of Listen."""

from django.urls import path

from midchannel.web.listening import alerts, deciding, editing, rising, searches, voices

urlpatterns = [
    path("listen/", searches.searches, name="listen"),
    path("listen/mentions/", searches.mentions, name="listen-mentions"),
    path("listen/mentions/<int:activity_id>/take-up/", deciding.take_up, name="mention-take-up"),
    path("listen/mentions/<int:activity_id>/pass/", deciding.pass_over, name="mention-pass"),
    path("listen/searches/new/", editing.new, name="search-new"),
    path("listen/searches/<int:search_id>/", searches.search, name="search"),
    path("listen/searches/<int:search_id>/edit/", editing.edit, name="search-edit"),
    path("listen/searches/<int:search_id>/remove/", editing.remove, name="search-remove"),
    path("listen/searches/<int:search_id>/follow/", editing.follow, name="search-follow"),
    path("listen/searches/<int:search_id>/snooze/", editing.snooze, name="search-snooze"),
    path("listen/searches/<int:search_id>/judge/<int:activity_id>/", deciding.judge, name="search-judge"),
    path("listen/alerts/", alerts.alerts, name="alerts"),
    path("listen/alerts/<int:alert_id>/", alerts.alert, name="alert"),
    path("listen/alerts/<int:alert_id>/judge/", alerts.judge, name="alert-judge"),
    path("listen/alerts/<int:alert_id>/snooze/", alerts.snooze, name="alert-snooze"),
    path("listen/rising/", rising.rising, name="rising"),
    path("listen/rising/posts/", rising.posts, name="rising-posts"),
    path("listen/rising/name/", rising.name, name="rising-name"),
    path("listen/voice/", voices.voices, name="voices"),
    path("listen/voice/new/", voices.new, name="voice-new"),
    path("listen/voice/<int:set_id>/", voices.voice, name="voice"),
    path("listen/voice/<int:set_id>/edit/", voices.edit, name="voice-edit"),
    path("listen/voice/<int:set_id>/remove/", voices.remove, name="voice-remove"),
]
