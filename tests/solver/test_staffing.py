"""Who is at work where, as the compiled loops see it."""

import numpy as np
import pytest
from numba import typeof

from solver.crew import Crew
from solver.rules import Rules
from solver.staffing import Staffing, copied, open_staffing
from tests.tiny import MONDAY, tiny_agent, tiny_centre, tiny_queue
from wfm.problem import Problem

SKILLS = {"a": {"a": 1.0}, "b": {"b": 1.0}, "both": {"a": 1.0, "b": 1.2}}


def staffing(queues: str, agents: tuple[str, ...]) -> Staffing:
    centre = tiny_centre(
        queues=[tiny_queue(name) for name in queues],
        agents=[tiny_agent(name, skills=SKILLS[name]) for name in agents],
    )
    week = centre.week(MONDAY)
    required = np.ones((len(queues), week.intervals))
    crew = Crew(Rules(Problem(centre=centre, week=week, required=required)))
    return open_staffing(crew.rules, crew.groups, required)


@pytest.mark.parametrize(("queues", "agents"), [("a", ("a",)), ("ab", ("both",)), ("ab", ("a", "b", "both"))])
def test_loops_compiled_for_one_centre_serve_every_other(queues: str, agents: tuple[str, ...]) -> None:
    """An array of another layout would have all loops compiled again, which takes longer than a small centre's plan may."""
    many = staffing("ab", ("a", "both"))
    found = staffing(queues, agents)
    assert typeof(found) == typeof(many)
    assert typeof(copied(found)) == typeof(many)
