-- Cells that are new, gone or altered since an instant: what a plan says before and after each of its changes.
with
    plan as (select * from plan_cells),

    described as (
        select
            operator,
            cell_id,
            lat,
            lon,
            valid_from,
            valid_to,
            -- nulls are alike here
            hash(lat, lon, azimuth_deg, beamwidth_deg, height_m, tilt_deg, power_dbm, frequency_mhz, range_m, kind)
                as about,
            min(coalesce(valid_from, timestamptz '-infinity')) over (partition by operator) as operator_since
        from plan
    ),

    starts as (
        select operator, cell_id, lat, lon, about, valid_from as changed_at
        from described
        where valid_from > $since and valid_from <= $until and valid_from > operator_since
    ),

    ends as (
        select operator, cell_id, lat, lon, about, valid_to as changed_at
        from described
        where valid_to > $since and valid_to <= $until
    ),

    begun as (
        select starts.*
        from starts
            anti join ends
                on starts.operator = ends.operator
                and starts.cell_id = ends.cell_id
                and starts.changed_at = ends.changed_at
                and starts.about = ends.about
    ),

    ended as (
        select ends.*
        from ends
            anti join starts
                on ends.operator = starts.operator
                and ends.cell_id = starts.cell_id
                and ends.changed_at = starts.changed_at
                and ends.about = starts.about
    ),

    final as (
        select operator, cell_id, lat, lon, changed_at, true as is_begun from begun
        union all
        select operator, cell_id, lat, lon, changed_at, false as is_begun from ended
    )

select * from final
