"""roster.xlsx, the scheduler's workbook."""

from wfm.exchange.cells import workbook
from wfm.exchange.coverage_sheet import write_coverage_sheet
from wfm.exchange.output import PlanOutput
from wfm.exchange.roster_sheet import coded_shifts, kind_fills, write_roster_sheet
from wfm.exchange.sheets import write_legend_sheet, write_rules_sheet, write_segments_sheet, write_summary_sheet


def roster_workbook(output: PlanOutput) -> bytes:
    """The workbook's bytes: sheets Roster, Legend, Coverage, Segments, Rules, Summary; equal plans are equal bytes."""
    centre, week = output.centre, output.week
    reasons = dict(zip(output.unrostered["agent"].astype(str), output.unrostered["reason"].astype(str), strict=True))
    with workbook(title=f"Roster of {centre.name}, week of {week.monday}", monday=week.monday) as (book, look, stream):
        fills = kind_fills(book, centre)
        write_roster_sheet(
            book.add_worksheet("Roster"),
            look=look,
            fills=fills,
            centre=centre,
            week=week,
            coded=coded_shifts(output.shifts, centre, week),
            reasons=reasons,
        )
        write_legend_sheet(book, look=look, centre=centre, fills=fills)
        write_coverage_sheet(book, look=look, coverage=output.coverage, week=week)
        write_segments_sheet(book, look=look, shifts=output.shifts, week=week)
        write_rules_sheet(book, look=look, violations=output.violations)
        write_summary_sheet(book, look=look, summary=output.summary)
    return stream.getvalue()
