-- Hexagons of gatherings that may be shown, without those that rest on too few devices.
with
    hexes as (select * from gathering_hexes_in),

    shown as (select * from shown_gatherings),

    final as (
        select gathering_id, interval_start, hex
        from hexes
            semi join shown
                on hexes.gathering_id = shown.gathering_id and hexes.interval_start = shown.interval_start
        -- a gathering that is held unseen has no figures in its hexagons
        where coalesce(devices >= $k, true)
    )

select * from final order by interval_start, gathering_id, hex
