-- Files whose records may be broken.  COPY refuses a file for one record with
-- a field too many, and shows that record.  Copied line by line, and split
-- here, a broken record is a refused row like any other.

CREATE TABLE desk.staged_lines (
	batch text NOT NULL
		DEFAULT current_setting('ietp_helpline.import_batch')
		REFERENCES desk.batches,
	line_no bigint NOT NULL DEFAULT ietp.next_line() - 1
		CHECK (line_no > 0),
	line text,
	PRIMARY KEY (batch, line_no));
COMMENT ON TABLE desk.staged_lines IS
'lines of a file of comma-separated values, the header being line 1';
ALTER TABLE desk.staged_lines ENABLE ROW LEVEL SECURITY;
ALTER TABLE desk.staged_lines FORCE ROW LEVEL SECURITY;
CREATE POLICY intake ON desk.staged_lines
USING ((SELECT ietp.actor_is('administrator')))
WITH CHECK ((SELECT ietp.actor_is('administrator')));

-- For an application, whose login has no right on the table.
CREATE FUNCTION helpline.stage_lines(
	batch text, lines text[], first_line bigint DEFAULT NULL)
RETURNS bigint
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	start bigint := first_line;
	staged bigint;
BEGIN
	PERFORM desk.enter('stage_lines');
	PERFORM desk.start_import(batch, NULL);
	IF start < 1 THEN
		PERFORM desk.refuse('first_line', 'out_of_range',
			'1 or more; the header is line 1.');
	ELSIF start IS NULL THEN
		SELECT COALESCE(max(s.line_no), 0) + 1 INTO start
		FROM desk.staged_lines AS s WHERE s.batch = stage_lines.batch;
	END IF;
	-- Whoever splits at line feeds leaves carriage returns, and an empty end.
	INSERT INTO desk.staged_lines (batch, line_no, line)
	SELECT stage_lines.batch, start + l.n - 1,
		NULLIF(rtrim(l.line, E'\r\n'), '')
	FROM unnest(lines) WITH ORDINALITY AS l (line, n)
	ON CONFLICT DO NOTHING;
	SELECT count(*) INTO staged FROM desk.staged_lines AS s
	WHERE s.batch = stage_lines.batch;
	RETURN staged;
END
$$;
COMMENT ON FUNCTION helpline.stage_lines(text, text[], bigint) IS
'adds lines of a file to a batch, for split_csv; with first_line, the number of the first of them, a repeated call is harmless; returns how many lines are staged now';
INSERT INTO desk.kind_functions (kind, function_name)
VALUES ('administrator', 'stage_lines');

CREATE FUNCTION helpline.clear_staging(batch text)
RETURNS bigint
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	cleared bigint;
BEGIN
	PERFORM desk.enter('clear_staging');
	PERFORM desk.start_import(batch, NULL);
	WITH lines AS (
		DELETE FROM desk.staged_lines AS s
		WHERE s.batch = clear_staging.batch RETURNING 1
	), calls AS (
		DELETE FROM desk.staged_calls AS s
		WHERE s.batch = clear_staging.batch RETURNING 1
	), cases AS (
		DELETE FROM desk.staged_cases AS s
		WHERE s.batch = clear_staging.batch RETURNING 1
	)
	SELECT (SELECT count(*) FROM lines) + (SELECT count(*) FROM calls)
		+ (SELECT count(*) FROM cases) INTO cleared;
	RETURN cleared;
END
$$;
COMMENT ON FUNCTION helpline.clear_staging(text) IS
'removes what is staged of a batch and was not imported, so that its file can be staged anew; returns the number of rows';
INSERT INTO desk.kind_functions (kind, function_name)
VALUES ('administrator', 'clear_staging');

-- Joins the lines of a record that goes on in the next lines, up to a hundred;
-- a quote that is never closed swallows no more than its own line.
CREATE FUNCTION desk.join_lines(
	the_batch text, delimiter text, wanted integer)
RETURNS void
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, ietp, pg_temp
AS $$
DECLARE
	first record;
	follower record;
	joined text;
	joined_until bigint := 0;
BEGIN
	FOR first IN
		SELECT l.line_no, l.line FROM desk.staged_lines AS l
		WHERE l.batch = the_batch AND ietp.csv_open(l.line, delimiter)
		ORDER BY l.line_no
	LOOP
		CONTINUE WHEN first.line_no <= joined_until;
		joined := first.line;
		FOR follower IN
			SELECT l.line_no, l.line FROM desk.staged_lines AS l
			WHERE l.batch = the_batch AND l.line_no > first.line_no
			AND l.line_no <= first.line_no + 100
			ORDER BY l.line_no
		LOOP
			joined := joined || E'\n' || COALESCE(follower.line, '');
			IF cardinality(ietp.csv_fields(joined, delimiter)) = wanted THEN
				UPDATE desk.staged_lines AS l SET line = joined
				WHERE l.batch = the_batch AND l.line_no = first.line_no;
				DELETE FROM desk.staged_lines AS l
				WHERE l.batch = the_batch AND l.line_no > first.line_no
				AND l.line_no <= follower.line_no;
				joined_until := follower.line_no;
				EXIT;
			END IF;
			-- Closed, and still no such record: more lines do not help.
			EXIT WHEN NOT ietp.csv_open(joined, delimiter)
				OR octet_length(joined) > 1048576;
		END LOOP;
	END LOOP;
END
$$;
COMMENT ON FUNCTION desk.join_lines(text, text, integer) IS
'joins lines of a batch that are one record of so many fields';

-- Staging columns by position in the file; NULL for a column that is skipped.
CREATE FUNCTION desk.read_header(
	kind text, header text[], columns jsonb)
