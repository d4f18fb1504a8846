-- lifecycle_check(): a lifecycle in which nothing is wrong, and what each
-- mistake brings; its walk against one that looks at every path by itself.
-- lifecycle_diagram().
\set SHOW_CONTEXT never
SET client_min_messages = warning;
BEGIN;
\pset null '-'

CREATE FUNCTION pg_temp.attempt(statement text, OUT state text,
	OUT "column" text, OUT message text)
LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE statement;
	state := '00000';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE,
		message = MESSAGE_TEXT, "column" = COLUMN_NAME;
END
$$;

-- What is shipped.
SELECT * FROM helpline.lifecycle_check('case', 1);
SELECT * FROM helpline.lifecycle_check('case');

-- A small lifecycle of a table, and what the check says after a change,
-- which is undone.
CREATE TABLE public.regress_matters (
	matter integer, state text, version integer, mover text,
	since timestamptz, why text, halted text, grade text, note text,
	computed text GENERATED ALWAYS AS (upper(note)) STORED,
	counted integer GENERATED ALWAYS AS IDENTITY);
CREATE TRIGGER judge AFTER INSERT OR UPDATE ON public.regress_matters
FOR EACH ROW EXECUTE FUNCTION
	ietp.enforce_lifecycle('matter', 'state', 'version');
SELECT helpline.draft_lifecycle('matter', key_column => 'matter',
	actor_column => 'mover', since_column => 'since', reason_column => 'why',
	halt_column => 'halted');
CREATE FUNCTION pg_temp.names(of_workers boolean) RETURNS jsonb
LANGUAGE sql RETURN (SELECT jsonb_object_agg(l, 'n') FROM unnest(
	'{en,zh_hans,zh_hant,vi,worker_en,worker_zh_hans,worker_zh_hant,worker_vi}'
	::text[]) AS l WHERE of_workers OR l NOT LIKE 'worker%');
CREATE PROCEDURE pg_temp.status(status text, category text,
	contact boolean DEFAULT false)
LANGUAGE sql AS $$
	SELECT helpline.set_status('matter', 1, status, category,
		factory_contact => contact, labels => pg_temp.names(true))
$$;
CREATE PROCEDURE pg_temp.move(action text, from_status text, to_status text,
	roles text[] DEFAULT NULL, required text[] DEFAULT NULL,
	consent text DEFAULT NULL, records text[] DEFAULT NULL,
	reason text DEFAULT NULL, four_eyes boolean DEFAULT false,
	next_cycle boolean DEFAULT false, within interval DEFAULT NULL,
	when_column text DEFAULT NULL, when_values text[] DEFAULT NULL)
LANGUAGE sql AS $$
	SELECT helpline.set_transition('matter', 1, action, from_status,
		to_status, roles, required, consent, records, reason, four_eyes,
		next_cycle, within, when_column, when_values, pg_temp.names(false))
$$;
CALL pg_temp.status('open', 'initial');
CALL pg_temp.status('agreed', 'active');
CALL pg_temp.status('contact', 'active', true);
CALL pg_temp.status('visit', 'waiting', true);
CALL pg_temp.status('done', 'terminal');
CALL pg_temp.move('agree', 'open', 'agreed', consent => 'refer');
CALL pg_temp.move('call', 'agreed', 'contact', consent => 'contact_factory');
-- Consent was asked for on entering the status before, and holds there.
CALL pg_temp.move('visit', 'contact', 'visit', required => '{note}');
CALL pg_temp.move('consent_withdrawn', 'contact', 'agreed');
CALL pg_temp.move('consent_withdrawn', 'visit', 'agreed');
CALL pg_temp.move('finish', '*', 'done', records => '{reason_noted}',
	reason => '*', four_eyes => true);
CALL pg_temp.move('reopen', 'done', 'open', next_cycle => true,
	within => '90 days', when_column => 'grade', when_values => '{a,b}');
SELECT * FROM helpline.lifecycle_check('matter');

CREATE FUNCTION pg_temp.said(change text)
RETURNS TABLE (level text, problem text, status text, action text,
	detail text)
LANGUAGE plpgsql AS $$
DECLARE
	problems jsonb;
