-- Cells whose plan is valid at an instant, within a box of degrees.
with
    plan as (
        select * from plan_cells
        where
            $at >= coalesce(valid_from, timestamptz '-infinity')
            and $at < coalesce(valid_to, timestamptz 'infinity')
    ),

    final as (
        select operator, cell_id, any_value(lat) as lat, any_value(lon) as lon, any_value(azimuth_deg) as azimuth_deg
        from plan
        where lat between $south and $north and lon between $west and $east
        group by operator, cell_id
    )

select * from final order by operator, cell_id limit $most
