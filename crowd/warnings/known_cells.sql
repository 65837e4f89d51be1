-- Cells of the plan that somebody named, with what they counted in an hour; numbers under k stay untold.
with
    wanted as (select * from wanted_in),

    plan as (select * from plan_cells),

    counts as (select * from counts_in),

    planned as (select distinct operator, cell_id from plan semi join wanted using (cell_id)),

    counted as (select operator, cell_id, max(devices) as devices from counts group by operator, cell_id),

    final as (
        select
            operator, cell_id,
            case when devices >= $k then devices end as expected_recipients,
            null::double as reach,
            null::double as overreach
        from planned
        left join counted using (operator, cell_id)
    )

select * from final order by operator, cell_id
