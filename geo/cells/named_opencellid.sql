-- Every row of an export. Where a cell stands under several tracking areas, only the position with most measurements counts.
with
    cells as (select * from opencellid),

    known as (select mcc || '-' || mnc as network, operator from networks),

    ranked as (
        select
            *,
            row_number() over (
                partition by cell_id, radio order by samples desc nulls last, updated desc, lat, lon, row_number
            ) as rank
        from cells
    ),

    final as (
        select
            ranked.row_number,
            coalesce(known.operator, ranked.network) as operator_text,
            ranked.cell_id as cell_text,
            ranked.radio as radio_text,
            ranked.lat as lat_text,
            ranked.lon as lon_text,
            ranked.range_m as range_text,
            null::varchar as azimuth_text,
            null::varchar as beamwidth_text,
            null::varchar as height_text,
            null::varchar as tilt_text,
            null::varchar as power_text,
            null::varchar as frequency_text,
            null::varchar as kind_text,
            null::varchar as valid_from_text,
            null::varchar as valid_to_text,
            case when ranked.rank > 1 then 'second_tracking_area' end as source_reason
        from ranked left join known on ranked.network = known.network
    )

select * from final
