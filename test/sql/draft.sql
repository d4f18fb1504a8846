-- Drafts of lifecycles: copied, edited, checked and sealed.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET datestyle = ISO;
BEGIN;
\pset null '-'

-- Every bad argument below holds 13800138000, which no error may tell.
CREATE FUNCTION pg_temp.attempt(statement text, OUT state text,
	OUT "column" text, OUT message text, OUT detail text, OUT tells boolean)
LANGUAGE plpgsql AS $$
DECLARE
	hint text;
BEGIN
	EXECUTE statement;
	state := '00000';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE,
		message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL,
		hint = PG_EXCEPTION_HINT, "column" = COLUMN_NAME;
	detail := NULLIF(detail, '');
	tells := concat(message, detail, hint, "column") LIKE '%13800138000%';
END
$$;

CREATE ROLE regress_draft_admin NOLOGIN;
CREATE ROLE regress_draft_boss NOLOGIN;
CREATE ROLE regress_draft_one NOLOGIN;
SELECT count(ietp.grant_role(v.kind, v.role))
FROM (VALUES ('administrator', 'regress_draft_admin'::name),
	('supervisor', 'regress_draft_boss'), ('specialist', 'regress_draft_one'))
	AS v (kind, role);

--
-- Copies
--
SET LOCAL ROLE regress_draft_admin;
SELECT helpline.draft_lifecycle('case') AS second \gset
SELECT lifecycle, version = :second AS drafted,
	sealed_at IS NOT NULL AS sealed, in_force, description
FROM helpline.lifecycles()
WHERE lifecycle = 'case' AND version IN (1, :second);
RESET ROLE;
-- All but the version and the seal.
SELECT to_jsonb(l) - '{version,sealed_at,sealed_by}'::text[]
	= to_jsonb(o) - '{version,sealed_at,sealed_by}'::text[] AS same,
	l.sealed_by
FROM desk.lifecycles AS l, desk.lifecycles AS o
WHERE l.lifecycle = 'case' AND l.version = :second
AND o.lifecycle = 'case' AND o.version = 1;
CREATE TEMP VIEW statuses AS
SELECT s.lifecycle, s.version, to_jsonb(s) - '{lifecycle,version}'::text[]
	AS row FROM desk.statuses AS s;
CREATE TEMP VIEW transitions AS
SELECT t.lifecycle, t.version, to_jsonb(t) - '{lifecycle,version}'::text[]
	AS row FROM desk.transitions AS t;
SELECT s.version = 1 AS first, count(*), count(*) FILTER (WHERE s.row IN (
	SELECT o.row FROM statuses AS o
	WHERE o.lifecycle = 'case' AND o.version = 1)) AS same
FROM statuses AS s WHERE s.lifecycle = 'case' AND s.version IN (1, :second)
GROUP BY s.version ORDER BY s.version;
SELECT t.version = 1 AS first, count(*), count(*) FILTER (WHERE t.row IN (
	SELECT o.row FROM transitions AS o
	WHERE o.lifecycle = 'case' AND o.version = 1)) AS same
FROM transitions AS t
WHERE t.lifecycle = 'case' AND t.version IN (1, :second)
GROUP BY t.version ORDER BY t.version;

-- The newest, a named one, and settings of the draft's own.
SET LOCAL ROLE regress_draft_admin;
SELECT helpline.drop_status('case', :second, 'appealed');
SELECT helpline.draft_lifecycle('case', description => 'Third') - :second
	AS next;
SELECT helpline.draft_lifecycle('case', 1, key_column => 'k',
	actor_column => 'a', since_column => 's', reason_column => 'r',
	halt_column => 'h', final_except => '{f,g}') - :second AS next;
SELECT helpline.draft_lifecycle('new', description => 'Nouveau',
	since_column => 's');
SELECT helpline.draft_lifecycle('new', final_except => '{x}');
SELECT helpline.draft_lifecycle('bare');
RESET ROLE;
SELECT l.lifecycle, l.version - CASE l.lifecycle WHEN 'case' THEN :second
		ELSE 0 END AS n, l.key_column AS key, l.actor_column AS actor,
	l.since_column AS since, l.reason_column AS reason,
	l.halt_column AS halt, NULLIF(l.final_except, (SELECT o.final_except
		FROM desk.lifecycles AS o WHERE o.lifecycle = 'case' AND o.version = 1))
	AS own_except, l.description, (
	SELECT count(*) FROM desk.statuses AS s WHERE s.lifecycle = l.lifecycle
	AND s.version = l.version) AS statuses
