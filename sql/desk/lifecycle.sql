-- The rules of a case as rows: lifecycles with their statuses and transitions.
-- ietp.enforce_lifecycle() judges by them on every path.  A version is sealed
-- before it is used, and then never changes; cases move to another version by
-- helpline.adopt_lifecycle() alone.
--
-- C code reads these tables by column number: src/lifecycle.c.

CREATE TABLE desk.lifecycles (
	lifecycle text NOT NULL
		CHECK (lifecycle ~ '^[a-z][a-z0-9_]{0,62}$'),
	version integer NOT NULL CHECK (version > 0),
	sealed_at timestamptz,
	key_column text,
	actor_column text,
	since_column text,
	reason_column text,
	halt_column text,
	final_except text[],
	sealed_by text,
	description text NOT NULL DEFAULT '',
	PRIMARY KEY (lifecycle, version),
	CHECK ((sealed_at IS NULL) = (sealed_by IS NULL)));
COMMENT ON TABLE desk.lifecycles IS
'sets of rules for a status column, in versions; the newest sealed version is the one in force';
COMMENT ON COLUMN desk.lifecycles.sealed_at IS
'NULL: a draft, which may be edited and judges nothing';
COMMENT ON COLUMN desk.lifecycles.key_column IS
'column that consent and record guards are asked about';
COMMENT ON COLUMN desk.lifecycles.actor_column IS
'column that holds who moved the row last, for four eyes';
COMMENT ON COLUMN desk.lifecycles.since_column IS
'column (timestamptz) that holds since when the row has its status, for allowed_within';
COMMENT ON COLUMN desk.lifecycles.reason_column IS
'column that holds the reason of the last move';
COMMENT ON COLUMN desk.lifecycles.halt_column IS
'while this column is not NULL, only transitions that require it are allowed';
COMMENT ON COLUMN desk.lifecycles.final_except IS
'columns that may change in a terminal status; NULL: all may';

CREATE TABLE desk.statuses (
	lifecycle text NOT NULL,
	version integer NOT NULL,
	status text NOT NULL
		CHECK (status ~ '^[^[:cntrl:]]{1,128}$' AND status <> '*'
			AND status = btrim(status)),
	category ietp.status_category NOT NULL,
	clock ietp.status_clock NOT NULL DEFAULT 'run',
	factory_contact boolean NOT NULL DEFAULT false,
	label_en text,
	label_zh_hans text,
	label_zh_hant text,
	label_vi text,
	worker_label_en text,
	worker_label_zh_hans text,
	worker_label_zh_hant text,
	worker_label_vi text,
	PRIMARY KEY (lifecycle, version, status),
	FOREIGN KEY (lifecycle, version) REFERENCES desk.lifecycles);
COMMENT ON TABLE desk.statuses IS
'statuses of a lifecycle, with names for the staff and for workers';
COMMENT ON COLUMN desk.statuses.factory_contact IS
'the factory is spoken with in this status: it is entered with consent alone';
COMMENT ON COLUMN desk.statuses.worker_label_en IS
'what a worker who asks is told, as the other three';

CREATE TABLE desk.transitions (
	lifecycle text NOT NULL,
	version integer NOT NULL,
	from_status text,
	action text NOT NULL CHECK (action ~ '^[^[:cntrl:]]{1,128}$'),
	to_status text NOT NULL,
	roles text[] CHECK (roles <@ enum_range(NULL::ietp.role_kind)::text[]),
	required_columns text[],
	consent ietp.consent_purpose,
	records text[],
	reason text CHECK (reason ~ '^([*]|[a-z][a-z0-9_]*)$'),
	four_eyes boolean NOT NULL DEFAULT false,
	next_cycle boolean NOT NULL DEFAULT false,
	allowed_within interval CHECK (allowed_within > interval '0'),
	when_column text,
	when_values text[],
	label_en text,
	label_zh_hans text,
	label_zh_hant text,
	label_vi text,
	FOREIGN KEY (lifecycle, version, to_status) REFERENCES desk.statuses,
	CHECK ((when_column IS NULL) = (when_values IS NULL)));
