-- Every row of a plan with the first reason why it does not fit, or null, and its optional fields made sound.
with
    rows as (select * from named_cells),

    numbers as (
        select
            *,
            try_cast(replace(lat_text, ',', '.') as double) as lat,
            try_cast(replace(lon_text, ',', '.') as double) as lon,
            try_cast(azimuth_text as double) as azimuth,
            try_cast(beamwidth_text as double) as beamwidth,
            try_cast(height_text as double) as height,
            try_cast(tilt_text as double) as tilt,
            try_cast(power_text as double) as power,
            try_cast(frequency_text as double) as frequency,
            try_cast(range_text as double) as reach,
            upper(radio_text) as radio,
            lower(kind_text) as kind,
            timezone($timezone, try_cast(valid_from_text as timestamp)) as naive_from,
            timezone($timezone, try_cast(valid_to_text as timestamp)) as naive_to,
            regexp_extract(
                cell_text, '^([0-9]{3})-([0-9]{2,3})-(?:([0-9]+)-)?([0-9]+)$', ['mcc', 'mnc', 'lac', 'ci']
            ) as id
        from rows
    ),

    dated as (
        select
            *,
            -- a date without an offset is a local one
            case
                when valid_from_text is null then $default_from
                when regexp_matches(valid_from_text, '(Z|[+-][0-9]{2}(:?[0-9]{2})?)$') and length(valid_from_text) > 10
                    then try_cast(valid_from_text as timestamptz)
                else naive_from
            end as valid_from,
            case
                when regexp_matches(valid_to_text, '(Z|[+-][0-9]{2}(:?[0-9]{2})?)$') and length(valid_to_text) > 10
                    then try_cast(valid_to_text as timestamptz)
                else naive_to
            end as valid_to,
            try_cast(id.ci as bigint) as ci,
            try_cast(nullif(id.lac, '') as bigint) as lac
        from numbers
    ),

    final as (
        select
            row_number,
            operator_text as operator,
            cell_text as cell_id,
            radio,
            lat,
            lon,
            case when azimuth between 0 and 360 then azimuth % 360 end as azimuth_deg,
            case when beamwidth > 0 and beamwidth <= 360 then beamwidth end as beamwidth_deg,
            case when height between 0 and 1000 then height end as height_m,
            case when tilt between -90 and 90 then tilt end as tilt_deg,
            case when power between -50 and 90 then power end as power_dbm,
            case when frequency between 100 and 100000 then frequency end as frequency_mhz,
            case when reach > 0 and reach <= 200000 then reach end as range_m,
            case when kind in ('macro', 'micro', 'indoor') then kind end as kind,
            valid_from,
            valid_to,
            lat_text,
            lon_text,
            azimuth_text is not null and coalesce(not azimuth between 0 and 360, true) as is_azimuth_nulled,
            beamwidth_text is not null and coalesce(not (beamwidth > 0 and beamwidth <= 360), true) as is_beamwidth_nulled,
            height_text is not null and coalesce(not height between 0 and 1000, true) as is_height_nulled,
            tilt_text is not null and coalesce(not tilt between -90 and 90, true) as is_tilt_nulled,
            power_text is not null and coalesce(not power between -50 and 90, true) as is_power_nulled,
            frequency_text is not null and coalesce(not frequency between 100 and 100000, true) as is_frequency_nulled,
            range_text is not null and coalesce(not (reach > 0 and reach <= 200000), true) as is_range_nulled,
            kind_text is not null and kind not in ('macro', 'micro', 'indoor') as is_kind_nulled,
            case
                when source_reason is not null then source_reason
                when operator_text is null then 'no_operator'
                when radio is null or radio not in ('GSM', 'UMTS', 'LTE', 'NR') then 'unknown_radio'
                when ci is null then 'bad_cell_id'
                when radio in ('LTE', 'NR') and lac is not null then 'bad_cell_id'
                when radio in ('GSM', 'UMTS') and coalesce(lac > 65535, true) then 'bad_cell_id'
                when ci > case radio when 'GSM' then 65535 when 'NR' then 68719476735 else 268435455 end
                    then 'bad_cell_id'
                when lat is null or lon is null or not isfinite(lat) or not isfinite(lon) then 'missing_coordinates'
                when abs(lat) > 90 or abs(lon) > 180 then 'impossible_coordinates'
                -- what a database gives that knows no position; the real place is open ocean
                when abs(lat) < 0.001 and abs(lon) < 0.001 then 'zero_coordinates'
                when lat < $min_lat or lat > $max_lat or lon < $min_lon or lon > $max_lon then 'outside_bbox'
                when valid_from_text is not null and valid_from is null then 'bad_validity'
                when valid_to_text is not null and valid_to is null then 'bad_validity'
                when valid_from >= valid_to then 'validity_crossed'
            end as reason
        from dated
    )

select * from final
