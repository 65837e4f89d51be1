"""What one run of the hourly flow did, for people to read."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from crowd.coverage import LEAST_COVERAGE
from crowd.density import MOST_TOLD, DensitySummary
from crowd.gatherings import GatheringsSummary
from crowd.quality import KINDS, QualityEvent
from crowd.suspicions import SUSPICIONS
from crowd.targets import TargetsSummary
from crowd.warnings.proposing import Drafting
from crowd.warnings.sending import Deliveries
from geo.footprint import Footprint
from lake.deliveries import DeliveryLoad
from pipelines.ranges import Range


@dataclass(kw_only=True)
class RunSummary:
    """What one run did.

    Attributes:
        start: first hour that was asked for.
        end: first hour after it.
        recomputed: ranges of density computed, with those that late files touched.
        loads: what became of the files of the inbox.
        flows: of those among them that tell of flows.
        density: one summary per step.
        gatherings: one summary per step.
        targets: one summary per step.
        footprints: what the density rests on.
        warnings: drafted and taken back.
        deliveries: what was sent of those that are approved.
    """

    start: datetime
    end: datetime
    recomputed: list[Range] = field(default_factory=list)
    loads: list[DeliveryLoad] = field(default_factory=list)
    flows: list[DeliveryLoad] = field(default_factory=list)
    density: list[DensitySummary] = field(default_factory=list)
    gatherings: list[GatheringsSummary] = field(default_factory=list)
    targets: list[TargetsSummary] = field(default_factory=list)
    footprints: list[Footprint] = field(default_factory=list)
    warnings: Drafting = field(default_factory=Drafting)
    deliveries: Deliveries = field(default_factory=Deliveries)

    def rows(self) -> list[dict[str, object]]:
        """The summary as a table of what and how many."""
        devices = sum(d.devices_counted for d in self.density)
        unplaced = sum(u.devices for d in self.density for u in d.unplaced)
        rows: list[tuple[str, object]] = [
            ("from (UTC)", f"{self.start.astimezone(UTC):%Y-%m-%d %H:%M}"),
            ("to (UTC)", f"{self.end.astimezone(UTC):%Y-%m-%d %H:%M}"),
            ("files taken in", sum(f.verdict == "accepted" for load in self.loads for f in load.files)),
            ("files refused", sum(f.verdict == "refused" for load in self.loads for f in load.files)),
            *((f"  {what}", count) for what, count in self.flow_rows().items()),
            ("intervals with counts", sum(d.intervals for d in self.density)),
            ("hours without any count", sum(d.hours_without_counts for d in self.density)),
            ("devices counted", devices),
            ("devices placed", sum(d.devices_placed for d in self.density)),
            ("devices without a place", unplaced),
            *((f"  {operator}: {reason}", count) for (operator, reason), count in sorted(self.unplaced().items())),
            ("counts suppressed by operators", sum(d.suppressed for d in self.density)),
            ("cells silent that usually report", sum(d.silent_cells for d in self.density)),
            (f"hexagons covered below {LEAST_COVERAGE:.0%}", sum(d.hexagons_uncovered for d in self.density)),
            *(("people per device assumed, not given", operator) for operator in self.assumed()),
            *(
                (f"cells of {operator} with defaults for {columns}", n)
                for operator, (columns, n) in self.filled().items()
            ),
            ("hexagons with people", sum(d.hexagons for d in self.density)),
            *((f"  baseline: {name}", count) for name, count in sorted(self.baselines().items())),
            *((f"data: {KINDS[kind]}", count) for kind, count in sorted(self.quality().items())),
            *(
                (f"  suspected {event.interval_start.astimezone(UTC):%Y-%m-%d %H:%M} (UTC)", event.told())
                for event in self.suspicions()
            ),
            ("gatherings new", sum(g.started for g in self.gatherings)),
            ("gatherings that rose to a higher level", sum(g.raised for g in self.gatherings)),
            ("gatherings not seen for lack of coverage", sum(g.unseen for g in self.gatherings)),
            ("gatherings ended", sum(g.ended for g in self.gatherings)),
            ("target cells", sum(t.cells for t in self.targets)),
            ("target lists short of the wanted reach", sum(t.short for t in self.targets)),
            ("warnings drafted, waiting for approval", len(self.warnings.drafted) - len(self.warnings.approved)),
            *((f"  {name} cannot be approved", problems[0]) for name, problems in self.warnings.problems.items()),
            ("warnings approved by the policy", len(self.warnings.approved)),
            ("warnings taken back unsent", len(self.warnings.cancelled)),
            *((f"messages {outcome}", count) for outcome, count in sorted(self.deliveries.outcomes.items())),
            *([("sending is paused", "kerumun warnings resume")] if self.deliveries.is_paused else []),
        ]
        return [{"what": what, "value": value} for what, value in rows]

    def flow_rows(self) -> dict[str, int]:
        """Rows of the files of flows; nothing where there were no such files."""
        files = [file for load in self.flows for file in load.files]
        if not files:
            return {}
        taken = [file for file in files if file.verdict == "accepted"]
        return {
            "rows of flows taken in": sum(file.rows_kept for file in taken),
            "rows of flows set aside": sum(sum(file.rows_quarantined.values()) for file in files),
        }

    def unplaced(self) -> dict[tuple[str, str], int]:
        """Devices without a place by operator and reason."""
        sums: dict[tuple[str, str], int] = {}
        for unplaced in (u for d in self.density for u in d.unplaced):
            key = (unplaced.operator, unplaced.reason)
            sums[key] = sums.get(key, 0) + unplaced.devices
        return sums

    def assumed(self) -> list[str]:
        """Operators whose people per device nobody has given."""
        return sorted({operator for d in self.density for operator in d.factors_assumed})

    def filled(self) -> dict[str, tuple[str, int]]:
        """Columns that radio footprints take defaults for, and how many cells lack any at most, by operator."""
        return {
            operator: (", ".join(plan.filled), max(plan.filled.values()))
            for footprint in self.footprints
            for operator, plan in footprint.operators.items()
            if plan.filled
        }

    def quality(self) -> dict[str, int]:
        """Data-quality events by kind."""
        sums: dict[str, int] = {}
        for kind, count in ((k, c) for d in self.density for k, c in d.quality.items()):
            sums[kind] = sums.get(kind, 0) + count
        return sums

    def suspicions(self) -> list[QualityEvent]:
        """The first data-quality events that look like crowds."""
        told = (event for d in self.density for event in d.suspicions)
        return [event for event in told if event.kind in SUSPICIONS][:MOST_TOLD]

    def baselines(self) -> dict[str, int]:
        """Rows of density by the baseline they rest on."""
        sums: dict[str, int] = {}
        for name, count in ((n, c) for d in self.density for n, c in d.baselines.items()):
            sums[name] = sums.get(name, 0) + count
        return sums
