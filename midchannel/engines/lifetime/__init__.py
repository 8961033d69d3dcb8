"""What a customer's orders let one expect: how often they will buy again, whether they still do, and for how much.

`purchasing` is BG/NBD (how often), `spending` is Gamma-Gamma (for how much), `valuing` puts both together, with an interval. Knows numbers
only: no customer, no currency, no clock. NumPy and SciPy are imported with it, so import it where it is used and not at the top of a page.
"""

from midchannel.engines.lifetime.purchasing import NotFittedError, Purchasing, fit_purchasing
from midchannel.engines.lifetime.spending import Spending, fit_spending
from midchannel.engines.lifetime.valuing import Values, value_of

__all__ = ["NotFittedError", "Purchasing", "Spending", "Values", "fit_purchasing", "fit_spending", "value_of"]
