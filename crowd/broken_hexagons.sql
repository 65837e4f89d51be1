-- Hexagons that break the policy, with the highest level they reach (1 waspada, 2 siaga, 3 awas).
with
    density as (select * from density_in),

    levels as (select * from policy_levels),

    reached as (
        select
            density.interval_start,
            density.hex,
            density.people,
            density.excess,
            density.devices,
            max(levels.rank) as rank
        from density
            inner join levels
                on density.people >= levels.people
                and density.people_per_km2 >= levels.people_per_km2
                -- without a baseline neither can be tested
                and coalesce(density.excess >= levels.excess, true)
                and coalesce(density.score >= levels.score, true)
        group by all
    ),

    final as (select * from reached)

select * from final order by interval_start, hex
