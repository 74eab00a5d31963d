"""The week as counts of shifts instead of names: a linear programme that prices every interval in seconds.

Agents of one contract, one set of skills and a like share of burdens are a class; rest between shifts and the pattern of days are left out,
breaks are pooled over classes, time may be coarser than the intervals. Its optimum proves nothing by itself: the
prices do, once `solver.bound` has evaluated them exactly, whatever was left out here.
"""

import time
from collections import Counter, defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solver.crew import Crew, Member
from solver.linear import Ints, Programme, Solution
from solver.rules import EVERYBODY, Rules
from solver.shapes import Shape
from solver.staffing import Staffing
from wfm.coverage import DEEP
from wfm.progress import Stop, never

Floats = NDArray[np.float64]

WEEKS_POINTS = 6.0  # ledger points that a week hardly brings more of, however many are allowed
FEW_MEMBERS = 0.008  # share of the members from which on a skill group is counted for itself
MOST_GROUPS = 32  # skill groups that are counted for themselves
WORTH_SPLITTING = 5  # members of one contract and skill group that are parted by what they may gain
FEW_POINTS = 2.5  # allowance up to which agents make a class of their own
COARSE_MINUTES = 60  # step of time, and of starts, for the first prices of large centres
FREE_TRAINING = 1e-6  # share of its rate at which training counts at least: where it costs nothing it is placed
DEAR = 0.5  # agent-minutes that a minute at work saves on average, from which on many short sessions are better
DAY = 24 * 60
LARGE = 20_000  # sharing variables (skill groups x queues x intervals) from which on time is coarser


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """Prices of what agents share. `queue[q, t]`: an effective agent-minute; `seat[s]`, `room[s]`: a slot of a seat or
    classroom place; `training[g]`: a due minute of a skill group, as a share of its full cost; `target[q, t]`: cover; `seated[t]`: seats
    taken in the relaxation's optimum, None where there is none. `coarse` ones know no difference within an hour."""

    queue: Floats
    seat: Floats
    room: Floats
    training: Floats
    target: Floats
    seated: Floats | None = None
    coarse: bool = False

    def earned(self, rate: Floats) -> Floats:
        """What somebody who serves the queues at these rates earns a minute at work, by interval."""
        able = rate > 0
        return np.asarray((self.queue[able] * rate[able][:, None]).max(axis=0))

    def dear(self, rates: Floats) -> NDArray[np.bool_]:
        """Whether time at work is so short of skill groups, `rates` by group and queue, that many short sessions, each of
        which may leave a rest no place, pay."""
        return np.array([self.earned(rate).mean() for rate in rates]) >= DEAR


