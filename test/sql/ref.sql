-- References of cases and calls.
SET search_path = public, ietp;

-- A failing statement's SQLSTATE, message, detail and hint, to the letter.
CREATE FUNCTION pg_temp.outcome(statement text, OUT state text,
	OUT message text, OUT detail text, OUT hint text)
LANGUAGE plpgsql VOLATILE STRICT
AS $$
BEGIN
	EXECUTE statement;
	state := '00000';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS
		state = RETURNED_SQLSTATE,
		message = MESSAGE_TEXT,
		detail = PG_EXCEPTION_DETAIL,
		hint = PG_EXCEPTION_HINT;
END
$$;

-- Does the plan of a query hold a node with this property?
CREATE FUNCTION pg_temp.plan_has(query text, property text, value text)
RETURNS boolean
LANGUAGE plpgsql VOLATILE STRICT
AS $$
DECLARE
	plan text;
BEGIN
	EXECUTE 'EXPLAIN (FORMAT JSON) ' || query INTO plan;
	RETURN strpos(plan, format('"%s": "%s"', property, value)) > 0;
END
$$;

-- The oracle for check digits: the text as one long decimal number, letters
-- A = 10 to Z = 35, is 1 modulo 97.
CREATE FUNCTION pg_temp.long_number(reference text)
RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT
RETURN (
	SELECT string_agg(
		CASE WHEN symbol >= 'A' COLLATE "C"
			THEN (ascii(symbol) - ascii('A') + 10)::text
			ELSE symbol
		END, '' ORDER BY place)::numeric
	FROM string_to_table(replace(reference, '-', ''), NULL)
		WITH ORDINALITY AS symbols (symbol, place));

-- The oracle for the layout: the number that the binary form should hold.
CREATE FUNCTION pg_temp.packed(reference text)
RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT
RETURN (
	SELECT (CASE WHEN parts[1] = '' THEN 0 ELSE 1000000000000000 END
		+ ((ascii(parts[2]) - 65) * 26 + ascii(parts[3]) - 65)
			* 1000000000000
		+ parts[4]::bigint * 100000000
		+ (parts[5] || parts[6])::bigint)::bigint
	FROM regexp_match(reference,
		'^(CALL-|)([A-Z])([A-Z])-(\d{4})-(\d{4})-(\d{4})-\d\d$') AS parts);

-- Text in and out, and what input forgives.
SELECT case_ref 'CN-2021-4837-2059-77' AS case,
	call_ref 'CALL-CN-2021-4837-2059-84' AS call;
SELECT value::case_ref
FROM (VALUES
	(text 'cn20214837205977'),
	('  CN 2021 4837 2059 77  '),
	(E'\tCN-2021-4837-2059-77\r\n'),
	(U&'CN\20112021\20134837\22122059\00AD77'),
	(U&'\FF23\FF2E\FF0D\FF12\FF10\FF12\FF11\30004837\00A02059\FF0D77')
) AS spellings (value);
SELECT value::call_ref
FROM (VALUES
	(text 'call cn 2021 4837 2059 84'),
	('CALLCN20214837205984'),
	(U&'\FF43\FF41\FF4C\FF4C\2014CN-2021-4837-2059-84')
) AS spellings (value);

-- The lowest and the highest.
SELECT case_ref 'AA-0000-0000-0000-15', case_ref 'ZZ-9999-9999-9999-97';
SELECT call_ref 'CALL-AA-0000-0000-0000-22',
	call_ref 'CALL-ZZ-9999-9999-9999-07';

-- Casts from and to text, and assignment to a text column.
SELECT CAST(text 'CN-2021-4837-2059-77' AS case_ref)::text,
	CAST(text 'CALL-CN-2021-4837-2059-84' AS call_ref)::text;
CREATE TEMPORARY TABLE assigned (a text, b text);
INSERT INTO assigned
VALUES (case_ref 'CN-2021-4837-2059-77', call_ref 'CALL-CN-2021-4837-2059-84');
SELECT * FROM assigned;
SELECT castsource::regtype, casttarget::regtype, castcontext, castmethod
FROM pg_cast
WHERE castsource IN ('case_ref'::regtype, 'call_ref'::regtype)
	OR casttarget IN ('case_ref'::regtype, 'call_ref'::regtype)
