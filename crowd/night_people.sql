-- People per hexagon at night, on average over the nights of a range.
with
    density as (select * from density_in),

    nights as (
        select *
        from density
        where date_part('hour', timezone($timezone, interval_start)) >= $night_from
            and date_part('hour', timezone($timezone, interval_start)) < $night_to
    ),

    intervals as (select count(distinct interval_start) as intervals from nights),

    final as (
        select nights.hex, sum(nights.people) / any_value(intervals.intervals) as people
        from nights, intervals
        group by nights.hex
    )

select * from final order by hex
