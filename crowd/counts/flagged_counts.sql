-- Every row of a file with the first reason why it does not fit, or null.
with
    rows as (select * from named_rows),

    times as (select * from parsed_times),

    plan as (select cell_id, list_sort(list(distinct operator)) as operators from plan_cells group by cell_id),

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
            case
                when minutes_text is null then $interval_minutes
                when 1440 % nullif(try_cast(minutes_text as integer), 0) = 0 and try_cast(minutes_text as integer) > 0
                    then try_cast(minutes_text as integer)
            end as interval_minutes
        from rows
    ),

    placed as (
        select
            counted.*,
            times.interval_start,
            times.local_clock,
            times.is_without_offset,
            plan.operators,
            coalesce(counted.operator_text, case when len(plan.operators) = 1 then plan.operators[1] end) as operator
        from counted
            left join times on counted.time_text = times.time_text
            left join plan on counted.cell_text = plan.cell_id
    ),

    final as (
        select
            file_no,
            row_number,
            operator,
            interval_start,
            interval_minutes,
            cell_text as cell_id,
            case when isfinite(amount) and abs(amount) < 1e15 then cast(amount as bigint) end as devices,
            suppressed_below,
            time_text,
            devices_text,
            case
                when is_without_offset then 'time_without_offset'
                when interval_start is null then 'bad_time'
                when interval_minutes is null then 'bad_interval_minutes'
                when (60 * hour(local_clock) + minute(local_clock)) % interval_minutes <> 0
                    or local_clock <> date_trunc('minute', local_clock) then 'interval_not_aligned'
                when interval_start > $now then 'future_interval'
                when operators is null then 'unknown_cell'
                when operator is null then 'unclear_operator'
                when not list_contains(operators, operator) then 'unknown_cell'
                when isnan(amount) then 'not_a_count'
                when amount < 0 then 'negative_count'
                when amount <> floor(amount) then 'fractional_count'
                when amount > $max_devices then 'implausible_count'
            end as reason
        from placed
    )

select * from final
