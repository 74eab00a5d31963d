"""A file of what-if scenarios and sweeps, read against the centre that they change; all its faults are told together."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from wfm.centre import Centre, Channel
from wfm.clock import Week
from wfm.faults import Fault, FaultyInput
from wfm.reading import cells, keys
from wfm.reading.contracts import contract_readers, read_contract_changes
from wfm.reading.settings import Document, Section, read_document, shown
from wfm.scenario import ALL, BASE, FACTORS, CrossTraining, DayChange, Factor, Scenario, Sweep, Won, layers_of

Names = Collection[str]

QUEUE, CONTRACT = "a queue of queues.csv or of a client won", "a contract of contracts.toml"
NONE: tuple[str, ...] = ()
ONE: tuple[float, ...] = (1.0,)
LONGEST_NAME = 60
MOST_POINTS = 1_000  # of a sweep
_FACTOR = keys.number(low=0, high=1_000)
_SHARE = keys.number(low=0, high=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenarios:
    """A file's scenarios and sweeps, for one week."""

    week: Week
    scenarios: tuple[Scenario, ...]
    sweeps: tuple[Sweep, ...]


def read_scenarios(path: Path, centre: Centre, *, week: date | None = None) -> Scenarios:
    """Read a scenario file; FaultyInput with all its faults.

    The week is the one given, else the file's, else the first that begins after history's end.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        fault = Fault(
            file=path.name, row=1, column="", expected="a file that can be read", got=error.strerror or "an error"
        )
        raise FaultyInput([fault]) from None
    return parse_scenarios(data, centre, week=week, file=path.name)


def parse_scenarios(
    data: bytes, centre: Centre, *, week: date | None = None, file: str = "scenarios.toml"
) -> Scenarios:
    """The content of a scenario file; FaultyInput with all its faults."""
    faults: list[Fault] = []
    document = read_document(file, data, faults=faults)
    found = None if document is None else _scenarios(document, centre, week)
    if faults or found is None:
        raise FaultyInput(faults)
    return found


def _this_monday() -> date:
    return date.today() - timedelta(days=date.today().weekday())


def _scenarios(document: Document, centre: Centre, week: date | None) -> Scenarios:
    root = document.root()
    own = root.value("week", _monday, None)
    of = centre.week(week or own or centre.monday_after() or _this_monday())
    base = _known(centre)
    scenarios: dict[str, Scenario] = {}
    for number, section in enumerate(root.sections("scenario"), start=1):
        scenario = _scenario(section, base, of, scenarios, number)
        scenarios[scenario.name] = scenario
    sweeps: dict[str, Sweep] = {}
    for number, section in enumerate(root.sections("sweep"), start=1):
        sweep = _sweep(section, base, scenarios, sweeps, number)
        sweeps[sweep.name] = sweep
    root.finish()
    if not document.faults and not scenarios and not sweeps:
        root.fault("", "a table [[scenario]] or [[sweep]]", "none")
    return Scenarios(week=of, scenarios=tuple(scenarios.values()), sweeps=tuple(sweeps.values()))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """Names that a layer may use: queues and contracts, and who the clients are (queue: client)."""

    queues: Mapping[str, str]
    patient: Names
    deferred: Names
    contracts: Names
    kinds: Names


def _known(centre: Centre) -> _Known:
    return _Known(
        queues={name: queue.client for name, queue in centre.queues.items()},
        patient=frozenset(name for name, queue in centre.queues.items() if queue.patience_seconds is not None),
        deferred=frozenset(name for name, queue in centre.queues.items() if queue.channel is Channel.DEFERRED),
        contracts=frozenset(centre.contracts),
        kinds=frozenset(centre.kinds),
    )


def _scenario(section: Section, base: _Known, week: Week, above: dict[str, Scenario], number: int) -> Scenario:
    name = section.value("name", _name({*above, BASE}, "no other scenario has"), f"scenario {number}", required=True)
    on = section.value("on", keys.many(keys.known(above, "a scenario that stands above")), NONE)
    below = base
    try:
        for layer in layers_of(Scenario(name=name, on=on), above)[:-1]:
            below = _after(below, layer)
    except ValueError as expected:
        section.fault("on", str(expected), ", ".join(on))
    lost, won = _clients(section, below)
    known = _after(below, Scenario(name=name, lost=lost, won=won))
    changes = _queue_changes(section, known)
    given = {queue for queue, values in changes.items() if "patience_seconds" in values}
    patient = known.queues if ALL in given else {*known.patient, *given}
    contracts = section.section("contracts")
    scenario = Scenario(
        name=name,
        reason=section.value("reason", _line, ""),
        on=on,
        lost=lost,
        won=won,
        queues=changes,
        volume=_factors(section, "volume", known.queues, QUEUE),
        aht=_factors(section, "aht", known.queues, QUEUE),
        patience=_factors(section, "patience", patient, "a queue with patience_seconds"),
        days=tuple(_day(day, week, known.queues) for day in section.sections("day")),
        absence_rate=section.value("absence_rate", keys.share, None),
        annual_attrition=section.value("annual_attrition", keys.share, None),
        seats=section.value("seats", keys.whole(low=0), None),
        classroom_places=section.value("classroom_places", keys.whole(low=0), None),
        contracts={
            one: read_contract_changes(inner, kinds=known.kinds)
            for one, inner in (_tables(contracts, known.contracts, CONTRACT) if contracts else ())
        },
        staff=_factors(section, "staff", known.contracts, CONTRACT),
        skills=tuple(_training(one, known.queues) for one in section.sections("skills")),
    )
    section.finish()
    return scenario


def _clients(section: Section, known: _Known) -> tuple[tuple[str, ...], tuple[Won, ...]]:
    """Clients lost and queues won; of those with a fault none."""
    client = section.section("client")
    if client is None:
        return (), ()
    lost = client.value("lost", keys.many(keys.known(set(known.queues.values()), "a client of queues.csv")), NONE)
    kept = {queue: of for queue, of in known.queues.items() if of not in lost}
    if lost and not kept:
        client.fault("lost", "at least one queue that stays", ", ".join(lost))
        lost, kept = (), dict(known.queues)
    won: dict[str, Won] = {}
    for inner in client.sections("won"):
        one = _won(inner, kept, {*known.queues, *won}, known)
        if inner.sound:
            won[one.queue] = one
    client.finish()
    return lost, tuple(won.values())


def _after(known: _Known, layer: Scenario) -> _Known:
    """What is there with a layer on top; ValueError where it wins a queue that cannot be there so."""
    queues = {queue: client for queue, client in known.queues.items() if client not in layer.lost}
    patient, deferred = set(known.patient), set(known.deferred)
    for won in layer.won:
        if won.queue in queues or won.like not in queues:
            raise ValueError(f"scenarios that leave {won.like} and do not win {won.queue} twice")
        queues[won.queue] = won.client
        if won.like in patient or "patience_seconds" in won.fields:
            patient.add(won.queue)
        if won.like in deferred:
            deferred.add(won.queue)
    return replace(known, queues=queues, patient=patient & set(queues), deferred=deferred & set(queues))


def _won(section: Section, kept: Names, taken: Names, known: _Known) -> Won:
    like = section.value("like", keys.known(kept, "a queue that stays"), next(iter(kept), ""), required=True)
    found = Won(
        client=section.value("client", _line, "", required=True),
        queue=section.value("queue", _name(taken, "no other queue has"), "", required=True),
        like=like,
        volume=section.value("volume", _FACTOR, 1.0),
        aht=section.value("aht", keys.number(above=0, high=1_000), 1.0),
        share=section.value("share", _SHARE, 1.0),
        aht_factor=section.value("aht_factor", keys.number(above=0), None),
        fields=_queue_fields(section, deferred=like in known.deferred),
    )
    section.finish()
    return found


def _queue_changes(section: Section, known: _Known) -> dict[str, dict[str, object]]:
    inside = section.section("queues")
    found = {}
    for name, inner in _tables(inside, known.queues, QUEUE) if inside else ():
        found[name] = _queue_fields(inner, deferred=name in known.deferred)
        inner.finish()
    return found


def _queue_fields(section: Section, *, deferred: bool) -> dict[str, object]:
    """Columns of queues.csv as keys."""
    readers: dict[str, Callable[[object], float]] = {
        "service_level": keys.number(above=0, high=1),
        "threshold_seconds": keys.number(above=0) if deferred else keys.number(low=0),
        "max_occupancy": keys.number(above=0, high=1),
        "concurrency": keys.number(low=1),
        "weight": keys.number(above=0),
        "min_agents": keys.number(low=0),
    }
    if not deferred:  # nobody waits on the line for deferred work
        readers["patience_seconds"] = keys.number(above=0)
    found: dict[str, float | None] = {key: section.value(key, read, None) for key, read in readers.items()}
    return {key: value for key, value in found.items() if value is not None}


def _factors(section: Section, key: str, names: Names, what: str) -> dict[str, float]:
    inside = section.section(key)
    if inside is None:
        return {}
    read = keys.number(above=0, high=1_000) if key in ("aht", "patience") else _FACTOR
    return {name: inside.value(name, read, 1.0) for name in _sound_names(inside, names, what)}


def _tables(section: Section, names: Names, what: str) -> Iterable[tuple[str, Section]]:
    for name in _sound_names(section, names, what):
        inner = section.section(name)
        if inner is not None:
            yield name, inner


def _sound_names(section: Section, names: Names, what: str) -> list[str]:
    """Keys that are names known, or ALL; the others are faults."""
    for name in section.values:
        if name != ALL and name not in names:
            section.fault(name, f'{what}, or "*" for all{cells.nearest(name, names)}', name)
    return [name for name in section.values if name == ALL or name in names]


def _day(section: Section, week: Week, queues: Names) -> DayChange:
    day = section.value("date", _in_week(week), week.monday, required=True)
    first = section.value("from", _on_interval(week), 0)
    last = section.value("to", _on_interval(week), 24 * 60)
    if last <= first:
        section.fault(
            "to", "a time after from (past midnight: 26:00 is 02:00)", shown(section.values.get("to", "24:00"))
        )
    found = DayChange(
        queue=section.value("queue", keys.known(queues, QUEUE), None),
        start=_moment(week, day, first),
        end=_moment(week, day, last),
        volume=section.value("volume", _FACTOR, 1.0),
        aht=section.value("aht", keys.number(above=0, high=1_000), 1.0),
    )
    section.finish()
    if section.sound and not section.has("volume") and not section.has("aht"):
        section.fault("", "volume or aht, or both: a day without them changes nothing", "neither")
    return found


def _moment(week: Week, day: date, clock: int) -> datetime:
    """The wall time; where the clock skips it, the next there is."""
    shown_at = next(at for later in range(clock, clock + 3 * 60, 5) for at in week.at(week.day(day), later))
    return week.wall(shown_at)


def _training(section: Section, queues: Names) -> CrossTraining:
    found = CrossTraining(
        queue=section.value("queue", keys.known(queues, QUEUE), "", required=True),
        learned_from=section.value("from", keys.known(queues, QUEUE), "", required=True),
        share=section.value("share", _SHARE, 0.0, required=True),
        aht_factor=section.value("aht_factor", keys.number(above=0), 1.0),
    )
    if section.sound and found.queue == found.learned_from:
        section.fault("queue", "another queue than from", found.queue)
    section.finish()
    return found


def _sweep(section: Section, names: _Known, scenarios: Mapping[str, Scenario], others: Names, number: int) -> Sweep:
    name = section.value("name", _name(others, "no other sweep has"), f"sweep {number}", required=True)
    on = section.value("on", keys.known(scenarios, "a scenario of this file"), None)
    roster = section.value("roster", keys.truth, False)
    for layer in layers_of(scenarios[on], scenarios) if on else ():
        names = _after(names, layer)
    factors = [_swept(one, names, roster) for one in section.sections("over")]
    if section.sound and not 1 <= len(factors) <= 2:
        section.fault("over", "one or two tables [[sweep.over]] with factor and values", str(len(factors)))
    points = 1
    for factor in factors:
        points *= len(factor.values)
    if points > MOST_POINTS:
        section.fault("over", f"at most {MOST_POINTS} points", str(points))
    if len({factor.label for factor in factors}) < len(factors):
        section.fault("over", "two different factors", factors[0].label)
    section.finish()
    return Sweep(name=name, factors=tuple(factors), on=on, roster=roster)


def _swept(section: Section, names: _Known, roster: bool) -> Factor:
    factor = section.value("factor", _factor_name, "volume", required=True)
    kind = FACTORS[factor]
    of = None
    if kind.of == "queue":
        of = section.value("queue", keys.known(names.queues, QUEUE), None)
    elif kind.of == "contract":
        of = section.value("contract", keys.known(names.contracts, CONTRACT), None)
    if not kind.required and not roster:
        section.fault("factor", "roster = true in a sweep over what changes no requirement", factor)
    values = section.value("values", keys.several(_setting(factor)), ONE, required=True)
    section.finish()
    return Factor(factor=factor, values=tuple(map(float, values)), of=of)


def _setting(factor: str) -> Callable[[object], float]:
    """What a factor may be set to: what its key or column may be."""
    if factor in ("volume", "staff"):
        return _FACTOR
    if factor in ("aht", "patience", "patience_seconds", "threshold_seconds"):
        return keys.number(above=0)
    if factor in ("service_level", "max_occupancy"):
        return keys.number(above=0, high=1)
    if factor == "min_agents":
        return keys.number(low=0)
    if factor in ("absence_rate", "annual_attrition"):
        return keys.share
    if factor in ("seats", "classroom_places"):
        return keys.whole(low=0)
    judge = contract_readers(None)[factor][1]

    def read(value: object) -> float:
        judge(value)
        return keys.number()(value)

    return read


def _factor_name(value: object) -> str:
    name = keys.text(value)
    if name not in FACTORS:
        raise ValueError(f"one of {', '.join(FACTORS)}{cells.nearest(name, tuple(FACTORS))}")
    return name


def _name(taken: Names, what: str) -> Callable[[object], str]:
    def read(value: object) -> str:
        found = _line(value)
        if len(found) > LONGEST_NAME or found in taken or found == ALL:
            raise ValueError(f"a name of up to {LONGEST_NAME} letters that {what}")
        return found

    return read


def _line(value: object) -> str:
    """A text in one line."""
    return " ".join(keys.text(value).split())


def _monday(value: object) -> date:
    found = keys.day(value)
    if found.weekday() != 0:
        raise ValueError(f"a Monday, such as {found - timedelta(days=found.weekday())}")
    return found


def _in_week(week: Week) -> Callable[[object], date]:
    def read(value: object) -> date:
        found = keys.day(value)
        if not 0 <= week.day(found) < 7:
            raise ValueError(f"a date of the week of {week.monday}")
        return found

    return read


def _on_interval(week: Week) -> Callable[[object], int]:
    def read(value: object) -> int:
        found = keys.clock(value)
        if found % week.interval_minutes:
            raise ValueError(f"a time on the {week.interval_minutes}-minute intervals of the day")
        return found

    return read
