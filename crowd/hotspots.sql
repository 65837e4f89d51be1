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
            rows.score,
            greatest(density.baseline, 0) + rows.crowd * rows.share as people,
            greatest(density.baseline, 0) as usual,
            rows.crowd * rows.share as excess,
            rows.crowd_sd as excess_sd,
            (greatest(density.baseline, 0) + rows.crowd * rows.share) / (density.people / density.people_per_km2)
                as people_per_km2,
            density.coverage,
            density.devices,
            density.baseline_from,
            tested.tested,
            rows.suspicion
        from rows
            inner join density on rows.interval_start = density.interval_start and rows.hex = density.hex
            inner join tested on rows.interval_start = tested.interval_start
    )

select * from final
