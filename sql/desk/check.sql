-- Proving a lifecycle before it is sealed, and drawing it.

CREATE FUNCTION desk.lifecycle_moves(lifecycle text, version integer)
RETURNS TABLE (from_status text, rule desk.transitions)
LANGUAGE sql STABLE CALLED ON NULL INPUT PARALLEL SAFE ROWS 100
SET search_path = pg_catalog, ietp, pg_temp
AS $$
	SELECT s.status, t
	FROM desk.transitions AS t
	JOIN desk.statuses AS s ON s.lifecycle = t.lifecycle
		AND s.version = t.version AND s.status <> t.to_status
		AND (s.status = t.from_status
			OR t.from_status = '*' AND s.category <> 'terminal'
			AND NOT EXISTS (SELECT FROM desk.transitions AS o
				WHERE o.lifecycle = t.lifecycle AND o.version = t.version
				AND o.action = t.action AND o.from_status = s.status
				AND o.reason IS NOT DISTINCT FROM t.reason))
	WHERE t.lifecycle = lifecycle_moves.lifecycle
	AND t.version = lifecycle_moves.version
	UNION ALL
	SELECT NULL, t
	FROM desk.transitions AS t
	WHERE t.lifecycle = lifecycle_moves.lifecycle
	AND t.version = lifecycle_moves.version AND t.from_status IS NULL
$$;
COMMENT ON FUNCTION desk.lifecycle_moves(text, integer) IS
'every move that the rules speak of: a rule with from_status * once for each status it stands for; from_status NULL is creation';

CREATE FUNCTION desk.rules_overlap(
	one desk.transitions, other desk.transitions)
RETURNS boolean
LANGUAGE sql IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
SET search_path = pg_catalog, ietp, pg_temp
AS $$
	SELECT (one.reason = other.reason
			OR COALESCE(one.reason, '*') = '*'
			OR COALESCE(other.reason, '*') = '*')
		-- Values of two columns may come together.
		AND COALESCE(one.when_column <> other.when_column
			OR one.when_values && other.when_values, true)
$$;
COMMENT ON FUNCTION desk.rules_overlap(desk.transitions, desk.transitions) IS
'may both rules fit one row and one reason?';

CREATE FUNCTION desk.lifecycle_tables(lifecycle text)
RETURNS SETOF regclass
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, ietp, pg_temp
AS $$
	-- Arguments end in a zero byte each; the first is the lifecycle.  The
	-- triggers of partitions are copies of their table's.
	SELECT DISTINCT g.tgrelid::regclass
	FROM pg_trigger AS g
	WHERE g.tgfoid = 'ietp.enforce_lifecycle'::regproc
	AND g.tgparentid = 0
	AND substring(g.tgargs FROM 1 FOR octet_length(lifecycle) + 1)
		= convert_to(lifecycle, 'UTF8') || '\x00'::bytea
$$;
COMMENT ON FUNCTION desk.lifecycle_tables(text) IS
'tables whose status a lifecycle judges';

-- One walk finds what can be reached and whether consent was asked for: its
-- nodes are pairs of a status and whether consent is in force there.  In a
-- status without factory contact it is not: a worker who withdraws meanwhile
-- moves nothing, so that only entering a status of contact asks again.
CREATE FUNCTION desk.walk_lifecycle(lifecycle text, version integer)
RETURNS TABLE (status text, action text, path text, offends boolean)
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL SAFE
SET search_path = pg_catalog, ietp, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	-- What was entered last: all moves, and of them the nodes that are new.
	statuses text[];
	consents boolean[];
	actions text[];
	paths text[];
	seen text[] := '{}';
	seen_consented text[] := '{}';
