"""Schemathesis over the whole API: whatever the OpenAPI document allows or forbids is sent, and every answer keeps to the document."""

import itertools
import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, settings
from pytest_django.plugin import DjangoDbBlocker
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import ignored_auth

from midchannel.config.wsgi import application
from midchannel.inside.improvements import actions as improvements
from midchannel.middle.consents.actions import requesting
from midchannel.middle.conversations.models import Conversation, Message
from midchannel.middle.customers.actions import differing
from midchannel.middle.customers.actions.differing import Change
from midchannel.middle.customers.models import Customer, DifferenceItem, SourceRecord
from midchannel.outside.channels import actions as channels
from midchannel.outside.channels.models import ChannelToken, Parked
from midchannel.outside.silos import actions as silos
from midchannel.outside.silos.mapping import Mapping
from midchannel.platform import clock
from midchannel.platform.accounts.queries import Viewer
from midchannel.usecases import ask, case_plans, open_case
from tests import company as companies
from tests.api.conftest import token_of

EXAMPLES = int(os.environ.get("MIDCHANNEL_SCHEMATHESIS_EXAMPLES", "8"))
COLLECTOR = "/collect/v1/activities"
KNOWN: dict[str, list[str]] = {}
HEADERS: dict[str, str] = {}
turns = itertools.count()


@pytest.fixture(scope="module")
def lively_company(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[dict[str, str]]:
    """One company for all of it, and what its ids are, so that much of what is sent meets something."""
    # Requests must not close the connection that all of this is going to be rolled back on; Django's own client does the same.
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    with django_db_blocker.unblock(), transaction.atomic():
        now = clock.now()
        company = companies.make_company(now=now - timedelta(days=1))
        companies.fill(company, now=now - timedelta(minutes=1), count=8)
        company.lead.role = "administrator"
        company.lead.save()
        viewer = companies.viewer_of(company.lead)
        channels.receive(company.chat.pk, [b'{"type": "Nonsense"}', b"{"], now=now)
        KNOWN.update(_ids(company, viewer, now=now))
        yield {"Authorization": f"Bearer {token_of(company.lead)}", "Accept-Encoding": "identity"}
        transaction.set_rollback(True)
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


def _ids(company: companies.Company, viewer: Any, *, now: Any) -> dict[str, list[str]]:
    conversation_ids = list(Conversation.objects.values_list("pk", flat=True))
    ask.ask(viewer, "conversation", conversation_ids[0], text="@mia.berg what is it?", now=now)
    collector = companies.open_channel("Shop", company.queue, is_public=False, now=now, network="collector")
    channels.issue_token(collector.pk, by=viewer.actor, now=now)
    improvement_id = improvements.begin(viewer, "Cards arrive sooner", now=now)
    case_plans.seed(viewer, now=now)
    case_id = open_case.from_conversation(viewer, conversation_ids[0], plan="late_delivery", now=now)
    found = {
        "conversation_id": conversation_ids,
        "message_id": Message.objects.values_list("pk", flat=True),
        "saw_message_id": Message.objects.values_list("pk", flat=True),
        "around": Message.objects.values_list("pk", flat=True),
        "customer_id": Customer.objects.values_list("pk", flat=True),
        "channel_id": [company.chat.pk, company.public.pk, collector.pk],
        "queue_id": [company.queue.pk],
        "owner_id": [company.agent.pk, company.lead.pk, company.outsider.pk],
        "token_id": ChannelToken.objects.values_list("pk", flat=True),
        "parked_id": Parked.objects.values_list("pk", flat=True),
        "improvement_id": [improvement_id],
        "case_id": [case_id],
        "parent_id": [case_id],
        **_more_ids(viewer, now=now),
    }
    return {name: [str(each) for each in ids] for name, ids in found.items()}


def _more_ids(viewer: Viewer, *, now: datetime) -> dict[str, Any]:
    """A silo that is read, a request, a difference."""
    record, other = SourceRecord.objects.order_by("pk").values_list("pk", flat=True)[:2]
    silo_id = silos.open_silo(
        name="ERP", system="erp", reader="file", config={"file": "a.csv"}, by=viewer.actor, now=now
    )
    silos.change_mapping(
        silo_id,
        Mapping("customers", "id", fields={"name": "full_name"}),
        columns=["id", "name"],
        by=viewer.actor,
        now=now,
    )
    edge = {"record": other, "other": record, "verdict": "auto", "weight": 9.0, "rule": "test", "evidence": {}}
    change = Change("join", [[record], [other]], [[record, other]], [edge])
    difference_id = differing.keep_difference([change], engine="duckdb", version="test", records=2, now=now)
    return {
        "silo_id": [silo_id],
        "request_id": [requesting.open_request(viewer, record, kind="erasure", now=now)],
        "difference_id": [difference_id],
        "item_id": DifferenceItem.objects.values_list("pk", flat=True),
        "record_id": [record, other],
    }


def make_known(values: Any) -> Any:
    """Put ids that exist in the place of most of those that were made up."""
    if isinstance(values, dict):
        for name in KNOWN.keys() & values.keys():
            if isinstance(values[name], str) and values[name].isdigit() and (turn := next(turns)) % 4:
                values[name] = KNOWN[name][turn % len(KNOWN[name])]
    return values


CONFIG = SchemathesisConfig.from_dict(
    {
        "checks": {
            # What a document cannot say: a cursor made up, a queue that is not there, a time that is over.
            "positive_data_acceptance": {"expected-statuses": ["2xx", 401, 403, 404, 409, 422]},
        },
        "generation": {"mode": "all", "deterministic": True},
    }
)


# The collector and the tracking API are bare ASGI and have their own tests.
schema = (
    schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application, config=CONFIG)
    .exclude(path=COLLECTOR)
    .exclude(path_regex="^/v1/")
)


@schema.hook
def map_path_parameters(context: Any, path_parameters: Any) -> Any:
    return make_known(path_parameters)


@schema.hook
def map_query(context: Any, query: Any) -> Any:
    return make_known(query)


@schema.hook
def map_body(context: Any, body: Any) -> Any:
    return make_known(body)


@pytest.mark.django_db
@schema.parametrize()
@settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
def test_every_answer_keeps_to_the_document(case: schemathesis.Case[Any], lively_company: dict[str, str]) -> None:
    case.call_and_validate(headers=lively_company)


class Walk(schema.as_state_machine()):  # type: ignore[misc]
    """Goes from answer to request: what one creates or lists, another reads, moves and removes."""

    def get_call_kwargs(self, case: schemathesis.Case[Any]) -> dict[str, Any]:
        """Every call comes from the same person's machine."""
        return {"headers": HEADERS}

    def validate_response(self, response: Any, case: schemathesis.Case[Any], *_: Any, **kwargs: Any) -> None:
        """All checks but one: given headers look to it like made up ones. The test above has it on."""
        case.validate_response(
            response, excluded_checks=[ignored_auth], transport_kwargs=kwargs or None, recorder=self.recorder
        )


@pytest.mark.django_db
def test_one_thing_after_another_keeps_to_the_document(lively_company: dict[str, str]) -> None:
    HEADERS.update(lively_company)

    Walk.run(
        settings=settings(
            max_examples=EXAMPLES // 2,
            stateful_step_count=5,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
    )
