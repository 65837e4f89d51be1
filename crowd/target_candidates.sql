-- Cells that hear a gathering, with how many of their devices are of its excess, and how many in its hexagons in all.
with
    gathering_hexes as (select * from gathering_hexes_in),

    around as (select * from around_in),

    counts as (select * from counts_in),

    baseline as (select * from baseline_in),

    cells as (select * from cells_in),

    weights as (select * from weights_in),

    -- a gathering that is held on to unseen has no figures
    seen as (select gathering_id, interval_start, hex, excess from gathering_hexes where people is not null),

    near as (
        select hex, hex as place from seen
        union
        select hex, around from around
    ),

    near_weights as (
        select hex, cell_no, weight, people_weight from weights semi join near on weights.hex = near.place
    ),

    -- where a crowd stands is known to about a hexagon: a seventh is taken to be in each of those around that are heard
    spread as (
        select
            near.hex,
            near.place,
            case
                when near.place = near.hex then 1 - (count(*) over (partition by near.hex) - 1) / 7
                else 1 / 7
            end as share
        from near
            semi join near_weights on near.place = near_weights.hex
    ),

    ground as (
        select
            seen.gathering_id,
            seen.interval_start,
            spread.place as hex,
            coalesce(sum(greatest(seen.excess, 0) * spread.share), 0) as excess,
            bool_or(seen.hex = spread.place and seen.excess is not null) as is_inside,
            bool_or(seen.hex = spread.place and seen.excess is null) as is_inside_unjudged
        from seen
            inner join spread on seen.hex = spread.hex
        group by seen.gathering_id, seen.interval_start, spread.place
    ),

    -- a cell without a baseline weighs in its hexagons what it counts
    placed as (
        select
            counts.interval_start,
            counts.operator,
            counts.cell_id,
            counts.devices,
            cells.cell_no,
            cells.people_per_device,
            cells.lat,
            cells.lon,
            coalesce(baseline.expected_devices, counts.devices) + $least_gain_devices as expected_devices
        from counts
            inner join cells
                on counts.operator = cells.operator
                and counts.cell_id = cells.cell_id
                and counts.interval_start >= cells.valid_from
                and counts.interval_start < cells.valid_to
            left join baseline
                on counts.interval_start = baseline.interval_start
                and counts.operator = baseline.operator
                and counts.cell_id = baseline.cell_id
            semi join ground on counts.interval_start = ground.interval_start
            semi join near_weights on cells.cell_no = near_weights.cell_no
    ),

    heard as (
        select
            placed.interval_start,
            placed.cell_no,
            near_weights.hex,
            near_weights.weight,
            near_weights.weight * placed.expected_devices as expected_devices,
            sum(near_weights.people_weight * placed.people_per_device * placed.expected_devices)
                over (partition by placed.interval_start, near_weights.hex) as expected_people
        from placed
            inner join near_weights on placed.cell_no = near_weights.cell_no
    ),

    -- one person more gives w_ih * b_i / u_h devices (crowd/crowd_shapes.py)
    inside as (
        select
            ground.gathering_id,
            ground.interval_start,
            heard.cell_no,
            coalesce(sum(ground.excess * heard.expected_devices / nullif(heard.expected_people, 0)), 0) as excess,
            coalesce(sum(heard.expected_devices) filter (ground.is_inside), 0) as at_home,
            -- all of them where nobody knows what is usual
            coalesce(sum(heard.weight) filter (ground.is_inside_unjudged), 0) as unjudged_share
        from ground
            inner join heard on ground.interval_start = heard.interval_start and ground.hex = heard.hex
        group by ground.gathering_id, ground.interval_start, heard.cell_no
    ),

    candidates as (
        select
            inside.gathering_id,
            inside.interval_start,
            inside.excess,
            inside.at_home,
            inside.unjudged_share * placed.devices as unjudged,
            placed.operator,
            placed.cell_id,
            placed.lat,
            placed.lon,
            placed.devices
        from inside
            inner join placed on inside.cell_no = placed.cell_no and inside.interval_start = placed.interval_start
        where placed.devices > 0
    ),

    -- phones attach to more cells than a plan lets one expect
    levelled as (
        select
            *,
            coalesce(
                sum(excess) over operators
                * power(excess, $evenness) / nullif(sum(power(excess, $evenness)) over operators, 0),
                0
            ) as levelled_excess
        from candidates
        window operators as (partition by gathering_id, interval_start, operator)
    ),

    final as (
        select
            gathering_id,
            interval_start,
            operator,
            cell_id,
            lat,
            lon,
            devices as recipients,
            -- sums on several threads differ in their last bits; a rerun shall not
            round(least(levelled_excess + at_home + unjudged, devices), 9) as inside,
            -- an excess is an estimate: it may ask for more devices of a cell than are there
            round(least(levelled_excess + unjudged, devices), 9) as served
        from levelled
    )

select * from final
