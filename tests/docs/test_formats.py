"""docs/formats.md, docs/rules.md and docs/cost.md say what the program does: names, columns, keys, defaults, options."""

import importlib
import json
import re
from collections import defaultdict
from dataclasses import fields
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup

from sample_data.corner_shop import SCENARIOS
from sample_data.make import make
from tests.docs.pages import ROOT
from tests.docs.tables import first_names, names, tables
from tests.reading.shop import write_shop
from tests.reading.test_scenarios import WHOLE
from wfm import accuracy, cli, comparison
from wfm.capacity_plan import plan_capacity
from wfm.capacity_tables import HEADCOUNT, HIRES, WEEKS
from wfm.centre import CostRates
from wfm.check import Rule
from wfm.hiring import Hiring, HiringClass
from wfm.reading import parse_scenarios, read_centre
from wfm.reading.folder import SETTINGS, TABLES, Folder
from wfm.reading.settings import Section
from wfm.reading.tables import Table
from wfm.replay import Correction
from wfm.scenario import FACTORS

FORMATS = ROOT / "docs" / "formats.md"
TOLD = tables(FORMATS)
BOTH = "queue,weekday,date,open,close\norders,mon,,08:00,20:00\norders,,2026-12-24,09:00,13:00\n"

SECTIONS = ("replay", "cost", "attrition", "leave", "overtime", "vto", "limits")

Asked = dict[str, set[str]]


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Asked:
    """The columns and keys that the reader asks for, by the heading of formats.md that should have them."""
    found: Asked = defaultdict(set)
    with pytest.MonkeyPatch.context() as patched:
        _watch_columns(patched, found)
        _watch_keys(patched, found)
        read_centre(write_shop(tmp_path_factory.mktemp("shop"), hours_csv=BOTH))
    found["`shifts.toml`: `meal` and `rests`"] = found.pop("`shifts.toml`: `meal`") | found.pop(
        "`shifts.toml`: `rests`"
    )
    del found["`published.csv`"]  # the columns of worked.csv
    return found


def test_every_column_and_key_that_the_reader_knows_is_told_and_no_other(asked: Asked) -> None:
    headings = [heading for heading in TOLD if re.match(r"`\w+\.(csv|toml)`", heading)]
    told = {heading.removesuffix(" *"): set(first_names(TOLD[heading])) for heading in headings}
    assert told == dict(asked)


def test_every_input_file_has_its_heading_and_a_star_where_it_may_be_absent(tmp_path: Path) -> None:
    lines = FORMATS.read_text(encoding="utf-8").splitlines()
    headings = {names(line)[0]: line.endswith(" *") for line in lines if re.match(r"### `\w+\.(csv|toml)`", line)}
    assert set(headings) == {f"{stem}.toml" for stem in SETTINGS} | {f"{stem}.csv" for stem in TABLES}
    absent = [name for name, optional in headings.items() if optional]
    write_shop(tmp_path, **{name.replace(".", "_"): None for name in absent})
    assert read_centre(tmp_path).agents
    needed = [name for name, optional in headings.items() if not optional]
    assert all((tmp_path / name).exists() for name in needed)


def test_the_rates_of_the_cost_have_the_defaults_told() -> None:
    rates = {rate.name: rate.default for rate in fields(CostRates)}
    assert {names(row[0])[0]: float(row[1]) for row in TOLD["`centre.toml`: `[cost]`"]} == rates
    explained = tables(ROOT / "docs" / "cost.md")["The terms"]
    assert {name for row in explained for name in names(row[0])} == set(rates)


