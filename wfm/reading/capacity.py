"""capacity.toml: how many people leave, may be hired and moved in the months to come; and a table of hires decided."""

from collections.abc import Collection, Sequence
from datetime import date
from pathlib import Path

from wfm.capacity import Hire
from wfm.faults import Fault, FaultyInput
from wfm.hiring import MONTHS, Attrition, Hiring, HiringClass, Transfer
from wfm.reading import cells, keys
from wfm.reading.folder import Folder
from wfm.reading.queues import QUEUE
from wfm.reading.settings import Section
from wfm.reading.tables import read_table

CONTRACT = "a contract of contracts.toml"
NONE = Hiring()
LONGEST_TRAINING = 52  # weeks
MOST = 100_000  # people, as a limit of what is meant
HIRES = ("class", "start", "size")


def read_hiring(folder: Folder, *, contracts: Collection[str] | None, queues: Collection[str] | None) -> Hiring:
    """What capacity.toml says; its defaults where it is absent. `contracts` or `queues` None: their file is broken."""
    document = folder.document("capacity")
    if document is None:
        return NONE
    root = document.root()
    if not document.values and not document.broken:
        root.fault("", "keys such as efficiency, or tables such as [leave]", "an empty file")
    at_once, trainees = _limits(root.section("limits"))
    hiring = Hiring(
        efficiency=root.value("efficiency", keys.number(above=0, high=1), NONE.efficiency),
        shortage_pay=root.value("shortage_pay", keys.number(above=0), NONE.shortage_pay),
        attrition=_attrition(root.section("attrition")),
        leave=_leave(root.section("leave")),
        overtime=_share(root.section("overtime"), NONE.overtime),
        time_off=_share(root.section("vto"), NONE.time_off),
        classes_at_once=at_once,
        trainees_at_once=trainees,
        classes=_classes(root.sections("class"), contracts, queues) if "class" in root.values else None,
        transfers=tuple(_transfer(part, contracts, queues) for part in root.sections("transfer")),
    )
    root.sections("class")  # known, and a fault if it is no list of tables
    root.finish()
    return hiring


def read_hires(path: Path, *, classes: Collection[str], mondays: Sequence[date]) -> tuple[Hire, ...]:
    """Hires decided, from a table with columns class, start, size, as hiring.csv has them; FaultyInput."""
    try:
        data = path.read_bytes()
    except OSError as error:
        expected, got = "a file that can be read", error.strerror or "an error"
        raise FaultyInput([Fault(file=path.name, row=1, column="", expected=expected, got=got)]) from None
    return parse_hires(path.name, data, classes=classes, mondays=mondays)


def parse_hires(file: str, data: bytes, *, classes: Collection[str], mondays: Sequence[date]) -> tuple[Hire, ...]:
    """The content of such a table; each class at most once on a Monday of the plan. FaultyInput."""
    faults: list[Fault] = []
    table = read_table(file, data, required=HIRES, faults=faults)
    if table is None:
        raise FaultyInput(faults)
    starts = table.values("start", cells.monday)
    outside = [start is not None and start not in set(mondays) for start in starts]
    table.refuse(outside, "start", f"a Monday from {mondays[0]} to {mondays[-1]}")
    names = table.values("class", cells.known(classes, "a class of the plan"))
    sizes = table.values("size", cells.whole(low=0))
    table.once("class", names, starts)
    rows = zip(names, starts, sizes, strict=True)
    found = tuple(Hire(name=name, start=start, size=size) for name, start, size in table.sound(rows))
    if faults:
        raise FaultyInput(faults)
    return found


def _attrition(section: Section | None) -> Attrition:
    if section is None:
        return NONE.attrition
    standard = NONE.attrition
    found = Attrition(
        annual=section.value("annual", keys.share, None),
        first_months=section.value("first_months", keys.number(low=0, high=120), standard.first_months),
        first_months_factor=section.value(
            "first_months_factor", keys.number(above=0, high=100), standard.first_months_factor
        ),
        notice_weeks=section.value("notice_weeks", keys.whole(low=0, high=52), standard.notice_weeks),
    )
    section.finish()
    return found


def _leave(section: Section | None) -> tuple[float, ...]:
    if section is None:
        return NONE.leave
    share = section.value("share", keys.share, NONE.leave[0])
    months = section.value("months", keys.listed(keys.share, exactly=MONTHS), (share,) * MONTHS)
    section.finish()
    return months


def _share(section: Section | None, otherwise: float) -> float:
    if section is None:
        return otherwise
    found = section.value("share", keys.number(low=0, high=1), otherwise)
    section.finish()
    return found


def _limits(section: Section | None) -> tuple[int | None, int | None]:
    if section is None:
        return None, None
    found = tuple(
        section.value(name, keys.whole(low=0, high=MOST), None) for name in ("classes_at_once", "trainees_at_once")
    )
    section.finish()
    return found[0], found[1]


def _classes(
    sections: list[Section], contracts: Collection[str] | None, queues: Collection[str] | None
) -> tuple[HiringClass, ...]:
    found: list[HiringClass] = []
    for section in sections:
        one = _class(section, contracts, queues)
        if any(one.name == other.name for other in found) and one.name:
            section.fault("name", "each name once", one.name)
        found.append(one)
    return tuple(found)


def _class(section: Section, contracts: Collection[str] | None, queues: Collection[str] | None) -> HiringClass:
    nobody: tuple[str, ...] = ()
    standard = HiringClass(name="", contract="", queues=(), size=(1, 1))
    found = HiringClass(
        name=section.value("name", keys.text, "", required=True),
        contract=section.value("contract", keys.known(contracts, CONTRACT), "", required=True),
        queues=section.value("queues", keys.several(keys.known(queues, QUEUE)), nobody, required=True),
        size=section.value("size", keys.pair(keys.whole(low=1, high=MOST)), (1, 1), required=True),
        weeks_training=section.value(
            "weeks_training", keys.whole(low=0, high=LONGEST_TRAINING), standard.weeks_training
        ),
        ramp=section.value("ramp", keys.listed(keys.number(low=0.1, high=10)), standard.ramp),
        drop_out=section.value("drop_out", keys.share, standard.drop_out),
        cost_per_hire=section.value("cost_per_hire", keys.number(low=0), standard.cost_per_hire),
        earliest=section.value("earliest", keys.day, None),
        every_weeks=section.value("every_weeks", keys.whole(low=1, high=52), standard.every_weeks),
        max_classes=section.value("max_classes", keys.whole(low=0, high=MOST), None),
    )
    section.finish()
    return found


def _transfer(section: Section, contracts: Collection[str] | None, queues: Collection[str] | None) -> Transfer:
    nobody: tuple[str, ...] = ()
    contract, skills = keys.known(contracts, CONTRACT), keys.several(keys.known(queues, QUEUE))
    named = section.value("contract", contract, "", required=True)
    own = section.value("queues", skills, nobody, required=True)
    found = Transfer(
        date=section.value("date", keys.day, date.min, required=True),
        agents=section.value("agents", keys.number(above=0, high=MOST), 0.0, required=True),
        contract=named,
        queues=own,
        to_contract=section.value("to_contract", contract, named),
        to_queues=section.value("to_queues", skills, own),
        weeks_training=section.value("weeks_training", keys.whole(low=0, high=LONGEST_TRAINING), 0),
    )
    section.finish()
    return found
