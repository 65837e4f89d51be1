-- Cells that a change of the plan touches: the changed ones, and those of their operator heard on the same ground.
with
    changes as (select * from changed_ground),

    weights as (select * from plain_weights where weight >= $least_weight),

    cells as (select * from cells_in),

    final as (
        select cells.operator, cells.cell_id, max(changes.changed_at) as changed_at
        from changes
            inner join weights on changes.hex = weights.hex
            inner join cells on weights.cell_no = cells.cell_no and changes.operator = cells.operator
        group by cells.operator, cells.cell_id
    )

select * from final