BEGIN
	BEGIN
		EXECUTE change;
		problems := (SELECT jsonb_agg(c) FROM helpline.lifecycle_check(
			'matter') AS c);
		RAISE SQLSTATE 'TI000';
	EXCEPTION WHEN SQLSTATE 'TI000' THEN
		RETURN QUERY SELECT r.* FROM jsonb_to_recordset(problems) AS r (
			level text, problem text, status text, action text, detail text);
	END;
END
$$;

--
-- Ways through
--
SELECT * FROM pg_temp.said($$CALL pg_temp.status('open', 'active')$$);
SELECT * FROM pg_temp.said($$CALL pg_temp.status('done', 'waiting')$$);
SELECT * FROM pg_temp.said($$CALL pg_temp.status('island', 'active')$$);
-- Reached, but not from a status that itself can be reached.
SELECT * FROM pg_temp.said($$CALL pg_temp.status('island', 'active');
	CALL pg_temp.status('bay', 'active');
	CALL pg_temp.move('row', 'island', 'bay')$$);
-- Reached by creation alone.
SELECT * FROM pg_temp.said($$CALL pg_temp.status('old', 'active');
	CALL pg_temp.move('import', NULL, 'old')$$);
-- The rule from * is gone: agreed and those behind it cannot end, and
-- nothing leads out of trap.
SELECT * FROM pg_temp.said($$
	SELECT helpline.drop_transition('matter', 1, 'finish', '*');
	CALL pg_temp.move('finish', 'open', 'done');
	CALL pg_temp.status('trap', 'waiting');
	CALL pg_temp.move('fall', 'visit', 'trap')$$);
-- An own rule of the action takes the place of the one from * with the same
-- reason, of no other.
SELECT * FROM pg_temp.said($$CALL pg_temp.status('last', 'terminal');
	CALL pg_temp.status('only', 'waiting');
	CALL pg_temp.move('wait', 'open', 'only');
	CALL pg_temp.move('finish', 'only', 'last', reason => '*')$$);
SELECT r.reason, s.* FROM unnest('{shut,NULL}'::text[]) AS r (reason),
	pg_temp.said(format($$CALL pg_temp.status('last', 'terminal');
	CALL pg_temp.status('only', 'waiting');
	CALL pg_temp.move('wait', 'open', 'only');
	CALL pg_temp.move('finish', 'only', 'last', reason => %L)$$,
		r.reason)) AS s;
SELECT * FROM pg_temp.said($$CALL pg_temp.status('last', 'waiting');
	CALL pg_temp.move('finish', 'open', 'last', reason => '*');
	SELECT helpline.drop_transition('matter', 1, 'agree', 'open')$$);
-- A rule that leads nowhere is no way out.
SELECT * FROM pg_temp.said($$CALL pg_temp.status('only', 'waiting');
	CALL pg_temp.move('wait', 'open', 'only');
	CALL pg_temp.move('finish', 'only', 'only', reason => '*')$$);
-- From a terminal status * leads nowhere.
SELECT * FROM pg_temp.said($$CALL pg_temp.status('after', 'terminal');
	CALL pg_temp.move('shelve', '*', 'after', reason => 'shelved');
	SELECT helpline.drop_transition('matter', 1, 'reopen', 'done');
	CALL pg_temp.status('beyond', 'active');
	CALL pg_temp.move('go', 'after', 'beyond')$$);

--
-- Contact without consent
--
SELECT * FROM pg_temp.said($$CALL pg_temp.move('call', 'agreed', 'contact')$$);
SELECT * FROM pg_temp.said(
	$$CALL pg_temp.move('call', 'agreed', 'contact', consent => 'refer')$$);
-- Along a longer way, round the place where it is asked for; visit is then
-- entered without as well.
SELECT * FROM pg_temp.said($$CALL pg_temp.status('side', 'active');
	CALL pg_temp.move('aside', 'agreed', 'side');
	CALL pg_temp.move('slip', 'side', 'contact')$$);
-- Lost in a status without contact.
SELECT * FROM pg_temp.said($$CALL pg_temp.status('pause', 'waiting');
	CALL pg_temp.move('pause', 'visit', 'pause');
	CALL pg_temp.move('resume', 'pause', 'visit')$$);
