-- People per hexagon for several intervals at once: each cell's devices, shared out over its footprint. One join and one
-- group-by over weights in hexagon order serve all the intervals, which stand side by side as columns (0_n, 1_n, …).
with
    weights as (select * from weights_in),

    placed as (select * from placed_wide),

    summed as (
        select
            weights.hex,
            any_value(weights.area_km2) as area_km2,
            sum(weights.people_weight * placed.people_per_device * columns('^(\d+)_n$')) as 'people_\1',
            -- counts vary like Poisson's: the variance of each is its own size
            sum(
                weights.people_weight * placed.people_per_device
                * (weights.people_weight * placed.people_per_device)
                * columns('^(\d+)_n$')
            ) as 'variance_\1',
            sum(columns('^(\d+)_n$')) as 'devices_\1'
            -- what may hide behind withheld counts, where there are any
            $hidden_sum
            -- how far the counts are from the usual ones, where these are known
            $evidence_sums
        from weights
            inner join placed on weights.cell_no = placed.cell_no
        group by weights.hex
    ),

    long as (
        select *
        from summed
            unpivot include nulls (
                ($sums) for interval_name in ($interval_columns)
            )
    ),

    final as (
        select
            cast(interval_name as utinyint) as interval_no,
            hex,
            area_km2,
            people,
            variance,
            devices,
            $hidden as hidden,
            $evidence
        from long
        -- null where no cell of the hexagon has told a count
        where people is not null
    )

select * from final
