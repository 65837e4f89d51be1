-- Cells of the plan that usually report and now do not, or tell a zero that chance cannot explain.
with
    usual as (select * from usual_cells),

    intervals as (select * from intervals_in),

    counts as (select * from counts_in),

    cells as (select * from cells_in),

    present as (
        select intervals.interval_no, counts.operator, counts.cell_id, counts.devices
        from counts
            inner join intervals on counts.interval_start = intervals.interval_start
    ),

    final as (
        select
            usual.interval_no,
            intervals.interval_start,
            usual.operator,
            usual.cell_id,
            cells.cell_no,
            cells.is_placed,
            usual.usual_devices,
            case when present.cell_id is null then 'no count' else 'zero' end as told
        from usual
            inner join intervals on usual.interval_no = intervals.interval_no
            inner join cells
                on usual.operator = cells.operator
                and usual.cell_id = cells.cell_id
                and intervals.interval_start >= cells.valid_from
                and intervals.interval_start < cells.valid_to
            left join present
                on usual.interval_no = present.interval_no
                and usual.operator = present.operator
                and usual.cell_id = present.cell_id
        where present.cell_id is null or (present.devices = 0 and usual.usual_devices >= $never_zero)
    )

select * from final
