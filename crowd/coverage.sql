-- The share of a hexagon's usual devices that did report, for hexagons that miss any.
with
    weights as (select * from weights_in),

    cells as (select * from cells_in),

    usual as (select * from usual_cells),

    silent as (select * from silent_cells_now where usual_devices > 0),

    touched as (
        select distinct weights.hex
        from weights
            inner join (select distinct cell_no from silent) as cells on weights.cell_no = cells.cell_no
    ),

    near as (select weights.* from weights semi join touched on weights.hex = touched.hex),

    expected as (
        select
            usual.interval_no,
            near.hex,
            sum(near.weight * usual.usual_devices) as usual_devices,
            coalesce(
                sum(near.weight * usual.usual_devices) filter (silent.cell_no is not null), 0
            ) as missing_devices
        from near
            inner join cells on near.cell_no = cells.cell_no
            inner join usual on cells.operator = usual.operator and cells.cell_id = usual.cell_id
            left join silent on usual.interval_no = silent.interval_no and near.cell_no = silent.cell_no
        group by usual.interval_no, near.hex
    ),

    intervals as (select * from intervals_in),

    final as (
        select
            intervals.interval_start,
            expected.interval_no,
            expected.hex,
            -- sums of the same numbers in another order can differ in their last bits
            greatest(1 - expected.missing_devices / expected.usual_devices, 0) as coverage,
            expected.usual_devices
        from expected
            inner join intervals on expected.interval_no = intervals.interval_no
        where expected.missing_devices > 0
    )

select * from final
