-- Rows of one cell that cannot all be true: two positions from the same day on, or periods that overlap.
with
    flagged as (select * from flagged_cells where reason is null),

    -- about a metre: finer differences are rounding
    starts as (
        select
            operator,
            cell_id,
            valid_from,
            count(distinct (round(lat, 5), round(lon, 5))) as positions,
            max(valid_to) as valid_to
        from flagged
        group by operator, cell_id, valid_from
    ),

    following as (
        select
            *,
            lead(valid_from) over (partition by operator, cell_id order by valid_from nulls first) as next_from
        from starts
    ),

    final as (
        select
            operator,
            cell_id,
            valid_from,
            case when positions > 1 then 'position_conflict' else 'validity_crossed' end as reason
        from following
        where positions > 1 or valid_to > next_from
    )

select * from final
