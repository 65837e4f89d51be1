-- Flows of one local day, one row per pair: over all operators, and what they rest on.
-- A day's interval is told by its middle, since the clock that it is bound to may be another zone's.
with
    flows as (
        select * from ranged_flows
        where level = $level
            and interval_minutes = $minutes
            and cast(timezone($timezone, interval_start + interval 1 minute * ($minutes / 2)) as date) = $day
    ),

    -- phones that come again in another hour are counted again: an hour's are the surely different ones
    by_operator as (
        select
            operator,
            from_area,
            to_area,
            coalesce(sum(devices), 0) as phones,
            coalesce(max(devices), 0) as devices
        from flows
        group by operator, from_area, to_area
    ),

    final as (
        select from_area, to_area, cast(sum(phones) as double) as phones, cast(sum(devices) as double) as devices
        from by_operator
        group by from_area, to_area
    )

select * from final order by from_area, to_area
