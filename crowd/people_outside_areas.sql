-- People outside every area, on average over the intervals; null where too few devices are behind them.
with
    density as (select * from density_in),

    shares as (select * from area_shares_in),

    inside as (select hex, sum(share) as share from shares group by hex),

    parts as (
        select
            density.interval_start,
            density.people,
            density.devices,
            1 - coalesce(inside.share, 0) as part
        from density left join inside on density.hex = inside.hex
    ),

    outside as (
        select interval_start, sum(people * part) as people, max(devices * part) as devices
        from parts
        -- shares of a hexagon that lies in areas altogether sum to one but for their last bits
        where part > 1e-9
        group by interval_start
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
