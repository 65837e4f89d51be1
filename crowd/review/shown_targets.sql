-- Target cells of gatherings that may be shown; numbers under k stay untold.
with
    targets as (select * from targets_in),

    shown as (select * from shown_gatherings),

    final as (
        select
            gathering_id, interval_start, operator, cell_id,
            case when expected_recipients >= $k then expected_recipients end as expected_recipients,
            reach, overreach
        from targets
            semi join shown
                on targets.gathering_id = shown.gathering_id and targets.interval_start = shown.interval_start
    )

select * from final order by interval_start, gathering_id, operator, reach desc, cell_id
