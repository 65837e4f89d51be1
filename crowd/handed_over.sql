-- Devices that silent cells usually have, handed to the other cells of their operator in the same hexagons in proportion
-- to the devices that those usually have there.
with
    weights as (select * from plain_weights),

    usual as (select * from usual_now),

    silent as (select * from silent_now),

    touched as (
        select distinct silent.interval_no, silent.operator_no, weights.hex
        from weights
            inner join silent on weights.cell_no = silent.cell_no
    ),

    near as (
        select
            touched.interval_no,
            touched.operator_no,
            weights.hex,
            weights.cell_no,
            weights.weight * usual.devices as devices,
            silent.cell_no is not null as is_silent
        from touched
            inner join weights on touched.hex = weights.hex
            inner join usual
                on weights.cell_no = usual.cell_no
                and touched.interval_no = usual.interval_no
                and touched.operator_no = usual.operator_no
            left join silent on weights.cell_no = silent.cell_no and touched.interval_no = silent.interval_no
    ),

    shared as (
        select
            interval_no,
            cell_no,
            is_silent,
            devices,
            sum(devices) filter (is_silent) over hexagons as lost,
            sum(devices) filter (not is_silent) over hexagons as left_over
        from near
        window hexagons as (partition by interval_no, operator_no, hex)
    ),

    final as (
        select interval_no, cell_no, sum(lost * devices / left_over) as devices
        from shared
        where not is_silent and left_over > 0 and lost > 0
        group by interval_no, cell_no
    )

select * from final
