-- What the margins of one local day rest on: of each operator its fullest interval.
with
    flows as (
        select * from ranged_flows
        where level = $level
            and interval_minutes = $minutes
            and cast(timezone($timezone, interval_start + interval 1 minute * ($minutes / 2)) as date) = $day
    ),

    -- days may begin by several clocks: all rows of a day are one told_at
    timed as (select *, case when $minutes < 1440 then interval_start end as told_at from flows),

    sides as (
        select operator, told_at, from_area as area_code, 'out' as side, devices from timed where from_area <> to_area
        union all
        select operator, told_at, to_area as area_code, 'in' as side, devices from timed where from_area <> to_area
        union all
        select operator, told_at, from_area as area_code, 'inside' as side, devices from timed where from_area = to_area
    ),

    intervals as (
        select operator, area_code, side, told_at, coalesce(sum(devices), 0) as devices
        from sides
        group by operator, area_code, side, told_at
    ),

    by_operator as (
        select operator, area_code, side, max(devices) as devices from intervals group by operator, area_code, side
    ),

    final as (
        select area_code, side, cast(sum(devices) as double) as devices from by_operator group by area_code, side
    )

select * from final order by area_code, side
