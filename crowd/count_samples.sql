-- Earlier counts of the cells asked for, each with the place of its cell and interval and the row of its instant.
with
    instants as (select * from sample_instants),

    history as (select * from baseline_history),

    wanted as (select * from $wanted),

    changed as (select * from changed_cells),

    crowded as (select * from crowded_cells_in),

    final as (
        select
            instants.row_no,
            wanted.place,
            -- a withheld count is taken for the middle of what it may have been
            cast(coalesce(history.devices, (history.suppressed_below - 1) / 2.0, 0) as float) as devices,
            crowded.cell_id is not null as is_crowded
        from history
            inner join instants on history.interval_start = instants.interval_start
            inner join wanted
                on instants.interval_no = wanted.interval_no
                and history.operator = wanted.operator
                and history.cell_id = wanted.cell_id
            left join changed on wanted.operator = changed.operator and wanted.cell_id = changed.cell_id
            left join crowded
                on history.interval_start = crowded.interval_start
                and history.operator = crowded.operator
                and history.cell_id = crowded.cell_id
        -- what was counted before the plan changed around a cell tells nothing of it now
        where changed.changed_at is null or history.interval_start >= changed.changed_at
    )

select * from final
