-- Rows set aside, as they were written. Numbers long enough to name a subscriber are masked.
with
    flagged as (select * from flagged_counts where reason is not null and file_no = getvariable('file_no')),

    broken as (select * from broken_lines where file_no = getvariable('file_no')),

    -- rows that could be read were numbered without the broken lines between them
    listed as (
        select
            row_number as rows_before,
            null::bigint as row_number,
            reason,
            time_text as interval_start,
            regexp_replace(cell_id, '[0-9]{12,}', '(digits masked)', 'g') as cell_id,
            devices_text as devices,
            null as line
        from flagged
        union all
        select
            row_number - row_number() over (order by row_number) as rows_before,
            row_number,
            'broken_line' as reason,
            null as interval_start,
            null as cell_id,
            null as devices,
            regexp_replace(line, '[0-9]{12,}', '(digits masked)', 'g') as line
        from broken
    ),

    final as (
        select
            coalesce(
                row_number,
                rows_before + count(row_number) over (order by rows_before, row_number is not null rows unbounded preceding)
            ) as row_number,
            reason,
            interval_start,
            cell_id,
            devices,
            line
        from listed
    )

select * from final order by row_number, reason