ORDER BY castsource::regtype::text, casttarget::regtype::text;

-- Parts of a reference.
SELECT country(case_ref 'CN-2021-4837-2059-77'),
	year(case_ref 'CN-2021-4837-2059-77'),
	country(call_ref 'CALL-ZZ-9999-9999-9999-07'),
	year(call_ref 'CALL-ZZ-9999-9999-9999-07');

-- try_ returns NULL where input fails.
SELECT value, try_case_ref(value), try_call_ref(value)
FROM (VALUES
	('CN-2021-4837-2059-77'), (' cn2021 4837 2059 77'),
	('CALL-CN-2021-4837-2059-84'), ('CN-2021-4837-2059-84'),
	('CALL-CN-2021-4837-2059-77'), ('CN-2021-4837-2059-78'),
	('CN-2021-4837-2O59-77'), ('CN-2021-4837-2059-77.'), (''), (NULL)
) AS candidates (value);
-- Values that are stored compressed, or out of line, are read whole.
CREATE TEMPORARY TABLE stored (compressed text, external text);
ALTER TABLE stored ALTER COLUMN external SET STORAGE EXTERNAL;
INSERT INTO stored
SELECT padded, padded
FROM (VALUES
	('CN-2021-4837-2059-77' || repeat(' ', 100000)),
	('CN-2021-4837-2059-77' || repeat(' ', 100000) || 'x')
) AS candidates (padded);
SELECT try_case_ref(compressed), try_case_ref(external)
FROM stored
ORDER BY length(compressed);

-- NULL gives NULL.
SELECT try_case_ref(NULL), try_call_ref(NULL),
	new_case_ref(NULL, 2021), new_case_ref('CN', NULL),
	new_call_ref(NULL, 2021), new_call_ref('CN', NULL),
	country(NULL::case_ref), year(NULL::call_ref);

-- New references: 10,000 of them, countries and years of all sorts.
CREATE TABLE ref_case AS
SELECT new_case_ref(chr(65 + n % 26) || chr(97 + n / 26 % 26),
	n * 37 % 10000) AS ref, n
FROM generate_series(0, 4999) AS n;
CREATE TABLE ref_call AS
SELECT new_call_ref(chr(97 + n % 26) || chr(65 + n / 26 % 26),
	n * 37 % 10000) AS ref, n
FROM generate_series(0, 4999) AS n;
CREATE TEMPORARY VIEW ref_text AS
SELECT ref::text, n, 'case' AS kind, case_ref_send(ref) AS sent FROM ref_case
UNION ALL
SELECT ref::text, n, 'call', call_ref_send(ref) FROM ref_call;

-- Form, country and year are those that were asked for.
SELECT kind, count(*), bool_and(ref ~ CASE kind
	WHEN 'case' THEN '^[A-Z]{2}-\d{4}-\d{4}-\d{4}-\d{2}$'
	ELSE '^CALL-[A-Z]{2}-\d{4}-\d{4}-\d{4}-\d{2}$' END) AS form
FROM ref_text
GROUP BY kind
ORDER BY kind;
SELECT count(*)
FROM ref_case
WHERE country(ref) <> chr(65 + n % 26) || chr(65 + n / 26 % 26)
	OR year(ref) <> n * 37 % 10000;
SELECT count(*)
FROM ref_call
WHERE country(ref) <> chr(65 + n % 26) || chr(65 + n / 26 % 26)
	OR year(ref) <> n * 37 % 10000;

-- Check digits, by the oracle; they are never 00, 01 or 99.
SELECT kind, count(*) FILTER (WHERE pg_temp.long_number(ref) % 97 = 1) AS right,
	bool_and(right(ref, 2) BETWEEN '02' AND '98') AS two_digits
FROM ref_text
GROUP BY kind
ORDER BY kind;
-- Of 100 endings one passes, the one that the oracle finds.
SELECT count(*),
	count(*) FILTER (WHERE (try_case_ref(candidate) IS NOT NULL)
		= (pg_temp.long_number(candidate) % 97 = 1
			AND check_digits BETWEEN 2 AND 98)) AS agree,
	count(try_case_ref(candidate)) AS pass
