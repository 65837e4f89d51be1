-- The cells to warn about each gathering, as chosen for the latest hour that has any; numbers under k stay untold.
with
    targets as (select * from targets_in),

    latest as (select gathering_id, max(interval_start) as interval_start from targets group by gathering_id),

    final as (
        select
            gathering_id, operator, cell_id,
            case when expected_recipients >= $k then expected_recipients end as expected_recipients,
            case when expected_recipients >= $k then reach end as reach,
            case when expected_recipients >= $k then overreach end as overreach
        from targets
        inner join latest using (gathering_id, interval_start)
    )

select * from final order by gathering_id, operator, cell_id
