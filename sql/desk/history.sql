-- Reading the history of cases: as rows, as a page, as of a moment, and as a
-- stream that other systems follow.

CREATE FUNCTION helpline.case_history(case_ref ietp.case_ref)
RETURNS TABLE (n integer, occurred_at timestamptz, recorded_at timestamptz,
	action text, from_status text, to_status text, actor text,
	database_role text, changes json, records json, consent_n integer,
	lifecycle_version integer)
LANGUAGE plpgsql STABLE STRICT PARALLEL RESTRICTED SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	PERFORM desk.enter('case_history');
	RETURN QUERY
	SELECT e.n, e.occurred_at, e.recorded_at, e.action, e.from_status,
		e.to_status, e.actor, e.database_role, e.changes, e.records,
		e.consent_n, e.lifecycle_version
	FROM desk.events AS e
	WHERE e.case_ref = case_history.case_ref
	ORDER BY e.n;
END
$$;
COMMENT ON FUNCTION helpline.case_history(ietp.case_ref) IS
'what was done in a case, when and by whom, without any narrative';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('specialist', 'case_history'), ('supervisor', 'case_history'),
	('investigator', 'case_history'), ('programme_staff', 'case_history'),
	('auditor', 'case_history');

CREATE TABLE desk.event_labels (
	action text PRIMARY KEY,
	label_en text NOT NULL,
	label_zh_hans text NOT NULL,
	label_zh_hant text NOT NULL,
	label_vi text NOT NULL);
COMMENT ON TABLE desk.event_labels IS
'how helpline.timeline() calls what is no move of a lifecycle';
INSERT INTO desk.event_labels (action, label_en, label_zh_hans,
	label_zh_hant, label_vi)
VALUES
	('opened', 'Case opened', '个案立案', '個案立案', 'Mở vụ việc'),
	('imported', 'Case imported', '个案导入', '個案匯入', 'Nhập vụ việc'),
	('changed', 'Facts changed', '资料更改', '資料更改', 'Sửa dữ kiện'),
	('adopted', 'Put under another version of the rules', '采用新版规则',
	 '採用新版規則', 'Áp dụng phiên bản quy tắc khác'),
	('assigned', 'Assigned', '已分派', '已分派', 'Đã phân công'),
	('escalated', 'Escalated', '已升级处理', '已升級處理', 'Đã chuyển cấp'),
	('severity_changed', 'Severity changed', '严重程度更改',
	 '嚴重程度更改', 'Thay đổi mức độ nghiêm trọng'),
	('valued', 'Amounts entered', '金额登记', '金額登記', 'Nhập số tiền'),
	('marked_duplicate', 'Marked as a duplicate', '标为重复个案',
	 '標為重複個案', 'Đánh dấu trùng lặp'),
	('unmarked_duplicate', 'No longer a duplicate', '不再是重复个案',
	 '不再是重複個案', 'Không còn trùng lặp'),
	('call_linked', 'Call added', '关联来电', '關聯來電', 'Thêm cuộc gọi'),
	('issues_added', 'Issues added', '登记问题', '登記問題', 'Thêm vấn đề'),
	('noted', 'Note written', '添加记录', '新增記錄', 'Ghi chú'),
	('note_erased', 'Note erased', '记录删除', '記錄刪除', 'Xóa ghi chú'),
	('consent_given', 'Worker permitted', '工人同意', '工人同意',
	 'Người lao động đồng ý'),
	('consent_withdrawn', 'Worker withdrew permission', '工人撤回同意',
	 '工人撤回同意', 'Người lao động rút lại đồng ý'),
	('override_requested', 'Emergency override requested', '申请紧急例外',
	 '申請緊急例外', 'Yêu cầu ngoại lệ khẩn cấp'),
	('override_approved', 'Emergency override approved', '批准紧急例外',
	 '批准緊急例外', 'Phê duyệt ngoại lệ khẩn cấp'),
	('disclosed', 'Told outside', '对外披露', '對外披露',
	 'Tiết lộ ra bên ngoài'),
	('acted', 'Action taken', '采取行动', '採取行動', 'Đã hành động'),
	('remedy_promised', 'Remedy promised', '承诺补救', '承諾補救',
	 'Hứa khắc phục'),
	('remedy_delivered', 'Remedy delivered', '补救兑现', '補救兌現',
	 'Đã khắc phục'),
	('remedy_verified', 'Remedy verified', '补救核实', '補救核實',
	 'Đã xác minh khắc phục'),
	('remedy_changed', 'Remedy changed', '补救更改', '補救更改',
	 'Thay đổi biện pháp khắc phục'),
	('recommended', 'Recommendation made', '提出建议', '提出建議',
	 'Đưa ra khuyến nghị'),
	('recommendation_answered', 'Recommendation answered', '建议获回复',
	 '建議獲回覆', 'Khuyến nghị được trả lời'),
	('recommendation_verified', 'Recommendation verified', '建议核实',
	 '建議核實', 'Đã xác minh khuyến nghị'),
	('recommendation_changed', 'Recommendation changed', '建议更改',
	 '建議更改', 'Thay đổi khuyến nghị'),
	('linked', 'Linked to another case', '关联其他个案', '關聯其他個案',
	 'Liên kết vụ việc khác');

