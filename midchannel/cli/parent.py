"""A child that must not outlive the supervisor."""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
SUPERVISOR = "MIDCHANNEL_SUPERVISOR"


def end_with_parent() -> None:
    """Ask the kernel for a SIGTERM when the parent dies, so that a killed supervisor leaves nobody behind (Linux)."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.environ.get(SUPERVISOR, str(os.getppid())) != str(os.getppid()):
        sys.exit(0)  # it died while we started