COMMENT ON TABLE desk.transitions IS
'moves that a lifecycle allows, each with its guards; of two that fit, the one with a when_column, then the one with a from_status of its own, then the one with a reason of its own counts';
COMMENT ON COLUMN desk.transitions.from_status IS
'*: any status but a terminal one, unless the action has a row for that status and the same reason; NULL: creation. A row may be created in an initial status without any transition';
COMMENT ON COLUMN desk.transitions.roles IS
'kinds of role, one of which the actor must have; NULL: whoever may write';
COMMENT ON COLUMN desk.transitions.required_columns IS
'columns that must not be NULL afterwards';
COMMENT ON COLUMN desk.transitions.consent IS
'purpose for which consent must be in force';
COMMENT ON COLUMN desk.transitions.records IS
'guards that must hold: rows of desk.guards';
COMMENT ON COLUMN desk.transitions.reason IS
'reason that the move must have: a code, or * for any; NULL: it needs none';
COMMENT ON COLUMN desk.transitions.four_eyes IS
'whoever made the last move may not make this one';
COMMENT ON COLUMN desk.transitions.next_cycle IS
'the row begins another cycle, as when it is reopened';
COMMENT ON COLUMN desk.transitions.allowed_within IS
'how long after the row got its status the move is allowed';
COMMENT ON COLUMN desk.transitions.when_column IS
'the transition counts for rows alone in which this column has one of when_values';
CREATE UNIQUE INDEX transitions_key ON desk.transitions
	(lifecycle, version, from_status, action, to_status, reason, when_column,
	when_values) NULLS NOT DISTINCT;
-- No key for a logical subscriber: from_status, reason and when may be NULL.
ALTER TABLE desk.transitions REPLICA IDENTITY FULL;

CREATE TABLE desk.lifecycle_maps (
	lifecycle text NOT NULL,
	version integer NOT NULL,
	from_version integer NOT NULL,
	from_status text NOT NULL,
	to_status text NOT NULL,
	PRIMARY KEY (lifecycle, version, from_version, from_status),
	FOREIGN KEY (lifecycle, from_version, from_status)
		REFERENCES desk.statuses,
	FOREIGN KEY (lifecycle, version, to_status) REFERENCES desk.statuses);
COMMENT ON TABLE desk.lifecycle_maps IS
'which status a row gets when it adopts the version, where its own is called otherwise there';

CREATE TABLE desk.guards (
	guard text PRIMARY KEY CHECK (guard ~ '^[a-z][a-z0-9_]{0,62}$'),
	hint text NOT NULL);
COMMENT ON TABLE desk.guards IS
'record guards: functions of the schema desk, named as the guard, that take a row''s key and return boolean';
COMMENT ON COLUMN desk.guards.hint IS
'what to do when the guard does not hold';

-- Whoever changes a rule tells every session, and a sealed version stays.
CREATE FUNCTION desk.refuse_sealed()
RETURNS trigger
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
DECLARE
	touched record;
BEGIN
	FOR touched IN SELECT l.lifecycle, l.version
		FROM (VALUES (to_jsonb(OLD)), (to_jsonb(NEW))) AS v (rule),
			jsonb_populate_record(NULL::desk.statuses, v.rule) AS l
		WHERE v.rule IS NOT NULL
	LOOP
		-- Locked, so that a sealing under way is waited for.
		PERFORM FROM desk.lifecycles AS l
		WHERE l.lifecycle = touched.lifecycle
		AND l.version = touched.version FOR UPDATE;
		IF EXISTS (SELECT FROM desk.lifecycles AS l
				WHERE l.lifecycle = touched.lifecycle
				AND l.version = touched.version
				AND l.sealed_at IS NOT NULL) THEN
			RAISE EXCEPTION 'version % of lifecycle "%" is sealed',
				touched.version, touched.lifecycle
				USING ERRCODE = 'IE222',
				HINT = 'Edit a copy: helpline.draft_lifecycle().';
		END IF;
	END LOOP;
	RETURN COALESCE(NEW, OLD);
