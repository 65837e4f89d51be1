-- How flows are told: by which level and length of interval, on how many days of how many operators.
with
    flows as (select * from ranged_flows),

    days as (
        select distinct
            operator,
            level,
            interval_minutes,
            cast(timezone($timezone, interval_start + interval 1 minute * (interval_minutes / 2)) as date) as day
        from flows
    ),

    final as (
        select level, interval_minutes, count(*) as operator_days
        from days
        where list_contains($days, day)
        group by level, interval_minutes
    )

select * from final order by operator_days desc, list_position($levels, level) desc, interval_minutes desc
