"""First run: the first administrator, their team and its queue, once."""

from datetime import datetime

from django.db import transaction

from midchannel.inside.service import actions as service
from midchannel.platform.accounts import actions as accounts
from midchannel.platform.accounts import queries as account_queries
from midchannel.platform.accounts.queries import User


@transaction.atomic
def begin(*, company: str, team: str, name: str, email: str, password: str, now: datetime) -> User:
    """Make them all or none. Raises AlreadyFoundedError when somebody was faster."""
    user, first = accounts.found(company=company, team=team, name=name, email=email, password=password, now=now)
    service.create_queue(account_queries.viewer_for(user), name=team.strip(), team_id=first.pk, now=now)
    return user
