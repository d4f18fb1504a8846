--
-- Closed vocabularies of the field.
--
\pset null '(null)'

-- Every enum with its labels, in their order.
SELECT t.typname, string_agg(e.enumlabel, ' ' ORDER BY e.enumsortorder)
FROM pg_type t
JOIN pg_enum e ON e.enumtypid = t.oid
WHERE t.typnamespace = 'ietp'::regnamespace
GROUP BY t.typname
ORDER BY t.typname COLLATE "C";

-- Severity is ordered, and what is never tolerated stands on top.
SELECT s, s > 'serious' AS above_serious, s < 'zero_tolerance' AS below_zero
FROM unnest(enum_range(NULL::ietp.severity)) AS s
ORDER BY s;
SELECT max(s), min(s) FROM unnest(enum_range(NULL::ietp.severity)) AS s;

-- What counts as substantive.
SELECT p, ietp.substantive(p)
FROM unnest(enum_range(NULL::ietp.call_purpose)) AS p
ORDER BY p;
SELECT ietp.substantive(NULL);

-- try_enum: every label is found, as written, in capitals, between blanks.
SELECT count(*) AS labels,
	count(*) FILTER (WHERE ietp.try_enum(p::text, NULL::ietp.call_purpose) = p)
		AS as_written,
	count(*) FILTER (WHERE ietp.try_enum(upper(p::text),
		NULL::ietp.call_purpose) = p) AS in_capitals,
	count(*) FILTER (WHERE ietp.try_enum(E' \t\r\n' || p::text || E'\x0b\f ',
		NULL::ietp.call_purpose) = p) AS between_blanks
FROM unnest(enum_range(NULL::ietp.call_purpose)) AS p;
SELECT ietp.try_enum('minor', 'critical'::ietp.severity) AS kind_is_not_null,
	pg_typeof(ietp.try_enum('minor', NULL::ietp.severity));

-- A label with capitals of its own is found as written, or in lower case.
CREATE TYPE mood AS ENUM ('calm', 'Angry', 'angry', 'UPSET', 'x y');
SELECT ietp.try_enum(v, NULL::mood)
FROM unnest(ARRAY['Angry', 'ANGRY', 'angry', 'UPSET', 'CALM', 'X Y'])
	WITH ORDINALITY AS t(v, n)
ORDER BY n;

-- What is no label is NULL.
SELECT v.what, ietp.try_enum(v.value, NULL::mood)
FROM (VALUES
	(1, 'null', NULL),
	(2, 'empty', ''),
	(3, 'blank', '   '),
	(4, 'other label', 'minor'),
	(5, 'begins with a label', 'calmer'),
	(6, 'begins a label', 'cal'),
	(7, 'upset in lower case', 'upset'),
	(8, 'full-width', 'ｃａｌｍ'),
	(9, 'no-break space', U&'calm\00A0'),
	(10, '63 bytes', repeat('c', 63)),
	(11, '64 bytes', repeat('c', 64)),
	(12, 'label behind 64 bytes', repeat('c', 64) || 'calm'),
	(13, 'cut to a label', 'calm' || repeat(' ', 80) || 'c'),
	(14, 'a megabyte', repeat('calm', 262144)))
	AS v(n, what, value)
ORDER BY v.n;
SELECT ietp.try_enum('calm' || repeat(' ', 1000000), NULL::mood)
	AS megabyte_of_blanks;

-- A label that this transaction adds cannot be used before it commits.
BEGIN;
ALTER TYPE mood ADD VALUE 'hopeful';
SELECT ietp.try_enum('hopeful', NULL::mood) AS uncommitted,
	ietp.try_enum('calm', NULL::mood) AS older;
COMMIT;
SELECT ietp.try_enum('hopeful', NULL::mood) AS committed;
BEGIN;
ALTER TYPE mood ADD VALUE 'tired';
ROLLBACK;
SELECT ietp.try_enum('tired', NULL::mood) AS rolled_back;

-- Those of a type that this transaction creates can.
BEGIN;
CREATE TYPE weather AS ENUM ('rain');
SELECT ietp.try_enum('rain', NULL::weather) AS new_type;
ROLLBACK;

-- A label that gets another name is found under that one alone.
ALTER TYPE mood RENAME VALUE 'hopeful' TO 'glad';
SELECT ietp.try_enum('hopeful', NULL::mood) AS old_name,
	ietp.try_enum('glad', NULL::mood) AS new_name;

DROP TYPE mood;