FROM desk.lifecycles AS l
WHERE l.lifecycle IN ('new', 'bare')
OR l.lifecycle = 'case' AND l.version >= :second ORDER BY 1, 2;

--
-- Editing
--
SET LOCAL ROLE regress_draft_admin;
SELECT helpline.set_status('bare', 1, 'Open "1"', 'initial');
SELECT helpline.set_status('bare', 1, 'với nhà máy', 'active',
	factory_contact => true, labels => '{"en": "With them",
	"worker_zh_hans": "等", "worker_vi": "Chờ"}');
SELECT helpline.set_status('bare', 1, 'shut', 'active', 'pause');
-- Again: the category changes, of the labels only those named.
SELECT helpline.set_status('bare', 1, 'shut', 'terminal', 'stop');
SELECT helpline.set_status('bare', 1, 'với nhà máy', 'active',
	labels => '{"worker_vi": null, "worker_en": "Wait", "zh_hant": "在廠"}');
-- Contact, too, stays as it was, unless it is named.
CREATE FUNCTION pg_temp.contact() RETURNS boolean LANGUAGE sql
AS $$ SELECT (row ->> 'factory_contact')::boolean FROM statuses
	WHERE lifecycle = 'bare' AND row ->> 'status' = 'với nhà máy' $$;
RESET ROLE;
SELECT c.c, helpline.set_status('bare', 1, 'với nhà máy', 'active',
	factory_contact => c.c) IS NOT NULL AS done, pg_temp.contact()
FROM unnest('{NULL,false,NULL,true,NULL}'::boolean[]) AS c (c);
SET LOCAL ROLE regress_draft_admin;
SELECT helpline.set_status('bare', 1, 'unneeded', 'active');
SELECT count(helpline.set_transition('bare', 1, a, f, t)) FROM (VALUES
	('to', 'shut', 'unneeded'), ('from', 'unneeded', 'shut'),
	('make', NULL, 'unneeded')) AS v (a, f, t);
SELECT helpline.set_transition('bare', 1, 'close', '*', 'shut',
	'{supervisor,auditor}', '{a,b}', 'contact_factory', '{g,h}', 'why', true,
	true, '2 days', 'c', '{x,y}', '{"en": "Close", "vi": "Đóng"}');
-- In place of it, whatever the order of the values; labels stay.
SELECT helpline.set_transition('bare', 1, 'close', '*', 'shut',
	reason => 'why', when_column => 'c', when_values => '{y,x}',
	labels => '{"zh_hans": "关闭"}', required_columns => '{}', records => '{}');
-- Others, one for each part of the key; labels are those of the action.
SELECT count(helpline.set_transition('bare', 1, a, f, t, reason => r,
	when_column => c, when_values => v)) FROM (VALUES
	('close', '*', 'shut', 'why', 'c', '{x}'::text[]),
	('close', '*', 'shut', 'why', 'd', '{x,y}'),
	('close', '*', 'shut', 'why', NULL, NULL),
	('close', '*', 'shut', '*', 'c', '{x,y}'),
	('close', '*', 'shut', NULL, 'c', '{x,y}'),
	('close', '*', 'Open "1"', 'why', 'c', '{x,y}'),
	('close', NULL, 'shut', 'why', 'c', '{x,y}'),
	('close', 'nowhere', 'shut', 'why', 'c', '{x,y}'),
	('shut', '*', 'shut', 'why', 'c', '{x,y}'),
	-- and this one twice
	('close', NULL, 'shut', NULL, NULL, NULL),
	('close', NULL, 'shut', NULL, NULL, NULL)) AS k (a, f, t, r, c, v);
SELECT helpline.set_transition('bare', 1, 'close', NULL, 'shut',
	'{specialist}', four_eyes => true);
SELECT * FROM helpline.lifecycle_rules('bare', 1);
SELECT helpline.drop_transition('bare', 1, 'close', '*', 'Open "1"');
SELECT helpline.drop_transition('bare', 1, 'close', '*');
SELECT helpline.drop_transition('bare', 1, 'close', NULL);
SELECT helpline.drop_transition('bare', 1, 'close', 'nowhere', 'shut');
SELECT helpline.drop_status('bare', 1, 'unneeded');
SELECT from_status, action, to_status
FROM helpline.lifecycle_rules('bare', 1);
RESET ROLE;
SELECT jsonb_strip_nulls(row) AS row FROM statuses
WHERE lifecycle = 'bare' ORDER BY row ->> 'status' COLLATE "C";

