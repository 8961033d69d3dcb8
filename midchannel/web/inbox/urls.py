"""The inbox's addresses."""

from django.urls import path

from midchannel.web.inbox import assisting, composing, doing, files, saying, starting, views

CONVERSATION = "inbox/c/<int:conversation_id>"

urlpatterns = [
    path("", views.home, name="home"),
    path("inbox/", views.inbox, name="inbox"),
    path("inbox/new/", starting.new, name="inbox-new"),
    path("inbox/search/", views.search, name="inbox-search"),
    path("inbox/canned/", composing.canned, name="inbox-canned"),
    path("inbox/people/", composing.people, name="inbox-people"),
    path("inbox/m/<int:message_id>/take-back/", composing.take_back, name="inbox-take-back"),
    path("inbox/m/<int:message_id>/retry/", composing.retry, name="inbox-retry"),
    path(f"{CONVERSATION}/", views.conversation, name="inbox-conversation"),
    path(f"{CONVERSATION}/messages/", views.messages, name="inbox-messages"),
    path(f"{CONVERSATION}/live/", views.live, name="inbox-live"),
    path(f"{CONVERSATION}/presence/", doing.presence, name="inbox-presence"),
    path(f"{CONVERSATION}/reply/", composing.send, name="inbox-reply"),
    path(f"{CONVERSATION}/note/", composing.note, name="inbox-note"),
    path(f"{CONVERSATION}/draft/", composing.draft, name="inbox-draft"),
    path(f"{CONVERSATION}/questions/<int:question_id>/withdraw/", composing.withdraw, name="inbox-withdraw"),
    path(f"{CONVERSATION}/files/<int:message_id>/<int:number>/", files.file, name="inbox-file"),
    path(f"{CONVERSATION}/m/<int:message_id>/says/", saying.says, name="inbox-says"),
    path(f"{CONVERSATION}/assist/", assisting.assist, name="inbox-assist"),
    path(f"{CONVERSATION}/assist/list/", assisting.assist_list, name="inbox-assist-list"),
    path(f"{CONVERSATION}/assist/<int:assistance_id>/use/", assisting.use, name="inbox-assist-use"),
    path(f"{CONVERSATION}/claim/", doing.claim, name="inbox-claim"),
    path(f"{CONVERSATION}/release/", doing.release, name="inbox-release"),
    path(f"{CONVERSATION}/assign/", doing.assign, name="inbox-assign"),
    path(f"{CONVERSATION}/resolve/", doing.resolve, name="inbox-resolve"),
    path(f"{CONVERSATION}/reopen/", doing.reopen, name="inbox-reopen"),
    path(f"{CONVERSATION}/snooze/", doing.snooze, name="inbox-snooze"),
    path(f"{CONVERSATION}/unread/", doing.mark_unread, name="inbox-unread"),
    path(f"{CONVERSATION}/spam/", doing.spam, name="inbox-spam"),
    path(f"{CONVERSATION}/not-spam/", doing.not_spam, name="inbox-not-spam"),
    path(f"{CONVERSATION}/block/", doing.block, name="inbox-block"),
    path(f"{CONVERSATION}/unblock/", doing.unblock, name="inbox-unblock"),
    path("inbox/<slug:view>/", views.inbox, name="inbox-view"),
    path("inbox/<slug:view>/rows/", views.rows, name="inbox-rows"),
]
