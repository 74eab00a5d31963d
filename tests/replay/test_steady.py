"""Single queues in steady state fare as Erlang C and Erlang A say."""

from benchmarks.replaying.steady import compared, settings


def test_fifty_settings_agree_with_the_formulas() -> None:
    found = [compared(floor, seed=number) for number, floor in enumerate(settings())]
    inside = [one for one in found if one.inside]
    deviation = sum(one.simulated - one.formula for one in found) / len(found)
    assert len(inside) >= 44, [one for one in found if not one.inside]
    assert abs(deviation) <= 0.003