-- From *, and by creation, in an initial status and in another one.
SELECT * FROM pg_temp.said($$CALL pg_temp.move('ring', '*', 'visit')$$);
SELECT * FROM pg_temp.said($$CALL pg_temp.status('open', 'initial', true)$$);
SELECT * FROM pg_temp.said($$CALL pg_temp.move('import', NULL, 'visit')$$);
SELECT * FROM pg_temp.said($$CALL pg_temp.move('import', NULL, 'visit',
	consent => 'contact_factory')$$);
-- A rule for creation guards an initial status, if it always counts.
SELECT * FROM pg_temp.said($$CALL pg_temp.status('hot', 'initial', true);
	CALL pg_temp.move('consent_withdrawn', 'hot', 'agreed');
	CALL pg_temp.move('import', NULL, 'hot', consent => 'contact_factory')$$);
SELECT * FROM pg_temp.said($$CALL pg_temp.status('hot', 'initial', true);
	CALL pg_temp.move('consent_withdrawn', 'hot', 'agreed');
	CALL pg_temp.move('import', NULL, 'hot', consent => 'contact_factory',
		when_column => 'grade', when_values => '{a}')$$);
-- Of two rules for one move, one asks.
SELECT * FROM pg_temp.said($$CALL pg_temp.move('call', 'agreed', 'contact',
	reason => 'urgent')$$);
-- A move that asks for it leads into a status that is marked, by creation too.
SELECT c.consent, s.* FROM unnest('{contact_factory,share_identity,NULL}'
	::text[]) AS c (consent),
	pg_temp.said(format($$CALL pg_temp.move('agree', 'open', 'agreed',
		consent => %1$L); CALL pg_temp.move('import', NULL, 'agreed',
		consent => %1$L)$$, c.consent)) AS s;
SELECT * FROM pg_temp.said($$CALL pg_temp.status('contact', 'active');
	CALL pg_temp.status('visit', 'active')$$);
-- No way back, because of each guard.
SELECT g.guard, s.problem, s.status
FROM unnest('{roles,required,consent,records,reason,four_eyes,within,when_column,none}'::text[]) AS g (guard),
	pg_temp.said(format($$
		SELECT helpline.drop_transition('matter', 1, 'consent_withdrawn',
			'visit');
		CALL pg_temp.move('consent_withdrawn', 'visit', 'agreed' %s)$$,
		CASE g.guard WHEN 'roles' THEN ', roles => ''{specialist}'''
			WHEN 'required' THEN ', required => ''{note}'''
			WHEN 'consent' THEN ', consent => ''refer'''
			WHEN 'records' THEN ', records => ''{reason_noted}'''
			WHEN 'reason' THEN ', reason => ''*'''
			WHEN 'four_eyes' THEN ', four_eyes => true'
			WHEN 'within' THEN ', within => ''1 day'''
			WHEN 'when_column' THEN
			', when_column => ''grade'', when_values => ''{a}''' END)) AS s;
SELECT * FROM pg_temp.said($$
	SELECT helpline.drop_transition('matter', 1, 'consent_withdrawn',
		'visit');
	CALL pg_temp.move('consent_withdrawn', 'visit', 'contact')$$);

--
-- Rules that contradict each other
--
CREATE FUNCTION pg_temp.against(reason1 text, values1 text, reason2 text,
	values2 text) RETURNS text
LANGUAGE sql AS $$
	SELECT string_agg(s.problem, ',') FROM pg_temp.said(format($f$
		CALL pg_temp.move('split', 'open', 'agreed', %1$s);
		CALL pg_temp.move('split', 'open', 'done', %2$s);
		SELECT helpline.drop_transition('matter', 1, 'finish', '*');
		CALL pg_temp.move('finish', 'agreed', 'done');
		CALL pg_temp.move('finish', 'contact', 'done');
		SELECT helpline.drop_transition('matter', 1, 'agree', 'open')$f$,
		format('reason => %L, when_column => %s, when_values => %s', reason1,
			split_part(values1, '=', 1), split_part(values1, '=', 2)),
		format('reason => %L, when_column => %s, when_values => %s', reason2,
			split_part(values2, '=', 1), split_part(values2, '=', 2)))) AS s