def seat_toll(rules: Rules) -> Floats:
    """What parts of a centre pay each other for a seat, by slot; zero where no price is common to them."""
    toll = np.zeros(rules.horizon)
    portion = rules.problem.portion
    if portion is not None and portion.seat_price is not None:
        week = portion.seat_price.repeat(rules.week.interval_minutes // rules.slot)
        toll[: len(week)] = week * rules.slot
    return toll


def free_prices(crew: Crew, required: Floats) -> Prices:
    """Prices of zero: a bound that knows the agents' own costs alone."""
    horizon = np.zeros(crew.rules.horizon)
    return Prices(
        queue=np.zeros_like(required),
        seat=seat_toll(crew.rules),
        room=horizon,
        training=np.ones(len(crew.groups.rate)),
        target=required.copy(),
    )


def price(crew: Crew, state: Staffing, *, seconds: float, fine: bool = False, stop: Stop = never) -> Prices | None:
    """Solve the relaxation on the staffing before anybody is rostered; None where it does not end in time.

    Seats are left out at first, unless more agents are required than there are seats: rows that never bind cost the
    interior point method its footing. Where their price is common to the parts of a centre they are paid, not counted.
    A large centre's prices are coarse, which is faster, unless `fine` ones are asked for.
    """
    begun = time.monotonic()
    portion = crew.rules.problem.portion
    priced = portion is not None and portion.seat_price is not None
    found: Prices | None = None
    for seats in (False,) if priced else (True,) if _wanting(crew, state) else (False, True):
        relaxation = _Relaxation(crew, state, seats=seats, fine=fine)
        left = seconds - (time.monotonic() - begun)
        solution = relaxation.programme.solve(seconds=left, stop=stop)
        if solution is None:
            break
        found = relaxation.read(solution)
        if not relaxation.crowded(solution):
            break
    return found


def _wanting(crew: Crew, state: Staffing) -> bool:
    """Whether somewhere more agents are required than can have a seat."""
    fastest = state.rate.max(axis=0, initial=0.0)
    agents = (state.required[fastest > 0] / fastest[fastest > 0][:, None]).sum(axis=0)
    first = np.arange(state.required.shape[1]) * state.per_interval
    return bool((agents > (state.seats - state.seat)[first]).any())


@dataclass(slots=True)
class _Class:
    """Members of one contract, skill group and few or many points to gain, added up."""

    skills: int
    members: list[int]
    frames: NDArray[np.bool_]


class _Relaxation:
    """The programme under construction, and the numbers of its rows and columns."""

    def __init__(self, crew: Crew, state: Staffing, *, seats: bool, fine: bool) -> None:
        self.crew, self.state = crew, state
        self.programme = Programme()
        rules = crew.rules
        self.skills = _models(crew, state)
        self.skill_groups = sorted(set(self.skills.values()))
        self.set_of = {group: self.skill_groups.index(model) for group, model in self.skills.items()}
        sharing = sum(int(state.able[group]).bit_count() for group in self.skill_groups) * rules.slots
        large = not fine and sharing > LARGE and COARSE_MINUTES % rules.slot == 0
        self.step = max(state.per_interval, COARSE_MINUTES // rules.slot if large else 1)
        self.blocks = -(-rules.slots // self.step)
        self.minutes = self.step * rules.slot
        self.toll = seat_toll(rules)[: self.blocks * self.step : self.step] * self.step
        self._frames()
        self._classes(self._spaced() if large else np.ones(len(self.frame), dtype=bool))
        self._coverage()
        self._presence()
        self._breaks()
        self._training()
        self._own_time()
        self.seat_rows: Ints | None = None
        if seats:
            self._seats()
        self._limits()

    # -- what is counted ---------------------------------------------------------------------------------------------

    def _frames(self) -> None:
        """Frames: everybody's choices without a session."""
        choices = self.crew.rules.choices
        self.frame = np.flatnonzero((choices.owner == EVERYBODY) & (choices.session == 0))
        self.frame_of = np.full(len(choices.day), -1, dtype=np.int64)
        self.frame_of[self.frame] = np.arange(len(self.frame))

    def _spaced(self) -> NDArray[np.bool_]:
        """Frames that start with a block; of a length and shapes that never do, those that start blocks after the first."""
        choices = self.crew.rules.choices
        alike: defaultdict[tuple[int, int, tuple[int, ...]], list[int]] = defaultdict(list)
        for number, choice in enumerate(self.frame.tolist()):
            alike[int(choices.day[choice]), int(choices.paid[choice]), choices.shapes[choice]].append(number)
        spaced = np.zeros(len(self.frame), dtype=bool)
        for numbers in alike.values():
            past = choices.start[self.frame[numbers]] % self.step
            spaced[numbers] = past == (past[0] if past.all() else 0)
        return spaced

    def _classes(self, spaced: NDArray[np.bool_]) -> None:
        """Classes and their columns: all their frames, or on days that have some those `spaced`."""
        grouped: defaultdict[tuple[str, int, bool], list[int]] = defaultdict(list)
        keys = [(member.person.agent.contract, self.set_of[member.group]) for member in self.crew.members]
        size = Counter(keys)
        for i, key in enumerate(keys):
            few = size[key] >= WORTH_SPLITTING and bool(self.crew.allowance[i] < FEW_POINTS)
            grouped[*key, few].append(i)
        self.classes = []
        for (_, skills, _), members in grouped.items():
            mask = np.zeros(len(self.frame), dtype=bool)
            for i in members:
                found = self.frame_of[self.crew.members[i].person.choices]
                mask[found[found >= 0]] = True
            self.classes.append(_Class(skills, members, mask))
        self.take: list[tuple[Ints, Ints]] = []
        day = self.crew.rules.choices.day[self.frame]
        for one in self.classes:
            fewer = one.frames & spaced
            frames = np.flatnonzero(fewer | one.frames & ~np.isin(day, day[fewer]))
            self.take.append((frames, self.programme.add_columns(len(frames))))

    def _blocks_of(self, values: Floats) -> Floats:
        """Means of values by interval over the blocks, shape (rows, blocks)."""
        per = self.step // self.state.per_interval
        padded = np.pad(values, ((0, 0), (0, self.blocks * per - values.shape[1])), mode="edge")
        return np.asarray(padded.reshape(len(values), self.blocks, per).mean(axis=2))

    def _coverage(self) -> None:
        """Required = shared + short - surplus, by queue and block; sharing by skill set."""
        lp, state = self.programme, self.state
        queues = len(state.weight)
        tail = self._blocks_of(state.cover)
        required = self._blocks_of(state.required)
        weight = np.repeat(state.weight, self.blocks) * self.minutes
        self.cover_rows = lp.add_rows(
            queues * self.blocks, low=(required - tail).ravel(), high=(required - tail).ravel()
        ).reshape(queues, self.blocks)
        shallow = lp.add_columns(weight.size, cost=state.rates[0] * weight, upper=DEEP * required.ravel())
        deep = lp.add_columns(weight.size, cost=state.rates[1] * weight)
        self.surplus = lp.add_columns(weight.size, cost=state.rates[2] * self.minutes)
        self.short = (shallow, deep)
        for columns, sign in ((shallow, 1.0), (deep, 1.0), (self.surplus, -1.0)):
            lp.put(self.cover_rows.ravel(), columns, sign)
        sets = len(self.skill_groups)
        self.share_rows = lp.add_rows(sets * self.blocks, low=0.0, high=0.0).reshape(sets, self.blocks)
        self.away_rows = lp.add_rows(self.blocks, low=0.0, high=0.0)
        self.away = lp.add_columns(sets * self.blocks).reshape(sets, self.blocks)
        for s, group in enumerate(self.skill_groups):
            for q in range(queues):
                if state.rate[group, q] > 0:
                    share = lp.add_columns(self.blocks)
                    lp.put(self.share_rows[s], share, 1.0)
                    lp.put(self.cover_rows[q], share, state.rate[group, q])
            lp.put(self.share_rows[s], self.away[s], 1.0)
            lp.put(self.away_rows, self.away[s], 1.0)

    def _presence(self) -> None:
        """People on shift by skill set and block, as running sums of starts and ends."""
        lp, choices = self.programme, self.crew.rules.choices
        sets = len(self.skill_groups)
        self.on_shift = lp.add_columns(sets * self.blocks, cost=np.tile(self.toll, sets)).reshape(sets, self.blocks)
        lp.put(self.share_rows, self.on_shift, -1.0)
        rows = lp.add_rows(sets * self.blocks, low=0.0, high=0.0).reshape(sets, self.blocks)
        lp.put(rows, self.on_shift, 1.0)
        lp.put(rows[:, 1:], self.on_shift[:, :-1], -1.0)
        for one, (frames, columns) in zip(self.classes, self.take, strict=True):
            picked = self.frame[frames]
            for edge, sign in ((choices.start[picked], -1.0), (choices.end[picked], 1.0)):
                block, part = edge // self.step, (edge % self.step) / self.step
                for offset, share in ((0, 1 - part), (1, part)):
                    inside = (block + offset < self.blocks) & (share > 0)
                    lp.put(rows[one.skills, block[inside] + offset], columns[inside], sign * share[inside])

    def _breaks(self) -> None:
        """Breaks of all classes pooled by start and window: as many as there are shifts that hold them."""
        lp, crew = self.programme, self.crew
        choices, shapes = crew.rules.choices, crew.rules.shapes
        self.meals: list[tuple[Ints, Ints, float]] = []
        columns_of: defaultdict[int, list[int]] = defaultdict(list)
        for frames, columns in self.take:
            for frame, column in zip(frames.tolist(), columns.tolist(), strict=True):
                columns_of[frame].append(column)
        pools: defaultdict[tuple[int, int, int, int, bool], list[int]] = defaultdict(list)
        for frame, takers_of in columns_of.items():
            choice = int(self.frame[frame])
            for held in _plain(choices.shapes[choice], shapes).blocks:
                key = (int(choices.start[choice]), held.slots, held.first, held.last, held.meal)
                pools[key] += takers_of
        for (start, slots, first, last, meal), takers in pools.items():
            begin = np.arange((start + first) // self.step, (start + last) // self.step + 1)
            begin = begin[begin < self.blocks]
            if not len(begin):
                continue
            parts = [min(1.0, slots / self.step - offset) for offset in range(-(-slots // self.step))]
            spared = np.convolve(np.append(self.toll, np.zeros(len(parts) - 1)), parts[::-1], mode="valid")
            placed = lp.add_columns(len(begin), cost=-spared[begin] if meal else 0.0)
            row = lp.add_rows(1, low=0.0, high=0.0)
            lp.put(row, placed, 1.0)
            lp.put(row, np.array(takers), -1.0)
            for offset, part in enumerate(parts):
                inside = begin + offset < self.blocks
                lp.put(self.away_rows[begin[inside] + offset], placed[inside], -part)
                if meal:
                    self.meals.append((begin[inside] + offset, placed[inside], part))

    def _training(self) -> None:
        """People in the classroom by block."""
        places = self._room_left()
        self.trained = self.programme.add_columns(self.blocks, cost=-self.toll, upper=np.maximum(places, 0))
        self.programme.put(self.away_rows, self.trained, -1.0)

    def _own_time(self) -> None:
        """What a skill set is away it spends on its own breaks and training, by day; what is due and not placed costs.

        Without this a set whose skill is scarce would work while the others take its breaks.
        """
        lp = self.programme
        day = np.minimum(np.arange(self.blocks) * self.minutes // DAY, 6)
        days = lp.add_rows(len(self.skill_groups) * 7, low=0.0, high=0.0).reshape(-1, 7)
        self.training_rows = self._training_due()
        for s, row in enumerate(days):
            trained = lp.add_columns(7)
            lp.put(row[day], self.away[s], self.minutes / 60)
            lp.put(row, trained, -1.0)
            lp.put(np.repeat(self.training_rows[s], 7), trained, 1.0)
        breaks = self._breaks_by_day()
        for one, (frames, columns) in zip(self.classes, self.take, strict=True):
            for d in range(7):
                held = breaks[frames, d] > 0
                lp.put(np.repeat(days[one.skills, d], held.sum()), columns[held], -breaks[frames[held], d])

    def _training_due(self) -> Ints:
        """Rows by skill set: hours of training are placed, or missing at their cost."""
        due = np.zeros(len(self.skill_groups))
        for member in self.crew.members:
            due[self.set_of[member.group]] += member.person.due / 60
        rows = self.programme.add_rows(len(due), low=due, high=np.inf)
        missing = self.programme.add_columns(len(due), cost=60 * self.crew.rules.centre.cost.training)
        self.programme.put(rows, missing, 1.0)
        return rows

    def _breaks_by_day(self) -> Floats:
        """Shape (frames, 7): hours of breaks, on the day in which the middle of a break's window lies."""
        choices, shapes, slot = self.crew.rules.choices, self.crew.rules.shapes, self.crew.rules.slot
        hours = np.zeros((len(self.frame), 8))
        for frame, choice in enumerate(self.frame.tolist()):
            for held in _plain(choices.shapes[choice], shapes).blocks:
                middle = int(choices.start[choice]) + (held.first + held.last + held.slots) // 2
                hours[frame, min(middle * slot // DAY, 7)] += held.slots * slot / 60
        return hours

    def _room_left(self) -> Floats:
        state = self.state
        return np.minimum(self._coarse(state.rooms - state.room), len(self.crew.members))

    def _coarse(self, left: Ints) -> Floats:
        """Fewest places left in each block."""
        slots = self.crew.rules.slots
        padded = np.pad(left[:slots], (0, self.blocks * self.step - slots), mode="edge")
        return np.asarray(padded.reshape(self.blocks, self.step).min(axis=1), dtype=float)

    def _seats_left(self) -> Floats:
        return self._coarse(self.state.seats - self.state.seat)

    def _seats(self) -> None:
        """People on shift, at meals or in training excepted, hold seats."""
        lp = self.programme
        self.seat_rows = lp.add_rows(self.blocks, low=-np.inf, high=self._seats_left())
        lp.put(self.seat_rows[None, :], self.on_shift, 1.0)
        lp.put(self.seat_rows, self.trained, -1.0)
        for blocks, placed, part in self.meals:
            lp.put(self.seat_rows[blocks], placed, -part)

    def crowded(self, solution: Solution) -> bool:
        """Whether a solution without seat rows takes more seats than there are."""
        return bool((self.seated(solution) > self._seats_left() + 1e-6).any())

    def seated(self, solution: Solution) -> Floats:
        """Seats that a solution takes, last week's tail aside, by block."""
        taken = solution.values[self.on_shift].sum(axis=0) - solution.values[self.trained]
        for blocks, placed, part in self.meals:
            np.subtract.at(taken, blocks, part * solution.values[placed])
        return np.asarray(taken)

    def _limits(self) -> None:
        """Hours, days, nights, ledger points and daily availability of a class: its members' added up."""
        lp, crew = self.programme, self.crew
        choices, rates = crew.rules.choices, crew.rules.centre.cost
        for one, (frames, columns) in zip(self.classes, self.take, strict=True):
            people = [crew.members[i] for i in one.members]
            picked = self.frame[frames]
            paid = choices.paid[picked] / 60
            bounds = [p.person.bounds for p in people]
            targets = sum(max(b.target, b.fewest) for b in bounds) / 60
            normal = sum(min(b.relaxed_most, b.overtime_after, 7 * 1440) for b in bounds) / 60
            extra = sum(max(0, min(b.relaxed_most, 7 * 1440) - b.overtime_after) for b in bounds) / 60
            below = lp.add_columns(
                1, cost=60 * rates.below_hours, upper=max(0.0, targets - sum(b.fewest for b in bounds) / 60)
            )
            over = lp.add_columns(1, cost=60 * rates.overtime, upper=extra)
            low = lp.add_rows(1, low=targets, high=np.inf)
            high = lp.add_rows(1, low=-np.inf, high=normal)
            lp.put(low, columns, paid)
            lp.put(low, below, 1.0)
            lp.put(high, columns, paid)
            lp.put(high, over, -1.0)
            days = lp.add_rows(1, low=_total(people, 0), high=_total(people, 1))
            lp.put(days, columns, 1.0)
            nights = sum(min(b.nights, 7) for b in bounds)
            if any(b.nights < 7 for b in bounds) and choices.night[picked].any():
                row = lp.add_rows(1, low=-np.inf, high=nights)
                lp.put(row, columns[choices.night[picked]], 1.0)
            points = choices.points[picked]
            if rates.fairness and np.isfinite(crew.allowance[one.members]).all() and points.any():
                allowed = np.clip(crew.allowance[one.members], 0.0, WEEKS_POINTS).sum()
                row = lp.add_rows(1, low=-np.inf, high=float(allowed))
                lp.put(row, columns, points)
                lp.put(row, lp.add_columns(1, cost=rates.fairness), -1.0)
            present = np.sum([_days_open(crew, p) for p in people], axis=0)
            daily = lp.add_rows(7, low=-np.inf, high=present)
            lp.put(daily[choices.day[picked]], columns, 1.0)

    # -- what comes out ----------------------------------------------------------------------------------------------

    def read(self, solution: Solution) -> Prices:
        """Prices by interval and slot from the duals, cover from the values."""
        state, rules = self.state, self.crew.rules
        rates = state.rates
        queue = np.clip(solution.duals[self.cover_rows] / self.minutes, -rates[2], rates[1] * state.weight[:, None])
        per = self.step // state.per_interval
        intervals = state.required.shape[1]
        short = sum(solution.values[columns] for columns in self.short).reshape(queue.shape)  # type: ignore[union-attr]
        surplus = solution.values[self.surplus].reshape(queue.shape)
        change = np.repeat(surplus - short, per, axis=1)[:, :intervals]
        seat, room = seat_toll(rules), np.zeros(rules.horizon)
        if self.seat_rows is not None:
            seat[: rules.slots] = np.repeat(np.maximum(-solution.duals[self.seat_rows], 0), self.step)[: rules.slots]
            seat[: rules.slots] /= self.step
        # A classroom place has no row of its own: its price is what the limit of a block's training is worth.
        gain = self.toll - solution.duals[self.away_rows]
        if self.seat_rows is not None:
            gain -= solution.duals[self.seat_rows]
        room[: rules.slots] = np.repeat(np.maximum(gain, 0) / self.step, self.step)[: rules.slots]
        return Prices(
            queue=np.repeat(queue, per, axis=1)[:, :intervals],
            seat=seat,
            room=room,
            training=self._training_price(solution),
            target=np.maximum(state.required + change, 0),
            seated=np.repeat(self.seated(solution), per)[:intervals],
            coarse=self.step > state.per_interval,
        )

    def _training_price(self, solution: Solution) -> Floats:
        """What a due minute more would cost each skill group, as a share of the rate at which it would not be placed."""
        rate, price = self.crew.rules.centre.cost.training, np.zeros(len(self.state.rate))
        for group, number in self.set_of.items():
            dual = solution.duals[self.training_rows[number]]
            price[group] = np.clip(dual / 60 / rate, FREE_TRAINING, 1.0) if rate else 0.0
        return price


def _models(crew: Crew, state: Staffing) -> dict[int, int]:
    """For every skill group the one whose handling times stand for it: a group with few members, or one too many, is
    counted among the largest of the same skills."""
    size = np.bincount(crew.group, minlength=len(state.rate))
    few = max(FEW_MEMBERS * size.sum(), *np.sort(size)[::-1][MOST_GROUPS : MOST_GROUPS + 1] + 1.0, 0.0)
    found = {}
    for group in np.flatnonzero(size).tolist():
        alike = np.flatnonzero(state.able == state.able[group])
        found[group] = group if size[group] >= few else int(alike[size[alike].argmax()])
    return found


def _plain(numbers: tuple[int, ...], shapes: tuple[Shape, ...]) -> Shape:
    """Of some shapes the one that can be filled without a session."""
    return next(shapes[number] for number in numbers if shapes[number].plain)


def _total(people: list[Member], side: int) -> float:
    return float(sum(p.person.entitlement.shifts[side] for p in people))


def _days_open(crew: Crew, member: Member) -> Ints:
    open_days = np.zeros(7, dtype=np.int64)
    open_days[crew.rules.choices.day[member.person.choices]] = 1
    return open_days
