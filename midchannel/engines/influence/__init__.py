"""Who is listened to, and who talks with whom.

`ranking` is PageRank over a weighted graph of who answers, names or passes on whom; `grouping` finds communities in it. Knows numbers only.
NumPy and SciPy are imported with it (networkit only inside `grouping`, where it is installed), so import it where it is used.
"""

from midchannel.engines.influence.graph import Graph, graph_of
from midchannel.engines.influence.grouping import Groups, group
from midchannel.engines.influence.ranking import Standing, pagerank, standing_of, toward

__all__ = ["Graph", "Groups", "Standing", "graph_of", "group", "pagerank", "standing_of", "toward"]
