"""First run: the first administrator, their team, its queue and the plans to begin with, once."""

from datetime import datetime

from django.db import transaction

from midchannel.inside.service import actions as service
from midchannel.platform.accounts import actions as accounts
from midchannel.platform.accounts import queries as account_queries
from midchannel.platform.accounts.queries import User
from midchannel.usecases import case_plans


@transaction.atomic
def begin(*, company: str, team: str, name: str, email: str, password: str, now: datetime) -> User:
    """Make them all or none. Raises AlreadyFoundedError when somebody was faster."""
    user, first = accounts.found(company=company, team=team, name=name, email=email, password=password, now=now)
    viewer = account_queries.viewer_for(user)
    service.create_queue(viewer, name=team.strip(), team_id=first.pk, now=now)
    case_plans.seed(viewer, now=now)
    return user
