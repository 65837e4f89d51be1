-- Gatherings with their reasons, in order of time, the highest level first.
with
    gatherings as (select * from gatherings_in),

    final as (
        select
            gathering_id, interval_start, level, state, people, excess, area_code, reason_id, reason_en,
            -- an ended gathering shows no number
            coalesce(devices < $k, false) as is_withheld,
            list_position(['awas', 'siaga', 'waspada', 'normal'], level) as urgency
        from gatherings
    )

select * from final order by interval_start, urgency, people desc nulls last, gathering_id