$$;
SELECT v.*, pg_temp.against(v.reason1, v.values1, v.reason2, v.values2)
FROM (VALUES ('a', 'NULL=NULL', 'b', 'NULL=NULL'),
	('a', 'NULL=NULL', 'a', 'NULL=NULL'),
	('a', 'NULL=NULL', '*', 'NULL=NULL'),
	(NULL, 'NULL=NULL', 'a', 'NULL=NULL'),
	(NULL, 'NULL=NULL', NULL, 'NULL=NULL'),
	('*', 'NULL=NULL', NULL, 'NULL=NULL'),
	(NULL, '''grade''=''{a,b}''', NULL, '''grade''=''{c}'''),
	(NULL, '''grade''=''{a,b}''', NULL, '''grade''=''{b,c}'''),
	(NULL, '''grade''=''{a}''', NULL, '''note''=''{c}'''),
	(NULL, '''grade''=''{a}''', NULL, 'NULL=NULL'),
	('a', '''grade''=''{a}''', 'b', '''grade''=''{a}'''))
	AS v (reason1, values1, reason2, values2);
SELECT * FROM pg_temp.said($$CALL pg_temp.move('call', 'agreed', 'open')$$);
SELECT * FROM pg_temp.said($$CALL pg_temp.move('phone', 'agreed', 'contact',
	consent => 'contact_factory')$$);
SELECT * FROM pg_temp.said($$CALL pg_temp.move('drop', 'open', 'done')$$);
SELECT * FROM pg_temp.said($$
	CALL pg_temp.move('leave', 'done', 'agreed', reason => 'a');
	CALL pg_temp.move('quit', 'done', 'agreed', reason => 'b')$$);
-- Creation: the row says its status itself, but not the action.
SELECT * FROM pg_temp.said($$CALL pg_temp.move('import', NULL, 'done');
	CALL pg_temp.move('import', NULL, 'agreed');
	CALL pg_temp.move('copy', NULL, 'agreed')$$);
SELECT * FROM pg_temp.said($$CALL pg_temp.move('reopen', 'done', 'open',
	within => '90 days', when_column => 'grade', when_values => '{c}')$$);

--
-- Rules that refer to what is not there
--
SELECT * FROM pg_temp.said(
	$$CALL pg_temp.move('stray', 'nowhere', 'agreed')$$);
SELECT * FROM pg_temp.said($$CALL pg_temp.move('agree', 'open', 'agreed',
	records => '{reason_noted,no_such_guard}')$$);
CREATE FUNCTION desk.regress_two(a ietp.case_ref, b integer) RETURNS boolean
LANGUAGE sql RETURN true;
CREATE FUNCTION desk.regress_text(a ietp.case_ref) RETURNS text
LANGUAGE sql RETURN 'true';
CREATE FUNCTION desk.regress_good(a integer) RETURNS boolean
LANGUAGE sql RETURN true;
INSERT INTO desk.guards (guard, hint)
SELECT g, '' FROM unnest('{regress_none,regress_two,regress_text,regress_good}'
	::text[]) AS g;
SELECT * FROM pg_temp.said($$CALL pg_temp.move('agree', 'open', 'agreed',
	records => '{regress_none,regress_two,regress_text,regress_good}')$$);
SELECT helpline.draft_lifecycle('case') AS draft \gset
SELECT count(helpline.set_transition('case', :draft, 'close', '*', 'closed',
	reason => reason)) FROM unnest('{no_such_reason,referred,*}'::text[])
	AS reason;
SELECT count(helpline.set_transition('case', :draft, 'wait_for_worker',
	'inquiry', 'waiting_worker', reason => 'no_such_reason'));
SELECT * FROM helpline.lifecycle_check('case')
WHERE problem = 'unknown_reason';
-- Elsewhere a reason is any code.
SELECT * FROM pg_temp.said(
	$$CALL pg_temp.move('drop', 'done', 'agreed', reason => 'whatever')$$);

--
-- Columns
--
SELECT * FROM pg_temp.said($$CALL pg_temp.move('agree', 'open', 'agreed',
	required => '{note,no_such_column,computed,counted,ctid}')$$);
