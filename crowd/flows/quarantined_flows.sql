-- Rows set aside, without any number that should have been kept back; of broken lines no more than their number.
with
    flagged as (select * from flagged_flows where reason is not null and file_no = getvariable('file_no')),

    broken as (select * from broken_lines where file_no = getvariable('file_no')),

    -- rows that could be read were numbered without the broken lines between them
    listed as (
        select
            row_number as rows_before,
            null::bigint as row_number,
            reason,
            regexp_replace(time_text, '[0-9]{12,}', '(digits masked)', 'g') as interval_start,
            regexp_replace(from_area, '[0-9]{12,}', '(digits masked)', 'g') as from_area,
            regexp_replace(to_area, '[0-9]{12,}', '(digits masked)', 'g') as to_area,
            devices_text as devices
        from flagged
        union all
        select
            row_number - row_number() over (order by row_number) as rows_before,
            row_number,
            'broken_line' as reason,
            null as interval_start,
            null as from_area,
            null as to_area,
            null as devices
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
            from_area,
            to_area,
            devices
        from listed
    )

select * from final order by row_number, reason
