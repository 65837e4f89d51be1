-- Counts of each cell with a place, its intervals numbered from 0; a count withheld by the operator may have been
-- anything below its bound.
with
    counts as (select * from counts_in),

    cells as (select * from cells_in),

    intervals as (select * from intervals_in),

    final as (
        select
            intervals.interval_no,
            cells.operator,
            cells.cell_no,
            cells.people_per_device,
            -- whole devices stay exact in floating point, where sums are far faster than in DuckDB's 128-bit integers
            cast(counts.devices as double) as devices,
            case when counts.devices is null then coalesce(counts.suppressed_below, $unknown_bound) - 1.0 end as hidden
        from counts
            inner join intervals on counts.interval_start = intervals.interval_start
            inner join cells
                on counts.operator = cells.operator
                and counts.cell_id = cells.cell_id
                and counts.interval_start >= cells.valid_from
                and counts.interval_start < cells.valid_to
    )

select * from final
