-- Every row of a file with the first reason why it does not fit, or null.
with
    rows as (select * from named_rows),

    times as (select * from parsed_times),

    areas as (select * from known_areas),

    earlier_files as (select any_value(level) as level from flagged_flows where reason is null),

    -- the level that knows both ends of most rows; of equal ones the coarsest
    likeliest as (
        select origins.level
        from rows
            inner join areas as origins on rows.from_text = origins.code
            inner join areas as destinations
                on rows.to_text = destinations.code and origins.level = destinations.level
        group by origins.level, origins.depth
        order by count(*) desc, origins.depth
        limit 1
    ),

    chosen as (
        select coalesce((select level from earlier_files), (select level from likeliest)) as level
    ),

    counted as (
        select
            *,
            case
                when devices_text is null or regexp_full_match(lower(devices_text), '<\s*[0-9]+|null|na') then null
                when regexp_full_match(devices_text, '[+-]?[0-9]+([.][0-9]*)?([eE][+-]?[0-9]+)?')
                    then try_cast(devices_text as double)
                else 'nan'::double
            end as amount,
            try_cast(regexp_extract(devices_text, '^<\s*([0-9]+)$', 1) as integer) as suppressed_below,
            coalesce(try_cast(minutes_text as integer), if(minutes_text is null, $interval_minutes, null)) as minutes
        from rows
    ),

    placed as (
        select
            counted.*,
            times.interval_start,
            times.local_clock,
            times.is_without_offset,
            chosen.level,
            exists (select 1 from areas where code = from_text) and exists (select 1 from areas where code = to_text)
                as is_known,
            exists (select 1 from areas where code = from_text and areas.level = chosen.level)
                and exists (select 1 from areas where code = to_text and areas.level = chosen.level) as is_of_level
        from counted
            left join times on counted.time_text = times.time_text
            cross join chosen
    ),

    final as (
        select
            file_no,
            row_number,
            operator_text as operator,
            interval_start,
            minutes as interval_minutes,
            level,
            from_text as from_area,
            to_text as to_area,
            case when isfinite(amount) and abs(amount) < 1e15 then cast(amount as bigint) end as devices,
            suppressed_below,
            time_text,
            -- a number that should have been kept back is not kept here either
            case when amount is null or (isfinite(amount) and amount >= $k) then devices_text end as devices_text,
            case
                when is_without_offset then 'time_without_offset'
                when interval_start is null then 'bad_time'
                when minutes is null or minutes not in (60, 1440) then 'bad_interval_minutes'
                when (60 * hour(local_clock) + minute(local_clock)) % minutes <> 0
                    or local_clock <> date_trunc('minute', local_clock) then 'interval_not_aligned'
                when interval_start > $now then 'future_interval'
                when not is_known then 'unknown_area'
                when not is_of_level then 'area_of_another_level'
                when operator_text is null or length(operator_text) > 64 then 'unclear_operator'
                when isnan(amount) then 'not_a_count'
                when amount < 0 then 'negative_count'
                when amount <> floor(amount) then 'fractional_count'
                when amount > $max_devices then 'implausible_count'
                when amount > 0 and amount < $k then 'under_k_at_the_source'
            end as reason
        from placed
    )

select * from final
