--
-- Validators that the intake of real files uses.
--
\pset null '(null)'
SET datestyle = 'ISO, MDY';
SET timezone = 'UTC';

-- Aligned output depends on the width that psql gives invisible characters.
\pset format unaligned

--
-- try_date
--

-- Each form once; a year that stands first is understood in any order.
SELECT v.value, v.date_order, ietp.try_date(v.value, v.date_order)
FROM (VALUES
	(1, '2021-04-30', 'YMD'),
	(2, '2021/4/30', 'YMD'),
	(3, '2021.04.30', 'YMD'),
	(4, '20210430', 'YMD'),
	(5, '2021年4月30日', 'YMD'),
	(6, '２０２１－０４－３０', 'YMD'),
	(7, '２０２１年０４月３０日', 'YMD'),
	(8, '2021-04-30', 'DMY'),
	(9, '30/04/2021', 'DMY'),
	(10, '30-4-2021', 'DMY'),
	(11, '30.04.2021', 'DMY'),
	(12, '04/05/2021', 'DMY'),
	(13, '04/30/2021', 'MDY'),
	(14, '04/05/2021', 'MDY'),
	(15, U&'\00A0 2021-04-30\3000', 'YMD'),
	(16, '0001-01-01', 'YMD'),
	(17, '9999-12-31', 'YMD'),
	(18, '20000229', 'MDY'))
	AS v(n, value, date_order)
ORDER BY v.n;
SELECT ietp.try_date('2021-04-30') AS default_order,
	ietp.try_date(NULL) AS no_value,
	ietp.try_date('2021-04-30', date_order => NULL) AS no_order;

-- Every day from 1895 to 2105, in every form, against core.
SELECT f.form, f.date_order, count(*),
	count(*) FILTER (WHERE ietp.try_date(to_char(d, f.form), f.date_order)
		= d::date) AS same
FROM generate_series('1895-01-01'::timestamp, '2105-12-31', '1 day') AS d,
	(VALUES
		(1, 'YYYY-MM-DD', 'YMD'),
		(2, 'YYYY/FMMM/FMDD', 'YMD'),
		(3, 'YYYY.MM.DD', 'DMY'),
		(4, 'YYYYMMDD', 'MDY'),
		(5, 'YYYY"年"FMMM"月"FMDD"日"', 'YMD'),
		(6, 'DD/MM/YYYY', 'DMY'),
		(7, 'FMDD-FMMM-YYYY', 'DMY'),
		(8, 'DD.MM.YYYY', 'DMY'),
		(9, 'FMMM/FMDD/YYYY', 'MDY'),
		(10, 'MM-DD-YYYY', 'MDY'))
	AS f(n, form, date_order)
GROUP BY f.n, f.form, f.date_order
ORDER BY f.n;

-- Days 0 to 32 of months 0 to 13 are dates exactly where core has such a day.
WITH written AS (
	SELECT format('%s-%s-%s', to_char(y, 'FM0000'), to_char(m, 'FM00'),
		to_char(d, 'FM00')) AS value
	FROM unnest(ARRAY[1899, 1900, 1904, 2000, 2021, 2024, 2100, 9999]) AS y,
		generate_series(0, 13) AS m, generate_series(0, 32) AS d
), real AS (
	SELECT to_char(d, 'YYYY-MM-DD') AS value
	FROM generate_series('1899-01-01'::timestamp, '9999-12-31', '1 day') AS d
	WHERE extract(year FROM d) IN (1899, 1900, 1904, 2000, 2021, 2024, 2100,
		9999)
)
SELECT count(*), count(real.value) AS days,
	count(*) FILTER (WHERE (ietp.try_date(written.value) IS NOT NULL)
		<> (real.value IS NOT NULL)) AS wrong
FROM written
LEFT JOIN real USING (value);

