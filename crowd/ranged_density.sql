-- Density with its range. From below: counting noise and the lowest factor; from above: counting noise, all that may
-- hide behind withheld counts, and the highest factor.
with
    summed as (select * from density_sums),

    intervals as (select * from intervals_in),

    placed as (select * from placed_now),

    factors as (select * from factors_in),

    area_factors as (select * from area_factors_in),

    coverage as (select * from coverage_now),

    -- the least sure step of the fallback among a hexagon's cells
    tiers as (select * from tier_names),

    -- nobody can be missed where nobody knows who usually reports
    usual as (select distinct interval_no from usual_cells),

    -- the operators' ranges, weighted by the people that each stands for
    operators as (
        select
            placed.interval_no,
            placed.operator,
            sum(placed.devices * factors.people_per_device) as people,
            any_value(factors.low / factors.people_per_device) as low,
            any_value(factors.high / factors.people_per_device) as high,
            any_value(factors.people_per_device) as people_per_device
        from placed
            inner join factors on placed.operator = factors.operator
        group by placed.interval_no, placed.operator
    ),

    ranges as (
        select
            interval_no,
            coalesce(sum(people * low) / nullif(sum(people), 0), avg(low)) as low,
            coalesce(sum(people * high) / nullif(sum(people), 0), avg(high)) as high,
            max(people_per_device) as most_per_device
        from operators
        group by interval_no
    ),

    area_ranges as (
        select
            operators.interval_no,
            area_factors.hex,
            sum(operators.people * area_factors.low) / nullif(sum(operators.people), 0) as low,
            sum(operators.people * area_factors.high) / nullif(sum(operators.people), 0) as high,
            max(operators.people_per_device * area_factors.ratio) as most_per_device
        from area_factors
            inner join operators on area_factors.operator = operators.operator
        group by operators.interval_no, area_factors.hex
    ),

    final as (
        select
            intervals.interval_start,
            summed.hex,
            summed.people,
            summed.people / summed.area_km2 as people_per_km2,
            greatest(summed.people - $deviations * sqrt(summed.variance), 0) * coalesce(area_ranges.low, ranges.low)
                as people_low,
            -- a withheld device adds to the variance the square of the people it stands for, at most
            (
                summed.people + summed.hidden
                + $deviations * sqrt(
                    summed.variance
                    + summed.hidden * coalesce(area_ranges.most_per_device, ranges.most_per_device)
                )
            )
            * coalesce(area_ranges.high, ranges.high) as people_high,
            summed.people - summed.excess as baseline,
            summed.excess,
            -- a matched filter (crowd/peaks.py) at each hexagon; the level of a place is never known exactly
            summed.evidence
            / sqrt(summed.information + summed.leverage * summed.leverage) as score,
            case when usual.interval_no is not null then coalesce(coverage.coverage, 1) end as coverage,
            cast(summed.devices as bigint) as devices,
            tiers.name as baseline_from
        from summed
            inner join intervals on summed.interval_no = intervals.interval_no
            inner join ranges on summed.interval_no = ranges.interval_no
            left join area_ranges
                on summed.hex = area_ranges.hex and summed.interval_no = area_ranges.interval_no
            left join coverage
                on summed.hex = coverage.hex and summed.interval_no = coverage.interval_no
            left join usual on summed.interval_no = usual.interval_no
            left join tiers on summed.tier = tiers.tier
    )

select * from final
