with
    gatherings as (select * from gatherings_in),

    final as (
        select
            gathering_id, interval_start, level, state, people, excess, hexes, lat, lon, area_code, started_at,
            -- an ended gathering shows no number
            coalesce(devices < $k, false) as is_withheld
        from gatherings
    )

select * from final order by interval_start, gathering_id