BEGIN
	-- A rule for the creation in an initial status guards it if it always
	-- counts; else the status is also entered without.
	SELECT array_agg(c.status), array_agg(c.consent), array_agg(c.action),
		array_agg(c.path)
	INTO statuses, consents, actions, paths
	FROM (
		SELECT s.status, false AS consent, NULL AS action, s.status AS path
		FROM desk.statuses AS s
		WHERE s.lifecycle = walk_lifecycle.lifecycle
		AND s.version = walk_lifecycle.version AND s.category = 'initial'
		AND NOT EXISTS (SELECT FROM desk.transitions AS t
			WHERE t.lifecycle = s.lifecycle AND t.version = s.version
			AND t.from_status IS NULL AND t.to_status = s.status
			AND COALESCE(t.reason, '*') = '*' AND t.when_column IS NULL)
		UNION
		SELECT (m.rule).to_status,
			s.factory_contact AND (m.rule).consent = 'contact_factory'
				IS TRUE, (m.rule).action,
			'-' || (m.rule).action || '-> ' || (m.rule).to_status
		FROM desk.lifecycle_moves(walk_lifecycle.lifecycle,
			walk_lifecycle.version) AS m
		JOIN desk.statuses AS s ON s.lifecycle = (m.rule).lifecycle
			AND s.version = (m.rule).version
			AND s.status = (m.rule).to_status
		WHERE m.from_status IS NULL) AS c;
	WHILE statuses IS NOT NULL LOOP
		RETURN QUERY
		SELECT n.status, n.action, n.path, s.factory_contact AND NOT n.consent
		FROM unnest(statuses, actions, paths, consents)
			AS n (status, action, path, consent)
		JOIN desk.statuses AS s ON s.status = n.status
		WHERE s.lifecycle = walk_lifecycle.lifecycle
		AND s.version = walk_lifecycle.version;

		SELECT array_agg(n.status), array_agg(n.consent), array_agg(n.path)
		INTO statuses, consents, paths
		FROM (SELECT DISTINCT ON (u.status, u.consent) u.*
			FROM unnest(statuses, consents, paths)
				AS u (status, consent, path)
			WHERE u.status <> ALL (CASE WHEN u.consent THEN seen_consented
				ELSE seen END)
			ORDER BY u.status, u.consent, u.path COLLATE "C") AS n;
		seen := seen || ARRAY(SELECT n.status
			FROM unnest(statuses, consents) AS n (status, consent)
			WHERE NOT n.consent);
		seen_consented := seen_consented || ARRAY(SELECT n.status
			FROM unnest(statuses, consents) AS n (status, consent)
			WHERE n.consent);

		SELECT array_agg(e.status), array_agg(e.consent),
			array_agg(e.action), array_agg(e.path)
		INTO statuses, consents, actions, paths
		FROM (
			SELECT DISTINCT s.status, s.factory_contact AND (n.consent
					OR (m.rule).consent = 'contact_factory' IS TRUE) AS consent,
				(m.rule).action, n.path || ' -' || (m.rule).action || '-> '
					|| s.status AS path
			FROM unnest(statuses, consents, paths)
				AS n (status, consent, path)
			JOIN desk.lifecycle_moves(walk_lifecycle.lifecycle,
				walk_lifecycle.version) AS m ON m.from_status = n.status
			JOIN desk.statuses AS s ON s.lifecycle = (m.rule).lifecycle
				AND s.version = (m.rule).version
				AND s.status = (m.rule).to_status) AS e;
	END LOOP;
END
$$;
COMMENT ON FUNCTION desk.walk_lifecycle(text, integer) IS
'every way in which a status can be entered, by a shortest path; offends: the factory would be spoken with, and nothing asked for consent';

CREATE FUNCTION desk.lifecycle_problems(lifecycle text, version integer)
RETURNS TABLE (
	level text, problem text, status text, action text, detail text)
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL SAFE
SET search_path = pg_catalog, ietp, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	the_lifecycle desk.lifecycles;
	the_statuses desk.statuses[];
	rules desk.transitions[];
	tables regclass[];
