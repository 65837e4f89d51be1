with
    targets as (select * from targets_in),

    final as (
        select
            gathering_id, interval_start, operator, cell_id,
            case when expected_recipients >= $k then expected_recipients end as expected_recipients,
            reach, overreach,
            expected_recipients < $k as is_withheld
        from targets
    )

select * from final order by interval_start, gathering_id, operator, reach desc, cell_id