END
$$;
COMMENT ON FUNCTION desk.refuse_sealed() IS
'trigger: rules of a sealed version are not changed, except what people read';

-- Labels and descriptions may be corrected at any time: they judge nothing.
CREATE TRIGGER refuse_sealed
BEFORE INSERT OR DELETE ON desk.statuses
FOR EACH ROW WHEN (NOT ietp.applies_changes())
EXECUTE FUNCTION desk.refuse_sealed();
CREATE TRIGGER refuse_sealed_update
BEFORE UPDATE ON desk.statuses
FOR EACH ROW WHEN (NOT ietp.applies_changes()
	AND (OLD.lifecycle IS DISTINCT FROM NEW.lifecycle
		OR OLD.version IS DISTINCT FROM NEW.version
		OR OLD.status IS DISTINCT FROM NEW.status
		OR OLD.category IS DISTINCT FROM NEW.category
		OR OLD.clock IS DISTINCT FROM NEW.clock
		OR OLD.factory_contact IS DISTINCT FROM NEW.factory_contact))
EXECUTE FUNCTION desk.refuse_sealed();
CREATE TRIGGER refuse_sealed
BEFORE INSERT OR DELETE ON desk.transitions
FOR EACH ROW WHEN (NOT ietp.applies_changes())
EXECUTE FUNCTION desk.refuse_sealed();
CREATE TRIGGER refuse_sealed_update
BEFORE UPDATE ON desk.transitions
FOR EACH ROW WHEN (NOT ietp.applies_changes()
	AND (OLD.lifecycle IS DISTINCT FROM NEW.lifecycle
		OR OLD.version IS DISTINCT FROM NEW.version
		OR OLD.from_status IS DISTINCT FROM NEW.from_status
		OR OLD.action IS DISTINCT FROM NEW.action
		OR OLD.to_status IS DISTINCT FROM NEW.to_status
		OR OLD.roles IS DISTINCT FROM NEW.roles
		OR OLD.required_columns IS DISTINCT FROM NEW.required_columns
		OR OLD.consent IS DISTINCT FROM NEW.consent
		OR OLD.records IS DISTINCT FROM NEW.records
		OR OLD.reason IS DISTINCT FROM NEW.reason
		OR OLD.four_eyes IS DISTINCT FROM NEW.four_eyes
		OR OLD.next_cycle IS DISTINCT FROM NEW.next_cycle
		OR OLD.allowed_within IS DISTINCT FROM NEW.allowed_within
		OR OLD.when_column IS DISTINCT FROM NEW.when_column
		OR OLD.when_values IS DISTINCT FROM NEW.when_values))
EXECUTE FUNCTION desk.refuse_sealed();
CREATE TRIGGER refuse_sealed
BEFORE INSERT OR UPDATE OR DELETE ON desk.lifecycle_maps
FOR EACH ROW WHEN (NOT ietp.applies_changes())
EXECUTE FUNCTION desk.refuse_sealed();

CREATE FUNCTION desk.refuse_unsealing()
RETURNS trigger
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	RAISE EXCEPTION 'version % of lifecycle "%" is sealed',
		OLD.version, OLD.lifecycle
		USING ERRCODE = 'IE222',
		HINT = 'Edit a copy: helpline.draft_lifecycle().';
