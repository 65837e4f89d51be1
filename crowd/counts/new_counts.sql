-- The rows that go into the lake, once each.
with
    flagged as (select * from flagged_counts where reason is null),

    final as (
        select
            interval_start,
            operator,
            cell_id,
            any_value(devices) as devices,
            any_value(suppressed_below) as suppressed_below,
            any_value(interval_minutes) as interval_minutes
        from flagged
        group by interval_start, operator, cell_id
    )

select * from final