-- What is no date, or has two readings.
SELECT v.value, v.date_order, ietp.try_date(v.value, v.date_order)
FROM (VALUES
	(1, 'today', 'YMD'),
	(2, 'now', 'YMD'),
	(3, 'infinity', 'YMD'),
	(4, 'epoch', 'YMD'),
	(5, '2021-02-29', 'YMD'),
	(6, '0000-01-01', 'YMD'),
	(7, '30/04/2021', 'YMD'),
	(8, '30/04/2021', 'MDY'),
	(9, '04/30/2021', 'DMY'),
	(10, '30/04/21', 'DMY'),
	(11, '21-04-30', 'YMD'),
	(12, '021-04-30', 'YMD'),
	(13, '12021-04-30', 'YMD'),
	(14, '2021-04/30', 'YMD'),
	(15, '2021-04', 'YMD'),
	(16, '2021-04-30-', 'YMD'),
	(17, '2021-004-30', 'YMD'),
	(18, '2021--04-30', 'YMD'),
	(19, '2021-04-030', 'YMD'),
	(20, '-2021-04-30', 'YMD'),
	(21, '2021-04-30 BC', 'YMD'),
	(22, '2021-04-30 00:00', 'YMD'),
	(23, '2021 04 30', 'YMD'),
	(24, '2021年4月30', 'YMD'),
	(25, '2021年4月30号', 'YMD'),
	(26, '2021年4-30日', 'YMD'),
	(27, '2021430', 'YMD'),
	(28, '202104301', 'YMD'),
	(29, '30042021', 'DMY'),
	(30, '44316', 'YMD'),
	(31, '２０２１-04-3０x', 'YMD'),
	(32, U&'\0662\0660\0662\0661-04-30', 'YMD'),
	(33, '30 Apr 2021', 'DMY'))
	AS v(n, value, date_order)
ORDER BY v.n;

-- The order is the programmer's: a wrong one is an error.
SELECT ietp.try_date('2021-04-30', 'ymd');
SELECT ietp.try_date('2021-04-30', '');
SELECT ietp.try_date('2021-04-30', 'YDM');
\echo :LAST_ERROR_SQLSTATE

--
-- try_timestamptz
--

SELECT v.value, ietp.try_timestamptz(v.value, 'Asia/Shanghai')
FROM (VALUES
	(1, '2021-04-30'),
	(2, '2021-04-30T09:05'),
	(3, '2021-04-30 09:05:06'),
	(4, '2021-04-30 09:05:06.5'),
	(5, '2021-04-30 09:05:06.000001'),
	(6, '2021/4/30 9:05'),
	(7, '2021年4月30日 09:05'),
	(8, '２０２１／４／３０　０９：０５'),
	(9, '20210430T09:05'),
	(10, '2021-04-30T09:05Z'),
	(11, '2021-04-30t09:05:06.25z'),
	(12, '2021-04-30 09:05+07'),
	(13, '2021-04-30 09:05:06 +0700'),
	(14, '2021-04-30 09:05:06-04:30'),
	(15, '2021-04-30 00:00:00+15:59'),
	(16, '2021-04-30 23:59:59.999999-15:59'),
	(17, U&'\3000' || '2021-04-30 09:05 '),
	(18, '0001-01-01 00:00'),
	(19, '9999-12-31 23:59:59.999999'))
	AS v(n, value)
ORDER BY v.n;
SELECT ietp.try_timestamptz('30/4/2021 9:05', 'UTC', 'DMY') AS dmy,
	ietp.try_timestamptz('4/30/2021 9:05', 'UTC', date_order => 'MDY') AS mdy;
SELECT ietp.try_timestamptz(NULL, 'UTC') AS no_value,
	ietp.try_timestamptz('2021-04-30', NULL) AS no_zone,
	ietp.try_timestamptz('2021-04-30', 'UTC', NULL) AS no_order;

-- Local times of 1985 to 2035 against core's timezone(), 20,000 per zone.
SELECT zone, count(*),
	count(*) FILTER (WHERE ietp.try_timestamptz(
		to_char(t, 'YYYY-MM-DD"T"HH24:MI:SS.US'), zone) = timezone(zone, t))
		AS same
FROM unnest(ARRAY['Asia/Shanghai', 'Asia/Ho_Chi_Minh', 'America/New_York',
		'Europe/Berlin']) AS zone,
	generate_series(1, 20000) AS g,
	LATERAL (SELECT '1985-01-01'::timestamp + '1 microsecond'::interval
		* (abs(hashint8extended(g, 42) % 1577880000000000)::float8)) AS r(t)
GROUP BY zone
ORDER BY zone COLLATE "C";

