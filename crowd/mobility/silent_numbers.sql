-- Cells with a place that usually report and did not, numbered as the counts are.
with
    silent as (select * from silent_in),

    cells as (select * from cells_in),

    intervals as (select * from intervals_in),

    final as (
        select distinct intervals.interval_no, cells.cell_no
        from silent
            inner join intervals on silent.interval_start = intervals.interval_start
            inner join cells
                on silent.operator = cells.operator
                and silent.cell_id = cells.cell_id
                and silent.interval_start >= cells.valid_from
                and silent.interval_start < cells.valid_to
        where cells.is_placed
    )

select * from final