BEGIN
	SELECT * INTO STRICT the_lifecycle FROM desk.lifecycles AS l
	WHERE l.lifecycle = lifecycle_problems.lifecycle
	AND l.version = lifecycle_problems.version;
	the_statuses := ARRAY(SELECT s FROM desk.statuses AS s
		WHERE s.lifecycle = the_lifecycle.lifecycle
		AND s.version = the_lifecycle.version);
	rules := ARRAY(SELECT t FROM desk.transitions AS t
		WHERE t.lifecycle = the_lifecycle.lifecycle
		AND t.version = the_lifecycle.version);
	tables := ARRAY(
		SELECT desk.lifecycle_tables(the_lifecycle.lifecycle));

	-- Ways through.

	IF NOT EXISTS (SELECT FROM unnest(the_statuses) AS s
			WHERE s.category = 'initial') THEN
		RETURN QUERY VALUES ('error', 'no_initial_status', NULL, NULL,
			'no status has the category initial');
	END IF;
	IF NOT EXISTS (SELECT FROM unnest(the_statuses) AS s
			WHERE s.category = 'terminal') THEN
		RETURN QUERY VALUES ('warning', 'no_terminal_status', NULL, NULL,
			'no status has the category terminal');
	END IF;

	RETURN QUERY
	WITH walk AS MATERIALIZED (
		SELECT * FROM desk.walk_lifecycle(the_lifecycle.lifecycle,
			the_lifecycle.version)
	)
	SELECT 'error', 'unreachable_status', s.status, NULL,
		'nothing leads to it from a status in which a row is created'
	FROM unnest(the_statuses) AS s
	WHERE s.status NOT IN (SELECT w.status FROM walk AS w)
	UNION ALL
	SELECT 'error', 'contact_without_consent', w.status, w.action, w.path
	FROM walk AS w WHERE w.offends;

	RETURN QUERY
	WITH RECURSIVE step AS MATERIALIZED (
		SELECT DISTINCT m.from_status, (m.rule).to_status
		FROM desk.lifecycle_moves(the_lifecycle.lifecycle,
			the_lifecycle.version) AS m
		WHERE m.from_status IS NOT NULL
	), ending AS (
		SELECT s.status FROM unnest(the_statuses) AS s
		WHERE s.category = 'terminal'
		UNION
		SELECT p.from_status
		FROM ending AS e JOIN step AS p ON p.to_status = e.status
	)
	SELECT 'error', CASE WHEN p.stuck THEN 'dead_end' ELSE 'no_way_to_end' END,
		s.status, NULL,
		CASE WHEN p.stuck THEN 'not terminal, and nothing leads out of it'
			ELSE 'nothing leads from it to a terminal status' END
	FROM unnest(the_statuses) AS s
	CROSS JOIN LATERAL (SELECT NOT EXISTS (SELECT FROM step AS p
		WHERE p.from_status = s.status)) AS p (stuck)
	WHERE s.status NOT IN (SELECT e.status FROM ending AS e)
	AND (p.stuck OR EXISTS (SELECT FROM ending));

	RETURN QUERY
	SELECT 'error', 'no_way_back', s.status, 'consent_withdrawn',
		'when the worker withdraws, no transition without guards leads away from factory contact'
	FROM unnest(the_statuses) AS s
	WHERE s.factory_contact AND NOT EXISTS (
		SELECT FROM desk.lifecycle_moves(the_lifecycle.lifecycle,
			the_lifecycle.version) AS m
		JOIN unnest(the_statuses) AS o ON o.status = (m.rule).to_status
		WHERE m.from_status = s.status
		AND (m.rule).action = 'consent_withdrawn' AND NOT o.factory_contact
		AND (m.rule).roles IS NULL AND (m.rule).consent IS NULL
		AND COALESCE(cardinality((m.rule).required_columns), 0) = 0
		AND COALESCE(cardinality((m.rule).records), 0) = 0
		AND (m.rule).reason IS NULL AND NOT (m.rule).four_eyes
		AND (m.rule).allowed_within IS NULL
		AND (m.rule).when_column IS NULL);

	-- Rules that contradict each other.

	RETURN QUERY
	WITH move AS MATERIALIZED (
		SELECT * FROM desk.lifecycle_moves(the_lifecycle.lifecycle,
			the_lifecycle.version)
	)
	-- A row that is created says itself in which status.
	SELECT 'error', 'two_targets', m.from_status, (m.rule).action,
		'leads to ' || string_agg(DISTINCT (m.rule).to_status COLLATE "C",
			', ')
	FROM move AS m
	JOIN move AS o ON o.from_status = m.from_status
		AND (o.rule).action = (m.rule).action
		AND (o.rule).to_status <> (m.rule).to_status
		AND desk.rules_overlap(o.rule, m.rule)
	GROUP BY m.from_status, (m.rule).action
	UNION ALL
	SELECT 'error', 'two_actions', m.from_status, NULL, 'to '
		|| (m.rule).to_status || ': '
		|| string_agg(DISTINCT (m.rule).action COLLATE "C", ', ')
	FROM move AS m
	JOIN move AS o ON o.from_status IS NOT DISTINCT FROM m.from_status
		AND (o.rule).to_status = (m.rule).to_status
		AND (o.rule).action <> (m.rule).action
		AND desk.rules_overlap(o.rule, m.rule)
	GROUP BY m.from_status, (m.rule).to_status
	UNION ALL
	SELECT 'error', 'mixed_cycle', m.from_status, NULL, 'to '
		|| (m.rule).to_status || ': with and without another cycle'
	FROM move AS m
	GROUP BY m.from_status, (m.rule).to_status
	HAVING bool_or((m.rule).next_cycle) AND NOT bool_and((m.rule).next_cycle);

	-- Rules that refer to what is not there.

	RETURN QUERY
	SELECT DISTINCT 'error', 'unknown_from_status', t.from_status, t.action,
		'not a status of this version'
	FROM unnest(rules) AS t
	WHERE t.from_status <> '*' AND t.from_status NOT IN (
		SELECT s.status FROM unnest(the_statuses) AS s);

	RETURN QUERY
	SELECT DISTINCT 'error', 'unknown_guard', t.from_status, t.action,
		CASE WHEN g.guard IS NULL THEN r.record || ' is no row of desk.guards'
			ELSE 'no function desk.' || r.record
				|| ' takes one argument and returns boolean' END
	FROM unnest(rules) AS t
	CROSS JOIN LATERAL unnest(t.records) AS r (record)
	LEFT JOIN desk.guards AS g ON g.guard = r.record
	WHERE g.guard IS NULL OR NOT EXISTS (SELECT FROM pg_proc AS p
		WHERE p.pronamespace = 'desk'::regnamespace
		AND p.proname = r.record AND p.prokind = 'f' AND NOT p.proretset
		AND p.pronargs = 1 AND p.prorettype = 'boolean'::regtype);

	-- What a case is closed with is one of its closing reasons.
	RETURN QUERY
	SELECT DISTINCT 'error', 'unknown_reason', t.from_status, t.action,
		t.reason || ' is no row of desk.closing_reasons'
	FROM unnest(rules) AS t
	JOIN unnest(the_statuses) AS s ON s.status = t.to_status
	WHERE the_lifecycle.lifecycle = 'case' AND s.category = 'terminal'
	AND t.reason <> '*' AND t.reason NOT IN (
		SELECT r.closing_reason FROM desk.closing_reasons AS r);

	-- Columns.

	RETURN QUERY
	-- Without a table yet nobody can say what may be written.
	SELECT DISTINCT CASE WHEN w.of_others OR tables = '{}' THEN 'warning'
			ELSE 'error' END,
		CASE WHEN w.of_others THEN 'column_of_another_role'
			ELSE 'column_nobody_may_write' END,
		t.from_status, t.action, c.column_name || CASE
			WHEN tables = '{}' THEN ': no table has the trigger'
			WHEN NOT w.is_there THEN ': no table has it'
			WHEN w.generated THEN ': is generated'
			WHEN w.of_others THEN ': is written by other kinds of role'
			ELSE ': nothing at the counter writes it' END
	FROM unnest(rules) AS t
	CROSS JOIN LATERAL unnest(t.required_columns) AS c (column_name)
	CROSS JOIN LATERAL (
		SELECT count(*) > 0 AS is_there, COALESCE(bool_or(
				a.attgenerated <> '' OR a.attidentity = 'a'), false)
			AS generated
		FROM pg_attribute AS a
		WHERE a.attrelid = ANY (tables) AND a.attname = c.column_name
		AND a.attnum > 0 AND NOT a.attisdropped) AS f
	CROSS JOIN LATERAL (
		SELECT count(*) AS columns,
			count(*) FILTER (WHERE w.column_name = c.column_name) AS writers,
			count(*) FILTER (WHERE w.column_name = c.column_name
				AND w.kind::text = ANY (COALESCE(t.roles,
					'{specialist,supervisor,investigator,administrator}')))
				AS own_writers
		FROM desk.writable_columns AS w
		WHERE w.lifecycle = the_lifecycle.lifecycle) AS k
	CROSS JOIN LATERAL (
		SELECT f.is_there, f.generated, f.is_there AND NOT f.generated
			AND k.writers > 0 AND k.own_writers = 0 AS of_others) AS w
	WHERE NOT f.is_there OR f.generated
	OR k.columns > 0 AND k.own_writers = 0;

	RETURN QUERY
	SELECT DISTINCT 'error', 'unknown_column', n.status, n.action,
		n.purpose || ' ' || n.column_name || ': not in ' || b.relation
	FROM (
		SELECT NULL AS status, NULL AS action, v.purpose, v.column_name
		FROM (VALUES ('key_column', the_lifecycle.key_column),
			('actor_column', the_lifecycle.actor_column),
			('since_column', the_lifecycle.since_column),
			('reason_column', the_lifecycle.reason_column),
			('halt_column', the_lifecycle.halt_column))
			AS v (purpose, column_name)
		WHERE v.column_name IS NOT NULL
		UNION ALL
		SELECT t.from_status, t.action, 'when_column', t.when_column
		FROM unnest(rules) AS t WHERE t.when_column IS NOT NULL
		UNION ALL
		SELECT t.from_status, t.action, 'required column', c.column_name
		FROM unnest(rules) AS t, unnest(t.required_columns)
			AS c (column_name)
		) AS n, unnest(tables) AS b (relation)
	WHERE NOT EXISTS (SELECT FROM pg_attribute AS a
		WHERE a.attrelid = b.relation AND a.attname = n.column_name
		AND a.attnum > 0 AND NOT a.attisdropped);

	RETURN QUERY
	SELECT DISTINCT 'error', v.problem, t.from_status, t.action, v.detail
	FROM unnest(rules) AS t
	CROSS JOIN LATERAL (VALUES
		('four_eyes_without_actor_column', t.four_eyes,
		 the_lifecycle.actor_column, 'four eyes need actor_column'),
		('within_without_since_column', t.allowed_within IS NOT NULL,
		 the_lifecycle.since_column, 'allowed_within needs since_column'),
		('reason_without_reason_column', t.reason IS NOT NULL,
		 the_lifecycle.reason_column, 'a reason needs reason_column'),
		('consent_without_key_column', t.consent IS NOT NULL
			OR cardinality(t.records) > 0,
		 the_lifecycle.key_column, 'consent and records need key_column'))
		AS v (problem, needed, column_name, detail)
	WHERE v.needed AND v.column_name IS NULL;

	-- Names.

	RETURN QUERY
	SELECT 'warning', 'missing_label', s.status, NULL, m.labels
	FROM unnest(the_statuses) AS s
	CROSS JOIN LATERAL (SELECT array_to_string(ARRAY[
		CASE WHEN s.label_en IS NULL THEN 'en' END,
		CASE WHEN s.label_zh_hans IS NULL THEN 'zh_hans' END,
		CASE WHEN s.label_zh_hant IS NULL THEN 'zh_hant' END,
		CASE WHEN s.label_vi IS NULL THEN 'vi' END,
		CASE WHEN s.worker_label_en IS NULL THEN 'worker_en' END,
		CASE WHEN s.worker_label_zh_hans IS NULL THEN 'worker_zh_hans' END,
		CASE WHEN s.worker_label_zh_hant IS NULL THEN 'worker_zh_hant' END,
		CASE WHEN s.worker_label_vi IS NULL THEN 'worker_vi' END], ', '))
		AS m (labels)
	WHERE m.labels <> ''
	UNION ALL
	SELECT 'warning', 'missing_label', NULL, a.action, a.labels
	FROM (SELECT t.action, array_to_string(ARRAY[
			CASE WHEN count(*) > count(t.label_en) THEN 'en' END,
			CASE WHEN count(*) > count(t.label_zh_hans) THEN 'zh_hans' END,
			CASE WHEN count(*) > count(t.label_zh_hant) THEN 'zh_hant' END,
			CASE WHEN count(*) > count(t.label_vi) THEN 'vi' END], ', ')
			AS labels
		FROM unnest(rules) AS t GROUP BY t.action) AS a
	WHERE a.labels <> '';
	-- What is marked as contact is what the walk looks for.
	RETURN QUERY
	SELECT 'error', 'contact_not_marked', t.to_status, t.action,
		'needs consent to contact the factory, but the status is not one of factory_contact'
	FROM unnest(rules) AS t
	JOIN unnest(the_statuses) AS s ON s.status = t.to_status
	WHERE t.consent = 'contact_factory' AND NOT s.factory_contact;
	RETURN QUERY
	SELECT 'error', CASE WHEN s.category = 'terminal'
			OR o.category = 'terminal' THEN 'map_across_end'
			ELSE 'map_into_contact' END,
		m.to_status, NULL::text,
		format('from "%s" of version %s', m.from_status, m.from_version)
	FROM desk.lifecycle_maps AS m
	JOIN unnest(the_statuses) AS s ON s.status = m.to_status
	JOIN desk.statuses AS o ON o.lifecycle = m.lifecycle
		AND o.version = m.from_version AND o.status = m.from_status
	WHERE m.lifecycle = lifecycle_problems.lifecycle
	AND m.version = lifecycle_problems.version
	AND ((s.category = 'terminal') <> (o.category = 'terminal')
		OR s.factory_contact AND NOT o.factory_contact);