-- Every ten minutes about each change of the clocks: hours that are skipped
-- in spring and repeated in autumn, in China's summer times as well.
SELECT zone, count(*),
	count(*) FILTER (WHERE ietp.try_timestamptz(
		to_char(t, 'YYYY/FMMM/FMDD FMHH24:MI'), zone) = timezone(zone, t))
		AS same,
	count(*) FILTER (WHERE timezone(zone, timezone(zone, t)) <> t) AS skipped
FROM (VALUES
	('America/New_York', '2021-03-14'::timestamp),
	('America/New_York', '2021-11-07'),
	('Asia/Shanghai', '1988-04-17'),
	('Asia/Shanghai', '1988-09-11'),
	('Asia/Ho_Chi_Minh', '1975-06-13'))
	AS c(zone, day),
	generate_series(day - interval '1 day', day + interval '2 days',
		interval '10 minutes') AS t
GROUP BY zone
ORDER BY zone COLLATE "C";

-- With an offset, against core's input.
SELECT count(*),
	count(*) FILTER (WHERE ietp.try_timestamptz(value, 'America/New_York')
		= value::timestamptz) AS same
FROM generate_series(-959, 959) AS minutes,
	LATERAL (SELECT format('2021-04-30 09:05:06%s%s:%s',
		CASE WHEN minutes < 0 THEN '-' ELSE '+' END,
		to_char(abs(minutes) / 60, 'FM00'),
		to_char(abs(minutes) % 60, 'FM00'))) AS w(value);

-- Every second of a day, and those that are not.
SELECT count(*),
	count(*) FILTER (WHERE ietp.try_timestamptz(value, 'UTC') IS NOT NULL)
		AS times,
	count(*) FILTER (WHERE ietp.try_timestamptz(value, 'UTC')
		= '2021-04-30Z'::timestamptz + make_interval(hours => h, mins => m,
			secs => s)) AS same
FROM generate_series(0, 25) AS h, generate_series(0, 61) AS m,
	generate_series(0, 61) AS s,
	LATERAL (SELECT format('2021-04-30 %s:%s:%s', to_char(h, 'FM00'),
		to_char(m, 'FM00'), to_char(s, 'FM00'))) AS w(value);

-- What is no moment.
SELECT v.value, ietp.try_timestamptz(v.value, 'Asia/Shanghai')
FROM (VALUES
	(1, 'now'),
	(2, 'infinity'),
	(3, '2021-04-30T'),
	(4, '2021-04-30 09'),
	(5, '2021-04-30 0905'),
	(6, '2021-04-30 24:00'),
	(7, '2021-04-30 23:60'),
	(8, '2021-04-30 23:59:60'),
	(9, '2021-04-30 09:5'),
	(10, '2021-04-30 009:05'),
	(11, '2021-04-30 09:05:6'),
	(12, '2021-04-30 09:05:06.'),
	(13, '2021-04-30 09:05:06.1234567'),
	(14, '2021-04-30 09:05 PM'),
	(15, '2021-04-30 09:05 CST'),
	(16, '2021-04-30 09:05+8'),
	(17, '2021-04-30 09:05+080'),
	(18, '2021-04-30 09:05+08:0'),
	(19, '2021-04-30 09:05+08:00:00'),
	(20, '2021-04-30 09:05+16'),
	(21, '2021-04-30 09:05+08:60'),
	(22, '2021-04-30 09:05 +08:00 x'),
	(23, '2021-04-30Z'),
	(24, '2021-04-30+08'),
	(25, '2021-04-30  09:05'),
	(26, '2021-04-30 T09:05'),
	(27, '2021-02-29 09:05'),
	(28, '09:05 2021-04-30'))
	AS v(n, value)
ORDER BY v.n;

-- A wrong zone or order is the programmer's error.  The zone is looked up
-- anew when it changes.
SELECT ietp.try_timestamptz('2021-04-30', zone)
FROM unnest(ARRAY['Asia/Shanghai', 'Asia/Shanghai', 'UTC', 'asia/shanghai',
	'America/New_York', 'Etc/GMT-1', 'Etc/GMT-14', 'Etc/GMT-1']) WITH ORDINALITY AS t(zone, n)
