"""The same floor simulated by Ciw: servers with skills, taught to it by a node of our own."""

import ciw

from benchmarks.replaying.floor import Counted, Floor

TO_END = 20_000.0  # seconds in which those who came last are served or gone


def ciw_run(floor: Floor, *, seed: int) -> Counted:
    """One run."""
    ciw.seed(seed)
    simulation = ciw.Simulation(_network(floor), node_class=type("FloorNode", (_SkilledNode,), {"floor": floor}))
    simulation.simulate_until_max_time(floor.warm_seconds + floor.seconds + TO_END)
    return _counted(floor, simulation.get_all_records())


class _SkilledNode(ciw.Node):  # type: ignore[misc]
    """Agents know the queues of their crew; the longest idle is taken, and who has waited longest."""

    floor: Floor

    def begin_service_if_possible_accept(self, next_individual: ciw.Individual) -> None:
        self.chosen: ciw.Individual | None = next_individual
        super().begin_service_if_possible_accept(next_individual)

    def begin_service_if_possible_release(self, next_individual: ciw.Individual, newly_free_server: ciw.Server) -> None:
        can = self._skills(newly_free_server)
        newly_free_server.idle_since = self.now
        waiting = [one for one in self.all_individuals if not one.server and _queue(one) in can]
        self.chosen = min(
            waiting,
            key=lambda own: (can[_queue(own)], -(self.now - own.arrival_date) / self._threshold(own)),
            default=None,
        )
        super().begin_service_if_possible_release(next_individual, newly_free_server)

    def choose_next_customer(self) -> ciw.Individual | None:
        return self.chosen

    def find_free_server(self, ind: ciw.Individual) -> ciw.Server | None:
        queue = _queue(ind)
        free = [one for one in self.servers if not one.busy and queue in self._skills(one)]
        return min(free, key=lambda one: (self._skills(one)[queue], getattr(one, "idle_since", 0.0)), default=None)

    def _skills(self, server: ciw.Server) -> dict[int, int]:
        number = server.id_number
        for crew in self.floor.crews:
            if number <= crew.agents:
                return crew.skills
            number -= crew.agents
        raise LookupError(f"server {server.id_number} is in no crew")

    def _threshold(self, one: ciw.Individual) -> float:
        return max(1.0, self.floor.lines[_queue(one)].threshold)


def _network(floor: Floor) -> ciw.network.Network:
    lines = {_name(number): line for number, line in enumerate(floor.lines)}
    exponential = ciw.dists.Exponential
    return ciw.create_network(
        arrival_distributions={name: [exponential(line.per_hour / 3600)] for name, line in lines.items()},
        service_distributions={name: [exponential(1 / line.aht)] for name, line in lines.items()},
        reneging_time_distributions={
            name: [exponential(1 / line.patience) if line.patience else None] for name, line in lines.items()
        },
        number_of_servers=[sum(crew.agents for crew in floor.crews)],
    )


def _counted(floor: Floor, records: list[ciw.data_record.DataRecord]) -> Counted:
    names = ("offered", "answered", "within", "abandoned", "wait")
    counted = Counted(**{name: [0.0] * len(floor.lines) for name in names})
    for record in records:
        queue = _queue(record)
        if not floor.warm_seconds <= record.arrival_date < floor.warm_seconds + floor.seconds:
            continue
        counted.offered[queue] += 1
        if record.record_type == "renege":
            counted.abandoned[queue] += 1
        else:
            counted.answered[queue] += 1
            counted.wait[queue] += record.waiting_time
            counted.within[queue] += record.waiting_time <= floor.lines[queue].threshold
    return counted


def _name(queue: int) -> str:
    return f"q{queue}"


def _queue(one: ciw.Individual | ciw.data_record.DataRecord) -> int:
    return int(one.customer_class[1:])
