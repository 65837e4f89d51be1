with
    gatherings as (select * from gatherings_in),

    final as (
        select
            gathering_id, interval_start, level, state, people, excess, hexes, lat, lon, area_code, started_at,
            people_low, people_high, usual, score, coverage, reason_id, reason_en,
            -- an ended gathering shows no number
            coalesce(devices < $k, false) as is_withheld
        from gatherings
    )

select * from final order by interval_start, gathering_id
