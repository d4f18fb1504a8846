-- Loads a file of wage claims (claim_id, employer_id, violation_category,
-- case_status, date_opened, date_closed, amount_assessed, amount_paid) as
-- cases of a line of its own, through staging and helpline.import_cases().
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

-- \copy does not read psql variables in its own line, so it is put together.
\set copy '\\copy desk.staged_cases (source_id, factory, topics, status, opened_at, closed_at, amount_assessed, amount_recovered) FROM ' :'file' ' WITH (FORMAT csv, HEADER)'
:copy

-- The file's one category, in words of the taxonomy.
UPDATE desk.staged_cases SET topics = 'wages.unpaid'
WHERE batch = 'wage-claims' AND topics = 'unpaid wages';

SELECT * FROM helpline.import_cases('wage-claims');
SELECT reasons, count(*) AS rows FROM helpline.refused_rows('wage-claims')
GROUP BY reasons ORDER BY rows DESC;
