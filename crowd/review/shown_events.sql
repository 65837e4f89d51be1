-- What happened to gatherings in hours that may be shown; levels and names of hours that may not are left out.
with
    events as (select * from gathering_events_in),

    shown as (select * from shown_gatherings),

    names as (select distinct gathering_id from shown),

    hours as (
        select
            gathering_id,
            interval_start,
            lag(level) over (partition by gathering_id order by interval_start) as shown_before
        from shown
    ),

    final as (
        select
            events.gathering_id,
            events.interval_start,
            events.event,
            case when events.level_before = hours.shown_before then events.level_before end as level_before,
            events.level,
            names.gathering_id as other_id
        from events
            inner join hours
                on events.gathering_id = hours.gathering_id and events.interval_start = hours.interval_start
            left join names on events.other_id = names.gathering_id
    )

select * from final order by interval_start, gathering_id, event, other_id
