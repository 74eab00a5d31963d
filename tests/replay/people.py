"""Queues and people for simulated weeks."""

from datetime import date

from wfm.centre import Agent, Channel, Queue

MONDAY = date(2026, 11, 30)
FIRST, LAST = date(2026, 11, 23), date(2026, 11, 29)


def queue(name: str, *, max_occupancy: float) -> Queue:
    """80% within 20 seconds, callers wait two minutes on average."""
    return Queue(
        queue=name,
        client="",
        channel=Channel.VOICE,
        service_level=0.8,
        threshold_seconds=20.0,
        patience_seconds=120.0,
        max_occupancy=max_occupancy,
        concurrency=1.0,
        weight=1.0,
        min_agents=0.0,
    )


def person(name: str, skills: dict[str, float]) -> Agent:
    return Agent(
        agent=name,
        name=name,
        team="",
        contract="full",
        hired_on=date(2020, 1, 1),
        leaves_on=None,
        email=None,
        skills=skills,
    )
