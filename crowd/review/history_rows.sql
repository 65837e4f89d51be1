-- Hexagons of a piece of ground hour by hour. Rows that rest on too few devices have no number.
with
    density as (select * from density_in where interval_start = date_trunc('hour', interval_start)),

    final as (
        select
            interval_start,
            coalesce(devices >= $k, false) as is_shown,
            hex,
            case when devices >= $k then people end as people,
            case when devices >= $k then people_low end as people_low,
            case when devices >= $k then people_high end as people_high,
            case when devices >= $k then people_per_km2 end as people_per_km2,
            case when devices >= $k then baseline end as baseline,
            case when devices >= $k then excess end as excess,
            case when devices >= $k then score end as score,
            case when devices >= $k then coverage end as coverage
        from density
    )

select * from final order by interval_start, hex
