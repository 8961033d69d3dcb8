"""Swarms of cases that are removed as if they had never been."""

from collections.abc import Sequence

from midchannel.inside.swarms.models import Swarm, SwarmMember


def forget_cases(case_ids: Sequence[int]) -> dict[str, int]:
    """Remove the swarms of some cases. Returns counts by table. In the caller's transaction."""
    wanted = list(case_ids)
    members, _by = SwarmMember.objects.filter(swarm__case_id__in=wanted).delete()
    swarms, _by = Swarm.objects.filter(case_id__in=wanted).delete()
    return {"swarm_member": members, "swarm": swarms}