ORDER BY n;
SELECT ietp.try_timestamptz('2021-04-30', 'Asia/Dongguan');
SELECT ietp.try_timestamptz('2021-04-30', '');
SELECT ietp.try_timestamptz('2021-04-30', repeat('x', 256));
SELECT ietp.try_timestamptz('no date', 'Asia/Dongguan');
\echo :LAST_ERROR_SQLSTATE
SELECT ietp.try_timestamptz('2021-04-30', 'UTC', 'dmy');

--
-- try_amount and try_integer
--

SELECT v.value, ietp.try_amount(v.value), ietp.try_integer(v.value)
FROM (VALUES
	(1, '0'),
	(2, '-0.00'),
	(3, '+12'),
	(4, '-12.50'),
	(5, '007'),
	(6, '1234.5678'),
	(7, '1,234'),
	(8, '-12,345,678.9'),
	(9, '123 456'),
	(10, U&'1\2009234\2009567.00'),
	(11, U&'1\00A0234'),
	(12, U&'1\202F234'),
	(13, '１，２３４．５０'),
	(14, '－５'),
	(15, U&'\22125'),
	(16, U&'\3000 42 \2028'),
	(17, '2147483647'),
	(18, '2147483648'),
	(19, '-2,147,483,648'),
	(20, '-2147483649'),
	(21, '999999999999999.9999'),
	(22, '-999,999,999,999,999.9999'),
	(23, '922337203685477.5807'),
	(24, '922337203685477.5808'),
	(25, '000000000000000'))
	AS v(n, value)
ORDER BY v.n;

-- Against core: every number of digits, before and after the point.
SELECT count(*),
	count(*) FILTER (WHERE (ietp.try_amount(value))::text
		= value::numeric::text) AS same,
	count(*) FILTER (WHERE ietp.try_amount(value) IS NULL) AS refused,
	count(*) FILTER (WHERE (ietp.try_amount(value) IS NULL)
		<> (b NOT BETWEEN 1 AND 15 OR a > 4)) AS wrong
FROM generate_series(1, 20) AS b, generate_series(0, 6) AS a,
	generate_series(0, 9) AS digit, unnest(ARRAY['', '-', '+']) AS sign,
	LATERAL (SELECT sign || repeat(digit::text, b)
		|| CASE WHEN a > 0 THEN '.' || repeat((9 - digit)::text, a) ELSE '' END)
		AS w(value);
SELECT count(*),
	count(*) FILTER (WHERE ietp.try_amount(to_char(number,
		'FM999,999,999,999,990.0000')) = number) AS grouped,
	count(*) FILTER (WHERE ietp.try_amount(translate(to_char(number,
		'FM999,999,999,999,990.0000'), ',', U&'\2009')) = number) AS thin
FROM generate_series(1, 20000) AS g,
	LATERAL (SELECT round((hashint8extended(g, 7) / 10000.0)
		% (10::numeric ^ (g % 15)), 4)) AS r(number);

-- Against a regular expression: every text of up to six of these characters.
WITH RECURSIVE written(value) AS (
	SELECT ''
	UNION ALL
	SELECT value || c
	FROM written, unnest(ARRAY['0', '1', ',', '.', ' ', '-']) AS c
	WHERE length(value) < 6
), judged AS (
	SELECT value,
		value ~ '^ *[+-]?([0-9]+|[1-9][0-9]{0,2}((,[0-9]{3})+|( [0-9]{3})+))([.][0-9]{1,4})? *$'
			AS good
	FROM written
)
SELECT count(*), count(*) FILTER (WHERE good) AS good,
	count(*) FILTER (WHERE good
		<> (ietp.try_amount(value) IS NOT NULL)) AS wrong,
	count(*) FILTER (WHERE good AND ietp.try_amount(value)
		<> translate(value, ', ', '')::numeric) AS other_number,
	count(*) FILTER (WHERE (good AND value !~ '[.]')
		<> (ietp.try_integer(value) IS NOT NULL)) AS wrong_integer,
	count(*) FILTER (WHERE good AND value !~ '[.]' AND ietp.try_integer(value)
		<> translate(value, ', ', '')::integer) AS other_integer
FROM judged;