-- What lifecycle_rules() answers makes the same rules again.
SET LOCAL ROLE regress_draft_admin;
SELECT helpline.draft_lifecycle('twin');
RESET ROLE;
SELECT count(helpline.set_status('twin', 1, s.status, s.category::text))
FROM desk.statuses AS s WHERE s.lifecycle = 'case' AND s.version = 1;
SET LOCAL ROLE regress_draft_admin;
SELECT count(helpline.set_transition('twin', 1, r.action, r.from_status,
	r.to_status, r.roles, r.required_columns, r.consent::text, r.records,
	r.reason, r.four_eyes, r.next_cycle, r.allowed_within, r.when_column,
	r.when_values, r.labels)) > 40 AS many
FROM helpline.lifecycle_rules('case', 1) AS r;
RESET ROLE;
SELECT count(*) FROM (
	(SELECT row FROM transitions WHERE lifecycle = 'case' AND version = 1
	EXCEPT ALL SELECT row FROM transitions WHERE lifecycle = 'twin')
	UNION ALL
	(SELECT row FROM transitions WHERE lifecycle = 'twin' EXCEPT ALL
	SELECT row FROM transitions WHERE lifecycle = 'case' AND version = 1))
	AS differences;
SELECT count(*) = (SELECT count(*) FROM helpline.lifecycle_rules('case', 1))
	AS in_force FROM helpline.lifecycle_rules('case');

--
-- Sealing
--
SET LOCAL ROLE regress_draft_admin;
SELECT state, "column", message, detail FROM pg_temp.attempt(
	$$SELECT helpline.seal_lifecycle('bare', 1)$$);
SELECT sealed_at FROM helpline.lifecycles() WHERE lifecycle = 'bare';
-- Without a version in force the rules that are shown are the newest draft's.
SELECT from_status, action, to_status FROM helpline.lifecycle_rules('bare');
SELECT helpline.drop_transition('bare', 1, 'shut', '*');
SELECT helpline.set_transition('bare', 1, 'close', '*', 'shut');
SELECT helpline.drop_status('bare', 1, 'với nhà máy');
SELECT sealed_at = now() AS sealed_now, warnings
FROM helpline.seal_lifecycle('bare', 1);
SELECT version, sealed_at = now() AS sealed_now, in_force
FROM helpline.lifecycles() WHERE lifecycle = 'bare';
SELECT count(*) FROM helpline.lifecycle_rules('bare');
SELECT helpline.draft_lifecycle('bare') AS draft;
SELECT helpline.set_transition('bare', 2, 'reopen', 'shut', 'Open "1"');
SELECT version, in_force FROM helpline.lifecycles()
WHERE lifecycle = 'bare' ORDER BY version;
SELECT count(*) FROM helpline.lifecycle_rules('bare');
RESET ROLE;
SELECT sealed_by FROM desk.lifecycles
WHERE lifecycle = 'bare' AND version = 1;

