"""The same floor simulated by Ciw: servers with skills, taught to it by a node of our own."""

import ciw

from benchmarks.replaying.floor import Counted, Floor


def ciw_run(floor: Floor, *, seed: int) -> Counted:
    """One run."""
    ciw.seed(seed)
    skills = [crew.skills for crew in floor.crews for _ in range(crew.agents)]
    names = [f"q{number}" for number in range(len(floor.lines))]

    class SkilledNode(ciw.Node):  # type: ignore[misc]
        """Agents know their queues; the longest idle is taken, and who has waited longest."""

        def begin_service_if_possible_accept(self, next_individual: ciw.Individual) -> None:
            self.chosen: ciw.Individual | None = next_individual
            super().begin_service_if_possible_accept(next_individual)

        def begin_service_if_possible_release(
            self, next_individual: ciw.Individual, newly_free_server: ciw.Server
        ) -> None:
            can = skills[newly_free_server.id_number - 1]
            newly_free_server.idle_since = self.now
            waiting = [one for one in self.all_individuals if not one.server and _queue(one) in can]
            self.chosen = min(
                waiting,
                key=lambda own: (can[_queue(own)], -(self.now - own.arrival_date) / _threshold(own)),
                default=None,
            )
            super().begin_service_if_possible_release(next_individual, newly_free_server)

        def choose_next_customer(self) -> ciw.Individual | None:
            return self.chosen

        def find_free_server(self, ind: ciw.Individual) -> ciw.Server | None:
            free = [one for one in self.servers if not one.busy and _queue(ind) in skills[one.id_number - 1]]
            return min(
                free,
                key=lambda one: (skills[one.id_number - 1][_queue(ind)], getattr(one, "idle_since", 0.0)),
                default=None,
            )

    def _queue(one: ciw.Individual) -> int:
        return names.index(one.customer_class)

    def _threshold(one: ciw.Individual) -> float:
        return max(1.0, floor.lines[_queue(one)].threshold)

    network = ciw.create_network(
        arrival_distributions={
            n: [ciw.dists.Exponential(line.per_hour / 3600)] for n, line in zip(names, floor.lines, strict=True)
        },
        service_distributions={
            n: [ciw.dists.Exponential(1 / line.aht)] for n, line in zip(names, floor.lines, strict=True)
        },
        reneging_time_distributions={
            n: [ciw.dists.Exponential(1 / line.patience) if line.patience else None]
            for n, line in zip(names, floor.lines, strict=True)
        },
        number_of_servers=[len(skills)],
    )
    simulation = ciw.Simulation(network, node_class=SkilledNode)
    end = floor.warm_seconds + floor.seconds
    simulation.simulate_until_max_time(end + 20_000.0)
    counted = Counted(**{name: [0.0] * len(names) for name in ("offered", "answered", "within", "abandoned", "wait")})
    for record in simulation.get_all_records():
        queue = names.index(record.customer_class)
        if not floor.warm_seconds <= record.arrival_date < end:
            continue
        counted.offered[queue] += 1
        if record.record_type == "renege":
            counted.abandoned[queue] += 1
        else:
            counted.answered[queue] += 1
            counted.wait[queue] += record.waiting_time
            counted.within[queue] += record.waiting_time <= floor.lines[queue].threshold
    return counted
