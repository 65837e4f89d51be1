-- Cells heard in the hexagons of gatherings, with how many of their devices are of the excess there and how many at home.
with
    gathering_hexes as (select * from gathering_hexes_in),

    counts as (select * from counts_in),

    baseline as (select * from baseline_in),

    cells as (select * from cells_in),

    weights as (select * from weights_in),

    -- a gathering that is held on to unseen has no figures
    ground as (select gathering_id, interval_start, hex, excess from gathering_hexes where people is not null),

    ground_weights as (select * from weights semi join ground using (hex)),

    ground_counts as (
        select counts.interval_start, counts.operator, counts.cell_id, counts.devices, cells.cell_no
        from counts
            inner join cells
                on counts.operator = cells.operator
                and counts.cell_id = cells.cell_id
                and counts.interval_start >= cells.valid_from
                and counts.interval_start < cells.valid_to
            semi join ground on counts.interval_start = ground.interval_start
            semi join ground_weights on cells.cell_no = ground_weights.cell_no
    ),

    -- what a cell weighs in its hexagons; a withheld count tells of people there too
    expected as (
        select
            ground_counts.*,
            coalesce(baseline.expected_devices, ground_counts.devices) + $least_gain_devices as expected_devices
        from ground_counts
            left join baseline
                on ground_counts.interval_start = baseline.interval_start
                and ground_counts.operator = baseline.operator
                and ground_counts.cell_id = baseline.cell_id
    ),

    heard as (
        select
            expected.interval_start,
            expected.cell_no,
            ground_weights.hex,
            ground_weights.weight,
            ground_weights.weight * expected.expected_devices as expected_devices,
            sum(ground_weights.people_weight * cells.people_per_device * expected.expected_devices)
                over (partition by expected.interval_start, ground_weights.hex) as expected_people
        from expected
            inner join cells on expected.cell_no = cells.cell_no
            inner join ground_weights on expected.cell_no = ground_weights.cell_no
    ),

    inside as (
        select
            ground.gathering_id,
            ground.interval_start,
            heard.cell_no,
            coalesce(sum(greatest(ground.excess, 0) * heard.expected_devices / nullif(heard.expected_people, 0)), 0)
                as of_excess,
            coalesce(sum(heard.expected_devices) filter (ground.excess is not null), 0) as at_home,
            -- all of them where nobody knows what is usual
            coalesce(sum(heard.weight) filter (ground.excess is null), 0) as share_of_all
        from ground
            inner join heard on ground.interval_start = heard.interval_start and ground.hex = heard.hex
        group by ground.gathering_id, ground.interval_start, heard.cell_no
    ),

    final as (
        select
            inside.gathering_id,
            inside.interval_start,
            ground_counts.operator,
            ground_counts.cell_id,
            cells.lat,
            cells.lon,
            ground_counts.devices as recipients,
            -- the excess is an estimate: it may ask for more devices of a cell than are there
            least(inside.of_excess + inside.share_of_all * ground_counts.devices, ground_counts.devices) as served,
            least(
                inside.of_excess + inside.at_home + inside.share_of_all * ground_counts.devices, ground_counts.devices
            ) as inside
        from inside
            inner join ground_counts
                on inside.cell_no = ground_counts.cell_no and inside.interval_start = ground_counts.interval_start
            inner join cells on inside.cell_no = cells.cell_no
        where ground_counts.devices > 0
    )

select * from final
