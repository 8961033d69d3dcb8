"""A repeat that comes at the same time waits for the first, and hears what it heard."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from midchannel.outside.channels.models import Delivery
from midchannel.platform import clock
from tests import company as companies
from tests.api.conftest import Asks


@pytest.mark.django_db(transaction=True)
def test_of_six_at_the_same_time_one_is_sent(asks: Asks) -> None:
    now = clock.now()
    company = companies.make_company(now=now - timedelta(days=1))
    companies.fill(company, now=now, count=1)
    conversation = asks(company.agent).get("conversations")["items"][0]
    body = {"text": "It is on its way.", "saw_message_id": conversation["last_message_id"]}
    machines = [asks(company.agent) for _ in range(6)]

    def send(place: int) -> str:
        try:
            answer = machines[place].post(f"conversations/{conversation['id']}/messages", body, key="one")
            return str(answer["message_id"])
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as threads:
        message_ids = set(threads.map(send, range(6)))

    assert len(message_ids) == 1
    assert [machine.status for machine in machines] == [201] * 6
    assert Delivery.objects.count() == 1