def test_the_files_of_a_plan_have_the_columns_told(planned: Path) -> None:
    told = {names(row[0])[0]: names(row[1])[0].split(", ") for row in TOLD["A plan's folder"]}
    tried = {"": accuracy.SCORES, "_weeks": accuracy.WEEKS, "_days": accuracy.DAYS}
    for name, columns in tried.items():
        assert told.pop(f"backtest{name}.csv") == list(columns)
    figures = ["service_level", "low", "high", "p_target", "asa_seconds", "abandoned", "occupancy", "offered"]
    assert told.pop("replay.csv") == ["queue", "day", *figures, "p_low", "p_high"]
    assert told.pop("replay_intervals.csv") == ["start", "queue", *figures, "p_low", "p_high"]
    assert told.pop("correction.csv") == [field.name for field in fields(Correction)]
    for name, columns in (("capacity", WEEKS), ("headcount", HEADCOUNT), ("hiring", HIRES)):
        assert told.pop(f"{name}.csv") == list(columns)
    assert told.pop("whatif.csv") == list(comparison.COMPARISON)
    assert told.pop("sweep.csv") == list(comparison.SWEEP)
    written = {path.name: path.read_text().partition("\n")[0].split(",") for path in planned.glob("*.csv")}
    assert told == written


def test_the_figures_of_a_plan_are_the_ones_told(planned: Path) -> None:
    summary = json.loads((planned / "plan.json").read_text())
    assert set(first_names(TOLD["`plan.json`"])) == set(summary)
    seconds = next(row for row in TOLD["`plan.json`"] if row[0] == "`seconds`")
    assert names(seconds[1]) == list(summary["seconds"])
    assert set(summary["cost_terms"]) == {rate.name for rate in fields(CostRates)} - {"shortage_deep"}


def test_the_figures_of_a_capacity_plan_are_the_ones_told(tmp_path: Path) -> None:
    make("corner_shop", tmp_path / "shop")
    summary = plan_capacity(tmp_path / "shop", tmp_path / "out", months=2)
    assert set(first_names(TOLD["`capacity.json`"])) == set(summary)
    for key in ("cost_terms", "seconds"):
        row = next(row for row in TOLD["`capacity.json`"] if row[0] == f"`{key}`")
        assert set(names(row[1])) == set(summary[key])  # type: ignore[arg-type]
    row = next(row for row in TOLD["`capacity.json`"] if row[0] == "`classes`")
    assert set(names(row[1])) == set(summary["classes"][0])  # type: ignore[arg-type,index]


def test_the_defaults_of_capacity_toml_are_the_ones_told() -> None:
    told = {
        (heading, names(row[0])[0]): row[2] for heading in TOLD if "capacity.toml" in heading for row in TOLD[heading]
    }
    hiring, one = Hiring(), HiringClass(name="", contract="", queues=(), size=(1, 1))
    sections = {"`capacity.toml` *": hiring, "`capacity.toml`: `[attrition]`": hiring.attrition}
    sections["`capacity.toml`: `[[class]]`"] = one
    for heading, values in sections.items():
        for (at, key), default in told.items():
            if at == heading and re.fullmatch(r"[\d.]+", default):
                assert float(default) == getattr(values, key), key
    assert told["`capacity.toml`: `[leave]`", "share"] == f"{hiring.leave[0]:g}"
    assert told["`capacity.toml`: `[overtime]`", "share"] == f"{hiring.overtime:g}"
    assert told["`capacity.toml`: `[vto]`", "share"] == f"{hiring.time_off:g}"
    assert told["`capacity.toml`: `[[class]]`", "ramp"] == f"`{list(one.ramp)}`"


def test_every_command_has_the_options_told() -> None:
    text = FORMATS.read_text(encoding="utf-8")
    lines = re.findall(r"^wfm (\w+)(.*)$", text, flags=re.MULTILINE)
    told = {name: set(re.findall(r"(?<![\w-])(--?[a-z][a-z-]*)", rest)) for name, rest in lines}
    group = typer.main.get_command(cli.app)
    assert isinstance(group, TyperGroup)
    offered = {
        name: {
            option
            for parameter in command.params
            for option in (*parameter.opts, *parameter.secondary_opts)
            if option.startswith("-")
        }
        for name, command in group.commands.items()
    }
    assert told == offered