FROM generate_series(0, 99) AS serial,
	generate_series(0, 99) AS check_digits,
	format('KH-2020-0000-%s-%s', to_char(serial, 'FM0000'),
		to_char(check_digits, 'FM00')) AS candidate;
-- CALL dropped or added makes no reference of the other kind.
SELECT count(try_case_ref(replace(ref, 'CALL-', '')))
FROM ref_text
WHERE kind = 'call';
SELECT count(try_call_ref('CALL-' || ref))
FROM ref_text
WHERE kind = 'case';

-- The binary form, by the oracle.
SELECT count(*)
FROM ref_text
WHERE sent <> int8send(pg_temp.packed(ref));

-- Serials are spread, and do not follow each other.  Each bound is more than
-- nine standard deviations away, or as unlikely.
WITH serial AS (
	SELECT substr(translate(ref::text, '-', ''), 7, 8)::integer AS serial, n
	FROM (
		SELECT new_case_ref('BD', 2024) AS ref, n
		FROM generate_series(1, 10000) AS n
	) AS drawn
), step AS (
	SELECT serial - lag(serial) OVER (ORDER BY n) AS step
	FROM serial
)
SELECT (SELECT count(DISTINCT serial) > 9950 FROM serial) AS distinct,
	(SELECT count(*) < 20 FROM step WHERE abs(step) < 10) AS not_sequential,
	(SELECT count(*) BETWEEN 4500 AND 5500 FROM step WHERE step > 0) AS up_down,
	(SELECT count(*) = 10 AND min(count) > 700 AND max(count) < 1300
		FROM (SELECT count(*) FROM serial GROUP BY serial / 10000000) AS high)
		AS high_digit,
	(SELECT count(*) = 10 AND min(count) > 700 AND max(count) < 1300
		FROM (SELECT count(*) FROM serial GROUP BY serial % 10) AS low)
		AS low_digit;

-- Comparison.
SELECT a < b AS lt, a <= b AS le, a = b AS eq, a >= b AS ge, a > b AS gt,
	a <> b AS ne, case_ref_cmp(a, b) AS cmp,
	case_ref_smaller(a, b) = a AS smaller, case_ref_larger(a, b) = a AS larger
FROM (VALUES
	(case_ref 'AA-0000-0000-0000-15', case_ref 'CN-2021-4837-2059-77'),
	('CN-2021-4837-2059-77', 'cn 2021 4837 2059 77'),
	('ZZ-9999-9999-9999-97', 'CN-2021-4837-2059-77')
) AS pairs (a, b);
SELECT a < b AS lt, a <= b AS le, a = b AS eq, a >= b AS ge, a > b AS gt,
	a <> b AS ne, call_ref_cmp(a, b) AS cmp,
	call_ref_smaller(a, b) = a AS smaller, call_ref_larger(a, b) = a AS larger
FROM (VALUES
	(call_ref 'CALL-AA-0000-0000-0000-22',
		call_ref 'CALL-CN-2021-4837-2059-84'),
	('CALL-CN-2021-4837-2059-84', 'call cn 2021 4837 2059 84'),
	('CALL-ZZ-9999-9999-9999-07', 'CALL-CN-2021-4837-2059-84')
) AS pairs (a, b);

-- The order of references is the bytewise order of their texts.
SELECT array_agg(n ORDER BY ref) = array_agg(n ORDER BY ref::text COLLATE "C")
FROM ref_case;
SELECT array_agg(n ORDER BY ref) = array_agg(n ORDER BY ref::text COLLATE "C")
FROM ref_call;

-- Operator classes are complete and sound.
SELECT amname, opcname, opcintype::regtype, opcdefault, amvalidate(opclass.oid)
FROM pg_opclass AS opclass
	JOIN pg_am AS am ON am.oid = opcmethod