-- Sealed by any other statement it is proved as well, in replica mode too.
SELECT helpline.draft_lifecycle('raw') AS draft;
SELECT helpline.set_status('raw', 1, 'open', 'initial');
SELECT helpline.set_status('raw', 1, 'shut', 'terminal');
CREATE FUNCTION pg_temp.raw_seals()
RETURNS TABLE (statement text, state text, message text, detail text)
LANGUAGE sql
AS $$
	SELECT s.s, a.state, a.message, a.detail FROM unnest(ARRAY[
		'UPDATE desk.lifecycles SET sealed_at = now(), sealed_by = ''x''
		WHERE lifecycle = ''raw''',
		'UPDATE desk.lifecycles SET sealed_at = now(), sealed_by = ''x'',
		description = ''y'' WHERE lifecycle LIKE ''ra%'' AND sealed_at IS NULL',
		'UPDATE desk.lifecycles SET sealed_at = ''2020-01-01'',
		sealed_by = ''x'', final_except = ''{a}'' WHERE lifecycle = ''raw''',
		'INSERT INTO desk.lifecycles (lifecycle, version, sealed_at, sealed_by)
		VALUES (''rawer'', 1, now(), ''x'')',
		'INSERT INTO desk.lifecycles (lifecycle, version) VALUES (''raw'', 1)
		ON CONFLICT (lifecycle, version) DO UPDATE
		SET sealed_at = now(), sealed_by = ''x''',
		'MERGE INTO desk.lifecycles AS l USING (VALUES (''raw''), (''rawer''))
		AS v (lifecycle) ON l.lifecycle = v.lifecycle
		WHEN MATCHED THEN UPDATE SET sealed_at = now(), sealed_by = ''x''
		WHEN NOT MATCHED THEN INSERT (lifecycle, version)
		VALUES (v.lifecycle, 1)',
		'COPY desk.lifecycles (lifecycle, version, sealed_at, sealed_by)
		FROM PROGRAM ''echo "rawer,1,now,x"'' (FORMAT csv)',
		'WITH l AS (INSERT INTO desk.lifecycles (lifecycle, version, sealed_at,
		sealed_by) VALUES (''rawer'', 1, now(), ''x'') RETURNING *)
		INSERT INTO desk.statuses (lifecycle, version, status, category)
		SELECT lifecycle, version, ''alone'', ''active'' FROM l'])
		WITH ORDINALITY AS s (s, n), pg_temp.attempt(s.s) AS a
	ORDER BY s.n
$$;
SELECT state, count(*), string_agg(DISTINCT message, ', ') AS messages
FROM pg_temp.raw_seals() GROUP BY state ORDER BY state;
SELECT statement, state, detail FROM pg_temp.raw_seals();
SET LOCAL session_replication_role = replica;
SELECT state, count(*), string_agg(DISTINCT message, ', ') AS messages
FROM pg_temp.raw_seals() GROUP BY state ORDER BY state;
RESET session_replication_role;
SELECT count(*) FROM desk.lifecycles
WHERE lifecycle LIKE 'raw%' AND sealed_at IS NOT NULL;
-- What is right may be sealed so.
SELECT helpline.set_transition('raw', 1, 'close', 'open', 'shut');
SELECT state FROM pg_temp.attempt('UPDATE desk.lifecycles
	SET sealed_at = now(), sealed_by = ''x'' WHERE lifecycle = ''raw''');
SELECT sealed_at IS NOT NULL AS sealed FROM desk.lifecycles
WHERE lifecycle = 'raw';

-- A sealed version stays as it is, but for what people read.
SELECT s.s, a.state, a.message FROM unnest(ARRAY[
	'seal_lifecycle(''bare'', 1)',
	'set_status(''bare'', 1, ''more'', ''active'')',
	'set_status(''bare'', 1, ''shut'', ''active'', ''stop'')',
	'set_status(''bare'', 1, ''shut'', ''terminal'', ''run'')',
	'set_status(''bare'', 1, ''shut'', ''terminal'', ''stop'', true)',
	'drop_status(''bare'', 1, ''shut'')',
	'set_transition(''bare'', 1, ''more'', ''shut'', ''Open "1"'')',
	'set_transition(''bare'', 1, ''close'', ''*'', ''shut'', ''{specialist}'')',
	'set_transition(''bare'', 1, ''close'', ''*'', ''shut'', four_eyes => true)',
	'drop_transition(''bare'', 1, ''close'', ''*'')']) AS s (s),
	pg_temp.attempt('SELECT helpline.' || s.s) AS a;
SELECT helpline.set_status('bare', 1, 'shut', 'terminal', 'stop',
	labels => '{"en": "Shut"}');
SELECT helpline.set_transition('bare', 1, 'close', '*', 'shut',
	labels => '{"en": "Close it"}');
SELECT row -> 'label_en' AS label FROM statuses
WHERE lifecycle = 'bare' AND version = 1 AND row ->> 'status' = 'shut';
SELECT action, labels FROM helpline.lifecycle_rules('bare');

-- Maps.
SET LOCAL ROLE regress_draft_admin;
SELECT helpline.set_status('bare', 2, 'shut', 'terminal', 'stop');
SELECT helpline.set_status('bare', 2, 'over', 'terminal', 'stop');
SELECT helpline.set_transition('bare', 2, 'end', 'Open "1"', 'over');
SELECT helpline.map_status('bare', 2, 1, 'shut', 'Open "1"');
SELECT helpline.map_status('bare', 2, 1, 'shut', 'over');
SELECT helpline.map_status('bare', 2, 1, 'Open "1"', 'shut');
RESET ROLE;
SELECT * FROM desk.lifecycle_maps WHERE lifecycle = 'bare'
ORDER BY from_status COLLATE "C";
SET LOCAL ROLE regress_draft_admin;
SELECT helpline.drop_status('bare', 2, 'shut');
RESET ROLE;
SELECT * FROM desk.lifecycle_maps WHERE lifecycle = 'bare';
SELECT action, from_status, to_status
FROM helpline.lifecycle_rules('bare', 2);

SELECT warnings FROM helpline.seal_lifecycle('bare', 2);
SELECT version, in_force FROM helpline.lifecycles()
WHERE lifecycle = 'bare' ORDER BY version;
SELECT s.s, a.state, a.message FROM unnest(ARRAY[
	'map_status(''bare'', 2, 1, ''shut'', ''over'')',
	'map_status(''bare'', 1, 2, ''over'', ''shut'')']) AS s (s),
	pg_temp.attempt('SELECT helpline.' || s.s) AS a;
SELECT helpline.draft_lifecycle('bare') AS draft;

--
-- Arguments
--
SELECT s.n, left(s.s, 60) AS s, a.* FROM unnest(ARRAY[
	'draft_lifecycle(NULL)', 'draft_lifecycle(''13800138000'')',
	'draft_lifecycle(''Case'')', 'draft_lifecycle('''')',
	'draft_lifecycle(''case'', 1380)', 'draft_lifecycle(''no_such'', 1)',
	'draft_lifecycle(''case'', final_except => ''{a,NULL}'')',
	'draft_lifecycle(''case'', final_except => ''{{a},{b}}'')',
	'set_status(NULL, 2, ''a'', ''active'')',
	'set_status(''a13800138000'', 2, ''a'', ''active'')',
	'set_status(''bare'', NULL, ''a'', ''active'')',
	'set_status(''bare'', 77, ''a'', ''active'')',
	'set_status(''bare'', 3, NULL, ''active'')',
	'set_status(''bare'', 3, ''*'', ''active'')',
	'set_status(''bare'', 3, '' 13800138000'', ''active'')',
	'set_status(''bare'', 3, E''13800138000\n'', ''active'')',
	'set_status(''bare'', 3, '''', ''active'')',
	'set_status(''bare'', 3, repeat(''13800138000'', 12), ''active'')',
	'set_status(''bare'', 3, ''a'', NULL)',
	'set_status(''bare'', 3, ''a'', ''13800138000'')',
	'set_status(''bare'', 3, ''a'', ''active'', NULL)',
	'set_status(''bare'', 3, ''a'', ''active'', ''13800138000'')',
	'set_status(''bare'', 3, ''a'', ''active'', ''run'', NULL)',
	'set_status(''bare'', 3, ''a'', ''active'', labels => ''[]'')',
	'set_status(''bare'', 3, ''a'', ''active'', labels => ''{"13800138000": ""}'')',
	'set_status(''bare'', 3, ''a'', ''active'', labels => ''{"worker_fr": "a"}'')',
	'set_status(''bare'', 3, ''a'', ''active'', labels => ''{"en": 13800138000}'')',
	'set_status(''bare'', 3, ''a'', ''active'', labels => ''{"en": ""}'')',
	'set_status(''bare'', 3, ''a'', ''active'', labels => ''{"en": "a\n"}'')',
	'drop_status(''bare'', 3, NULL)', 'drop_status(''bare'', 3, ''13800138000'')',
	'drop_status(''bare'', 4, ''over'')',
	'set_transition(''bare'', 3, NULL, ''*'', ''over'')',
	'set_transition(''bare'', 3, '''', ''*'', ''over'')',
	'set_transition(''bare'', 3, E''13800138000\t'', ''*'', ''over'')',
	'set_transition(''bare'', 3, ''a'', ''*'', NULL)',
	'set_transition(''bare'', 3, ''a'', ''*'', ''13800138000'')',
	'set_transition(''bare'', 5, ''a'', ''*'', ''over'')',
	'set_transition(''bare'', NULL, ''a'', ''*'', ''over'')',
	'set_transition(''bare'', 3, ''a'', ''*'', ''over'', ''{13800138000}'')',
	'set_transition(''bare'', 3, ''a'', ''*'', ''over'', ''{}'')',
	'set_transition(''bare'', 3, ''a'', ''*'', ''over'', ''{NULL}'')',
	'set_transition(''bare'', 3, ''a'', ''*'', ''over'', required_columns => ''{NULL}'')',
	'set_transition(''bare'', 3, ''a'', ''*'', ''over'', consent => ''13800138000'')',
	'set_transition(''bare'', 3, ''a'', ''*'', ''over'', records => ''{a,NULL}'')',
	'set_transition(''bare'', 3, ''a'', ''*'', ''over'', reason => ''13800138000'')',
	'set_transition(''bare'', 3, ''a'', ''*'', ''over'', allowed_within => ''0'')',
	'set_transition(''bare'', 3, ''a'', ''*'', ''over'', when_column => ''c'')',
	'set_transition(''bare'', 3, ''a'', ''*'', ''over'', when_values => ''{a}'')',
	'set_transition(''bare'', 3, ''a'', ''*'', ''over'', when_column => ''c'', when_values => ''{}'')',
	'set_transition(''bare'', 3, ''a'', ''*'', ''over'', labels => ''{"worker_en": "a"}'')',
	'drop_transition(''bare'', 3, NULL, ''*'')',
	'drop_transition(''bare'', 3, ''13800138000'', ''*'')',
	'drop_transition(''bare'', 3, ''close'', NULL)',
	'drop_transition(''bare'', 3, ''close'', ''*'', ''13800138000'')',
	'map_status(''bare'', 3, NULL, ''shut'', ''over'')',
	'map_status(''bare'', 3, 3, ''over'', ''over'')',
	'map_status(''bare'', 3, 9, ''shut'', ''over'')',
	'map_status(''bare'', 3, 1, ''13800138000'', ''over'')',
	'map_status(''bare'', 3, 1, NULL, ''over'')',
	'map_status(''bare'', 3, 1, ''shut'', ''shut'')',
	'map_status(''bare'', 3, 1, ''shut'', NULL)',
	'seal_lifecycle(NULL, 2)', 'seal_lifecycle(''bare'', NULL)',
	'seal_lifecycle(''bare'', 4)', 'lifecycle_rules(NULL)',
	'lifecycle_rules(''13800138000'')', 'lifecycle_rules(''twin'')',
	'lifecycle_rules(''bare'', 4)'
	]) WITH ORDINALITY AS s (s, n),
	pg_temp.attempt('SELECT helpline.' || s.s) AS a;
-- From a draft no row can come.
SELECT state, "column" FROM pg_temp.attempt(format(
	$$SELECT helpline.map_status('case', %s, %s, 'closed', 'closed')$$,
	:second, :second + 1));

-- Who may.
SELECT array_agg(f.kind ORDER BY f.kind) AS kinds, f.function_name
FROM desk.kind_functions AS f
WHERE f.function_name IN ('draft_lifecycle', 'set_status', 'drop_status',
	'set_transition', 'drop_transition', 'map_status', 'seal_lifecycle',
	'lifecycles', 'lifecycle_rules')
GROUP BY f.function_name ORDER BY 1, 2;
SET LOCAL ROLE regress_draft_boss;
SELECT count(*) > 2 AS lifecycles FROM helpline.lifecycles();
SELECT count(*) > 40 AS rules FROM helpline.lifecycle_rules('case');
SELECT a.state, a.message FROM unnest(ARRAY['draft_lifecycle(''case'')',
	'set_status(''bare'', 3, ''a'', ''active'')',
	'drop_status(''bare'', 4, ''over'')',
	'set_transition(''bare'', 3, ''a'', ''*'', ''over'')',
	'drop_transition(''bare'', 3, ''close'', ''*'')',
	'map_status(''bare'', 3, 1, ''shut'', ''over'')',
	'seal_lifecycle(''bare'', 2)']) AS s (s),
	pg_temp.attempt('SELECT helpline.' || s.s) AS a;
SET LOCAL ROLE regress_draft_one;
SELECT a.state, a.message FROM unnest(ARRAY['lifecycles()',
	'lifecycle_rules(''case'')']) AS s (s),
	pg_temp.attempt('SELECT helpline.' || s.s) AS a;
RESET ROLE;
ROLLBACK;

-- An older snapshot might miss an edit.
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT helpline.seal_lifecycle('case', 1);
ROLLBACK;
