"""A centre's folder as a whole: every file is read and judged before any fault stops the reading."""

from collections.abc import Collection
from dataclasses import dataclass, field, fields
from pathlib import Path

from wfm.centre import Centre, Contract, CostRates, ReplayAssumptions, ShiftKind
from wfm.faults import Fault, FaultyInput
from wfm.reading import keys
from wfm.reading.absences import read_absences, read_availability
from wfm.reading.adjustments import read_adjustments
from wfm.reading.capacity import read_hiring
from wfm.reading.contracts import read_contracts
from wfm.reading.folder import Folder
from wfm.reading.history import read_history
from wfm.reading.people import read_agents, read_ledger, read_training
from wfm.reading.queues import read_hours, read_queues, read_special_days
from wfm.reading.requests import read_locks, read_requests
from wfm.reading.rosters import read_past
from wfm.reading.settings import Document, Section
from wfm.reading.shifts import read_kinds

_INTERVALS = (5, 10, 15, 30, 60)
_OF_AGENTS = ("agents", "skills", "absences", "availability", "requests", "training", "locks", "ledger")


def read_centre(folder: Path, *, history: bool = True) -> Centre:
    """Read and check every file of a centre's folder; raises FaultyInput with all faults of all files.

    A folder without people (no agents.csv) is a centre that can be forecast. Without `history`, half of the time, the
    contacts that were are left unread: for a week whose requirement is known.
    """
    if not folder.is_dir():
        expected = "a folder with centre.toml, queues.csv and history.csv"
        raise FaultyInput([Fault(file=str(folder), row=1, column="", expected=expected, got="no such folder")])
    files = Folder(folder)
    centre = _centre(files, history=history)
    if files.faults:
        raise FaultyInput(files.faults)
    return centre


@dataclass(frozen=True, slots=True, kw_only=True)
class _Settings:
    """centre.toml. After a fault a value may be a stand-in with which the other files can still be judged."""

    name: str = ""
    timezone: str = "UTC"
    country: str = ""
    interval_minutes: int | None = None
    grid_minutes: int = 1
    seats: int | None = None
    absence_rate: float = 0.0
    annual_attrition: float = 0.077
    training_minutes_month: int = 15 * 60
    classroom_places: int | None = None
    currency: str = ""
    cost: CostRates = field(default_factory=CostRates)
    replay: ReplayAssumptions = field(default_factory=ReplayAssumptions)


def _centre(files: Folder, *, history: bool) -> Centre:
    document = files.document("centre", required=True)
    settings = _settings(document) if document else _Settings()
    zone = settings.timezone
    queues, queue_names = read_queues(files)
    contracts, kinds, contract_names, kind_names = _rules(files, settings)
    people = any(files.has(stem) for stem in _OF_AGENTS)
    agents, ids = read_agents(files, required=people, contracts=contract_names, queues=queue_names)
    contacts = (
        read_history(files, timezone=zone, interval_minutes=settings.interval_minutes, queues=queue_names)
        if history
        else files.unread("history")
    )
    return Centre(
        name=settings.name,
        timezone=zone,
        country=settings.country,
        interval_minutes=settings.interval_minutes or 0,
        grid_minutes=settings.grid_minutes,
        seats=settings.seats,
        absence_rate=settings.absence_rate,
        annual_attrition=settings.annual_attrition,
        classroom_places=settings.classroom_places,
        currency=settings.currency,
        cost=settings.cost,
        replay=settings.replay,
        queues=queues,
        hours=read_hours(files, queues=queue_names),
        history=contacts,
        special_days=read_special_days(files, queues=queue_names),
        adjustments=read_adjustments(
            files, timezone=zone, interval_minutes=settings.interval_minutes, queues=queue_names
        ),
        agents=agents,
        contracts=contracts,
        kinds=kinds,
        absences=read_absences(files, timezone=zone, agents=ids),
        availability=read_availability(files, agents=ids),
        requests=read_requests(files, agents=ids, kinds=kind_names),
        owed=read_training(files, agents=ids),
        locks=read_locks(files, timezone=zone, agents=ids),
        worked=read_past(files, "worked", timezone=zone),
        published=read_past(files, "published", timezone=zone),
        ledger=read_ledger(files, agents=ids),
        hiring=read_hiring(files, contracts=contract_names, queues=queue_names),
        inputs_sha256=files.sha256(),  # the last: it covers the files read above
    )


def _settings(document: Document) -> _Settings:
    root = document.root()
    interval = root.value("interval_minutes", keys.choice(*_INTERVALS), None, required=True)
    settings = _Settings(
        name=root.value("name", keys.text, "", required=True),
        timezone=root.value("timezone", keys.timezone, "UTC", required=True),
        country=root.value("country", keys.text, "", required=True),
        interval_minutes=interval,
        grid_minutes=_grid(root, interval),
        seats=root.value("seats", keys.whole(low=0), None),
        absence_rate=root.value("absence_rate", keys.share, 0.0),
        annual_attrition=root.value("annual_attrition", keys.share, 0.077),
        training_minutes_month=root.value("training_hours_month", keys.hours(), 15 * 60),
        classroom_places=root.value("classroom_places", keys.whole(low=0), None),
        currency=root.value("currency", keys.optional_text, ""),
        cost=_cost(root.section("cost")),
        replay=_replay(root.section("replay")),
    )
    root.finish()
    return settings


def _grid(root: Section, interval: int | None) -> int:
    """The grid of rosters; 1, which everything lies on, where it or the interval is faulty."""
    grid = root.value("grid_minutes", keys.whole(above=0), min(15, interval) if interval else 1)
    if interval and interval % grid:
        root.fault("grid_minutes", f"a divisor of interval_minutes = {interval}", str(grid))
        return 1
    return grid if interval else 1


def _cost(section: Section | None) -> CostRates:
    if section is None:
        return CostRates()
    standard = CostRates()
    names = [rate.name for rate in fields(CostRates)]
    rates = {name: section.value(name, keys.number(low=0), float(getattr(standard, name))) for name in names}
    section.finish()
    return CostRates(**rates)


def _replay(section: Section | None) -> ReplayAssumptions:
    standard = ReplayAssumptions()
    if section is None:
        return standard
    # Nearly everybody calling again and again would never end.
    share, number = keys.share, keys.number(low=0)
    redials = section.value("redial_share", keys.number(low=0, high=0.95), standard.redial_share)
    found = ReplayAssumptions(
        handling_cv=section.value("handling_cv", number, standard.handling_cv),
        redial_share=redials,
        redial_minutes=section.value("redial_minutes", number, standard.redial_minutes),
        late_share=section.value("late_share", share, standard.late_share),
        late_minutes=section.value("late_minutes", number, standard.late_minutes),
        week_share=section.value("week_share", share, standard.week_share),
    )
    section.finish()
    return found


def _rules(
    files: Folder, settings: _Settings
) -> tuple[dict[str, Contract], dict[str, ShiftKind], Collection[str] | None, Collection[str] | None]:
    """Contracts and kinds of shift, and the names their files give, faulty ones too."""
    required = files.has("agents")
    shifts = files.document("shifts", required=required)
    kinds = read_kinds(shifts, grid_minutes=settings.grid_minutes) if shifts else {}
    names = shifts.names() if shifts else None
    labour = files.document("contracts", required=required)
    training = settings.training_minutes_month
    contracts = read_contracts(labour, kinds=names, training_minutes_month=training) if labour else {}
    return contracts, kinds, labour.names() if labour else None, names
