-- Target cells of gatherings that may be shown; of a cell under k nothing is told but that it is one.
with
    targets as (select * from targets_in),

    shown as (select * from shown_gatherings),

    final as (
        select
            gathering_id, interval_start, operator, cell_id,
            case when expected_recipients >= $k then expected_recipients end as expected_recipients,
            -- by the shares of the others the devices of a cell could be reckoned from its own
            case when expected_recipients >= $k then round(reach, $digits) end as reach,
            case when expected_recipients >= $k then round(overreach, $digits) end as overreach
        from targets
            semi join shown
                on targets.gathering_id = shown.gathering_id and targets.interval_start = shown.interval_start
    )

select * from final order by interval_start, gathering_id, operator, reach desc nulls last, cell_id
