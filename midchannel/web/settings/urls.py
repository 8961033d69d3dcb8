"""The settings' addresses."""

from django.urls import path, re_path

from midchannel.web.settings import blocked, case_rules, channels, offers, people, queues, routing, stores, trail, you

urlpatterns = [
    path("settings/", you.home, name="settings"),
    path("settings/you/", you.you, name="settings_you"),
    path("settings/you/skills/", you.skills, name="settings_skills"),
    path("settings/you/sign-out-everywhere/", you.sign_out_everywhere, name="settings_sign_out_everywhere"),
    path("settings/you/tokens/new/", you.new_token, name="settings_token_new"),
    path("settings/you/tokens/<int:token_id>/revoke/", you.revoke_token, name="settings_token_revoke"),
    path("settings/people/", people.people, name="settings_people"),
    path("settings/people/invite/", people.invite, name="settings_invite"),
    path("settings/people/<int:user_id>/role/", people.change_role, name="settings_role"),
    re_path(
        r"^settings/people/(?P<user_id>\d{1,18})/(?P<change>activate|deactivate|end-sessions)/$",
        people.change_person,
        name="settings_person_change",
    ),
    path(
        "settings/invitations/<int:invitation_id>/revoke/",
        people.revoke_invitation,
        name="settings_invitation_revoke",
    ),
    path("settings/teams/", people.teams, name="settings_teams"),
    path("settings/teams/new/", people.team, name="settings_team_new"),
    path("settings/teams/<int:team_id>/", people.team, name="settings_team"),
    path("settings/queues/", queues.queues, name="settings_queues"),
    path("settings/queues/new/", queues.queue, name="settings_queue_new"),
    path("settings/queues/<int:queue_id>/", queues.queue, name="settings_queue"),
    path("settings/routing/", routing.rules, name="settings_routing"),
    path("settings/routing/new/", routing.rule, name="settings_routing_new"),
    path("settings/routing/<int:rule_id>/", routing.rule, name="settings_routing_rule"),
    path("settings/routing/<int:rule_id>/remove/", routing.remove, name="settings_routing_remove"),
    re_path(r"^settings/routing/(?P<rule_id>\d{1,18})/(?P<way>up|down)/$", routing.move, name="settings_routing_move"),
    path("settings/casework/", case_rules.rules, name="settings_cases"),
    path("settings/casework/new/", case_rules.rule, name="settings_case_rule_new"),
    path("settings/casework/hours/", case_rules.hours, name="settings_case_hours"),
    path("settings/casework/<int:rule_id>/", case_rules.rule, name="settings_case_rule"),
    path("settings/casework/<int:rule_id>/remove/", case_rules.remove, name="settings_case_rule_remove"),
    re_path(
        r"^settings/casework/(?P<rule_id>\d{1,18})/(?P<way>up|down)/$", case_rules.move, name="settings_case_rule_move"
    ),
    path("settings/canned/", queues.canned, name="settings_canned"),
    path("settings/canned/new/", queues.canned_reply, name="settings_canned_new"),
    path("settings/canned/<int:canned_id>/", queues.canned_reply, name="settings_canned_reply"),
    path("settings/canned/<int:canned_id>/delete/", queues.delete_canned, name="settings_canned_delete"),
    path("settings/channels/", channels.channels, name="settings_channels"),
    path("settings/channels/new/", channels.choose, name="settings_channel_choose"),
    path("settings/channels/new/<slug:network>/", channels.new, name="settings_channel_new"),
    path("settings/channels/check/", channels.check, name="settings_channel_check"),
    path("settings/channels/<int:channel_id>/", channels.channel, name="settings_channel"),
    path("settings/channels/<int:channel_id>/check/", channels.check_again, name="settings_channel_check_again"),
    path("settings/channels/<int:channel_id>/token/", channels.issue_token, name="settings_channel_token"),
    path(
        "settings/channels/<int:channel_id>/tokens/<int:token_id>/revoke/",
        channels.revoke_token,
        name="settings_channel_token_revoke",
    ),
    re_path(
        r"^settings/channels/(?P<channel_id>\d{1,18})/(?P<change>pause|resume|close)/$",
        channels.change,
        name="settings_channel_change",
    ),
    path("settings/channels/<int:channel_id>/pace/", channels.pace, name="settings_channel_pace"),
    path("settings/demo/remove/", channels.remove_demo, name="settings_demo_remove"),
    path("settings/offers/", offers.offers, name="settings_offers"),
    path("settings/offers/new/", offers.offer, name="settings_offer_new"),
    path("settings/offers/<int:rule_id>/", offers.offer, name="settings_offer"),
    path("settings/offers/<int:rule_id>/remove/", offers.remove_offer, name="settings_offer_remove"),
    re_path(
        r"^settings/offers/(?P<rule_id>\d{1,18})/(?P<way>up|down)/$", offers.move_offer, name="settings_offer_move"
    ),
    path("settings/stores/", stores.stores, name="settings_stores"),
    path("settings/stores/new/", stores.store, name="settings_store_new"),
    path("settings/stores/<int:store_id>/", stores.store, name="settings_store"),
    path("settings/stores/<int:store_id>/check/", stores.check, name="settings_store_check"),
    path("settings/stores/<int:store_id>/turn/", stores.turn, name="settings_store_turn"),
    path("settings/blocked/", blocked.blocked, name="settings_blocked"),
    path("settings/blocked/<int:handle_id>/unblock/", blocked.unblock, name="settings_unblock"),
    path("settings/audit/", trail.trail, name="settings_audit"),
]
