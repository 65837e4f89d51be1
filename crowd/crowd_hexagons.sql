-- Hexagons of hotspots that nothing speaks against.
with
    hotspots as (select * from hotspots_in),

    final as (select * exclude (suspicion, suspect) from hotspots where suspicion is null and score >= $least_score)

select * from final order by interval_start, hotspot, hex