WHERE opcintype IN ('case_ref'::regtype, 'call_ref'::regtype)
ORDER BY amname, opcname;
SELECT amname, amproclefttype::regtype, amprocnum, amproc::regproc
FROM pg_amproc AS amproc
	JOIN pg_opfamily AS opfamily ON opfamily.oid = amprocfamily
	JOIN pg_am AS am ON am.oid = opfmethod
WHERE amproclefttype IN ('case_ref'::regtype, 'call_ref'::regtype)
ORDER BY amname, amproclefttype::regtype::text, amprocnum;

-- Each operator's mates and estimators.
SELECT operator.oid::regoperator, oprcom::regoperator, oprnegate::regoperator,
	oprrest, oprjoin, oprcanhash AS hash, oprcanmerge AS merge
FROM pg_operator AS operator
WHERE oprleft IN ('case_ref'::regtype, 'call_ref'::regtype)
ORDER BY oprleft::regtype::text, oprname COLLATE "C";

-- All functions of the two types may run in a parallel worker, and only the two
-- that make new references are not immutable.
SELECT provolatile, proparallel, proisstrict, prokind, count(*)
FROM pg_proc
WHERE pronamespace = 'ietp'::regnamespace
	AND proname ~ '^(case|call)_ref_|^(try|new)_(case|call)_ref$'
		'|^(country|year|min|max)$'
GROUP BY provolatile, proparallel, proisstrict, prokind
ORDER BY provolatile, prokind;

-- Stored as bigint is.
SELECT typname, typlen, typbyval, typalign, typstorage
FROM pg_type
WHERE oid IN ('case_ref'::regtype, 'call_ref'::regtype)
ORDER BY typname;

-- Equal keys are folded in a btree.
CREATE TABLE ref_same AS
SELECT case_ref 'CN-2021-4837-2059-77' AS ref
FROM generate_series(1, 10000);
CREATE INDEX ref_same_folded ON ref_same (ref);
CREATE INDEX ref_same_plain ON ref_same (ref) WITH (deduplicate_items = off);
SELECT pg_relation_size('ref_same_folded') * 2
	< pg_relation_size('ref_same_plain') AS folded;
DROP TABLE ref_same;

-- Index-only scan, and a scan of a hash index.
CREATE INDEX ref_case_ref ON ref_case (ref);
CREATE INDEX ref_call_ref ON ref_call USING hash (ref);
VACUUM ANALYZE ref_case, ref_call;
BEGIN;
SET LOCAL enable_seqscan = off;
SET LOCAL enable_bitmapscan = off;
SELECT pg_temp.plan_has('SELECT ref FROM ref_case WHERE ref < '
	'''KK-0000-0000-0000-29''', 'Node Type', 'Index Only Scan');
SELECT count(*) = (
	SELECT count(*)
	FROM ref_case
	WHERE ref::text COLLATE "C" < 'KK-0000')
FROM ref_case
WHERE ref < 'KK-0000-0000-0000-29';
SELECT pg_temp.plan_has(format('SELECT n FROM ref_call WHERE ref = %L', ref),
	'Node Type', 'Index Scan')
FROM ref_call
WHERE n = 4711;
SELECT a.n
FROM ref_call AS a
WHERE a.ref = (SELECT b.ref FROM ref_call AS b WHERE b.n = 4711);
COMMIT;

-- Each way to join finds every row once.
CREATE TABLE ref_twin AS SELECT ref, n FROM ref_case ORDER BY n DESC;
ANALYZE ref_twin;
BEGIN;
SET LOCAL enable_nestloop = off;
SET LOCAL enable_mergejoin = off;
SELECT pg_temp.plan_has(
	'SELECT FROM ref_case AS a JOIN ref_twin AS b ON a.ref = b.ref',
	'Node Type', 'Hash Join');
SELECT count(DISTINCT a.n), bool_and(a.n = b.n)
FROM ref_case AS a
	JOIN ref_twin AS b ON a.ref = b.ref;
SET LOCAL enable_hashjoin = off;
SET LOCAL enable_mergejoin = on;
SELECT pg_temp.plan_has(
	'SELECT FROM ref_case AS a JOIN ref_twin AS b ON a.ref = b.ref',
	'Node Type', 'Merge Join');