SELECT * FROM pg_temp.said($$CALL pg_temp.move('reopen', 'done', 'open',
	next_cycle => true, when_column => 'no_such', when_values => '{a}')$$);
SELECT * FROM pg_temp.said($$UPDATE desk.lifecycles SET key_column = 'a1',
	actor_column = 'a2', since_column = 'a3', reason_column = 'a4',
	halt_column = 'a5' WHERE lifecycle = 'matter'$$);
SELECT * FROM pg_temp.said($$ALTER TABLE public.regress_matters
	DROP COLUMN mover$$);
SELECT * FROM pg_temp.said($$UPDATE desk.lifecycles SET key_column = NULL,
	actor_column = NULL, since_column = NULL, reason_column = NULL,
	halt_column = NULL WHERE lifecycle = 'matter'$$);
-- Of two tables one lacks a column; a lifecycle whose name begins the same
-- is another one.
CREATE TABLE public.regress_others (matter integer, state text, mover text,
	since timestamptz, why text, halted text, grade text);
CREATE TRIGGER judge AFTER INSERT ON public.regress_others
FOR EACH ROW EXECUTE FUNCTION ietp.enforce_lifecycle('matter_too', 'state');
SELECT * FROM helpline.lifecycle_check('matter');
SELECT * FROM pg_temp.said($$
	CREATE TRIGGER judge2 AFTER INSERT ON public.regress_others
	FOR EACH ROW EXECUTE FUNCTION ietp.enforce_lifecycle('matter', 'state')$$);
SELECT * FROM pg_temp.said($$DROP TABLE public.regress_matters$$);
-- Partitions have copies of the trigger.
SELECT * FROM pg_temp.said($$
	CREATE TABLE public.regress_parted (LIKE public.regress_others,
		note text) PARTITION BY LIST (state);
	CREATE TRIGGER judge AFTER INSERT ON public.regress_parted
	FOR EACH ROW EXECUTE FUNCTION ietp.enforce_lifecycle('matter', 'state');
	CREATE TABLE public.regress_part PARTITION OF public.regress_parted
		DEFAULT;
	ALTER TABLE public.regress_parted DROP COLUMN grade$$);
-- Cases: what nothing at the counter writes, and what others write.
SELECT helpline.drop_transition('case', :draft, 'close', '*', 'closed')
	> 0 AS dropped;
SELECT count(helpline.set_transition('case', :draft, 'close', '*', 'closed',
	roles => v.roles, required_columns => v.columns, reason => v.reason))
FROM (VALUES ('{specialist}'::text[], '{severity,language}'::text[],
		'advised'),
	('{specialist}', '{handler}', 'withdrawn'),
	('{specialist,supervisor}', '{handler}', 'duplicate'),
	(NULL, '{source,source_status}', 'referred'),
	('{programme_staff}', '{factory,source_hash}', 'unresolved'))
	AS v (roles, columns, reason);
SELECT * FROM helpline.lifecycle_check('case');
SELECT DISTINCT w.lifecycle, c.column_name AS unknown
FROM desk.writable_columns AS w
LEFT JOIN information_schema.columns AS c ON c.table_schema = 'desk'
	AND c.table_name = 'cases' AND c.column_name = w.column_name
WHERE c.column_name IS NULL;

--
-- Names
--
SELECT * FROM pg_temp.said($$SELECT helpline.set_status('matter', 1, 'done',
	'terminal', labels => '{"vi": null, "worker_zh_hant": null}')$$);
SELECT * FROM pg_temp.said($$UPDATE desk.statuses SET label_en = NULL,
	label_zh_hans = NULL, label_zh_hant = NULL, worker_label_en = NULL,
	worker_label_zh_hans = NULL, worker_label_vi = NULL
	WHERE lifecycle = 'matter' AND status = 'open'$$);
SELECT * FROM pg_temp.said($$UPDATE desk.transitions SET label_en = NULL,
	label_vi = NULL WHERE lifecycle = 'matter' AND from_status = 'visit'$$);
SELECT * FROM pg_temp.said($$UPDATE desk.transitions SET label_zh_hans = NULL,
	label_zh_hant = NULL
	WHERE lifecycle = 'matter' AND action = 'reopen'$$);

