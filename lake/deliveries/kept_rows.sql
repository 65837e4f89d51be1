-- Rows of the same files of the lake whose operator and interval the new rows do not replace.
with
    present as (select * from present_rows),

    replaced as (select * from replaced_keys),

    final as (
        select present.*
        from present
            anti join replaced
                on present.operator = replaced.operator and present.interval_start = replaced.interval_start
    )

select * from final