END
$$;
COMMENT ON FUNCTION desk.lifecycle_problems(text, integer) IS
'what lifecycle_check() answers, unordered, about a version that exists';

CREATE FUNCTION helpline.lifecycle_check(
	lifecycle text, version integer DEFAULT NULL)
RETURNS TABLE (
	level text, problem text, status text, action text, detail text)
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED
SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
DECLARE
	the_version integer;
BEGIN
	PERFORM desk.enter('lifecycle_check');
	the_version := desk.find_lifecycle(lifecycle, version, 'newest');
	RETURN QUERY
	SELECT p.* FROM desk.lifecycle_problems(lifecycle, the_version) AS p
	ORDER BY p.level COLLATE "C", p.problem COLLATE "C",
		p.status COLLATE "C", p.action COLLATE "C", p.detail COLLATE "C";
END
$$;
COMMENT ON FUNCTION helpline.lifecycle_check(text, integer) IS
'what is wrong with a version of a lifecycle, NULL the newest: an error keeps it from being sealed; no row: nothing is';
INSERT INTO desk.kind_functions (kind, function_name)
SELECT k, 'lifecycle_check' FROM unnest('{supervisor,programme_staff,analyst,
	auditor,administrator}'::ietp.role_kind[]) AS k;

-- A label may hold whatever means something in Mermaid.  Its entity codes,
-- # and ; around a number, are decoded only after parsing, so that all but
-- letters, digits and some plain signs is written so; among these also the
-- two signs with which Mermaid marks a code that it has read, ° and ¶.
-- Control characters become spaces.  Mermaid takes "direction LR" for a
-- command wherever it stands in a line, so the space in it is written so too.
-- test/sql/check.sql tells how this was held against Mermaid's own parser.
CREATE FUNCTION desk.diagram_text(label text)
RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, ietp, pg_temp
AS $$
	SELECT regexp_replace(string_agg(CASE
		WHEN c.sign ~ '^[A-Za-z0-9 .,/()-]$' THEN c.sign
		WHEN ascii(c.sign) < 32 OR ascii(c.sign) BETWEEN 127 AND 159 THEN ' '
		WHEN ascii(c.sign) < 192 OR ascii(c.sign) BETWEEN 8192 AND 8303
			OR ascii(c.sign) BETWEEN 65024 AND 65279
			THEN '#' || ascii(c.sign) || ';'
		ELSE c.sign END, '' ORDER BY c.n),
		'(direction)[ \u1680\u3000]', '\1#32;', 'gi')
	FROM regexp_split_to_table(label, '') WITH ORDINALITY AS c (sign, n)
