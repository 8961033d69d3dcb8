"""Reading this room: `standing` (places and communities), `company` (whom somebody talks with), `habits` and `wordings` (how and what
about), `followers`. What rests on words is seen by whoever may see those words.
"""

from midchannel.insight.social.queries.company import Companion, list_between, list_company, list_heard
from midchannel.insight.social.queries.followers import Followers, list_followers
from midchannel.insight.social.queries.habits import Habits, get_habits
from midchannel.insight.social.queries.profiles import Profile, list_profiles
from midchannel.insight.social.queries.standing import CommunityCard, RankingCard, get_community, get_ranking
from midchannel.insight.social.queries.wordings import Typicals, get_typical_words, list_with_word

__all__ = [
    "CommunityCard",
    "Companion",
    "Followers",
    "Habits",
    "Profile",
    "RankingCard",
    "Typicals",
    "get_community",
    "get_habits",
    "get_ranking",
    "get_typical_words",
    "list_between",
    "list_company",
    "list_followers",
    "list_heard",
    "list_profiles",
    "list_with_word",
]
