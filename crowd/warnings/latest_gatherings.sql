-- The latest state of every gathering.
with
    gatherings as (select * from gatherings_in),

    ranked as (
        select *, row_number() over (partition by gathering_id order by interval_start desc) as age
        from gatherings
    ),

    final as (
        select
            gathering_id, interval_start, level, state, lat, lon, area_code, started_at, end_cause,
            devices, people, people_low, people_high, reason_id, reason_en,
            list_position(['waspada', 'siaga', 'awas'], level) as rank
        from ranked
        where age = 1
    )

select * from final order by gathering_id