--
-- Maps: none across the end, none into contact.
--
SELECT warnings FROM helpline.seal_lifecycle('matter', 1);
SELECT helpline.draft_lifecycle('matter');
SELECT f.f AS from_status, t.t AS to_status, s.level, s.problem, s.status,
	s.detail
FROM unnest('{open,agreed,contact,visit,done}'::text[]) WITH ORDINALITY
	AS f (f, i),
	unnest('{open,agreed,contact,visit,done}'::text[]) WITH ORDINALITY
	AS t (t, i)
LEFT JOIN LATERAL pg_temp.said(format(
	'SELECT helpline.map_status(''matter'', 2, 1, %L, %L)', f.f, t.t)) AS s
	ON true
ORDER BY f.i, t.i;
-- What counts is what each is in its own version.
SELECT * FROM pg_temp.said($$
	SELECT helpline.set_status('matter', 2, 'contact', 'active',
		factory_contact => false);
	SELECT helpline.drop_transition('matter', 2, 'call', 'agreed');
	SELECT helpline.set_transition('matter', 2, 'call', 'agreed', 'contact',
		labels => pg_temp.names(false));
	SELECT helpline.set_transition('matter', 2, 'visit', 'contact', 'visit',
		required_columns => '{note}', consent => 'contact_factory');
	SELECT helpline.map_status('matter', 2, 1, 'contact', 'visit');
	SELECT helpline.map_status('matter', 2, 1, 'agreed', 'contact')$$)
WHERE problem LIKE 'map%';
SELECT * FROM pg_temp.said($$
	SELECT helpline.set_status('matter', 2, 'done', 'active');
	SELECT helpline.set_status('matter', 2, 'gone', 'terminal');
	SELECT helpline.map_status('matter', 2, 1, 'done', 'done');
	SELECT helpline.map_status('matter', 2, 1, 'open', 'done')$$)
WHERE problem LIKE 'map%';
-- They keep a version from being sealed.
SELECT helpline.map_status('matter', 2, 1, 'done', 'contact');
SELECT state, message FROM pg_temp.attempt(
	$$SELECT helpline.seal_lifecycle('matter', 2)$$);
SELECT helpline.map_status('matter', 2, 1, 'open', 'visit');
SELECT helpline.map_status('matter', 2, 1, 'done', 'done');
SELECT state, message FROM pg_temp.attempt($$UPDATE desk.lifecycles
	SET sealed_at = now(), sealed_by = 'x'
	WHERE lifecycle = 'matter' AND version = 2$$);
SELECT helpline.map_status('matter', 2, 1, 'open', 'agreed');
SELECT state FROM pg_temp.attempt(
	$$SELECT helpline.seal_lifecycle('matter', 2)$$);

-- An empty draft.
SELECT helpline.draft_lifecycle('regress_empty');
SELECT * FROM helpline.lifecycle_check('regress_empty');

--
-- The walk against one that goes every path, up to twice the number of
-- statuses, and asks at its end where consent was asked for last.  Lifecycles
-- come from md5, so that they are the same everywhere.
--
CREATE FUNCTION pg_temp.pick(seed text, below integer)
RETURNS integer
LANGUAGE sql IMMUTABLE
RETURN ('x' || substr(md5(seed), 1, 7))::bit(28)::integer % below;
INSERT INTO desk.lifecycles (lifecycle, version)
SELECT 'made', i FROM generate_series(1, 40) AS i;
INSERT INTO desk.statuses (lifecycle, version, status, category,
	factory_contact)
SELECT 'made', i, 's' || j,
	('{initial,active,active,waiting,terminal}'::ietp.status_category[])
		[j + pg_temp.pick('c' || i || j, 5) / 4],
	pg_temp.pick('f' || i || j, 2) = 1
FROM generate_series(1, 40) AS i, generate_series(1, 4) AS j;
INSERT INTO desk.transitions (lifecycle, version, from_status, action,
	to_status, consent)
SELECT 'made', i, CASE m.f WHEN 0 THEN '*' WHEN 5 THEN NULL
	ELSE 's' || m.f END, 'a' || pg_temp.pick('a' || i || j, 3),
	's' || 1 + pg_temp.pick('t' || i || j, 4),
	('{contact_factory,refer,NULL}'::ietp.consent_purpose[])
		[1 + pg_temp.pick('g' || i || j, 3)]
