-- For each gathering and operator the fewest cells that serve the wanted share of its excess people.
with
    gathering_hexes as (select * from gathering_hexes_in),

    counts as (select * from counts_in where devices > 0),

    cells as (select * from cells_in),

    weights as (select * from weights_in),

    -- the part of a hexagon's people that is out of the ordinary; all of them where nobody knows what is usual
    excess_share as (
        select
            gathering_id,
            interval_start,
            hex,
            case when excess is null then 1.0 else greatest(excess, 0) / nullif(people, 0) end as share
        from gathering_hexes
    ),

    placed as (
        select counts.interval_start, counts.operator, counts.cell_id, counts.devices, cells.cell_no, cells.people_per_device
        from counts
            inner join cells
                on counts.operator = cells.operator
                and counts.cell_id = cells.cell_id
                and counts.interval_start >= cells.valid_from
                and counts.interval_start < cells.valid_to
    ),

    near as (
        select
            excess_share.gathering_id,
            excess_share.interval_start,
            weights.cell_no,
            sum(weights.weight) as inside,
            sum(weights.people_weight * excess_share.share) as inside_excess
        from excess_share
            inner join weights on excess_share.hex = weights.hex
        group by excess_share.gathering_id, excess_share.interval_start, weights.cell_no
    ),

    served as (
        select
            near.gathering_id,
            near.interval_start,
            placed.operator,
            placed.cell_id,
            placed.devices as expected_recipients,
            placed.devices * placed.people_per_device * near.inside_excess as people_served,
            greatest(1 - near.inside, 0) as overreach
        from near
            inner join placed on near.cell_no = placed.cell_no and near.interval_start = placed.interval_start
    ),

    ranked as (
        select
            *,
            people_served / sum(people_served) over operators as reach,
            sum(people_served) over largest_first / sum(people_served) over operators as reach_up_to_here
        from served
        where people_served > 0
        window
            operators as (partition by gathering_id, interval_start, operator),
            largest_first as (
                partition by gathering_id, interval_start, operator
                order by people_served desc, overreach, cell_id
                rows between unbounded preceding and current row
            )
    ),

    final as (
        select gathering_id, interval_start, operator, cell_id, expected_recipients, reach, overreach
        from ranked
        -- the cell that crosses the wanted share is the last one taken
        where reach_up_to_here - reach < $reach - 1e-12
    )

select * from final
