-- Devices whose cell has no place: told in the summary, never dropped in silence.
with
    counts as (select * from counts_in where devices is not null),

    cells as (select * from cells_in),

    final as (
        select
            counts.operator,
            case when cells.cell_id is null then 'cell not in the plan at that time' else 'cell reaches no hexagon' end
                as reason,
            count(distinct counts.cell_id) as cells,
            cast(sum(counts.devices) as bigint) as devices
        from counts
            left join cells
                on counts.operator = cells.operator
                and counts.cell_id = cells.cell_id
                and counts.interval_start >= cells.valid_from
                and counts.interval_start < cells.valid_to
        where cells.cell_id is null or not cells.is_placed
        group by all
    )

select * from final order by operator, reason