END
$$;
COMMENT ON FUNCTION desk.refuse_unsealing() IS
'trigger: a sealed version is neither deleted nor opened again';
CREATE TRIGGER refuse_deleting
BEFORE DELETE ON desk.lifecycles
FOR EACH ROW WHEN (NOT ietp.applies_changes() AND OLD.sealed_at IS NOT NULL)
EXECUTE FUNCTION desk.refuse_unsealing();
CREATE TRIGGER refuse_unsealing
BEFORE UPDATE ON desk.lifecycles
FOR EACH ROW WHEN (NOT ietp.applies_changes() AND OLD.sealed_at IS NOT NULL
	AND (OLD.lifecycle IS DISTINCT FROM NEW.lifecycle
		OR OLD.version IS DISTINCT FROM NEW.version
		OR OLD.sealed_at IS DISTINCT FROM NEW.sealed_at
		OR OLD.sealed_by IS DISTINCT FROM NEW.sealed_by
		OR OLD.key_column IS DISTINCT FROM NEW.key_column
		OR OLD.actor_column IS DISTINCT FROM NEW.actor_column
		OR OLD.since_column IS DISTINCT FROM NEW.since_column
		OR OLD.reason_column IS DISTINCT FROM NEW.reason_column
		OR OLD.halt_column IS DISTINCT FROM NEW.halt_column
		OR OLD.final_except IS DISTINCT FROM NEW.final_except))
EXECUTE FUNCTION desk.refuse_unsealing();

CREATE FUNCTION desk.refuse_truncating()
RETURNS trigger
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	RAISE EXCEPTION 'rules of sealed versions are not removed'
		USING ERRCODE = 'IE222',
		HINT = 'Edit a copy: helpline.draft_lifecycle().';
END
$$;
COMMENT ON FUNCTION desk.refuse_truncating() IS
'trigger: tables of rules are not emptied';

DO $$
DECLARE
	t text;
