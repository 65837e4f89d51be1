-- The rows of the new plan, once each, every one valid until the next of the same cell begins.
with
    flagged as (select * from flagged_cells where reason is null),

    once as (
        select *
        from flagged
        qualify
            row_number() over (
                partition by operator, cell_id, valid_from
                order by
                    valid_to nulls last, azimuth_deg, beamwidth_deg, height_m, tilt_deg, power_dbm, frequency_mhz,
                    range_m, kind, radio, lat, lon
            ) = 1
    ),

    final as (
        select
            operator, cell_id, radio, lat, lon, azimuth_deg, beamwidth_deg, height_m, tilt_deg, power_dbm,
            frequency_mhz, range_m, kind, valid_from,
            coalesce(
                valid_to, lead(valid_from) over (partition by operator, cell_id order by valid_from nulls first)
            ) as valid_to
        from once
    )

select * from final