SELECT count(DISTINCT a.n), bool_and(a.n = b.n)
FROM ref_case AS a
	JOIN ref_twin AS b ON a.ref = b.ref;
COMMIT;
SELECT count(*)
FROM (SELECT ref FROM ref_case UNION SELECT ref FROM ref_twin) AS both_tables;

-- Keys: primary, foreign, hash partitioned.
CREATE TABLE ref_key (ref case_ref, n integer, PRIMARY KEY (ref, n))
PARTITION BY HASH (ref);
CREATE TABLE ref_key_0 PARTITION OF ref_key
FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE ref_key_1 PARTITION OF ref_key
FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO ref_key SELECT ref, 1 FROM ref_case;
CREATE TABLE ref_child (
	ref case_ref,
	n integer,
	FOREIGN KEY (ref, n) REFERENCES ref_key
);
INSERT INTO ref_child SELECT ref, 1 FROM ref_case;
SELECT count(*) BETWEEN 2100 AND 2900 AS half FROM ref_key_0;
\set VERBOSITY sqlstate
INSERT INTO ref_key SELECT ref, 1 FROM ref_case LIMIT 1;
INSERT INTO ref_child VALUES ('AA-0000-0000-0000-15', 2);
\set VERBOSITY default

-- min and max: from the index, from the table, in parallel.
SELECT pg_temp.plan_has('SELECT min(ref) FROM ref_case',
	'Node Type', 'Index Only Scan');
SELECT min(ref)::text = (SELECT min(ref::text COLLATE "C") FROM ref_case)
		AS min,
	max(ref)::text = (SELECT max(ref::text COLLATE "C") FROM ref_case) AS max
FROM ref_case;
SELECT min(ref)::text = (SELECT min(ref::text COLLATE "C") FROM ref_call)
		AS min,
	max(ref)::text = (SELECT max(ref::text COLLATE "C") FROM ref_call) AS max
FROM ref_call;
SELECT min(ref), max(ref) FROM ref_case WHERE false;
BEGIN;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
SELECT pg_temp.plan_has('SELECT min(ref), max(ref) FROM ref_call',
	'Partial Mode', 'Partial');
SELECT min(ref)::text = (SELECT min(ref::text COLLATE "C") FROM ref_call)
		AS min,
	max(ref)::text = (SELECT max(ref::text COLLATE "C") FROM ref_call) AS max
FROM ref_call;
COMMIT;

-- COPY in binary: there and back.
CREATE TABLE ref_back (case_ref case_ref, call_ref call_ref, n integer);
CREATE TABLE ref_there AS
SELECT a.ref AS case_ref, b.ref AS call_ref, a.n
FROM ref_case AS a
	JOIN ref_call AS b USING (n);
\copy ref_there TO 'results/ref.bin' (FORMAT binary)
\copy ref_back FROM 'results/ref.bin' (FORMAT binary)
SELECT count(*)
FROM ref_back
	JOIN ref_there USING (case_ref, call_ref, n);

-- Binary input takes each number in range, which we send as bigint.
CREATE TABLE ref_case_back (ref case_ref);
CREATE TABLE ref_call_back (ref call_ref);
\copy (VALUES (0::bigint), (65202148372059), (675999999999999)) TO 'results/ref.bin' (FORMAT binary)
\copy ref_case_back FROM 'results/ref.bin' (FORMAT binary)
SELECT * FROM ref_case_back;
\copy (VALUES (1000000000000000), (1065202148372059), (1675999999999999)) TO 'results/ref.bin' (FORMAT binary)
\copy ref_call_back FROM 'results/ref.bin' (FORMAT binary)
SELECT * FROM ref_call_back;

