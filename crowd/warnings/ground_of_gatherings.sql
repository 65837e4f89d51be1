-- The hexagons of each gathering in its latest hour.
with
    hexes as (select * from gathering_hexes_in),

    latest as (select gathering_id, max(interval_start) as interval_start from hexes group by gathering_id),

    final as (
        select gathering_id, hex
        from hexes
        inner join latest using (gathering_id, interval_start)
    )

select * from final order by gathering_id, hex
