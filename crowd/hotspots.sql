-- Hotspots by hexagon: the usual people there, and an even part of the hotspot's crowd.
with
    rows as (select * from hotspot_rows),

    density as (select * from density_now semi join hotspot_rows using (interval_start)),

    tested as (
        select interval_start, cast(count(score) as integer) as tested from density group by interval_start
    ),

    final as (
        select
            rows.interval_start,
            rows.hotspot,
            rows.hex,
            rows.lat,
            rows.lon,
            -- sums on several threads differ in their last bits; a rerun shall not
            round(rows.score, 6) as score,
            round(greatest(density.baseline, 0) + rows.crowd * rows.share, 3) as people,
            round(greatest(density.baseline, 0), 3) as usual,
            round(rows.crowd * rows.share, 3) as excess,
            round(rows.crowd_sd, 3) as excess_sd,
            round(
                (greatest(density.baseline, 0) + rows.crowd * rows.share)
                / (density.people / nullif(density.people_per_km2, 0)),
                3
            ) as people_per_km2,
            density.coverage,
            density.devices,
            density.baseline_from,
            tested.tested,
            rows.suspicion,
            rows.suspect
        from rows
            inner join density on rows.interval_start = density.interval_start and rows.hex = density.hex
            inner join tested on rows.interval_start = tested.interval_start
    )

select * from final