CREATE FUNCTION desk.status_label(
	status text, version integer, language text)
RETURNS text
LANGUAGE sql STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED
SET search_path = pg_catalog, ietp, pg_temp
AS $$
	-- A status that was left by an adoption is one of an earlier version.
	SELECT COALESCE(desk.label_of(status_label.language, s.label_en,
		s.label_zh_hans, s.label_zh_hant, s.label_vi), s.status)
	FROM desk.statuses AS s
	WHERE s.lifecycle = 'case' AND s.status = status_label.status
	AND s.version <= status_label.version
	ORDER BY s.version DESC LIMIT 1
$$;
COMMENT ON FUNCTION desk.status_label(text, integer, text) IS
'label of a status of a case in a version of the rules, or the last before it that knew it';

CREATE FUNCTION desk.event_title(event desk.events, language text)
RETURNS text
LANGUAGE sql STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED
SET search_path = pg_catalog, ietp, pg_temp
AS $$
	SELECT COALESCE((
			SELECT desk.label_of(language, l.label_en, l.label_zh_hans,
				l.label_zh_hant, l.label_vi)
			FROM desk.event_labels AS l
			WHERE l.action = event.action AND (event.from_status IS NULL
				OR event.action IN ('adopted', 'changed'))), (
			SELECT desk.label_of(language, t.label_en, t.label_zh_hans,
				t.label_zh_hant, t.label_vi)
			FROM desk.transitions AS t
			WHERE t.lifecycle = 'case' AND t.action = event.action
			AND t.version = event.lifecycle_version
			AND t.to_status = event.to_status LIMIT 1), event.action)
		|| COALESCE(': ' || NULLIF(concat_ws(' → ',
			desk.status_label(event.from_status, event.lifecycle_version,
				language),
			desk.status_label(event.to_status, event.lifecycle_version,
				language)), ''), '')
$$;
COMMENT ON FUNCTION desk.event_title(desk.events, text) IS
'what an event is called in a language, with the statuses of a move';

-- Columns that follow from the move itself are left out.
CREATE FUNCTION desk.event_facts(event desk.events)
RETURNS text
LANGUAGE sql STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED
SET search_path = pg_catalog, ietp, pg_temp
AS $$
	SELECT string_agg(f.fact, '; ' ORDER BY f.part, f.place) FROM (
		SELECT 1 AS part, c.place, format('%s %s', c.key, CASE
				WHEN json_typeof(c.value) = 'null' THEN '…'
				WHEN c.value ->> 0 IS NULL THEN c.value ->> 1
				ELSE format('%s → %s', c.value ->> 0,
					COALESCE(c.value ->> 1, '–')) END) AS fact
		FROM json_each(event.changes) WITH ORDINALITY
			AS c (key, value, place)
		WHERE c.key NOT IN ('status_since', 'moved_by', 'cycle', 'closed_at',
			'closed_on', 'closing_reason', 'opened_on', 'escalated_on',
			'recorded_at', 'source_hash', 'highest_severity',
			'lifecycle_version')
		AND c.key !~ '^(first|last)_'
		UNION ALL
		SELECT 2, r.place * 1000 + v.place, format('%s %s', v.key, v.value)
		FROM json_each(event.records) AS t (table_name, list)
		CROSS JOIN LATERAL json_array_elements(t.list) WITH ORDINALITY
			AS r (entry, place)
		CROSS JOIN LATERAL json_each_text(r.entry) WITH ORDINALITY
			AS v (key, value, place)
		WHERE v.key <> 'digest' AND v.value IS NOT NULL) AS f
