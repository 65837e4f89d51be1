with
    density as (select * from density_in),

    final as (
        select
            interval_start, hex, people, people_per_km2, people_low, people_high, baseline, excess, score, coverage,
            devices < $k as is_withheld
        from density
    )

select * from final order by interval_start, hex
