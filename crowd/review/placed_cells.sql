-- Cells that are asked for, with the place and direction that the plan gives them at an instant; null where it has none.
with
    wanted as (select * from wanted_in),

    plan as (
        select * from plan_cells
        where
            $at >= coalesce(valid_from, timestamptz '-infinity')
            and $at < coalesce(valid_to, timestamptz 'infinity')
    ),

    final as (
        select
            wanted.operator,
            wanted.cell_id,
            any_value(plan.lat) as lat,
            any_value(plan.lon) as lon,
            any_value(plan.azimuth_deg) as azimuth_deg
        from wanted
            left join plan on wanted.operator = plan.operator and wanted.cell_id = plan.cell_id
        group by wanted.operator, wanted.cell_id
    )

select * from final order by operator, cell_id
