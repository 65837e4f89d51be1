-- People on hexagons that touch no area, on average over the intervals; null where too few devices are behind them.
with
    density as (select * from density_in),

    shares as (select * from area_shares_in),

    outside as (
        select density.interval_start, sum(density.people) as people, max(density.devices) as devices
        from density anti join shares on density.hex = shares.hex
        group by density.interval_start
    ),

    intervals as (select count(distinct interval_start) as intervals from density),

    final as (
        select
            any_value(intervals.intervals) as intervals,
            case
                when count(outside.people) = 0 then 0.0
                when min(outside.devices) >= $k then sum(outside.people) / any_value(intervals.intervals)
            end as people
        from intervals left join outside on true
    )

select * from final
