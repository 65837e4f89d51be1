with
    silent as (select * from silent_cells_now),

    final as (select interval_start, operator, cell_id, usual_devices, told from silent)

select * from final
