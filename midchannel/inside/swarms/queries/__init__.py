"""Reading skills, and who was gathered around a case."""

from midchannel.inside.swarms.queries.skills import Knows, SkillRow, find_skills, list_known, list_skills, people_with
from midchannel.inside.swarms.queries.swarms import Member, SwarmDetail, list_swarms

__all__ = [
    "Knows",
    "Member",
    "SkillRow",
    "SwarmDetail",
    "find_skills",
    "list_known",
    "list_skills",
    "list_swarms",
    "people_with",
]
