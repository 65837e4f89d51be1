create or replace temp macro subscriber_shape(value, in_cell_id) as (
    with
        -- digits of other scripts are digits too, and there are many blanks and dashes; invisible ones are taken out
        given as (
            select
                translate(
                    translate(trim(value), '０１２３４５６７８９٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹＋', '012345678901234567890123456789+'),
                    chr(160) || chr(8199) || chr(8201) || chr(8239) || '‐‑‒–—−' || chr(8203) || chr(8288) || chr(65279),
                    '    ------'
                ) as text
        ),

        -- a decimal with a fraction is a coordinate or a share; a whole one (6.28E+11, 628.0) is a number in disguise
        numbers as (
            select
                text,
                regexp_full_match(text, '[+-]?[0-9]+[.,][0-9]*[1-9][0-9]*') as is_fraction,
                case
                    when regexp_full_match(text, '[+]?[0-9]+([.,][0-9]*)?([eE][+]?[0-9]+)?')
                        and regexp_matches(text, '[.,eE]')
                        and abs(coalesce(try_cast(replace(text, ',', '.') as double), 1e19)) < 1e18
                        and floor(try_cast(replace(text, ',', '.') as double)) = try_cast(replace(text, ',', '.') as double)
                        then cast(cast(try_cast(replace(text, ',', '.') as double) as bigint) as varchar)
                    else text
                end as whole
            from given
        ),

        final as (
            select
                case
                    when text is null or length(text) < 8 then null
                    when is_fraction then null
                    when in_cell_id and regexp_full_match(whole, '[0-9]{3}-[0-9]{2,3}-([0-9]{1,5}-)?[0-9]{1,11}')
                        then null
                    when in_cell_id
                        and regexp_full_match(whole, '[0-9]{1,10}|[0-9]{14,15}')
                        and not regexp_full_match(whole, '08[1-9][0-9]{7}|628[0-9]{11}')
                        then null
                    when regexp_matches(whole, '(^|[^0-9.]|[^0-9][.])([+]|00)?62[\s().-]{0,3}8([\s().-]{0,3}[0-9]){7,11}($|[^0-9])')
                        then 'a phone number'
                    when regexp_matches(whole, '(^|[^0-9])[+][1-9]([ ()-]{0,2}[0-9]){8,14}($|[^0-9])')
                        then 'a phone number'
                    when regexp_matches(whole, '(^|[^0-9.])08[1-9]([\s().-]{0,3}[0-9]){7,10}($|[^0-9])')
                        then 'a phone number'
                    when regexp_matches(whole, '(^|[^0-9.])([0-9]{15}|(01|35|86|99)[0-9]{14})($|[^0-9])')
                        then 'an IMSI or IMEI'
                    when regexp_matches(whole, '(^|[^0-9])[0-9]{2}[- ][0-9]{6}[- ][0-9]{6}[- ][0-9]{1,2}($|[^0-9])')
                        then 'an IMEI'
                    when regexp_matches(whole, '(^|[^0-9])510[ -]?[0-9]{2}[ -]?[0-9]{10}($|[^0-9])')
                        then 'an IMSI'
                    when regexp_matches(whole, '(^|[^0-9.])89([ -]?[0-9]){17,18}($|[^0-9])')
                        then 'a SIM card number'
                    when regexp_matches(whole, '(^|[^0-9A-Za-z])(0[xX])?([0-9a-fA-F]{32}|[0-9a-fA-F]{40}|[0-9a-fA-F]{56}|[0-9a-fA-F]{64}|[0-9a-fA-F]{96}|[0-9a-fA-F]{128})($|[^0-9A-Za-z])')
                        then 'a hashed identity'
                    when regexp_matches(whole, '[^@\s,;]+@[^@\s,;]+[.][A-Za-z]{2,}')
                        then 'an e-mail address'
                    when regexp_matches(whole, '(^|[^0-9A-Za-z])([0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}($|[^0-9A-Za-z])')
                        then 'a device address'
                end as shape
            from numbers
        )

    select shape from final
)
