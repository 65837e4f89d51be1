-- What there is of each hour: hexagons that may be shown, how much of the usual has reported, gatherings by level.
-- Only what rests on at least k devices is counted with a number: of cells, too.
with
    density as (select * from density_in where interval_start = date_trunc('hour', interval_start)),

    counts as (select * from counts_in where interval_start = date_trunc('hour', interval_start)),

    silent as (select * from silent_in where interval_start = date_trunc('hour', interval_start)),

    gatherings as (select * from gatherings_in where interval_start = date_trunc('hour', interval_start)),

    hexagons as (
        select
            interval_start,
            count(*) filter (devices >= $k) as hexagons,
            count(*) - count(*) filter (devices >= $k) as withheld,
            count(coverage) filter (devices >= $k) > 0 as is_coverage_known
        from density
        group by interval_start
    ),

    reported as (
        select interval_start, sum(devices) as devices from counts where devices >= $k group by interval_start
    ),

    missing as (
        select interval_start, sum(usual_devices) as devices
        from silent
        where usual_devices >= $k
        group by interval_start
    ),

    levels as (
        select
            interval_start,
            count(*) filter (level = 'waspada') as waspada,
            count(*) filter (level = 'siaga') as siaga,
            count(*) filter (level = 'awas') as awas
        from gatherings
        where devices >= $k and state <> 'ended'
        group by interval_start
    ),

    final as (
        select
            hexagons.interval_start,
            hexagons.hexagons,
            hexagons.withheld,
            case
                when hexagons.is_coverage_known
                    then round(
                        cast(reported.devices as double)
                        / (cast(reported.devices as double) + coalesce(missing.devices, 0)),
                        3
                    )
            end as coverage,
            coalesce(levels.waspada, 0) as waspada,
            coalesce(levels.siaga, 0) as siaga,
            coalesce(levels.awas, 0) as awas
        from hexagons
            left join reported on hexagons.interval_start = reported.interval_start
            left join missing on hexagons.interval_start = missing.interval_start
            left join levels on hexagons.interval_start = levels.interval_start
    )

select * from final order by interval_start
