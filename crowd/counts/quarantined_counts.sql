-- Rows set aside, as they were written. Numbers long enough to name a subscriber are masked.
with
    flagged as (select * from flagged_counts where reason is not null and file_no = getvariable('file_no')),

    broken as (select * from broken_lines where file_no = getvariable('file_no')),

    final as (
        select
            row_number,
            reason,
            time_text as interval_start,
            regexp_replace(cell_id, '[0-9]{12,}', '(digits masked)', 'g') as cell_id,
            devices_text as devices,
            null as line
        from flagged
        union all
        select row_number, 'broken_line', null, null, null, regexp_replace(line, '[0-9]{12,}', '(digits masked)', 'g')
        from broken
    )

select * from final order by row_number, reason