FROM generate_series(1, 40) AS i, generate_series(1, 6) AS j,
	LATERAL (SELECT CASE WHEN pg_temp.pick('x' || i || j, 9) = 0
		THEN 5 ELSE pg_temp.pick('f' || i || j, 5) END) AS m (f)
ON CONFLICT DO NOTHING;
CREATE TEMP TABLE walks AS
WITH RECURSIVE edge AS (
	SELECT t.version, s.status AS f, t.to_status AS t,
		t.consent IS NOT DISTINCT FROM 'contact_factory' AS asks
	FROM desk.transitions AS t
	JOIN desk.statuses AS s ON s.lifecycle = 'made' AND s.version = t.version
		AND s.status <> t.to_status
	WHERE t.lifecycle = 'made' AND (t.from_status = s.status
		OR t.from_status = '*' AND s.category::text <> 'terminal'
		AND (t.version, t.action, s.status) NOT IN (
			SELECT o.version, o.action, o.from_status
			FROM desk.transitions AS o
			WHERE o.lifecycle = 'made' AND o.from_status IS NOT NULL))
	GROUP BY 1, 2, 3, 4
), walk AS (
	-- Which status was entered at each step, and whether that step asked.
	SELECT s.version, ARRAY[s.status] AS entered, ARRAY[false] AS asked
	FROM desk.statuses AS s
	WHERE s.lifecycle = 'made' AND s.category::text = 'initial'
	AND NOT EXISTS (SELECT FROM desk.transitions AS t
		WHERE t.lifecycle = 'made' AND t.version = s.version
		AND t.from_status IS NULL AND t.to_status = s.status)
	UNION
	SELECT t.version, ARRAY[t.to_status],
		ARRAY[t.consent IS NOT DISTINCT FROM 'contact_factory']
	FROM desk.transitions AS t
	WHERE t.lifecycle = 'made' AND t.from_status IS NULL
	UNION
	SELECT w.version, w.entered || e.t, w.asked || e.asks
	FROM walk AS w
	JOIN edge AS e ON e.version = w.version
		AND e.f = w.entered[cardinality(w.entered)]
	WHERE cardinality(w.entered) < 8
)
SELECT * FROM walk;
CREATE TEMP TABLE expected AS
-- The last run of statuses with contact on the path: some step into it asked.
SELECT DISTINCT w.version, 'contact_without_consent' AS problem,
	w.entered[cardinality(w.entered)] AS status
FROM walks AS w
WHERE EXISTS (SELECT FROM desk.statuses AS s WHERE s.lifecycle = 'made'
	AND s.version = w.version AND s.factory_contact
	AND s.status = w.entered[cardinality(w.entered)])
AND NOT EXISTS (
	SELECT FROM generate_subscripts(w.entered, 1) AS i
	WHERE w.asked[i] AND w.entered[i:] <@ ARRAY(
		SELECT s.status FROM desk.statuses AS s
		WHERE s.lifecycle = 'made' AND s.version = w.version
		AND s.factory_contact))
UNION ALL
SELECT s.version, 'unreachable_status', s.status
FROM desk.statuses AS s
WHERE s.lifecycle = 'made' AND (s.version, s.status) NOT IN (
	SELECT w.version, w.entered[cardinality(w.entered)] FROM walks AS w);
CREATE TEMP TABLE found AS
SELECT DISTINCT i AS version, c.problem, c.status
FROM generate_series(1, 40) AS i, helpline.lifecycle_check('made', i) AS c
WHERE c.problem IN ('contact_without_consent', 'unreachable_status');
SELECT problem, count(*), count(DISTINCT version) AS lifecycles
FROM expected GROUP BY problem ORDER BY problem;
(TABLE expected EXCEPT TABLE found) UNION ALL
(TABLE found EXCEPT TABLE expected);
-- Each path that is shown is one of those walked.
SELECT count(*) > 0 AS some, count(*) FILTER (WHERE w.version IS NULL) AS made_up
FROM generate_series(1, 40) AS i
CROSS JOIN LATERAL helpline.lifecycle_check('made', i) AS c
LEFT JOIN walks AS w ON w.version = i
	AND array_to_string(w.entered, ' ')
		= btrim(regexp_replace(c.detail, '-a[0-9]-> ', '', 'g'))
