-- The history of an operator's cells with the new plan laid over it from its first day on.
with
    old as (select * from plan_cells where operator = $operator),

    new as (select * from new_cells where operator = $operator),

    plan_start as (select min(valid_from) as start, bool_or(valid_from is null) as is_since_ever from new),

    closed as (
        select
            old.* replace (least(coalesce(old.valid_to, plan_start.start), plan_start.start) as valid_to)
        from old, plan_start
        where not plan_start.is_since_ever and (old.valid_from is null or old.valid_from < plan_start.start)
    ),

    final as (
        select * from closed
        union all by name
        select * from new
    )

select * exclude (operator) from final order by cell_id, valid_from nulls first