-- What is no amount.
SELECT v.value, ietp.try_amount(v.value), ietp.try_integer(v.value)
FROM (VALUES
	(1, NULL),
	(2, '-'),
	(3, '.5'),
	(4, '5.'),
	(5, '1e3'),
	(6, 'NaN'),
	(7, 'Infinity'),
	(8, '0x10'),
	(9, '¥12'),
	(10, '12 CNY'),
	(11, '12%'),
	(12, '(12)'),
	(13, '12-'),
	(14, '- 12'),
	(15, '--12'),
	(16, '1,23'),
	(17, '1,2345'),
	(18, '1234,567'),
	(19, ',123'),
	(20, '1,,234'),
	(21, '1,234 567'),
	(22, '1,234,'),
	(23, '1.234,5'),
	(24, '1.234.567'),
	(25, '0,500'),
	(26, '1.23456'),
	(27, '1234567890123456'),
	(28, '1,234,567,890,123,456'),
	(29, '0000000000000001'),
	(30, '一二三'),
	(31, U&'\0661\0662'),
	(32, U&'1\0301'),
	(33, '1_000'))
	AS v(n, value)
ORDER BY v.n;

--
-- try_phone
--

SELECT v.value, v.country_code, ietp.try_phone(v.value, v.country_code)
FROM (VALUES
	(1, '+8613800138000', NULL),
	(2, '+86 138-0013-8000', NULL),
	(3, '+86.138.0013.8000', NULL),
	(4, '(+86) 13800138000', NULL),
	(5, '＋８６（１３８）００１３８０００', NULL),
	(6, '008613800138000', NULL),
	(7, '00 86 138 0013 8000', '84'),
	(8, '+84 24 1234 5678', '86'),
	(9, U&'+86\2011138\20130013\20108000', NULL),
	(10, '+44 (0)20 7946 0000', NULL),
	(11, '0044 (0) 20 7946 0000', NULL),
	(12, '13800138000', '86'),
	(13, '013800138000', '86'),
	(14, '0769-2345 6789', '86'),
	(15, '(0769) 23456789', '86'),
	(16, '4001-583580', '86'),
	(17, '0912 345 678', '84'),
	(18, '212-555-0123', '1'),
	(19, '9123456789', '91'),
	(20, '01712 345678', '880'),
	(21, '+1234567', NULL),
	(22, '+123456789012345', NULL),
	(23, U&'\3000+8613800138000\00A0', NULL))
	AS v(n, value, country_code)
ORDER BY v.n;

-- Every length, and what the punctuation of a number leaves of it.
SELECT count(*) AS lengths,
	count(*) FILTER (WHERE ietp.try_phone('+' || digits) = '+' || digits)
		AS plus,
	count(*) FILTER (WHERE ietp.try_phone('00' || digits) = '+' || digits)
		AS exit_code,
	min(n) FILTER (WHERE ietp.try_phone('+' || digits) IS NOT NULL),
	max(n) FILTER (WHERE ietp.try_phone('+' || digits) IS NOT NULL)
FROM generate_series(1, 30) AS n,
	LATERAL (SELECT left('123456789012345678901234567890', n)) AS w(digits);
SELECT count(*),
	count(*) FILTER (WHERE ietp.try_phone(value)
		= regexp_replace(value, '[^0-9+]', '', 'g')) AS same
FROM generate_series(1, 5000) AS g,
	LATERAL (SELECT '+' || string_agg(
		CASE WHEN i = 1 THEN '8' ELSE (abs(hashint8extended(g, i)) % 10)::text
		END || (ARRAY['', '', ' ', '-', '.', '--', ' - ',
			U&'\3000'])[abs(hashint8extended(g, i + 100)) % 8 + 1],
		'' ORDER BY i)
		FROM generate_series(1, 7 + g % 9) AS i) AS w(value);

-- What is no number, or not the whole of one.
SELECT v.value, v.country_code, ietp.try_phone(v.value, v.country_code)
FROM (VALUES
	(1, NULL, '86'),
	(2, '', '86'),
	(3, '+', '86'),
	(4, '00', '86'),
	(5, '0', '86'),
	(6, '-()', '86'),
	(7, '13800138000', NULL),
	(8, '110', '86'),
	(9, '8613800138000', '86'),
	(10, '12125550123', '1'),
	(11, '+123456', NULL),
	(12, '+1234567890123456', NULL),
	(13, '+0138001380', NULL),
	(14, '+00138001380', NULL),
	(15, '00086138001380', NULL),
	(16, '++8613800138000', NULL),
	(17, '86+13800138000', NULL),
	(18, '+86 13800138000 ext 2', NULL),
	(19, '+86 1380013800O', NULL),
	(20, '+86,13800138000', NULL),
	(21, '13800138000/13900139000', '86'),
	(22, '0769123456789012', '86'),
	(23, U&'\202D+8613800138000\202C', NULL),
	(24, U&'+861380013800\0660', NULL))
	AS v(n, value, country_code)