WHERE c.problem = 'contact_without_consent';

--
-- Diagrams.  Those of the three lifecycles here, and of one whose statuses
-- were each printable ASCII character and what Mermaid might take for a
-- command ('direction LR', '%%{init: ...}%%', '[*]', 'style x: #a;', ...),
-- were read by the parser of Mermaid 11.17.2: no error, as many states and
-- transitions as rows, and every label, decoded, as it was given, but for a
-- space other than ' ' after "direction".
--
\pset format unaligned
\pset tuples_only on
SELECT helpline.lifecycle_diagram('case', 1);
SELECT helpline.lifecycle_diagram('case', 1, 'vi');
SELECT helpline.draft_lifecycle('odd') IS NOT NULL;
SELECT count(helpline.set_status('odd', 1, s, c))
FROM (VALUES ('a "quote": #1; <b>%%\n', 'initial'),
	('Queued/Awaiting Assignment', 'active'), ('请等 ° ¶', 'waiting'),
	('redirection TB', 'active'), ('end', 'terminal')) AS v (s, c);
SELECT count(helpline.set_transition('odd', 1, a, f, t, consent => c,
	four_eyes => e)) FROM (VALUES
	('go', 'a "quote": #1; <b>%%\n', 'Queued/Awaiting Assignment',
	 'contact_factory', true),
	('run: fast', 'a "quote": #1; <b>%%\n', 'Queued/Awaiting Assignment',
	 NULL, true),
	('wait', 'Queued/Awaiting Assignment', '请等 ° ¶', 'refer', false),
	('close', '*', 'end', NULL, false), ('make', NULL, '请等 ° ¶', NULL, false),
	('make', NULL, 'a "quote": #1; <b>%%\n', NULL, false))
	AS v (a, f, t, c, e);
SELECT helpline.lifecycle_diagram('odd');
SELECT desk.diagram_text('a' || chr(9) || 'b' || chr(133) || 'c');
SELECT helpline.lifecycle_diagram('odd', 1, 'zh-Hans')
	= helpline.lifecycle_diagram('odd', language => 'zh-Hans');
SELECT helpline.lifecycle_diagram('regress_empty');
SELECT helpline.lifecycle_diagram('case') = helpline.lifecycle_diagram('case',
	1);
\pset tuples_only off
\pset format aligned

-- Arguments, and who may.
SELECT s.s, t.* FROM unnest(ARRAY['lifecycle_check(NULL)',
	'lifecycle_check(''no_such'')', 'lifecycle_check(''case'', 99)',
	'lifecycle_diagram(NULL)', 'lifecycle_diagram(''no_such'')',
	'lifecycle_diagram(''case'', 99)', 'lifecycle_diagram(''case'', 1, NULL)',
	'lifecycle_diagram(''case'', 1, ''fr'')']) AS s (s),
	pg_temp.attempt('SELECT helpline.' || s.s) AS t;
SELECT f.function_name, array_agg(f.kind ORDER BY f.kind) AS kinds
FROM desk.kind_functions AS f
WHERE f.function_name IN ('lifecycle_check', 'lifecycle_diagram')
GROUP BY f.function_name ORDER BY f.function_name;
CREATE ROLE regress_check_auditor NOLOGIN;
CREATE ROLE regress_check_specialist NOLOGIN;
SELECT count(ietp.grant_role('auditor', 'regress_check_auditor'));
SELECT count(ietp.grant_role('specialist', 'regress_check_specialist'));
SET LOCAL ROLE regress_check_auditor;
SELECT count(*) FROM helpline.lifecycle_check('case', 1);
SELECT length(helpline.lifecycle_diagram('case')) > 100 AS drawn;
SET LOCAL ROLE regress_check_specialist;
SELECT state, message FROM pg_temp.attempt(
	$$SELECT helpline.lifecycle_check('case')$$);
SELECT state, message FROM pg_temp.attempt(
	$$SELECT helpline.lifecycle_diagram('case')$$);
RESET ROLE;
ROLLBACK;
