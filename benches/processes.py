"""Processor time of this process, its children and every process of a PostgreSQL server."""

import os
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


def own_cpu_seconds() -> float:
    """User and system time of this process and of its children that have ended."""
    return sum(os.times()[:4])


def server_cpu_seconds(postmaster: int) -> float:
    """User and system time of a postmaster, of its living children, and of those that have ended."""
    total = 0
    for pid in (postmaster, *_children(postmaster)):
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += int(fields[11]) + int(fields[12]) + (int(fields[13]) + int(fields[14]) if pid == postmaster else 0)
    return total / TICK


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