def test_every_key_of_a_scenario_file_is_told_and_no_other(tmp_path: Path) -> None:
    found: Asked = defaultdict(set)
    centre = read_centre(write_shop(tmp_path))
    with pytest.MonkeyPatch.context() as patched:
        _watch_keys(patched, found, whole=True)
        parse_scenarios(WHOLE.encode(), centre)
    headings = {
        "A scenario: `[[scenario]]`": "scenario",
        "A day: `[[scenario.day]]`": "scenario.day",
        "Cross-trained: `[[scenario.skills]]`": "scenario.skills",
        "Clients: `[scenario.client]`": "scenario.client",
        "A sweep: `[[sweep]]`": "sweep",
    }
    for heading, path in headings.items():
        assert set(first_names(TOLD[heading])) == found[path], heading
    columns = found["scenario.queues.orders"]
    rows = {names(row[0])[0]: row for row in TOLD["A scenario: `[[scenario]]`"]}
    assert set(names(rows["queues"][1])) - {"queues.csv"} == columns
    assert found["scenario.client.won"] == set(first_names(TOLD["A queue won: `[[scenario.client.won]]`"])) | columns
    assert found["scenario.contracts.full"] <= set(first_names(TOLD["`contracts.toml`"]))
    factor, *others = TOLD["What is varied: `[[sweep.over]]`"]
    assert names(factor[1]) == list(FACTORS) and {"queue", "contract", "values"} == set(first_names(others))


def test_the_scenarios_shown_are_those_of_the_sample() -> None:
    assert f"```toml\n{SCENARIOS}```" in (ROOT / "docs" / "what-if.md").read_text(encoding="utf-8")


def test_every_measure_of_a_comparison_is_told_in_its_order() -> None:
    assert first_names(TOLD["Measures"]) == list(comparison.MEASURES)


def test_every_exit_code_is_told() -> None:
    codes = {int(row[0]) for row in TOLD["Commands"]}
    assert codes == {0, cli.NO, cli.USAGE, cli.FAULTY, cli.INTERRUPTED}


def test_every_rule_is_told_in_the_order_of_the_check_with_the_place_where_it_is() -> None:
    rows = tables(ROOT / "docs" / "rules.md")["The rules"]
    assert [names(row[0])[0] for row in rows] == [str(rule) for rule in Rule]
    for row in rows:
        module = importlib.import_module(names(row[2])[0].removesuffix(".py").replace("/", "."))
        assert callable(getattr(module, names(row[0])[0]))


def _watch_columns(patched: pytest.MonkeyPatch, found: Asked) -> None:
    read, open_table = Table._read, Folder.table

    def watched(self: Table, column: str, *rest: object) -> object:
        found[f"`{self.file}`"].add(column)
        return read(self, column, *rest)  # type: ignore[arg-type]

    def opened(self: Folder, stem: str, *columns: str, required: bool = False) -> Table | None:
        found[f"`{stem}.csv`"] |= set(columns)
        return open_table(self, stem, *columns, required=required)

    patched.setattr(Table, "_read", watched)
    patched.setattr(Folder, "table", opened)


def _watch_keys(patched: pytest.MonkeyPatch, found: Asked, *, whole: bool = False) -> None:
    """Keys by the heading of their file; with `whole` by the path of their table."""
    value = Section.value

    def watched(self: Section, key: str, *rest: object, **named: object) -> object:
        inside = self.path if self.document.file in ("centre.toml", "capacity.toml") else self.path[1:]
        part = re.sub(r"\[\d+\]$", "", inside[0]) if inside else ""
        shown = f"[[{part}]]" if part in ("class", "transfer") else f"[{part}]" if part in SECTIONS else part
        heading = f"`{self.document.file}`" + (f": `{shown}`" if part else "")
        found[re.sub(r"\[\d+\]", "", ".".join(self.path)) if whole else heading].add(key)
        return value(self, key, *rest, **named)  # type: ignore[arg-type]

    patched.setattr(Section, "value", watched)