BEGIN
	FOREACH t IN ARRAY ARRAY['lifecycles', 'statuses', 'transitions',
			'lifecycle_maps'] LOOP
		EXECUTE format('CREATE TRIGGER refuse_truncating
			BEFORE TRUNCATE ON desk.%I
			FOR EACH STATEMENT WHEN (NOT ietp.applies_changes())
			EXECUTE FUNCTION desk.refuse_truncating()', t);
	END LOOP;
	FOREACH t IN ARRAY ARRAY['lifecycles', 'statuses', 'transitions',
			'lifecycle_maps', 'guards'] LOOP
		EXECUTE format('CREATE TRIGGER invalidate_cache
			AFTER INSERT OR UPDATE OR DELETE ON desk.%I
			FOR EACH ROW EXECUTE FUNCTION ietp.invalidate_cache()', t);
	END LOOP;
END
$$;

-- The lifecycle of cases.

INSERT INTO desk.guards (guard, hint) VALUES
	('issue_recorded', 'Raise at least one issue: raise_issue(), link_call().'),
	('zero_tolerance_escalated',
	'What is never tolerated is escalated to level 2: escalate_case().'),
	('retaliation_linked',
	'Link the case that the worker suffers for: link_cases(), or record that there is none: record_action(kind => ''no_origin_found'').'),
	('remedy_promised', 'Record what was promised: promise_remedy().'),
	('remedy_delivered',
	'Record when each remedy was delivered: deliver_remedy().'),
	('remedy_verified',
	'Every remedy must be delivered and verified: verify_remedy().'),
	('worker_informed',
	'Tell the worker, then record_action(kind => ''worker_informed'').'),
	('reason_noted', 'Give the reason in words, with the move: note.'),
	('finding_noted',
	'Write down the reasons: add_note(kind => ''finding'').'),
	('both_sides_heard',
	'Hear both: record_action() with worker_statement and factory_statement.'),
	('no_pressure_attested',
	'Make sure that the worker withdraws freely: record_action(kind => ''no_pressure_attested'').'),
	('attempts_made',
	'Three attempts over 20 working days, 40 for migrant workers, on two kinds of channel where two are known: record_action(kind => ''contact_attempt'').'),
	('referral_given',
	'Tell the worker where to turn: record_action(kind => ''referral_given'').');

INSERT INTO desk.lifecycles (lifecycle, version, key_column, actor_column,
	since_column, reason_column, halt_column, final_except, description)
VALUES ('case', 1, 'case_ref', 'moved_by', 'status_since', 'status_reason',
	'duplicate_of', '{lifecycle_version,duplicate_of,consent_n,status_reason}',
	'From a call to a remedy and a recommendation.');

INSERT INTO desk.statuses (lifecycle, version, status, category, clock,
	factory_contact, label_en, label_zh_hans, label_zh_hant, label_vi,
	worker_label_en, worker_label_zh_hans, worker_label_zh_hant,
	worker_label_vi)
SELECT 'case', 1, v.status, v.category::ietp.status_category,
	v.clock::ietp.status_clock, v.factory_contact, v.en, v.zh_hans, v.zh_hant,
	v.vi, v.worker_en, v.worker_zh_hans, v.worker_zh_hant, v.worker_vi
FROM (VALUES
	('received', 'initial', 'run', false,
	 'Received', '已收到', '已收到', 'Đã tiếp nhận',
	 'We have your case', '我们已收到您的个案', '我們已收到您的個案',
	 'Chúng tôi đã nhận vụ việc của bạn'),
	('triaged', 'active', 'run', false,
	 'Triaged', '已分类', '已分類', 'Đã phân loại',
	 'We have read your case', '我们已了解您的个案', '我們已了解您的個案',
	 'Chúng tôi đã xem vụ việc của bạn'),
	('awaiting_consent', 'waiting', 'run', false,
	 'Awaiting consent', '等待同意', '等待同意', 'Chờ sự đồng ý',
	 'We ask for your permission', '我们在等您的许可', '我們在等您的許可',
	 'Chúng tôi chờ bạn cho phép'),
	('inquiry', 'active', 'run', false,
	 'Inquiry', '调查中', '調查中', 'Đang tìm hiểu',
	 'We are looking into it', '我们正在了解情况', '我們正在了解情況',
	 'Chúng tôi đang tìm hiểu'),
	('with_factory', 'active', 'run', true,
	 'With the factory', '与工厂沟通中', '與工廠溝通中', 'Đang trao đổi với nhà máy',
	 'We speak with the factory', '我们正在与工厂沟通', '我們正在與工廠溝通',
	 'Chúng tôi đang trao đổi với nhà máy'),
	('remediation', 'active', 'run', false,
	 'Remediation', '补救中', '補救中', 'Đang khắc phục',
	 'A remedy is under way', '补救措施正在进行', '補救措施正在進行',
	 'Biện pháp khắc phục đang được thực hiện'),
	('verification', 'active', 'run', false,
	 'Verification', '核实中', '核實中', 'Đang xác minh',
	 'We check that the remedy arrived', '我们正在核实补救是否落实',
	 '我們正在核實補救是否落實',
	 'Chúng tôi kiểm tra việc khắc phục đã đến với bạn chưa'),
	('resolved', 'active', 'stop', false,
	 'Resolved', '已解决', '已解決', 'Đã giải quyết',
	 'Your case is resolved', '您的个案已解决', '您的個案已解決',
	 'Vụ việc của bạn đã được giải quyết'),
	('closed', 'terminal', 'stop', false,
	 'Closed', '已结案', '已結案', 'Đã đóng',
	 'Your case is closed', '您的个案已结案', '您的個案已結案',
	 'Vụ việc của bạn đã đóng'),
	('waiting_worker', 'waiting', 'pause', false,
	 'Waiting for the worker', '等待劳动者', '等待勞工', 'Chờ người lao động',
	 'We wait to hear from you', '我们在等您的回复', '我們在等您的回覆',
	 'Chúng tôi chờ tin của bạn'),
	('appealed', 'active', 'run', false,
	 'Appealed', '已申诉', '已申訴', 'Đang khiếu nại lại',
	 'We look at your case again', '我们正在重新审查您的个案',
	 '我們正在重新審查您的個案', 'Chúng tôi đang xem lại vụ việc của bạn')
	) AS v (status, category, clock, factory_contact, en, zh_hans, zh_hant, vi,
	worker_en, worker_zh_hans, worker_zh_hant, worker_vi);

INSERT INTO desk.transitions (lifecycle, version, from_status, action,
	to_status, roles, required_columns, consent, records, reason, next_cycle,
	allowed_within)
SELECT 'case', 1, f.from_status, v.action, v.to_status, v.roles::text[],
	v.required_columns::text[], v.consent::ietp.consent_purpose,
	v.records::text[], v.reason, v.next_cycle, v.allowed_within::interval
FROM (VALUES
	-- History that an import brings.
	('{NULL}', 'import', 'closed', '{administrator}', '{source,closed_at}',
	 NULL, NULL, NULL, false, NULL),
	('{received}', 'triage', 'triaged', '{specialist,supervisor}',
	 '{severity,identity_mode,retaliation_risk}', NULL,
	 '{issue_recorded,zero_tolerance_escalated,retaliation_linked}',
	 NULL, false, NULL),
	('{triaged,inquiry,waiting_worker}', 'ask_consent', 'awaiting_consent',
	 NULL, NULL, NULL, NULL, NULL, false, NULL),
	('{triaged,awaiting_consent,with_factory,waiting_worker,appealed}',
	 'begin_inquiry', 'inquiry', NULL, NULL, NULL, NULL, NULL, false, NULL),
	('{triaged,awaiting_consent,inquiry,remediation,verification,waiting_worker}',
	 'contact_factory', 'with_factory',
	 '{specialist,supervisor,investigator}', '{factory}', 'contact_factory',
	 NULL, NULL, false, NULL),
	('{with_factory,remediation}', 'consent_withdrawn', 'awaiting_consent',
	 NULL, NULL, NULL, NULL, NULL, false, NULL),
	('{triaged,awaiting_consent,inquiry,with_factory,remediation,verification,appealed}',
	 'wait_for_worker', 'waiting_worker', NULL, NULL, NULL, NULL, NULL, false,
	 NULL),
	('{inquiry,with_factory,verification,waiting_worker}',
	 'begin_remediation', 'remediation', NULL, NULL, NULL,
	 '{remedy_promised}', NULL, false, NULL),
	('{remediation,waiting_worker}', 'begin_verification', 'verification',
	 NULL, NULL, NULL, '{remedy_delivered}', NULL, false, NULL),
	('{verification}', 'resolve', 'resolved', NULL, NULL, NULL,
	 '{remedy_verified,worker_informed}', NULL, false, NULL),
	('{resolved}', 'appeal', 'appealed', NULL, NULL, NULL, '{reason_noted}',
	 NULL, false, NULL),
	('{closed}', 'reopen', 'inquiry', '{specialist,supervisor,investigator}',
	 NULL, NULL, NULL, 'new_information', true, '90 days'),
	('{closed}', 'reopen', 'inquiry', '{specialist,supervisor,investigator}',
	 NULL, NULL, NULL, 'remedy_failed', true, '90 days'),
	('{closed}', 'reopen', 'inquiry', '{specialist,supervisor,investigator}',
	 NULL, NULL, NULL, 'retaliation', true, '90 days'),
	('{closed}', 'reopen', 'inquiry', '{specialist,supervisor,investigator}',
	 NULL, NULL, NULL, 'worker_returned', true, '90 days'),
	('{closed}', 'reopen', 'inquiry', '{specialist,supervisor,investigator}',
	 NULL, NULL, NULL, 'closed_in_error', true, '90 days'),
	('{closed}', 'reopen', 'inquiry', '{specialist,supervisor,investigator}',
	 NULL, NULL, NULL, 'not_a_duplicate', true, '90 days'),
	('{closed}', 'appeal', 'appealed', '{specialist,supervisor,investigator}',
	 NULL, NULL, NULL, 'worker_disagrees', true, '90 days'),
	('{closed}', 'appeal', 'appealed', '{specialist,supervisor,investigator}',
	 NULL, NULL, NULL, 'factory_disagrees', true, '90 days')
	) AS v (from_statuses, action, to_status, roles, required_columns, consent,
	records, reason, next_cycle, allowed_within),
	unnest(v.from_statuses::text[]) AS f (from_status);

-- Cases that were ever judged to be of the gravest are closed by another
-- person than the one who made the last move.
INSERT INTO desk.transitions (lifecycle, version, from_status, action,
	to_status, roles, required_columns, records, reason, four_eyes,
	when_column, when_values)
SELECT 'case', 1, v.from_status, 'close', 'closed',
	'{specialist,supervisor}', v.required_columns::text[], v.records::text[],
	v.reason, s.grave, 'highest_severity', s.severities::text[]
FROM (VALUES
	('resolved', 'resolved', NULL, '{remedy_verified,worker_informed}'),
	('resolved', 'partially_resolved', NULL,
	 '{remedy_verified,worker_informed}'),
	('*', 'unresolved', NULL, '{reason_noted,worker_informed}'),
	('received', 'advised', NULL, NULL),
	('triaged', 'advised', NULL, NULL),
	('awaiting_consent', 'advised', NULL, NULL),
	('inquiry', 'advised', NULL, NULL),
	('waiting_worker', 'advised', NULL, NULL),
	('*', 'not_substantiated', NULL, '{finding_noted,both_sides_heard}'),
	('*', 'withdrawn', NULL, '{reason_noted,no_pressure_attested}'),
	('*', 'unreachable', NULL, '{attempts_made}'),
	('*', 'referred', NULL, '{referral_given}'),
	('*', 'out_of_scope', NULL, '{referral_given}'),
	('*', 'duplicate', '{duplicate_of}', NULL),
	('*', 'factory_closed', '{factory}', '{worker_informed}')
	) AS v (from_status, reason, required_columns, records),
	(VALUES (false, '{minor,moderate,serious}'),
		(true, '{critical,zero_tolerance}')) AS s (grave, severities);

UPDATE desk.transitions AS t
SET label_en = v.en, label_zh_hans = v.zh_hans, label_zh_hant = v.zh_hant,
	label_vi = v.vi
FROM (VALUES
	('import', 'Import', '导入', '匯入', 'Nhập dữ liệu'),
	('triage', 'Triage', '分类', '分類', 'Phân loại'),
	('ask_consent', 'Ask for consent', '征求同意', '徵求同意', 'Xin sự đồng ý'),
	('begin_inquiry', 'Look into it', '开始调查', '開始調查', 'Bắt đầu tìm hiểu'),
	('contact_factory', 'Speak with the factory', '联系工厂', '聯絡工廠',
	 'Liên hệ nhà máy'),
	('consent_withdrawn', 'Consent withdrawn', '同意已撤回', '同意已撤回',
	 'Sự đồng ý đã bị rút lại'),
	('wait_for_worker', 'Wait for the worker', '等待劳动者', '等待勞工',
	 'Chờ người lao động'),
	('begin_remediation', 'Begin remediation', '开始补救', '開始補救',
	 'Bắt đầu khắc phục'),
	('begin_verification', 'Begin verification', '开始核实', '開始核實',
	 'Bắt đầu xác minh'),
	('resolve', 'Resolve', '解决', '解決', 'Giải quyết'),
	('appeal', 'Appeal', '申诉', '申訴', 'Khiếu nại lại'),
	('reopen', 'Reopen', '重新开案', '重新開案', 'Mở lại'),
	('close', 'Close', '结案', '結案', 'Đóng')
	) AS v (action, en, zh_hans, zh_hant, vi)
WHERE t.action = v.action;

-- lifecycle_check() finds no error in it: test/sql/check.sql.
UPDATE desk.lifecycles SET sealed_at = now(), sealed_by = 'ietp_helpline';

-- From here on also in replica mode.
DO $$
DECLARE
	t record;
BEGIN
	FOR t IN SELECT g.tgrelid::regclass AS relation, g.tgname
		FROM pg_trigger AS g
		WHERE g.tgrelid IN ('desk.lifecycles'::regclass,
			'desk.statuses'::regclass, 'desk.transitions'::regclass,
			'desk.lifecycle_maps'::regclass, 'desk.guards'::regclass)
		AND NOT g.tgisinternal
	LOOP
		EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I',
			t.relation, t.tgname);
	END LOOP;
END
$$;
