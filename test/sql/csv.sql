-- Splitting files of comma-separated values.
\set SHOW_CONTEXT never
SET search_path = public, ietp;

-- Fields; an empty one without quotes is null, as COPY has it.
SELECT csv_fields(line) FROM (VALUES (1, 'a,b,c'), (2, 'a,,""'), (3, ''),
	(4, '"a,b","say ""no"""'), (5, '工资,lương'), (6, NULL)) AS t (n, line)
ORDER BY n;
SELECT csv_fields('a;b,c', ';'), csv_fields(E'a\tb', E'\t');
-- Lines that are no record give NULL.
SELECT line, csv_fields(line) IS NULL AS no_record, csv_open(line)
FROM (VALUES (1, 'a,"b'), (2, '"a"b'), (3, 'a"b'), (4, '"'), (5, 'a,b'))
	AS t (n, line)
ORDER BY n;
-- More fields than any table has columns.
SELECT cardinality(csv_fields(repeat(',', 1599))),
	csv_fields(repeat(',', 1600)) IS NULL AS too_many;
SELECT csv_fields('a', '"');
SELECT csv_fields('a', 'ab');
SELECT csv_fields('a', 'é');
-- COPY reads the same fields: an independent reader of the same records.
CREATE TEMP TABLE record (a text, b text, c text);
\copy record FROM stdin WITH (FORMAT csv)
plain,"quoted, with comma",
"","say ""no""",  blanks  
工资,"đ",'single'
\.
SELECT count(*) AS same FROM (VALUES ('plain,"quoted, with comma",'),
	('"","say ""no""",  blanks  '), ('工资,"đ",''single''')) AS l (line)
JOIN record AS r ON csv_fields(l.line) = ARRAY[r.a, r.b, r.c];

