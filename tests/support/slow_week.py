"""The indicators of a week computed slowly and obviously, number by number, as docs/method/indicators.md says."""

from math import floor, log10
from statistics import median

from small_week import at

DAY, NIGHT = range(6, 18), (22, 23, 0, 1, 2, 3, 4)


def round_people(number, low, high):
    """The rule of crowd/reason_numbers.py, for one number."""

    def power(value):
        return 10.0 ** floor(log10(value)) if value > 1 else 1

    if low is not None and low == high:
        return floor(number + 0.5)
    by_range = power((high - low) / 2) if low is not None else float("inf")
    two_figures = power(abs(number) / 10)
    step = min(by_range, two_figures)
    return floor(abs(number) / step + 0.5) * step * (1 if number >= 0 else -1)


class SlowWeek:
    """Everything by plain loops.

    `told` has (people, low, high, coverage, silent cells, is hidden) by area code and instant.
    """

    def __init__(self, hours, areas, span):
        self.areas = {row["area_code"]: row for row in areas.to_dicts()}
        self.span, self.week = span, span.week
        self.told = {}
        for row in hours.to_dicts():
            numbers = (row["people"], row["people_low"], row["people_high"], row["coverage"], row["silent_cells"])
            self.told[row["area_code"], row["interval_start"]] = (*numbers, row["is_hidden"])
        finest = areas["level"][-1]
        self.finest = [code for code, row in self.areas.items() if row["level"] == finest]

    def status(self, code, instant):
        """Of one hour."""
        if (code, instant) not in self.told:
            return "missing"
        return "hidden" if self.told[code, instant][5] else "shown"

    def number(self, code, instant, n=0):
        """People (n = 0), low (1) or high (2) of an hour that is shown."""
        return self.told[code, instant][n]

    def reference(self, code, day, hour):
        """Shown numbers of the same weekday and hour, how many are hidden."""
        instants = [at(day, hour, week=week) for week in self.span.reference]
        shown = [self.number(code, one) for one in instants if self.status(code, one) == "shown"]
        return shown, sum(self.status(code, one) == "hidden" for one in instants)

    def usual(self, code, day, hour):
        """What is usual, its status, and the scatter."""
        return self.middle(*self.reference(code, day, hour))

    def middle(self, shown, hidden):
        """Median, status and scatter of what is known of the reference weeks."""
        if len(shown) < 3:
            return None, "hidden" if hidden and len(shown) + hidden >= 3 else "short", None
        middle = median(shown)
        return middle, "shown", max(1.4826 * median(abs(one - middle) for one in shown), abs(middle) / 50) or None

    def hour_figures(self, code, day, hour):
        """presence, change_pct and robust_z of an hour: (value, low, high, status)."""
        instant = at(day, hour)
        status = self.status(code, instant)
        usual, usual_status, scatter = self.usual(code, day, hour)
        if status != "shown":
            return dict.fromkeys(("presence", "change_pct", "robust_z"), (None, None, None, status))
        people, low, high = (self.number(code, instant, n) for n in range(3))
        found = {"presence": (people, low, high, "shown")}
        if usual_status != "shown":
            return found | dict.fromkeys(("change_pct", "robust_z"), (None, None, None, usual_status))
        found["change_pct"] = (100 * (people / usual - 1), None, None, "shown")
        z = None if scatter is None else (people - usual) / scatter
        found["robust_z"] = (z, None, None, "short" if z is None else "shown")
        return found

    def mean(self, code, day, hours, least, *, week=None):
        """(mean, low, high, status) of the hours of a day."""
        instants = [at(day, hour, week=week or self.week) for hour in hours]
        statuses = [self.status(code, one) for one in instants]
        if "hidden" in statuses:
            return None, None, None, "hidden"
        shown = [one for one, status in zip(instants, statuses, strict=True) if status == "shown"]
        if not shown:
            return None, None, None, "missing"
        if len(shown) < least:
            return None, None, None, "short"
        return (*(sum(self.number(code, one, n) for one in shown) / len(shown) for n in range(3)), "shown")

    def level(self, code, day):
        """Sums over the hours of a day that can be compared with the usual: people, low, high, usual; and status."""
        status = self.mean(code, day, range(24), 18)[3]
        if status != "shown":
            return None, status
        sums, matched = [0.0] * 4, 0
        for hour in range(24):
            usual, usual_status, _ = self.usual(code, day, hour)
            if self.status(code, at(day, hour)) != "shown":
                continue
            if usual_status == "hidden":
                return None, "hidden"
            if usual_status == "shown":
                numbers = (*(self.number(code, at(day, hour), n) for n in range(3)), usual)
                sums, matched = [a + b for a, b in zip(sums, numbers, strict=True)], matched + 1
        return (sums, "shown") if matched >= 18 else (None, "short")

    def past_level(self, code, day, week):
        """(people, usual people) of a day of a reference week, or "hidden", or None."""
        people = usual = 0.0
        matched = 0
        for hour in range(24):
            instant, (middle, _, _) = at(day, hour, week=week), self.usual(code, day, hour)
            if self.status(code, instant) == "hidden":
                return "hidden"
            if self.status(code, instant) == "shown" and middle is not None:
                people, usual, matched = people + self.number(code, instant), usual + middle, matched + 1
        return (people, usual) if matched >= 18 else None

    def changes(self, sums, status, past):
        """change_pct and robust_z from sums of this period and what reference weeks' like periods were."""
        if status != "shown":
            return dict.fromkeys(("change_pct", "robust_z"), (None, None, None, status))
        found = {"change_pct": (100 * (sums[0] / sums[3] - 1), None, None, "shown")}
        ratios = [one[0] / one[1] for one in past if one not in {None, "hidden"}]
        middle, z_status, scatter = self.middle(ratios, past.count("hidden"))
        if z_status == "shown" and scatter is None:
            z_status = "short"
        z = (sums[0] / sums[3] - middle) / scatter if z_status == "shown" else None
        return found | {"robust_z": (z, None, None, z_status)}

    def day_figures(self, code, day):
        """Every indicator of a day."""
        parts = {"presence_mean": (range(24), 18), "presence_day": (DAY, 9), "presence_night": (NIGHT, 5)}
        found = {name: self.mean(code, day, *part) for name, part in parts.items()}
        peak = None
        if found["presence_mean"][3] == "shown":
            shown = [hour for hour in range(24) if self.status(code, at(day, hour)) == "shown"]
            hour = max(shown, key=lambda one: (self.number(code, at(day, one)), -one))
            peak = (hour, *(self.number(code, at(day, hour), n) for n in range(3)))
        past = [self.past_level(code, day, week) for week in self.span.reference]
        found |= self.changes(*self.level(code, day), past) | self.of_peak(peak, found["presence_mean"][3])
        if day == 0:
            before = self.mean(code, 6, range(24), 18, week=self.span.before)
        else:
            before = self.mean(code, day - 1, range(24), 18)
        return self.with_rest(code, found, before, [at(day, hour) for hour in range(24)])

    def of_peak(self, peak, status):
        """peak_hour and peak_people."""
        if peak is None:
            return dict.fromkeys(("peak_hour", "peak_people"), (None, None, None, status))
        return {"peak_hour": (float(peak[0]), None, None, "shown"), "peak_people": (*peak[1:], "shown")}

    def week_figures(self, code):
        """Every indicator of the week."""
        days = [self.day_figures(code, day) for day in range(7)]
        found = {name: self.over_days(days, name) for name in ("presence_mean", "presence_day", "presence_night")}
        levels = [self.level(code, day) for day in range(7)]
        known = [sums for sums, status in levels if status == "shown"]
        sums = [sum(one[n] for one in known) for n in range(4)]
        past = [self.past_week(code, week) for week in self.span.reference]
        found |= self.changes(sums, self.week_status([status for _, status in levels]), past)
        peaks = [(day["peak_people"], day["peak_hour"]) for day in days if day["peak_people"][3] == "shown"]
        best = max(peaks, key=lambda one: one[0][0], default=None)
        status = found["presence_mean"][3]
        peak = (best[1][0], *best[0][:3]) if status == "shown" else None
        found |= self.of_peak(peak, status)
        means = [self.mean(code, day, range(24), 18, week=self.span.before) for day in range(7)]
        before = self.over_days([{"mean": one} for one in means], "mean")
        return self.with_rest(code, found, before, list(self.week.hours))

    def past_week(self, code, week):
        """(people, usual people) of a reference week, or "hidden", or None."""
        days = [self.past_level(code, day, week) for day in range(7)]
        if "hidden" in days:
            return "hidden"
        known = [one for one in days if one is not None]
        return tuple(sum(one[n] for one in known) for n in range(2)) if len(known) >= 5 else None

    def week_status(self, statuses):
        """Of days together."""
        if "hidden" in statuses:
            return "hidden"
        if statuses.count("shown") >= 5:
            return "shown"
        return "missing" if set(statuses) == {"missing"} else "short"

    def over_days(self, days, name):
        """The mean over days of an indicator."""
        told = [day[name] for day in days]
        status = self.week_status([one[3] for one in told])
        if status != "shown":
            return None, None, None, status
        shown = [one for one in told if one[3] == "shown"]
        return (*(sum(one[n] for one in shown) / len(shown) for n in range(3)), "shown")

    def with_rest(self, code, found, before, instants):
        """What follows from the means, or needs no people."""
        mean, day, night = (found[name] for name in ("presence_mean", "presence_day", "presence_night"))
        km2 = self.areas[code]["area_km2"]
        found["people_per_km2"] = (*(None if one is None else one / km2 for one in mean[:3]), mean[3])
        found["day_night_ratio"] = self.of_two(day, night, lambda a, b: a / b)
        found["net_change"] = self.of_two(mean, before, lambda a, b: a - b)
        return found | self.of_data(code, instants)

    def of_two(self, first, second, make):
        """A figure of two others."""
        for status in ("hidden", "missing", "short"):
            if status in {first[3], second[3]}:
                return None, None, None, status
        return make(first[0], second[0]), None, None, "shown"

    def of_data(self, code, instants):
        """coverage, silent_cell_hours and suppressed_share."""
        own = [self.told.get((code, one)) for one in instants]
        known = [one for one in own if one is not None]
        finest = [one for one in self.finest if self.is_inside(one, code)]
        below = [self.status(one, instant) for one in finest for instant in instants]
        told = len(below) - below.count("missing")
        none, share = (None, None, None, "missing"), None
        if told:
            share = (100 * below.count("hidden") / told, None, None, "shown")
        if not known:
            return {"coverage": none, "silent_cell_hours": none, "suppressed_share": share or none}
        covered = 100 * sum(0 if one is None else one[3] for one in own) / len(own)
        return {
            "coverage": (covered, None, None, "shown"),
            "silent_cell_hours": (sum(one[4] for one in known), None, None, "shown"),
            "suppressed_share": share or none,
        }

    def is_inside(self, code, above):
        """Whether an area is another one, or lies in it."""
        while code is not None:
            if code == above:
                return True
            code = self.areas.get(code, {}).get("parent_code")
        return False
