-- What is usual for a hexagon: the median of the same local time of the week over the last whole weeks; with too
-- little history that of the same local time of day, working days and weekends apart; else nothing.
with
    now_rows as (
        select
            *,
            timezone($timezone, interval_start) as local_time,
        from density_now
    ),

    history as (
        select
            hex,
            people,
            interval_start,
            timezone($timezone, interval_start) as local_time
        from density_history
    ),

    weekly as (
        select
            now_rows.interval_start,
            now_rows.hex,
            median(history.people) as baseline,
            mad(history.people) as spread,
            count(*) as samples
        from now_rows
            inner join history
                on now_rows.hex = history.hex
                and isodow(now_rows.local_time) = isodow(history.local_time)
                and date_part('hour', now_rows.local_time) = date_part('hour', history.local_time)
                and date_part('minute', now_rows.local_time) = date_part('minute', history.local_time)
                and history.local_time < now_rows.local_time
                and history.local_time >= now_rows.local_time - interval 1 day * 7 * $max_weeks
        group by now_rows.interval_start, now_rows.hex
        having count(*) >= $min_weeks
    ),

    daily as (
        select
            now_rows.interval_start,
            now_rows.hex,
            median(history.people) as baseline,
            mad(history.people) as spread,
            count(*) as samples
        from now_rows
            anti join weekly
                on now_rows.interval_start = weekly.interval_start and now_rows.hex = weekly.hex
            inner join history
                on now_rows.hex = history.hex
                and (isodow(now_rows.local_time) > 5) = (isodow(history.local_time) > 5)
                and date_part('hour', now_rows.local_time) = date_part('hour', history.local_time)
                and date_part('minute', now_rows.local_time) = date_part('minute', history.local_time)
                and history.local_time < now_rows.local_time
                and history.local_time >= now_rows.local_time - interval 1 day * $max_days
        group by now_rows.interval_start, now_rows.hex
        having count(*) >= $min_days
    ),

    usual as (
        select *, 'hour_of_week' as baseline_from from weekly
        union all by name
        select *, 'hour_of_day' as baseline_from from daily
    ),

    final as (
        select
            now_rows.interval_start,
            now_rows.hex,
            now_rows.people,
            now_rows.people_per_km2,
            now_rows.people_low,
            now_rows.people_high,
            usual.baseline,
            now_rows.people - usual.baseline as excess,
            -- the spread never falls under counting noise
            (now_rows.people - usual.baseline)
            / greatest(1.4826 * usual.spread, sqrt(greatest(usual.baseline, 1))) as score,
            now_rows.coverage,
            now_rows.devices,
            usual.baseline_from
        from now_rows
            left join usual
                on now_rows.interval_start = usual.interval_start and now_rows.hex = usual.hex
    )

select * from final
