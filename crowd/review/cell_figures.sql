-- Reach and overreach of wanted cells for one gathering, as crowd/target_sets.py measures those of its candidates.
with
    wanted as (select * from wanted_in),

    counts as (select * from counts_in),

    candidates as (select * from candidates_in),

    counted as (select operator, cell_id, max(devices) as devices from counts group by operator, cell_id),

    -- the excess people on each operator's network; cells that stand abroad are no candidates
    operators as (
        select operator, sum(served order by cell_id) filter (is_candidate) as served from candidates group by operator
    ),

    -- what a cell that is no candidate serves comes on top
    shares as (
        select
            candidates.operator,
            candidates.cell_id,
            candidates.served
                / nullif(operators.served + case when is_candidate then 0 else candidates.served end, 0) as reach,
            greatest(least(1 - candidates.inside / candidates.recipients, 1), 0) as overreach
        from candidates
            inner join operators using (operator)
    ),

    final as (
        select
            operator,
            cell_id,
            -- a cell that hears nothing of the gathering reaches nobody there
            case when counted.devices >= $k then round(coalesce(shares.reach, 0), $digits) end as reach,
            case when counted.devices >= $k then round(coalesce(shares.overreach, 1), $digits) end as overreach
        from wanted
            left join counted using (operator, cell_id)
            left join shares using (operator, cell_id)
        where (select count(*) > 0 from candidates)
    )

select * from final order by operator, cell_id
