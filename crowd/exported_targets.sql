with
    targets as (select * from targets_in),

    final as (
        select
            gathering_id, interval_start, operator, cell_id,
            case when expected_recipients >= $k then expected_recipients end as expected_recipients,
            -- by the shares of the others the devices of a cell could be reckoned from its own
            case when expected_recipients >= $k then reach end as reach,
            case when expected_recipients >= $k then overreach end as overreach,
            expected_recipients < $k as is_withheld
        from targets
    )

select * from final order by interval_start, gathering_id, operator, reach desc nulls last, cell_id
