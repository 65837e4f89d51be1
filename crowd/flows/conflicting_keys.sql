-- Flows told twice in one interval, with different values: nobody can tell which one is right.
with
    flagged as (select * from flagged_flows where reason is null),

    final as (
        select operator, interval_start, from_area, to_area
        from flagged
        group by operator, interval_start, from_area, to_area
        having count(distinct concat_ws(' ', coalesce(devices, -1), coalesce(suppressed_below, -1), interval_minutes)) > 1
    )

select * from final