-- Error: malformed text, in each of many ways.
SELECT (pg_temp.outcome('SELECT case_ref ''+86 138 0013 8000''')).*;
SELECT (pg_temp.outcome('SELECT call_ref ''+86 138 0013 8000''')).*;
SELECT value, (pg_temp.outcome(format('SELECT case_ref %L', value))).state
FROM (VALUES
	(''), (' '), ('CN-2021-4837-2059'), ('CN-2021-4837-2059-777'),
	('CN-2021-4837-2059-77x'), ('CN-2021-4837-2059-77-'),
	('-CN-2021-4837-2059-77'), ('CN--2021-4837-2059-77'),
	('CN-20-21-4837-2059-77'), ('CN_2021_4837_2059_77'),
	('CN.2021.4837.2059.77'), ('CN-2O21-4837-2059-77'),
	(E'CN-2021\t4837-2059-77'), ('C1-2021-4837-2059-77'),
	('CHN-2021-4837-2059-77'),
	(U&'CN-2021-4837-2059-\0667\0667'), (U&'CN\30FC2021-4837-2059-77')
) AS malformed (value);
-- Error: a reference of the other kind.
SELECT (pg_temp.outcome('SELECT case_ref ''CALL-CN-2021-4837-2059-84''')).*;
SELECT (pg_temp.outcome('SELECT call_ref ''CN-2021-4837-2059-77''')).*;
-- Error: wrong check digits.
SELECT (pg_temp.outcome('SELECT case_ref ''CN-2021-4837-2095-77''')).*;
SELECT (pg_temp.outcome('SELECT call_ref ''CALL-NC-2021-4837-2059-84''')).*;
-- Error: a year out of range, a malformed country.
SELECT (pg_temp.outcome('SELECT new_case_ref(''CN'', 10000)')).*;
SELECT (pg_temp.outcome('SELECT new_call_ref(''CN'', -1)')).*;
SELECT (pg_temp.outcome('SELECT new_case_ref(''CHN'', 2021)')).*;
SELECT (pg_temp.outcome('SELECT new_call_ref(''C1'', 2021)')).*;
SELECT value,
	(pg_temp.outcome(format('SELECT new_case_ref(%L, 2021)', value))).state
FROM (VALUES (''), ('C'), (' CN'), ('C-'), (U&'\FF23\FF2E'), (U&'\00C4')
) AS malformed (value);
-- Error: a number out of range in binary input, each limit missed by one.
TRUNCATE ref_case_back, ref_call_back;
\set VERBOSITY terse
\copy (VALUES ((-1)::bigint)) TO 'results/ref.bin' (FORMAT binary)
\copy ref_case_back FROM 'results/ref.bin' (FORMAT binary)
\copy (VALUES (676000000000000)) TO 'results/ref.bin' (FORMAT binary)
\copy ref_case_back FROM 'results/ref.bin' (FORMAT binary)
\copy (VALUES (1065202148372059)) TO 'results/ref.bin' (FORMAT binary)
\copy ref_case_back FROM 'results/ref.bin' (FORMAT binary)
\copy (VALUES (999999999999999)) TO 'results/ref.bin' (FORMAT binary)
\copy ref_call_back FROM 'results/ref.bin' (FORMAT binary)
\copy (VALUES (1676000000000000)) TO 'results/ref.bin' (FORMAT binary)
\copy ref_call_back FROM 'results/ref.bin' (FORMAT binary)
\copy (VALUES (65202148372059)) TO 'results/ref.bin' (FORMAT binary)
\copy ref_call_back FROM 'results/ref.bin' (FORMAT binary)
\set VERBOSITY sqlstate
\copy ref_call_back FROM 'results/ref.bin' (FORMAT binary)
\set VERBOSITY default
SELECT * FROM ref_case_back;
SELECT * FROM ref_call_back;
-- Error: the two kinds are not comparable, and neither is a number.
\set VERBOSITY sqlstate
SELECT case_ref 'CN-2021-4837-2059-77' = call_ref 'CALL-CN-2021-4837-2059-84';
SELECT case_ref 'CN-2021-4837-2059-77' = bigint '1';
SELECT bigint '1'::case_ref;
SELECT case_ref 'CN-2021-4837-2059-77'::bigint;
SELECT case_ref 'CN-2021-4837-2059-77'::call_ref;
\set VERBOSITY default

DROP TABLE ref_child, ref_key, ref_twin, ref_there, ref_back, ref_case_back,
	ref_call_back;
DROP VIEW ref_text;
DROP TABLE ref_case, ref_call;
