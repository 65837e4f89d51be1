-- How much the counts of some cells usually waver, hour by hour: a standard deviation, in devices.
with
    baseline as (select * from baseline_in where interval_start = date_trunc('hour', interval_start)),

    wanted as (select * from wanted_in),

    final as (
        select baseline.interval_start, wanted.cell, baseline.spread_devices
        from baseline
            inner join wanted on baseline.operator = wanted.operator and baseline.cell_id = wanted.cell_id
        where baseline.spread_devices is not null
    )

select * from final order by interval_start, cell
