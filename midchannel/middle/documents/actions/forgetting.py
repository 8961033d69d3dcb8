"""Documents of cases that are removed as if they had never been."""

from collections.abc import Iterable, Sequence

from midchannel.middle.documents.models import Document


def forget_cases(case_ids: Sequence[int]) -> tuple[int, set[str]]:
    """Remove the documents of some cases. Returns how many, and the files that held them. What lies in a store is the store's.

    In the caller's transaction; the files go when nothing else names them (`files_in_use`).
    """
    found = Document.objects.filter(case_id__in=list(case_ids))
    kept = set(found.exclude(sha256="").values_list("sha256", flat=True))
    gone, _by = found.delete()
    return gone, kept


def files_in_use(files: Iterable[str]) -> set[str]:
    """Those of some files that a document of a case still names."""
    return set(Document.objects.filter(sha256__in=list(files)).values_list("sha256", flat=True))
