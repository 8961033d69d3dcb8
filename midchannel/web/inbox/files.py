"""Files with messages, for whoever may see the message: always a download, never a page of ours."""

from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from midchannel.middle.conversations import queries as conversations
from midchannel.platform.errors import NotFoundError
from midchannel.platform.files import queries as files
from midchannel.web.components import records
from midchannel.web.frame.access import SignedInRequest, signed_in


@require_GET
@signed_in()
def file(request: SignedInRequest, conversation_id: int, message_id: int, number: int) -> HttpResponse:
    """One file of one message. What is in it came from a stranger: the browser may save it and do nothing else with it."""
    try:
        window = conversations.list_messages(request.viewer, conversation_id, around=message_id, limit=1)
        message = next(item for item in window.items if item.id == message_id)
        attachment = message.attachments[number]
        content = files.read(attachment.sha256)
    except (NotFoundError, StopIteration, IndexError, OSError) as error:
        raise Http404 from error
    # A picture is named as one, so that the mail it came with can show it; saved or shown, it cannot act.
    media_type = attachment.media_type if attachment.media_type in records.PICTURES else "application/octet-stream"
    response = HttpResponse(content, content_type=media_type)
    response.headers["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=attachment.name or "file"
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