ORDER BY v.n;

-- The country code is the programmer's.
SELECT ietp.try_phone('13800138000', '+86');
SELECT ietp.try_phone('13800138000', '086');
SELECT ietp.try_phone('13800138000', '');
SELECT ietp.try_phone('13800138000', '8600');
SELECT ietp.try_phone(NULL, '8a');
\echo :LAST_ERROR_SQLSTATE

--
-- try_code
--

SELECT v.value, ietp.try_code(v.value)
FROM (VALUES
	(1, 'A'),
	(2, ' DG-0042 '),
	(3, '9.a_b:c-d'),
	(4, U&'\3000x1\2029'),
	(5, repeat('z', 64)),
	(6, NULL),
	(7, ''),
	(8, '   '),
	(9, repeat('z', 65)),
	(10, '-a'),
	(11, '_a'),
	(12, 'a b'),
	(13, 'a/b'),
	(14, 'é'),
	(15, 'Ａ１'),
	(16, '工厂'),
	(17, U&'a\0301'),
	(18, U&'a\200B'))
	AS v(n, value)
ORDER BY v.n;

-- Every character of the first planes, alone and behind a letter.
SELECT count(*) FILTER (WHERE (ietp.try_code(c) IS NOT NULL)
		<> (c ~ '^[A-Za-z0-9]$')) AS wrong_first,
	count(*) FILTER (WHERE (ietp.try_code('a' || c || 'a') IS NOT NULL)
		<> (c ~ '^[-A-Za-z0-9_.:]$')) AS wrong_inside
FROM generate_series(1, 120000) AS n,
	LATERAL (SELECT CASE WHEN n NOT BETWEEN 55296 AND 57343 THEN chr(n) END)
		AS w(c);

--
-- nonblank and field_problem
--

SELECT v.value, '<' || ietp.nonblank(v.value) || '>' AS nonblank
FROM (VALUES
	(1, 'a'),
	(2, ' a b '),
	(3, U&'\3000\00A0 \58F0\97F3 \2003'),
	(4, U&'\200Ba\FEFF'),
	(5, '�'),
	(6, NULL),
	(7, ''),
	(8, ' '),
	(9, U&'\3000\3000'))
	AS v(n, value)
ORDER BY v.n;

-- White space is what Unicode's property White_Space says, no more.
SELECT string_agg(to_hex(n), ' ' ORDER BY n) AS white_space
FROM generate_series(1, 120000) AS n
WHERE n NOT BETWEEN 55296 AND 57343
	AND CASE WHEN n NOT BETWEEN 55296 AND 57343
		THEN ietp.nonblank(chr(n)) IS NULL END;

-- All characters, with and without white space around: only that goes.
SELECT count(*) AS characters,
	count(*) FILTER (WHERE ietp.nonblank(U&' \3000\2028' || c || U&'\0085\2003 ')
		IS NOT DISTINCT FROM ietp.nonblank(c)) AS trimmed,
	count(*) FILTER (WHERE ietp.nonblank('x' || c || 'x') = 'x' || c || 'x')
		AS kept
FROM generate_series(1, 120000) AS n,
	LATERAL (SELECT CASE WHEN n NOT BETWEEN 55296 AND 57343
		THEN chr(n) END) AS w(c)
WHERE c IS NOT NULL;

SELECT g.given, parsed, required,
	ietp.field_problem('amount_paid', g.given, parsed, required)
FROM (VALUES (1, NULL), (2, ''), (3, U&' \3000'), (4, ' 5')) AS g(n, given),
	unnest(ARRAY[true, false, NULL]) WITH ORDINALITY AS p(parsed, pn),
	unnest(ARRAY[true, false, NULL]) WITH ORDINALITY AS r(required, rn)
