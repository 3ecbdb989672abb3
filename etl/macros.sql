-- Small rules that several statements share.  Each is one expression, so the optimiser sees through it.

-- A plain decimal number: ASCII digits, optional sign, point, exponent and padding.  Anything else is null.
create or replace temp macro plain_number(written) as
    case
        when regexp_full_match(trim(written, E' \t\n\r\f'), '[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?')
            and abs(try_cast(trim(written, E' \t\n\r\f') as decimal(38,10))) < 100000000
            then try_cast(trim(written, E' \t\n\r\f') as decimal(38,10))
    end;

-- A plain number without a fraction, as an id is.  Anything else is null.
create or replace temp macro whole_number(written) as
    case when plain_number(written) = trunc(plain_number(written)) then plain_number(written)::bigint end;

-- Two decimal places, exact halves to the even neighbour.
create or replace temp macro two_places(number) as
    case
        when abs(number * 100 - trunc(number * 100)) = 0.5 and abs(trunc(number * 100)) % 2 = 0 then trunc(number * 100) / 100
        else round(number, 2)
    end;

-- Revenue recognised after `used` of `granted` hundredths of an hour (see ledger/rounding.py, which it must equal).
create or replace temp macro recognised_cents(price_cents, used, granted) as
    case
        when price_cents <= 0 or granted <= 0 then 0
        else (price_cents * used) // granted
            + case
                when 2 * ((price_cents * used) % granted) > granted then 1
                when 2 * ((price_cents * used) % granted) = granted then ((price_cents * used) // granted) % 2
                else 0
            end
    end;

-- The school's day of a class: the session's own date; without a session, the day of the default zone.
create or replace temp macro class_day(class_at, session_date) as
    coalesce(session_date, least(timezone(getvariable('default_timezone'), class_at)::date, date '9999-12-31'));

create or replace temp macro class_hour(class_at, start_time) as
    coalesce(hour(start_time), hour(timezone(getvariable('default_timezone'), class_at)))::bigint;

-- The school's day of an instant.  Dates stop where Python's do.
create or replace temp macro school_day(instant, zone) as
    case when instant is not null then least(timezone(zone, instant)::date, date '9999-12-31') end;

create or replace temp macro booking_state(booked, effective, is_taught, held_at) as
    case
        when held_at > getvariable('as_of') then 'upcoming'
        when booked > 0 and effective = 0 then 'returned'
        when is_taught then 'consumed'
        else 'reserved'
    end;

-- Hours a week over the last eight weeks, or since the first class where that is shorter (at least one week).
create or replace temp macro pace_per_week(hours, first_class_at) as
    (hours * 604800 / greatest(least(56 * 86400, (epoch_us(getvariable('as_of')) - epoch_us(first_class_at)) // 1000000), 604800))::decimal(12,2);

-- A line of text as somebody wrote it.  Empty, longer than `longest`, or with characters that steer a screen or a
-- printer (control characters, changes of direction) is null.
create or replace temp macro written_line(written, longest) as
    case
        when length(trim(written, E' \t\n\r\f')) between 1 and longest
            and not regexp_matches(trim(written, E' \t\n\r\f'), '[\p{Cc}\x{2028}-\x{202e}\x{2066}-\x{2069}]')
            then trim(written, E' \t\n\r\f')
    end;

-- Several lines, such as an address: those that can be read, apart by one line break; null when there is none.
create or replace temp macro written_lines(written) as
    nullif(array_to_string(list_filter(
        list_transform(string_split_regex(left(written, 2000), '\r\n|\r|\n'), lambda line: written_line(line, 200)),
        lambda line: line is not null
    ), chr(10)), '');
