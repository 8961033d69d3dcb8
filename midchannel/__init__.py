"""Midchannel: a self-hosted Social CRM. `docs/house.md` is the plan of the building."""

import os

# The matrices here are small: further threads of BLAS would not divide their sums, only wait for each other at full speed,
# and there is a process for every core. To be said before numpy is imported; whoever starts us may say otherwise.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

__version__ = "0.1.0"