ORDER BY g.n, pn, rn;
SELECT ietp.field_problem('opened', '', false) AS not_required_by_default,
	ietp.field_problem('案件', 'x', parsed => false, required => true),
	ietp.field_problem('', 'x', false) AS no_name;
SELECT ietp.field_problem(NULL, 'x', true);
\echo :LAST_ERROR_SQLSTATE

-- The use they are made for: one statement, all problems of each row.
WITH file(n, opened, amount, phone) AS (
	VALUES (1, '2021-04-30', '1,200.00', '13800138000'),
		(2, '2021-04-31', '', '13800138000'),
		(3, '', '12元', 'no')
)
SELECT n, ietp.try_date(opened), ietp.try_amount(amount),
	ietp.try_phone(phone, '86'),
	array_remove(ARRAY[
		ietp.field_problem('opened', opened,
			ietp.try_date(opened) IS NOT NULL, required => true),
		ietp.field_problem('amount', amount,
			ietp.try_amount(amount) IS NOT NULL),
		ietp.field_problem('phone', phone,
			ietp.try_phone(phone, '86') IS NOT NULL)], NULL) AS problems
FROM file
ORDER BY n;

--
-- Hostile values: nothing raises, nothing but nonblank returns anything.
--

CREATE TEMP TABLE hostile (n integer, what text, value text);
INSERT INTO hostile VALUES
	(1, 'megabyte of digits', repeat('9', 1048576)),
	(2, 'megabyte of zeros', repeat('0', 1048576)),
	(3, 'megabyte of blanks and a sign', repeat(' ', 1048576) || '/'),
	(4, 'megabyte of wide blanks', repeat(U&'\3000', 349525)),
	(5, 'megabyte of hyphens', repeat('-', 1048576)),
	(6, 'megabyte of groups', '1' || repeat(',000', 262144)),
	(7, 'megabyte of brackets', repeat('()', 524288)),
	(8, 'date and a megabyte of signs', '2021' || repeat('-', 1048576)),
	(9, 'fraction of a megabyte', '2021-04-30 09:05:06.' || repeat('1', 1048576)),
	(10, 'combining marks', '1' || repeat(U&'\0301', 1000)),
	(11, 'bidi controls', U&'\202E12\202C\2066\2069'),
	(12, 'zero width', U&'1\200B2\200D3\FEFF'),
	(13, 'outside the first plane', U&'\+01D7CE\+01D7CF\+01F600'),
	(14, 'last character', U&'\+10FFFF'),
	(15, 'not a character', U&'\FFFE'),
	(16, 'control', E'\x01\x7f'),
	(17, 'empty', ''),
	(18, 'blank', E' \t\r\n');
SELECT n, what, octet_length(value) AS bytes,
	num_nonnulls(ietp.try_date(value), ietp.try_date(value, 'DMY'),
		ietp.try_date(value, 'MDY'), ietp.try_timestamptz(value, 'UTC'),
		ietp.try_integer(value), ietp.try_amount(value),
		ietp.try_phone(value), ietp.try_phone(value, '86'),
		ietp.try_code(value),
		ietp.try_enum(value, NULL::ietp.severity)) AS results,
	octet_length(ietp.nonblank(value)) AS nonblank,
	ietp.field_problem('c', value, false, true) AS problem
FROM hostile
ORDER BY n;

-- No result depends on a setting.
SET datestyle = 'German, DMY';
SET timezone = 'America/New_York';
SELECT ietp.try_date('04/05/2021', 'MDY') = make_date(2021, 4, 5) AS same_date,
	ietp.try_timestamptz('2021-04-05 12:00', 'Asia/Shanghai')
		= make_timestamptz(2021, 4, 5, 4, 0, 0, 'UTC') AS same_moment;

-- Labels of the functions: all parallel safe, all but try_enum immutable.
SELECT p.proname, p.provolatile, p.proisstrict, p.proparallel
FROM pg_proc p
WHERE p.pronamespace = 'ietp'::regnamespace
	AND p.proname IN ('try_date', 'try_timestamptz', 'try_integer',
		'try_amount', 'try_phone', 'try_code', 'try_enum', 'nonblank',
		'field_problem')
ORDER BY p.proname COLLATE "C";
