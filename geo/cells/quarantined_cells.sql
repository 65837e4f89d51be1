-- Rows set aside, with the fields that say which cell it was.
with
    flagged as (select * from flagged_cells where reason is not null),

    broken as (select * from broken_lines),

    final as (
        select
            row_number, reason, operator, regexp_replace(cell_id, '[0-9]{12,}', '(digits masked)', 'g') as cell_id,
            radio, lat_text as lat, lon_text as lon, valid_from, valid_to, null as line
        from flagged
        union all
        select
            row_number, 'broken_line', null, null, null, null, null, null, null,
            regexp_replace(line, '[0-9]{12,}', '(digits masked)', 'g')
        from broken
    )

select * from final order by row_number, reason