$$;
COMMENT ON FUNCTION desk.diagram_text(text) IS
'the text as Mermaid reads it in a label';

CREATE FUNCTION helpline.lifecycle_diagram(
	lifecycle text, version integer DEFAULT NULL,
	language text DEFAULT 'en')
RETURNS text
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED
SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	the_version integer;
	place integer := array_position('{en,zh-Hans,zh-Hant,vi}'::text[],
		lifecycle_diagram.language);
	consent_mark text;
	second_mark text;
	diagram text;
BEGIN
	PERFORM desk.enter('lifecycle_diagram');
	IF lifecycle_diagram.language IS NULL THEN
		PERFORM desk.refuse('language', 'missing');
	ELSIF place IS NULL THEN
		PERFORM desk.refuse('language', 'unknown_code',
			'One of en, zh-Hans, zh-Hant, vi.');
	END IF;
	the_version := desk.find_lifecycle(lifecycle_diagram.lifecycle,
		lifecycle_diagram.version, 'in_force');
	consent_mark := ('{with consent,需同意,需同意,cần đồng ý}'::text[])[place];
	second_mark := ('{second person,需第二人,需第二人,cần người thứ hai}'
		::text[])[place];
	WITH status AS (
		SELECT s.status, s.category,
			's' || row_number() OVER by_place AS alias,
			row_number() OVER by_place AS n,
			desk.diagram_text(COALESCE(ietp.nonblank((ARRAY[s.label_en,
				s.label_zh_hans, s.label_zh_hant, s.label_vi])[place]),
				s.status)) AS label
		FROM desk.statuses AS s
		WHERE s.lifecycle = lifecycle_diagram.lifecycle
		AND s.version = the_version
		WINDOW by_place AS (ORDER BY s.category, s.status COLLATE "C")
	), named AS (
		SELECT m.from_status, (m.rule).to_status, (m.rule).action,
			COALESCE(ietp.nonblank(min((ARRAY[(m.rule).label_en,
				(m.rule).label_zh_hans, (m.rule).label_zh_hant,
				(m.rule).label_vi])[place])), (m.rule).action) AS label,
			bool_or((m.rule).consent IS NOT NULL) AS consent,
			bool_or((m.rule).four_eyes) AS four_eyes
		FROM desk.lifecycle_moves(lifecycle_diagram.lifecycle,
			the_version) AS m
		GROUP BY m.from_status, (m.rule).to_status, (m.rule).action
	), arrow AS (
		SELECT a.from_status, a.to_status, string_agg(
			desk.diagram_text(a.label || COALESCE(' (' || NULLIF(concat_ws(
				', ', CASE WHEN a.consent THEN consent_mark END,
				CASE WHEN a.four_eyes THEN second_mark END), '') || ')', '')),
			', ' ORDER BY a.action COLLATE "C") AS text
		FROM named AS a GROUP BY a.from_status, a.to_status
	), line AS (
		SELECT 1 AS part, s.n, 0::bigint AS o,
			'state "' || s.label || '" as ' || s.alias AS text
		FROM status AS s
		UNION ALL
		SELECT 2, s.n, 0, '[*] --> ' || s.alias || COALESCE(' : ' || a.text, '')
		FROM status AS s
		LEFT JOIN arrow AS a ON a.from_status IS NULL
			AND a.to_status = s.status
		WHERE s.category = 'initial' OR a.to_status IS NOT NULL
		UNION ALL
		SELECT 3, f.n, t.n, f.alias || ' --> ' || t.alias || ' : ' || a.text
		FROM arrow AS a
		JOIN status AS f ON f.status = a.from_status
		JOIN status AS t ON t.status = a.to_status
		UNION ALL
		SELECT 4, s.n, 0, s.alias || ' --> [*]'
		FROM status AS s WHERE s.category = 'terminal'
	)
	SELECT 'stateDiagram-v2' || E'\n' || COALESCE(string_agg(
		'    ' || l.text || E'\n', '' ORDER BY l.part, l.n, l.o), '')
	INTO diagram
	FROM line AS l;
	RETURN diagram;
