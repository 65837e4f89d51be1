-- The rows that go into the lake, once each.
with
    flagged as (select * from flagged_flows where reason is null),

    final as (
        select
            interval_start,
            operator,
            any_value(level) as level,
            from_area,
            to_area,
            any_value(devices) as devices,
            any_value(suppressed_below) as suppressed_below,
            any_value(interval_minutes) as interval_minutes
        from flagged
        group by interval_start, operator, from_area, to_area
    )

select * from final
