-- Rows set aside, with the fields that say which cell it was.
with
    flagged as (select * from flagged_cells where reason is not null),

    broken as (select * from broken_lines),

    -- rows that could be read were numbered without the broken lines between them
    listed as (
        select
            row_number as rows_before,
            null::bigint as row_number,
            reason, operator, regexp_replace(cell_id, '[0-9]{12,}', '(digits masked)', 'g') as cell_id,
            radio, lat_text as lat, lon_text as lon, valid_from, valid_to, null as line
        from flagged
        union all
        select
            row_number - row_number() over (order by row_number) as rows_before,
            row_number,
            'broken_line', null, null, null, null, null, null, null,
            regexp_replace(line, '[0-9]{12,}', '(digits masked)', 'g')
        from broken
    ),

    final as (
        select
            listed.* exclude (rows_before) replace (
                coalesce(
                    row_number,
                    rows_before
                    + count(row_number) over (order by rows_before, row_number is not null rows unbounded preceding)
                ) as row_number
            )
        from listed
    )

select * from final order by row_number, reason
