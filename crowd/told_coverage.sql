with
    coverage as (select * from coverage_now),

    final as (select interval_start, hex, coverage, usual_devices from coverage)

select * from final
