-- Hexagons of which nobody knows what is usual, with as many people as the lowest level asks for.
with
    density as (select * from density_in),

    final as (
        select interval_start, hex, people, people_per_km2, coverage, devices, 'none' as baseline_from
        from density
        where score is null and people >= $people and people_per_km2 >= $people_per_km2
    )

select * from final order by interval_start, hex
