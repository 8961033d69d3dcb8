"""The only file that names concrete networks and says which loops run."""

from midchannel.middle.cases.actions import moving as plan_moves
from midchannel.outside.channels import registry
from midchannel.outside.networks.email.adapter import EmailAdapter
from midchannel.outside.networks.simulator.adapter import SimulatorAdapter
from midchannel.outside.networks.simulator.box import SimulatorBox
from midchannel.outside.networks.tracking.network import TrackingNetwork
from midchannel.platform import clock
from midchannel.platform.jobs.loop import Loop
from midchannel.usecases import (
    arrive,
    assist,
    clockwork,
    deliver,
    improve,
    listen,
    measure,
    read_channels,
    rights,
    run_silo,
    score,
    simulate,
    tend_cases,
    tend_signals,
    undo_import,
    watch,
)


def connect_networks() -> None:
    """Make every network known, one line each."""
    registry.register(EmailAdapter())
    registry.register(SimulatorAdapter())
    registry.register_translator(TrackingNetwork())
    registry.register_box("simulator", SimulatorBox())


def loops() -> list[Loop]:
    """Every loop the worker process runs, one line each."""
    lanes = read_channels.Lanes()
    turns = run_silo.Loop(clock.now)
    return [
        Loop("arrive", lambda: arrive.apply_waiting(now=clock.now()), every_seconds=1, wake_on="arrivals"),
        *(
            Loop(f"deliver {lane}", lambda: deliver.send_due(clock.now()), every_seconds=deliver.EVERY_SECONDS)
            for lane in range(deliver.LANES)
        ),
        Loop("clockwork", lambda: clockwork.tick(now=clock.now()), every_seconds=clockwork.EVERY_SECONDS),
        Loop("read channels", lanes.work, every_seconds=read_channels.EVERY_SECONDS, on_stop=lanes.stop),
        Loop("tell", lambda: improve.tell_next(now=clock.now()), every_seconds=60, wake_on="events"),
        Loop("measure", lambda: measure.project_facts(now=clock.now()), every_seconds=30, wake_on="events"),
        Loop(
            "cases", lambda: tend_cases.work(now=clock.now()), every_seconds=tend_cases.EVERY_SECONDS, wake_on="events"
        ),
        Loop("score", lambda: score.work(now=clock.now()), every_seconds=score.EVERY_SECONDS),
        Loop("listen", lambda: listen.work(now=clock.now()), every_seconds=listen.EVERY_SECONDS, wake_on="events"),
        Loop("watch", lambda: watch.work(now=clock.now()), every_seconds=watch.EVERY_SECONDS),
        Loop("understand", lambda: tend_signals.work(now=clock.now()), every_seconds=tend_signals.EVERY_SECONDS),
        Loop("assist", lambda: assist.work(now=clock.now()), every_seconds=assist.EVERY_SECONDS, wake_on=assist.WAKE),
        Loop("rights", lambda: rights.work(now=clock.now()), every_seconds=rights.EVERY_SECONDS),
        Loop("plan moves", lambda: plan_moves.work(now=clock.now()), every_seconds=30, wake_on=plan_moves.WAKE),
        Loop("silos", turns.work, every_seconds=run_silo.EVERY_SECONDS, wake_on="silos", on_stop=turns.stop),
        Loop("take back", lambda: undo_import.work(tick=clock.now), every_seconds=undo_import.EVERY_SECONDS),
        Loop("simulate", lambda: simulate.live(now=clock.now()), every_seconds=simulate.EVERY_SECONDS),
    ]
