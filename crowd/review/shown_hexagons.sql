-- Hexagons of one interval that may be shown. Whatever the map tells of density passes here: rows that rest on too few
-- devices are dropped before anything is summed.
with
    density as (select * from density_in),

    final as (
        select hex, people, people_low, people_high, people_per_km2, baseline, excess, score, coverage
        from density
        where interval_start = $at and devices >= $k
    )

select * from final
