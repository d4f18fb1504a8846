-- What intake reads real files with.  None of these functions raises on a
-- value, so that one statement can read a million rows.

CREATE FUNCTION ietp.try_date(value text, date_order text DEFAULT 'YMD')
RETURNS date
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_try_date';
COMMENT ON FUNCTION ietp.try_date(text, text) IS
'the date that the value holds, or NULL where it holds none; the order YMD, DMY or MDY is that of its parts';

CREATE FUNCTION ietp.try_timestamptz(value text, time_zone text,
	date_order text DEFAULT 'YMD')
RETURNS timestamptz
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_try_timestamptz';
COMMENT ON FUNCTION ietp.try_timestamptz(text, text, text) IS
'the instant that the value holds, or NULL where it holds none; without an offset from UTC it is local time of the time zone';

CREATE FUNCTION ietp.try_integer(value text)
RETURNS integer
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_try_integer';
COMMENT ON FUNCTION ietp.try_integer(text) IS
'the whole number that the value holds, or NULL where it holds none';

CREATE FUNCTION ietp.try_amount(value text)
RETURNS numeric
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_try_amount';
COMMENT ON FUNCTION ietp.try_amount(text) IS
'the amount that the value holds, with a decimal point and up to 4 decimals, or NULL where it holds none';

CREATE FUNCTION ietp.try_phone(value text, country_code text DEFAULT NULL)
RETURNS text
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_try_phone';
COMMENT ON FUNCTION ietp.try_phone(text, text) IS
'the phone number that the value holds, as + and 7 to 15 digits (E.164), or NULL where it holds none; the country code completes a national number';

CREATE FUNCTION ietp.try_code(value text)
RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_try_code';
COMMENT ON FUNCTION ietp.try_code(text) IS
'the value without surrounding white space where it is 1 to 64 of A-Z a-z 0-9 _ . : - and begins with a letter or digit, else NULL';

CREATE FUNCTION ietp.nonblank(value text)
RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_nonblank';
COMMENT ON FUNCTION ietp.nonblank(text) IS
'the value without surrounding white space, or NULL where nothing is left';

CREATE FUNCTION ietp.field_problem(column_name text, given text,
	parsed boolean, required boolean DEFAULT false,
	problem text DEFAULT 'malformed')
RETURNS text
LANGUAGE c IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_field_problem';
COMMENT ON FUNCTION ietp.field_problem(
	text, text, boolean, boolean, text) IS
'column:missing where a required field is blank, column:problem where one that is not blank did not parse, else NULL';

CREATE FUNCTION ietp.next_line()
RETURNS bigint
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ietp_next_line';
COMMENT ON FUNCTION ietp.next_line() IS
'number of the next line that this session copies into staging: 2, 3 and so on after each setting of ietp_helpline.import_batch, since line 1 is the header';