$$;
COMMENT ON FUNCTION desk.event_facts(desk.events) IS
'what an event changed, as words and codes; NULL where nothing but the status';

CREATE FUNCTION helpline.timeline(
	case_ref ietp.case_ref, language text DEFAULT 'en')
RETURNS TABLE (happened text, who text, what text, facts text)
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED
SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	PERFORM desk.enter('timeline');
	PERFORM desk.check_label_language(timeline.language);
	RETURN QUERY
	SELECT to_char(timezone(l.time_zone, e.occurred_at),
			'YYYY-MM-DD HH24:MI'), e.actor,
		desk.event_title(e, timeline.language), desk.event_facts(e)
	FROM desk.events AS e
	JOIN desk.cases AS c ON c.case_ref = e.case_ref
	JOIN desk.lines AS l ON l.line = c.line
	WHERE e.case_ref = timeline.case_ref
	ORDER BY e.n;
END
$$;
COMMENT ON FUNCTION helpline.timeline(ietp.case_ref, text) IS
'history of a case as a page to read: when, at the line''s clock, who, what, and with which facts; no row for who may not see the case';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('specialist', 'timeline'), ('supervisor', 'timeline'),
	('investigator', 'timeline'), ('programme_staff', 'timeline'),
	('auditor', 'timeline');

CREATE FUNCTION helpline.case_as_of(
	case_ref ietp.case_ref, moment timestamptz)
RETURNS TABLE (n integer, status text, status_since timestamptz,
	opened_at timestamptz, closed_at timestamptz, closing_reason text,
	severity ietp.severity, escalation_level smallint, line text,
	factory text, language text, handler text, team text,
	investigator text, cycle integer, lifecycle_version integer,
	duplicate_of ietp.case_ref, columns jsonb)
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED
SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
DECLARE
	last_n integer;
	facts jsonb;
	past desk.cases;
BEGIN
	PERFORM desk.enter('case_as_of');
	IF case_as_of.case_ref IS NULL OR moment IS NULL THEN
		PERFORM desk.refuse(CASE WHEN moment IS NULL THEN 'moment'
			ELSE 'case_ref' END, 'missing');
	END IF;
	SELECT max(e.n) INTO last_n FROM desk.events AS e
	WHERE e.case_ref = case_as_of.case_ref AND e.occurred_at <= moment;
	IF last_n IS NULL THEN
		RETURN;
	END IF;
	-- The last of equal keys counts.
	SELECT jsonb_object_agg(c.key, c.value ORDER BY c.n) INTO facts FROM (
		SELECT e.n, j.key, (j.value -> 1)::jsonb AS value
		FROM desk.events AS e CROSS JOIN LATERAL json_each(e.changes) AS j
		WHERE e.case_ref = case_as_of.case_ref AND e.n <= last_n
		AND json_typeof(j.value) = 'array'
		UNION ALL
		SELECT e.n, 'status', to_jsonb(e.to_status)
		FROM desk.events AS e
		WHERE e.case_ref = case_as_of.case_ref AND e.n <= last_n
		AND e.to_status IS NOT NULL) AS c;
	facts := jsonb_strip_nulls(facts);
	past := jsonb_populate_record(NULL::desk.cases, facts);
	RETURN QUERY SELECT last_n, past.status, past.status_since,
		past.opened_at, past.closed_at, past.closing_reason, past.severity,
		past.escalation_level, past.line, past.factory, past.language,
		past.handler, past.team, past.investigator, past.cycle,
		past.lifecycle_version, past.duplicate_of, facts;
