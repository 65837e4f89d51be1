-- One row per distinct time text: a file repeats few times many times over.
with
    rows as (select * from named_rows),

    texts as (select distinct time_text from rows where time_text is not null),

    parts as (
        select
            time_text,
            regexp_extract(
                time_text,
                '^(\d{4}-\d{2}-\d{2})[T ](\d{2})(?::?(\d{2}))?(?::?(\d{2}(?:\.\d+)?))?\s*(Z|z|[+-](?:0\d|1[0-4])(?::?[0-5]\d)?)?$',
                ['day', 'hour', 'minute', 'second', 'zone']
            ) as iso,
            try_cast(time_text as bigint) as unix
        from texts
    ),

    clocks as (
        select
            time_text,
            unix,
            case
                when $time_format is null then nullif(upper(iso.zone), '')
                -- a format with an offset gives clocks of UTC
                when regexp_matches($time_format, '%[zZ]') then 'Z'
            end as zone,
            case
                when $time_format is null then try_cast(
                    iso.day || ' ' || iso.hour || ':' || coalesce(nullif(iso.minute, ''), '00')
                    || ':' || coalesce(nullif(iso.second, ''), '00') as timestamp
                )
                when $time_format in ('unix', 'unix_ms') then null
                else try_strptime(time_text, $time_format)
            end as local_clock
        from parts
    ),

    instants as (
        select
            time_text,
            zone,
            local_clock,
            case
                when $time_format = 'unix' and unix between 0 and 99999999999 then to_timestamp(unix)
                when $time_format = 'unix_ms' and unix between 0 and 99999999999999 then to_timestamp(unix / 1000.0)
                when zone = 'Z' then timezone('UTC', local_clock)
                when zone is not null then timezone('UTC', local_clock)
                    - interval 1 minute * (
                        case when zone[1] = '-' then -1 else 1 end
                        * (
                            60 * cast(zone[2:3] as integer)
                            + coalesce(try_cast(right(replace(zone, ':', ''), -3) as integer), 0)
                        )
                    )
                else timezone($timezone, local_clock)
            end as instant
        from clocks
    ),

    final as (
        select
            time_text,
            -- before mobile data there is no count: such a year is a slip of a date format
            case when instant >= timestamptz '2000-01-01 00:00:00+00' then instant end as interval_start,
            instant is null and local_clock is not null as is_without_offset,
            case
                when $time_format is null then local_clock
                else timezone(coalesce($timezone, 'UTC'), instant)
            end as local_clock
        from instants
    )

select * from final
