"""What was said about objects, and by people, that are removed as if they had never been."""

from collections.abc import Sequence

from django.db.models import Q

from midchannel.inside.teamwork.models import NoticeRow, Post, Question


def forget_objects(object_type: str, object_ids: Sequence[int]) -> None:
    """Remove the internal threads and notices of objects that are removed as if they had never been. In the caller's transaction."""
    ids = list(object_ids)
    Question.objects.filter(object_type=object_type, object_id__in=ids).delete()
    Post.objects.filter(object_type=object_type, object_id__in=ids).delete()
    NoticeRow.objects.filter(object_type=object_type, object_id__in=ids).delete()


def forget_people(user_ids: Sequence[int]) -> None:
    """Remove what colleagues who never were have written and been told. In the caller's transaction."""
    ids = list(user_ids)
    NoticeRow.objects.filter(Q(user_id__in=ids) | Q(by_id__in=ids)).delete()
    Question.objects.filter(Q(asker_id__in=ids) | Q(asked_id__in=ids)).delete()
    Post.objects.filter(author_id__in=ids).delete()