RETURNS text[]
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL SAFE
SET search_path = pg_catalog, ietp, pg_temp
AS $$
DECLARE
	names text[];
	known text[] := ARRAY(SELECT a.attname::text FROM pg_attribute AS a
		WHERE a.attrelid = CASE kind
			WHEN 'calls' THEN 'desk.staged_calls'::regclass
			ELSE 'desk.staged_cases'::regclass END
		AND a.attnum > 0 AND NOT a.attisdropped
		AND a.attname NOT IN ('batch', 'line_no'));
	place integer;
BEGIN
	-- A byte order mark is no part of the first name.
	names := ARRAY(SELECT CASE WHEN columns ? h.name
			THEN columns ->> h.name ELSE h.name END
		FROM (SELECT ietp.nonblank(ltrim(u.name, U&'\FEFF')) AS name, u.n
			FROM unnest(header) WITH ORDINALITY AS u (name, n)) AS h
		ORDER BY h.n);
	SELECT min(u.n) INTO place
	FROM unnest(header, names) WITH ORDINALITY AS u (name, target, n)
	WHERE u.target <> ALL (known)
	OR u.target IS NULL
		AND NOT COALESCE(columns ? ietp.nonblank(ltrim(u.name, U&'\FEFF')),
			false);
	IF header IS NULL OR place IS NOT NULL THEN
		RAISE EXCEPTION 'column % of the file is not known',
				COALESCE(place, 1)
			USING ERRCODE = 'IE404', COLUMN = 'columns',
			HINT = 'Line 1 must name columns of staging: '
				|| array_to_string(known, ', ')
				|| '. Map other names with columns => ''{"name": "column"}'','
				' to null for one to skip.';
	ELSIF (SELECT count(*) <> count(DISTINCT u.target)
			FROM unnest(names) AS u (target) WHERE u.target IS NOT NULL) THEN
		RAISE EXCEPTION 'two columns of the file are the same one'
			USING ERRCODE = 'IE404', COLUMN = 'columns',
			HINT = 'Skip one with columns => ''{"name": null}''.';
	END IF;
	RETURN names;
END
$$;
COMMENT ON FUNCTION desk.read_header(text, text[], jsonb) IS
'staging columns that the columns of a file are, by its first line and a map of other names';

CREATE FUNCTION helpline.split_csv(
	batch text, columns jsonb DEFAULT '{}', delimiter text DEFAULT ',',
	OUT rows_staged bigint, OUT refused bigint)
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	b desk.batches;
	header text[];
	names text[];
BEGIN
	PERFORM desk.enter('split_csv');
	b := desk.start_import(split_csv.batch, NULL);
	IF delimiter IS NULL OR delimiter !~ '^[!#-~\t]$' THEN
		PERFORM desk.refuse('delimiter', 'malformed',
			'One ASCII character, not a quote or a space.');
	ELSIF jsonb_typeof(columns) IS DISTINCT FROM 'object' THEN
		PERFORM desk.refuse('columns', 'malformed',
			'A JSON object from names in the file to names in staging.');
	END IF;
	SELECT ietp.csv_fields(l.line, delimiter) INTO header
	FROM desk.staged_lines AS l
	WHERE l.batch = b.batch AND l.line_no = 1;
	names := desk.read_header(b.kind, header, columns);
	PERFORM desk.join_lines(b.batch, delimiter, cardinality(header));

	-- Empty lines hold nothing to lose; the header has been read.
	DELETE FROM desk.staged_lines AS l
	WHERE l.batch = b.batch AND (l.line_no = 1 OR l.line IS NULL);
	WITH bad AS (
		DELETE FROM desk.staged_lines AS l
		WHERE l.batch = b.batch
		AND cardinality(ietp.csv_fields(l.line, delimiter))
			IS DISTINCT FROM cardinality(header)
		RETURNING l.line_no, l.line
	), kept AS (
		INSERT INTO desk.refused_rows (source, kind, line_no, row_hash,
			batch, reasons, fields)
		SELECT b.source, b.kind, l.line_no, hashtextextended(l.line, 0),
			b.batch, ARRAY[CASE
				WHEN ietp.csv_fields(l.line, delimiter) IS NULL
					THEN 'row:malformed'
				WHEN cardinality(ietp.csv_fields(l.line, delimiter))
					< cardinality(header) THEN 'row:too_few_fields'
				ELSE 'row:too_many_fields' END],
			jsonb_build_object('line', l.line)
		FROM bad AS l
		ON CONFLICT DO NOTHING
	)
	SELECT count(*) INTO refused FROM bad;
	EXECUTE format('WITH line AS (DELETE FROM desk.staged_lines AS l '
			'WHERE l.batch = $1 RETURNING l.line_no, l.line) '
		'INSERT INTO desk.%I (batch, line_no, %s) SELECT $1, s.line_no, %s '
		'FROM (SELECT l.line_no, ietp.csv_fields(l.line, $2) AS f '
			'FROM line AS l OFFSET 0) AS s',
		'staged_' || b.kind,
		(SELECT string_agg(quote_ident(u.target), ', ' ORDER BY u.n)
			FROM unnest(names) WITH ORDINALITY AS u (target, n)
			WHERE u.target IS NOT NULL),
		(SELECT string_agg(format('s.f[%s]', u.n), ', ' ORDER BY u.n)
			FROM unnest(names) WITH ORDINALITY AS u (target, n)
			WHERE u.target IS NOT NULL))
	USING b.batch, delimiter;
	GET DIAGNOSTICS rows_staged = ROW_COUNT;
END
$$;
COMMENT ON FUNCTION helpline.split_csv(text, jsonb, text) IS
'splits the staged lines of a batch into staged calls or cases by the names in line 1; broken records become refused rows';
INSERT INTO desk.kind_functions (kind, function_name)
VALUES ('administrator', 'split_csv');