END
$$;
COMMENT ON FUNCTION helpline.case_as_of(ietp.case_ref, timestamptz) IS
'the case as its history had it at a moment, after event n; columns has every column that was set; no row where there was no case yet, or for who may not see it';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('specialist', 'case_as_of'), ('supervisor', 'case_as_of'),
	('investigator', 'case_as_of'), ('programme_staff', 'case_as_of'),
	('auditor', 'case_as_of');

-- A position in the stream of all events.  Transactions are handed out when
-- none that began before is still at work, in the order of their ids: so what
-- was handed out is never preceded by something that comes later.
CREATE FUNCTION helpline.changes_since(
	watermark text DEFAULT NULL, page_size integer DEFAULT 1000)
RETURNS TABLE (watermark_after text, case_ref ietp.case_ref, n integer,
	occurred_at timestamptz, recorded_at timestamptz, action text,
	from_status text, to_status text, actor text, changes json,
	records json, xid xid8)
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED
SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
SET enable_seqscan = off
AS $$
#variable_conflict use_column
DECLARE
	mark text[] := regexp_match(watermark,
		'^([0-9]{1,9}):([0-9]{1,19}):([-A-Z0-9]+):([0-9]{1,9})$');
	mark_incarnation integer := mark[1];
	mark_xid xid8 := mark[2];
	mark_case ietp.case_ref := ietp.try_case_ref(mark[3]);
	mark_n integer := mark[4];
	here integer;
	now_at pg_snapshot := pg_current_snapshot();
BEGIN
	PERFORM desk.enter('changes_since');
	-- Whatever was written in another cluster is complete.
	here := COALESCE(ietp.incarnation(), (
		SELECT max(i.incarnation) + 1 FROM desk.incarnations AS i));
	IF page_size IS NULL OR page_size NOT BETWEEN 1 AND 100000 THEN
		PERFORM desk.refuse('page_size', 'out_of_range', '1 to 100000.');
	ELSIF watermark IS NOT NULL AND mark_case IS NULL THEN
		PERFORM desk.refuse('watermark', 'malformed',
			'The watermark_after of the last row of the page before.');
	ELSIF EXISTS (SELECT FROM pg_subscription AS s
			JOIN pg_database AS d ON d.oid = s.subdbid
			WHERE d.datname = current_database()) THEN
		RAISE EXCEPTION 'a subscriber has no order of its own in which changes can be followed'
			USING ERRCODE = 'object_not_in_prerequisite_state',
			HINT = 'Follow the publisher, or a physical standby of it.';
	-- Ids of transactions may have gone past the watermark again: what tells
	-- is the event itself.
	ELSIF watermark IS NOT NULL AND NOT EXISTS (SELECT FROM desk.events AS e
			WHERE e.case_ref = mark_case AND e.n = mark_n
			AND e.incarnation = mark_incarnation AND e.xid = mark_xid) THEN
		RAISE EXCEPTION 'the watermark is later than this database'
			USING ERRCODE = 'IE244', COLUMN = 'watermark',
			HINT = 'An older state of the database was restored: compare from the beginning.';
	END IF;
	-- What the snapshot has seen shall outlive a crash, like what is made of it.
	PERFORM ietp.flush_changes();
	RETURN QUERY
	SELECT format('%s:%s:%s:%s', e.incarnation, e.xid, e.case_ref, e.n),
		e.case_ref, e.n, e.occurred_at, e.recorded_at, e.action,
		e.from_status, e.to_status, e.actor, e.changes, e.records, e.xid
	FROM desk.events AS e
	-- Both are conditions of the index, whoever asks.
	WHERE (e.incarnation, e.xid, e.case_ref, e.n)
		> (COALESCE(mark_incarnation, 0), mark_xid, mark_case, mark_n)
	AND (e.incarnation, e.xid) < (here, pg_snapshot_xmin(now_at))
	ORDER BY e.incarnation, e.xid, e.case_ref, e.n
	LIMIT page_size;
END
$$;
COMMENT ON FUNCTION helpline.changes_since(text, integer) IS
'events after a watermark, in an order in which none is ever inserted later, for one case not always that of n; watermark NULL: from the first one. Keep the watermark_after of the last row together with what was made of the rows';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('administrator', 'changes_since'), ('auditor', 'changes_since');