END
$$;
COMMENT ON FUNCTION helpline.lifecycle_diagram(text, integer, text) IS
'the lifecycle as a state diagram in Mermaid, with names in en, zh-Hans, zh-Hant or vi; version NULL is the one in force, else the newest';
INSERT INTO desk.kind_functions (kind, function_name)
SELECT k, 'lifecycle_diagram' FROM unnest('{supervisor,programme_staff,analyst,
	auditor,administrator}'::ietp.role_kind[]) AS k;

-- Whoever seals a version, by whatever statement, has it proved.
CREATE FUNCTION desk.prove_lifecycle()
RETURNS trigger
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
DECLARE
	errors bigint;
	summary text;
BEGIN
	SELECT count(*), string_agg(DISTINCT concat_ws(' ', p.problem, p.status)
		COLLATE "C", ', ')
	INTO errors, summary
	FROM desk.lifecycle_problems(NEW.lifecycle, NEW.version) AS p
	WHERE p.level = 'error';
	IF errors > 0 THEN
		RAISE EXCEPTION 'the lifecycle has % errors', errors
			USING ERRCODE = 'IE223', COLUMN = 'version', DETAIL = summary,
			HINT = 'SELECT * FROM helpline.lifecycle_check().';
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION desk.prove_lifecycle() IS
'trigger: no version with an error is sealed';
CREATE TRIGGER prove_inserted
AFTER INSERT ON desk.lifecycles
FOR EACH ROW WHEN (NEW.sealed_at IS NOT NULL AND NOT ietp.applies_changes())
EXECUTE FUNCTION desk.prove_lifecycle();
ALTER TABLE desk.lifecycles ENABLE ALWAYS TRIGGER prove_inserted;
CREATE TRIGGER prove_sealed
AFTER UPDATE ON desk.lifecycles
FOR EACH ROW WHEN (OLD.sealed_at IS NULL AND NEW.sealed_at IS NOT NULL
	AND NOT ietp.applies_changes())
EXECUTE FUNCTION desk.prove_lifecycle();
ALTER TABLE desk.lifecycles ENABLE ALWAYS TRIGGER prove_sealed;
