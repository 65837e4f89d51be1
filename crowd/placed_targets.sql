-- Target cells with the place and direction their plan gives them at that time.
with
    targets as (select distinct interval_start, operator, cell_id from targets_in),

    plan as (select * from plan_cells),

    final as (
        select
            targets.operator,
            targets.cell_id,
            any_value(plan.lat) as lat,
            any_value(plan.lon) as lon,
            any_value(plan.azimuth_deg) as azimuth_deg
        from targets
            inner join plan
                on targets.operator = plan.operator
                and targets.cell_id = plan.cell_id
                and targets.interval_start >= coalesce(plan.valid_from, timestamptz '-infinity')
                and targets.interval_start < coalesce(plan.valid_to, timestamptz 'infinity')
        group by targets.operator, targets.cell_id
    )

select * from final order by operator, cell_id
