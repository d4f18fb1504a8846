-- Loads a file of wage claims (claim_id, employer_id, violation_category,
-- case_status, date_opened, date_closed, amount_assessed, amount_paid) as
-- cases of a line of its own: copied line by line, split, imported.
--
--		psql -v file=wage_claims_south_carolina.csv -f wage_claims.sql
--
-- It can be run again: claims that are there already stay as they are.

\set ON_ERROR_STOP on
\if :{?file}
\else
	\echo give the file: psql -v file=... -f wage_claims.sql
	\quit
\endif
\set QUIET on
SET client_min_messages = notice;

SELECT helpline.set_line('US-SC', 'US', 'America/New_York', '2010-01-01',
	description => 'wage claims of South Carolina') \g /dev/null
SELECT helpline.open_batch('wage-claims', 'cases', 'US-SC',
	'South Carolina wage claims', currency => 'USD',
	new_factories => true) \g /dev/null
-- What an interrupted run left; it was not imported.
SELECT helpline.clear_staging('wage-claims') \g /dev/null

-- Quote and delimiter are bytes that no text has, so that a line is a value.
-- \copy does not read psql variables in its own line, so it is put together.
\set copy '\\copy desk.staged_lines (line) FROM ' :'file' ' WITH (FORMAT csv, QUOTE E''\\x01'', DELIMITER E''\\x02'')'
:copy
SELECT helpline.split_csv('wage-claims', columns => '{
	"claim_id": "source_id", "employer_id": "factory",
	"violation_category": "topics", "case_status": "status",
	"date_opened": "opened_at", "date_closed": "closed_at",
	"amount_paid": "amount_recovered"}') \g /dev/null

-- The file's one category, in words of the taxonomy.
UPDATE desk.staged_cases SET topics = 'wages.unpaid'
WHERE batch = 'wage-claims' AND topics = 'unpaid wages';

SELECT * FROM helpline.import_cases('wage-claims');
SELECT reasons, count(*) AS rows FROM helpline.refused_rows('wage-claims')
GROUP BY reasons ORDER BY rows DESC;
