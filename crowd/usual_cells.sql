-- What each cell usually counts at an interval: the median of the same hour on the days before. Cells that reported on
-- most of those days are expected to report again.
with
    intervals as (select * from intervals_in),

    history as (select * from counts_history),

    earlier as (
        select
            intervals.interval_no,
            intervals.interval_start - days.day * interval 1 day as interval_start
        from intervals, range(1, $days + 1) as days (day)
    ),

    same_hours as (
        select
            earlier.interval_no,
            history.interval_start,
            history.operator,
            history.cell_id,
            coalesce(history.devices, (history.suppressed_below - 1) / 2.0, 0) as devices
        from history
            inner join earlier on history.interval_start = earlier.interval_start
    ),

    reported as (
        select interval_no, operator, count(distinct interval_start) as days
        from same_hours
        group by interval_no, operator
    ),

    usual as (
        select interval_no, operator, cell_id, median(devices) as usual_devices, count(*) as days
        from same_hours
        group by interval_no, operator, cell_id
    ),

    final as (
        select usual.interval_no, usual.operator, usual.cell_id, usual.usual_devices
        from usual
            inner join reported on usual.interval_no = reported.interval_no and usual.operator = reported.operator
        where usual.days >= $least_days and usual.days >= $least_share * reported.days
    )

select * from final
