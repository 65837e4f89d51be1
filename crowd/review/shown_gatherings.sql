-- Gatherings by hour, with what of each may be told; nothing told of an hour rests on one that may not be shown.
with
    gatherings as (select * from gatherings_in),

    -- one that has ended has no devices: it may be shown where an hour before it may
    judged as (
        select *, coalesce(devices >= $k, max(devices) over life >= $k, false) as is_shown
        from gatherings
        window life as (partition by gathering_id order by interval_start rows unbounded preceding)
    ),

    shown as (select * from judged where is_shown),

    names as (select distinct gathering_id from shown),

    measured as (
        select
            *,
            lag(level) over life as shown_before,
            -- where it was when it could be shown last
            case when state = 'ended' then lag(lat) over life else lat end as shown_lat,
            case when state = 'ended' then lag(lon) over life else lon end as shown_lon,
            case when state = 'ended' then lag(area_code) over life else area_code end as shown_area_code,
            max(list_position(['normal', 'waspada', 'siaga', 'awas'], level)) over life as highest,
            max(people) over life as most_people,
            arg_max(interval_start, people) over life as most_at
        from shown
        window life as (partition by gathering_id order by interval_start rows unbounded preceding)
    ),

    named as (
        select
            measured.*,
            -- no level or place of an hour that is not shown, and no other gathering that is not
            measured.lat = measured.shown_lat
            and measured.lon = measured.shown_lon
            and (measured.level_before is null or measured.level_before is not distinct from measured.shown_before)
            and (measured.merged_into is null or names.gathering_id is not null) as is_told
        from measured
            left join names on measured.merged_into = names.gathering_id
    ),

    final as (
        select
            gathering_id, interval_start, level, state, people, people_low, people_high, excess,
            -- of one that has ended these are of its last hour
            case when state <> 'ended' then usual end as usual,
            case when state <> 'ended' then score end as score,
            coverage, hexes, started_at, hours, rule, place, event, expected, baseline_from,
            shown_lat as lat,
            shown_lon as lon,
            shown_area_code as area_code,
            ['normal', 'waspada', 'siaga', 'awas'][greatest(highest, 2)] as highest_level,
            most_people as peak_people,
            most_at as peak_at,
            case when is_told then reason_id else '' end as reason_id,
            case when is_told then reason_en else '' end as reason_en
        from named
    )

select * from final order by interval_start, gathering_id
