-- Sites whose cells are silent; where most cells of an operator are, its file is missing and no site is named.
with
    silent as (select * from silent_cells_now),

    cells as (select * from cells_in),

    operators as (select operator, count(*) as cells from cells group by operator),

    placed as (
        select silent.interval_start, silent.operator, cells.lat, cells.lon
        from silent
            inner join cells on silent.cell_no = cells.cell_no
    ),

    missing as (
        select placed.interval_start, placed.operator, count(*) as cells
        from placed
            inner join operators on placed.operator = operators.operator
        group by placed.interval_start, placed.operator, operators.cells
        having count(*) > $most_silent * operators.cells
    ),

    final as (
        select
            placed.interval_start,
            'outage' as kind,
            placed.operator,
            placed.lat,
            placed.lon,
            cast(count(*) as integer) as cells
        from placed
            anti join missing on placed.interval_start = missing.interval_start and placed.operator = missing.operator
        group by all
        union all by name
        select interval_start, 'no_file' as kind, operator, cast(cells as integer) as cells from missing
    )

select * from final
