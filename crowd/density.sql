-- People per hexagon: each cell's devices, shared out over its footprint.
with
    counts as (select * from counts_in where devices is not null),

    cells as (select * from cells_in),

    weights as (select * from weights_in),

    -- whole devices stay exact in floating point, where sums are far faster than in DuckDB's 128-bit integers
    placed as (
        select
            counts.interval_start,
            cells.cell_no,
            cast(counts.devices as double) as devices,
            counts.devices * cells.people_per_device as people
        from counts
            inner join cells
                on counts.operator = cells.operator
                and counts.cell_id = cells.cell_id
                and counts.interval_start >= cells.valid_from
                and counts.interval_start < cells.valid_to
    ),

    shared as (
        select
            placed.interval_start,
            weights.hex,
            sum(placed.people * weights.weight) as people,
            sum(placed.devices) as devices,
            any_value(weights.area_km2) as area_km2
        from weights
            inner join placed on weights.cell_no = placed.cell_no
        group by placed.interval_start, weights.hex
    ),

    final as (
        select
            interval_start,
            hex,
            people,
            people / area_km2 as people_per_km2,
            cast(devices as bigint) as devices
        from shared
    )

select * from final
