-- Weights with what they stand for in people, where areas have factors of their own.
with
    weights as (select * from plain_weights),

    cells as (select * from cells_in),

    area_factors as (select * from area_factors_in),

    final as (
        select
            weights.hex,
            weights.cell_no,
            weights.weight,
            weights.area_km2,
            weights.weight * coalesce(area_factors.ratio, 1) as people_weight
        from weights
            inner join cells on weights.cell_no = cells.cell_no
            left join area_factors
                on weights.hex = area_factors.hex and cells.operator = area_factors.operator
    )

-- equal hexagons must stand together again after the joins: sums over them are then twice as fast
select * from final order by hex, cell_no
