"""The addresses of what people do together on a case: its thread, its partner rooms, its swarm, its documents."""

from django.urls import path

from midchannel.web.cases import documents, export, partners, room, swarm

CASE = "cases/<int:case_id>"

urlpatterns = [
    path("cases/people/", room.people, name="case_people"),
    path("cases/skills/", room.skills, name="case_skills"),
    path(f"{CASE}/room/", room.room, name="case_room"),
    path(f"{CASE}/room/thread/", room.thread, name="case_room_thread"),
    path(f"{CASE}/room/composer/", room.composer, name="case_room_composer"),
    path(f"{CASE}/room/note/", room.note, name="case_room_note"),
    path(f"{CASE}/room/say/", room.say, name="case_room_say"),
    path(f"{CASE}/room/questions/<int:question_id>/withdraw/", room.withdraw, name="case_room_withdraw"),
    path(f"{CASE}/partners/", partners.box, name="case_partners"),
    path(f"{CASE}/partners/invite/", partners.invite, name="case_partners_invite"),
    path(f"{CASE}/partners/invitations/<int:invitation_id>/revoke/", partners.revoke, name="case_partners_revoke"),
    path(f"{CASE}/partners/guests/<int:guest_id>/send-away/", partners.send_away, name="case_partners_send_away"),
    path(f"{CASE}/partners/rooms/<int:room_id>/close/", partners.close, name="case_partners_close"),
    path(f"{CASE}/swarm/", swarm.panel, name="case_swarm"),
    path(f"{CASE}/swarm/start/", swarm.start, name="case_swarm_start"),
    path(f"{CASE}/swarm/gather/", swarm.gather, name="case_swarm_gather"),
    path(f"{CASE}/swarm/<int:user_id>/leave/", swarm.leave, name="case_swarm_leave"),
    path(f"{CASE}/swarm/end/", swarm.end, name="case_swarm_end"),
    path(f"{CASE}/documents/", documents.documents, name="case_documents"),
    path(f"{CASE}/documents/stores/<int:store_id>/", documents.store, name="case_store"),
    path(f"{CASE}/documents/stores/<int:store_id>/link/", documents.link, name="case_store_link"),
    path(f"{CASE}/documents/add/", documents.add, name="case_documents_add"),
    path(f"{CASE}/documents/<int:document_id>/", documents.download, name="case_document"),
    path(f"{CASE}/documents/<int:document_id>/remove/", documents.remove, name="case_document_remove"),
    path(f"{CASE}/documents/<int:document_id>/share/", documents.share, name="case_document_share"),
    path(f"{CASE}/export/", export.export, name="case_export"),
]
