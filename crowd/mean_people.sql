-- People per hexagon on average over all intervals, also those in which nobody was there.
with
    density as (select * from density_in),

    intervals as (
        select
            count(distinct interval_start) as intervals,
            count(distinct date_trunc('hour', interval_start)) as hours
        from density
    ),

    final as (
        select
            density.hex,
            sum(density.people) / any_value(intervals.intervals) as people,
            any_value(intervals.intervals) as intervals,
            any_value(intervals.hours) as hours
        from density, intervals
        group by density.hex
    )

select * from final order by hex
