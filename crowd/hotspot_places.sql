-- Hexagons where the counts are above the usual ones by more than most of chance gives.
with
    sums as (select * from density_sums),

    scored as (
        select
            interval_no,
            hex,
            evidence / sqrt(information + leverage * leverage) as score
        from sums
        where evidence > 0
    ),

    final as (select interval_no, hex from scored where score >= $least_score)

select * from final order by interval_no, hex
