-- People per hexagon: each cell's devices, shared out over its footprint.
with
    counts as (select * from counts_in where devices is not null),

    cells as (select * from cells_in),

    weights as (select * from weights_in),

    hexes as (select * from hexes_in),

    placed as (
        select
            counts.interval_start,
            cells.cell_no,
            sum(counts.devices) as devices,
            sum(counts.devices * cells.people_per_device) as people
        from counts
            inner join cells
                on counts.operator = cells.operator
                and counts.cell_id = cells.cell_id
                and counts.interval_start >= cells.valid_from
                and counts.interval_start < cells.valid_to
        group by counts.interval_start, cells.cell_no
    ),

    shared as (
        select
            placed.interval_start,
            weights.hex,
            sum(placed.people * weights.weight) as people,
            sum(placed.devices) as devices
        from weights
            inner join placed on weights.cell_no = placed.cell_no
        group by placed.interval_start, weights.hex
    ),

    final as (
        select
            shared.interval_start,
            shared.hex,
            shared.people,
            shared.people / hexes.area_km2 as people_per_km2,
            cast(shared.devices as bigint) as devices
        from shared
            inner join hexes on shared.hex = hexes.hex
    )

select * from final
