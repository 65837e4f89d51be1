with
    density as (select * from density_in),

    areas as (select * from areas_in),

    shares as (select * from area_shares_in),

    hidden as (select * from hidden_areas_in),

    fed as (
        select
            density.interval_start,
            shares.code,
            density.people * shares.share as people,
            density.people_low * shares.share as people_low,
            density.people_high * shares.share as people_high
        from density inner join shares on density.hex = shares.hex
    ),

    sums as (
        select
            interval_start,
            code,
            sum(people) as people,
            -- a bound of some hexagons only is no bound of their sum
            case when count(people_low) = count(*) then sum(people_low) end as people_low,
            case when count(people_high) = count(*) then sum(people_high) end as people_high,
            count(*) as hexes
        from fed
        group by interval_start, code
    ),

    final as (
        select
            sums.interval_start,
            areas.code as area_code,
            areas.name,
            areas.level,
            sums.people,
            sums.people_low,
            sums.people_high,
            sums.people / areas.area_km2 as people_per_km2,
            sums.hexes,
            coalesce(hidden.is_hidden, true) or hidden.devices < $k as is_withheld
        from sums
        inner join areas on sums.code = areas.code
        left join hidden on sums.code = hidden.area_code and sums.interval_start = hidden.interval_start
    )

select * from final order by interval_start, area_code