-- A file with every kind of broken line.
BEGIN;
SELECT helpline.set_line('CSV', 'CN', 'Asia/Shanghai', '2010-01-01');
SELECT helpline.open_batch('csv', 'calls', 'CSV', 'csv test');
\copy desk.staged_lines (line) FROM stdin WITH (FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02')
﻿id,when,channel,purpose,about,remark
1,2021-05-01,phone_in,advice,wages.late,good
2,2021-05-02,phone_in,advice
3,2021-05-03,phone_in,advice,wages.late,one,too many
4,2021-05-04,phone_in,advice,wages.late,"stray"quote

5,2021-05-05,"phone_in",advice,"wages.late;hours.breaks","two lines,
in one field, with ""quotes"""
6,2021-05-06,phone_in,advice,wages.late,"never closed
7,2021-05-07,phone_in,advice,,good
\.
SELECT * FROM helpline.split_csv('csv', columns => '{"id": "source_id",
	"when": "received_at", "about": "topics", "remark": null}');
SELECT line_no, source_id, received_at, topics FROM desk.staged_calls
WHERE batch = 'csv' ORDER BY line_no;
SELECT loaded, refused FROM helpline.import_calls('csv');
-- Nothing is lost: the whole line is kept.
SELECT r.line_no, r.reasons, d.fields
FROM helpline.refused_rows('csv') AS r
JOIN desk.refused_rows AS d
	ON d.batch = 'csv' AND d.line_no = r.line_no
ORDER BY r.line_no;
SELECT count(*) AS staged_lines FROM desk.staged_lines;
ROLLBACK;

-- An application has no right on the table: it hands the lines over, in as
-- many calls as it likes.
BEGIN;
CREATE ROLE regress_csv;
SELECT ietp.grant_role('administrator', 'regress_csv') > 0 AS granted;
SELECT helpline.set_line('CSV', 'CN', 'Asia/Shanghai', '2010-01-01');
SET LOCAL ROLE regress_csv;
SELECT helpline.open_batch('csv', 'cases', 'CSV', 'csv test');
SELECT helpline.stage_lines('csv', ARRAY['source_id,opened_at',
	'1,2021-05-01', '"2","2021-']);
SELECT helpline.stage_lines('csv', ARRAY['05-02"', NULL, E'3,never\r', '']);
-- Sent again after a lost connection, with the number of its first line
SELECT helpline.stage_lines('csv', ARRAY['05-02"', NULL, E'3,never\r', ''], 4);
SELECT * FROM helpline.split_csv('csv');
SELECT loaded, refused FROM helpline.import_cases('csv');
SELECT line_no, source_id, reasons FROM helpline.refused_rows('csv');
RESET ROLE;
SELECT source_id, opened_on FROM desk.cases
WHERE source = 'csv test' ORDER BY source_id;
SELECT helpline.stage_lines('there is none', '{}');
ROLLBACK;

-- A row that was refused, and loads when what it names is known, is refused no
-- more; refused again for less, it says so; a row that is there stays there
-- whatever the vocabulary says by now.
BEGIN;
SELECT helpline.set_line('CSV', 'CN', 'Asia/Shanghai', '2010-01-01');
CREATE FUNCTION pg_temp.import(OUT outcome text, OUT refused text[])
LANGUAGE plpgsql
AS $$
BEGIN
	PERFORM helpline.open_batch('csv', 'calls', 'CSV', ' csv test ');
	PERFORM helpline.stage_lines('csv', ARRAY[
		'source_id,received_at,channel,purpose,factory,topics',
		'1,2021-05-01,phone_in,advice,CSV-F,',
		'2,2021-05-01,phone_in,tea,CSV-F,',
		'3,2021-05-01,phone_in,advice,,wages.unpaid'], 1);
	PERFORM helpline.split_csv('csv');
	outcome := (helpline.import_calls('csv')).outcome;
	refused := ARRAY(SELECT r.line_no || ' ' || array_to_string(r.reasons, ' ')
		FROM helpline.refused_rows('csv') AS r ORDER BY r.line_no);
END
$$;
SET LOCAL client_min_messages = warning;
SELECT * FROM pg_temp.import();
SELECT helpline.set_factory('CSV-F', 'CN');
INSERT INTO desk.taxonomies VALUES (99, '2021-01-01', 'without wages');
INSERT INTO desk.topics (taxonomy, topic, label_en, label_zh_hans,
	label_zh_hant, label_vi, default_severity)
VALUES (99, 'other', 'Other', '其他', '其他', 'Khác', 'minor');
SELECT * FROM pg_temp.import();
SELECT * FROM pg_temp.import();
SELECT DISTINCT source FROM desk.batches WHERE batch = 'csv';
ROLLBACK;

-- After a COPY that failed, lines are counted as if it had not been tried.
BEGIN;
SELECT helpline.set_line('CSV', 'CN', 'Asia/Shanghai', '2010-01-01');
SELECT helpline.open_batch('csv', 'calls', 'CSV', 'csv test');
COMMIT;
INSERT INTO desk.staged_calls (source_id) VALUES ('a'), ('b');
INSERT INTO desk.staged_calls (source_id)
SELECT 'c' FROM generate_series(1, 5) AS n WHERE 1 / (n - 5) < 0;
INSERT INTO desk.staged_calls (source_id) VALUES ('d');
-- So does a batch that was opened in vain.
BEGIN;
SELECT helpline.open_batch('csv-2', 'calls', 'CSV', 'csv test');
INSERT INTO desk.staged_calls (source_id) VALUES ('other');
ROLLBACK;
INSERT INTO desk.staged_calls (source_id) VALUES ('e');
SELECT line_no, source_id FROM desk.staged_calls
WHERE batch = 'csv' ORDER BY line_no;
SELECT helpline.clear_staging('csv');
RESET ietp_helpline.import_batch;
DELETE FROM desk.batches WHERE batch = 'csv';
DELETE FROM desk.lines WHERE line = 'CSV';

-- Headers.  The message gives the place and never the name: a file without a
-- header has somebody's data there.
CREATE FUNCTION pg_temp.header(line text, columns text DEFAULT '{}',
	delimiter text DEFAULT ',')
RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	message text;
	hint text;
BEGIN
	PERFORM helpline.set_line('CSV', 'CN', 'Asia/Shanghai', '2010-01-01');
	PERFORM helpline.open_batch('csv', 'calls', 'CSV', 'csv test');
	INSERT INTO desk.staged_lines (line_no, line) VALUES (1, line);
	RAISE EXCEPTION USING MESSAGE = (helpline.split_csv('csv',
		columns::jsonb, delimiter))::text, ERRCODE = 'IE999';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS message = MESSAGE_TEXT,
		hint = PG_EXCEPTION_HINT;
	RETURN SQLSTATE || ' ' || message
		|| CASE WHEN message || hint ~ '13800138000' THEN ' LEAK' ELSE '' END;
END
$$;
SELECT pg_temp.header('source_id,received_at,channel') AS good;
SELECT pg_temp.header('source_id,13800138000,channel') AS no_header;
SELECT pg_temp.header('source_id,source_id') AS twice;
SELECT pg_temp.header('a', '{"a": "batch"}') AS not_for_a_file;
SELECT pg_temp.header('"') AS no_record;
SELECT pg_temp.header(NULL) AS empty;
SELECT pg_temp.header('source_id', '[]') AS no_object;
SELECT pg_temp.header('source_id', delimiter => '""') AS no_delimiter;
SELECT helpline.split_csv('there is none');
