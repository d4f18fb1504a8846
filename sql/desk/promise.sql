-- Service promises: what is promised to a worker and how soon, and whether it
-- was kept.  Nothing of that is stored: every answer is made of the history of
-- a case when it is asked for, under the version of the promises that was in
-- force when the case was opened.
--
-- What happens in a case is read as signs, instants with a name.  A promise
-- says by which signs its clock starts, pauses, goes on, begins anew, and is
-- stopped, because it was kept or for nothing.  From one start to the stop is
-- a run.  What a sign does depends on the last one alone, so that all runs of
-- all cases come out of one pass in the order of time.

CREATE TABLE desk.signs (
	sign text PRIMARY KEY CHECK (sign ~ '^[a-z][a-z_]*(:[a-z_]+)?$'),
	imported boolean NOT NULL DEFAULT false,
	label_en text NOT NULL,
	label_zh_hans text NOT NULL,
	label_zh_hant text NOT NULL,
	label_vi text NOT NULL);
COMMENT ON TABLE desk.signs IS
'what a clock may be started, paused or stopped by; beside these there are status:X, the case got status X, and event:X, the history has action X';
COMMENT ON COLUMN desk.signs.imported IS
'an import tells when it was, also before the case was recorded here';

INSERT INTO desk.signs (sign, imported, label_en, label_zh_hans,
	label_zh_hant, label_vi)
VALUES
	('opened', true, 'Case opened', '个案立案', '個案立案', 'Mở vụ việc'),
	('imported', true, 'Open case imported', '导入未结个案',
	 '匯入未結個案', 'Nhập vụ việc chưa đóng'),
	('triaged', false, 'Case triaged', '个案已分类', '個案已分類',
	 'Đã phân loại vụ việc'),
	('escalated', true, 'Case escalated', '个案已升级处理',
	 '個案已升級處理', 'Đã chuyển cấp vụ việc'),
	('closed', true, 'Case closed', '个案结案', '個案結案', 'Đóng vụ việc'),
	('reopened', false, 'Case reopened', '个案重新开案', '個案重新開案',
	 'Mở lại vụ việc'),
	('clock:run', false, 'Our turn', '轮到我们处理', '輪到我們處理',
	 'Đến lượt chúng tôi'),
	('clock:pause', false, 'Waiting for somebody else', '等待他人',
	 '等待他人', 'Chờ người khác'),
	('clock:stop', true, 'Case resolved or closed', '个案已解决或结案',
	 '個案已解決或結案', 'Vụ việc đã giải quyết hoặc đóng'),
	('factory_consent', false, 'Worker let us contact the factory',
	 '劳动者同意联系工厂', '勞工同意聯絡工廠',
	 'Người lao động cho phép liên hệ nhà máy'),
	('factory_consent_withdrawn', false,
	 'Worker no longer lets us contact the factory',
	 '劳动者撤回联系工厂的同意', '勞工撤回聯絡工廠的同意',
	 'Người lao động rút lại việc cho phép liên hệ nhà máy'),
	('acknowledgement', false, 'Worker told that we have the case',
	 '已告知劳动者收到个案', '已告知勞工收到個案',
	 'Đã báo người lao động là đã nhận vụ việc'),
	('contact_attempt', false, 'Worker not reached', '未联系到劳动者',
	 '未聯絡到勞工', 'Không liên lạc được người lao động'),
	('worker_reached', false, 'Worker reached', '已联系到劳动者',
	 '已聯絡到勞工', 'Đã liên lạc được người lao động'),
	('update_to_worker', false, 'Worker told how it stands',
	 '已告知劳动者进展', '已告知勞工進展',
	 'Đã báo người lao động tiến độ'),
	('worker_statement', false, 'Worker spoke', '劳动者陈述', '勞工陳述',
	 'Người lao động trình bày'),
	('factory_statement', false, 'Factory spoke', '工厂陈述', '工廠陳述',
	 'Nhà máy trình bày'),
	('factory_contact', false, 'Factory contacted', '已联系工厂',
	 '已聯絡工廠', 'Đã liên hệ nhà máy'),
	('meeting', false, 'Meeting', '会谈', '會談', 'Buổi gặp'),
	('site_visit', false, 'Site visit', '现场走访', '現場走訪',
	 'Thăm hiện trường'),
	('evidence_received', false, 'Evidence received', '收到证据',
	 '收到證據', 'Nhận được chứng cứ'),
	('referral_given', false, 'Worker told where to turn',
	 '已告知求助去处', '已告知求助去處', 'Đã chỉ nơi cần liên hệ'),
	('worker_informed', false, 'Worker told the outcome',
	 '已告知劳动者结果', '已告知勞工結果',
	 'Đã báo người lao động kết quả'),
	('no_pressure_attested', false, 'Worker withdraws freely',
	 '劳动者自愿撤回', '勞工自願撤回', 'Người lao động tự nguyện rút'),
	('no_origin_found', false, 'No earlier case found', '未找到原个案',
	 '未找到原個案', 'Không tìm thấy vụ việc gốc'),
	('retaliation_check', false, 'Worker asked about retaliation',
	 '已询问是否遭报复', '已詢問是否遭報復',
	 'Đã hỏi người lao động về trả đũa'),
	('call_missed', true, 'Call missed', '未接来电', '未接來電',
	 'Cuộc gọi nhỡ'),
	('call_voicemail', true, 'Message left', '语音留言', '語音留言',
	 'Để lại lời nhắn'),
	('call_callback_due', true, 'Worker asked to be called back',
	 '劳动者要求回电', '勞工要求回電',
	 'Người lao động yêu cầu gọi lại'),
	('called_back', false, 'Called back', '已回电', '已回電',
	 'Đã gọi lại'),
	('recommended', false, 'Recommendation made', '提出建议', '提出建議',
	 'Đưa ra khuyến nghị'),
	('recommendation_verified', false,
	 'Recommendation found to be followed', '已核实建议落实',
	 '已核實建議落實', 'Đã xác minh khuyến nghị được thực hiện');

CREATE TABLE desk.promise_words (
	word text PRIMARY KEY,
	label_en text NOT NULL,
	label_zh_hans text NOT NULL,
	label_zh_hant text NOT NULL,
	label_vi text NOT NULL);
COMMENT ON TABLE desk.promise_words IS
'words in which helpline.explain_promise() tells what a clock did';
INSERT INTO desk.promise_words (word, label_en, label_zh_hans, label_zh_hant,
	label_vi)
VALUES
	('started', 'Clock starts', '开始计时', '開始計時', 'Bắt đầu tính giờ'),
	('restarted', 'Clock begins anew', '重新计时', '重新計時',
	 'Tính giờ lại từ đầu'),
	('counts', 'Time counts from here', '自此计时', '自此計時',
	 'Thời gian tính từ đây'),
	('opening', 'Came out of hours: time counts from the next opening',
	 '非工作时间：自下次开线起计时', '非工作時間：自下次開線起計時',
	 'Ngoài giờ: tính từ lần mở cửa kế tiếp'),
	('pauses', 'Clock pauses', '暂停计时', '暫停計時', 'Tạm dừng tính giờ'),
	('resumed', 'Clock goes on', '恢复计时', '恢復計時',
	 'Tiếp tục tính giờ'),
	('due_soon', 'Due soon', '即将到期', '即將到期', 'Sắp đến hạn'),
	('due', 'Time is up', '时限已到', '時限已到', 'Hết hạn'),
	('hit', 'Kept in time', '按时完成', '按時完成', 'Đúng hạn'),
	('missed', 'Not kept in time', '未按时完成', '未按時完成', 'Trễ hạn'),
	('cancelled', 'No longer due', '不再需要', '不再需要',
	 'Không còn cần thực hiện'),
	('running', 'Running', '计时中', '計時中', 'Đang tính giờ'),
	('paused', 'Paused', '已暂停', '已暫停', 'Đang tạm dừng'),
	('running_late', 'Late', '已逾期', '已逾期', 'Đang trễ hạn'),
	('unknown', 'Not known here', '本处不知', '本處不知',
	 'Không rõ ở đây');

-- Versions of the promises: sealed before they are in force, and never
-- changed afterwards.

CREATE TABLE desk.promise_versions (
	version integer PRIMARY KEY CHECK (version > 0),
	valid_from timestamptz UNIQUE,
	sealed_at timestamptz,
	sealed_by text,
	description text NOT NULL DEFAULT '',
	CHECK ((sealed_at IS NULL) = (sealed_by IS NULL)),
	CHECK ((sealed_at IS NULL) = (valid_from IS NULL)));
COMMENT ON TABLE desk.promise_versions IS
'versions of the promises; a case is under the last sealed one that was valid when it was opened';
COMMENT ON COLUMN desk.promise_versions.valid_from IS
'NULL: a draft, which may be edited and counts for no case';

CREATE TABLE desk.promises (
	version integer NOT NULL REFERENCES desk.promise_versions,
	promise text NOT NULL CHECK (promise ~ '^[a-z][a-z0-9_]{0,62}$'),
	subject text NOT NULL DEFAULT 'case'
		CHECK (subject IN ('case', 'call', 'recommendation')),
	starts text[] NOT NULL,
	stops text[] NOT NULL,
	cancels text[] NOT NULL DEFAULT '{}',
	resets text[] NOT NULL DEFAULT '{}',
	pauses text[] NOT NULL DEFAULT '{}',
	resumes text[] NOT NULL DEFAULT '{}',
	revives text[] NOT NULL DEFAULT '{}',
	follows text,
	label_en text,
	label_zh_hans text,
	label_zh_hant text,
	label_vi text,
	PRIMARY KEY (version, promise),
	FOREIGN KEY (version, follows) REFERENCES desk.promises);
COMMENT ON TABLE desk.promises IS
'promises of a version: which signs move the clock of each';
COMMENT ON COLUMN desk.promises.starts IS
'a clock that stands still starts; one that runs goes on';
COMMENT ON COLUMN desk.promises.stops IS 'the promise was kept';
COMMENT ON COLUMN desk.promises.cancels IS
'nothing is promised any longer; if the time was not up, nothing was missed either';
COMMENT ON COLUMN desk.promises.resets IS
'the clock begins anew, running or not; before its time was up nothing was missed';
COMMENT ON COLUMN desk.promises.pauses IS
'time does not count until a sign of resumes';
COMMENT ON COLUMN desk.promises.revives IS
'what was cancelled goes on as if it had not been, unless it began anew meanwhile';
COMMENT ON COLUMN desk.promises.follows IS
'the time counts from when that promise, started by the same signs, was kept, or was due if that was earlier';

CREATE TABLE desk.promise_targets (
	version integer NOT NULL,
	promise text NOT NULL,
	country text CHECK (country ~ '^[A-Z]{2}$'),
	severity ietp.severity,
	allowance interval NOT NULL CHECK (allowance >= interval '0'),
	counts text NOT NULL DEFAULT 'calendar_time'
		CHECK (counts IN ('calendar_time', 'working_days', 'opening_hours')),
	calendar text,
	warn_at integer NOT NULL DEFAULT 80 CHECK (warn_at BETWEEN 1 AND 100),
	basis text NOT NULL CHECK (ietp.nonblank(basis) IS NOT NULL),
	UNIQUE NULLS NOT DISTINCT (version, promise, country, severity),
	FOREIGN KEY (version, promise) REFERENCES desk.promises
		ON DELETE CASCADE,
	-- A month has no fixed number of working days, nor of hours.
	CONSTRAINT allowance_can_be_counted CHECK (CASE counts
		WHEN 'working_days' THEN
			allowance = extract(day FROM allowance) * interval '1 day'
			AND extract(day FROM allowance) BETWEEN 1 AND 10000
		WHEN 'opening_hours' THEN
			num_nonnulls(NULLIF(extract(day FROM allowance), 0),
				NULLIF(extract(month FROM allowance), 0),
				NULLIF(extract(year FROM allowance), 0)) = 0
		ELSE true END),
	CONSTRAINT calendar_time_has_none
		CHECK (counts <> 'calendar_time' OR calendar IS NULL));
-- It has no key without a NULL, and a publication asks for one.
ALTER TABLE desk.promise_targets REPLICA IDENTITY FULL;
COMMENT ON TABLE desk.promise_targets IS
'how soon a promise is to be kept; of several rows that fit, one of the country counts, then one of the severity; where none fits nothing is promised';
COMMENT ON COLUMN desk.promise_targets.country IS
'country of the line, ISO 3166-1 alpha-2; NULL: wherever no other row applies';
COMMENT ON COLUMN desk.promise_targets.severity IS
'severity when the run ended, or now; NULL: all that have no row of their own, and what has no severity';
COMMENT ON COLUMN desk.promise_targets.counts IS
'calendar_time: days and months at the line; working_days: to the end of that many working days after the first day; opening_hours: time in which the line is open';
COMMENT ON COLUMN desk.promise_targets.calendar IS
'NULL: that of the line for working days or opening hours';
COMMENT ON COLUMN desk.promise_targets.warn_at IS
'percentage of the time from which a promise is due soon';
COMMENT ON COLUMN desk.promise_targets.basis IS
'law, standard or custom that says so';

CREATE FUNCTION desk.refuse_sealed_promise()
RETURNS trigger
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
DECLARE
	touched integer[] := ARRAY[(to_jsonb(OLD) ->> 'version')::integer,
		(to_jsonb(NEW) ->> 'version')::integer];
BEGIN
	-- Locked, so that a sealing under way is waited for.
	PERFORM FROM desk.promise_versions AS v
	WHERE v.version = ANY (touched) FOR UPDATE;
	IF TG_OP = 'TRUNCATE' OR EXISTS (SELECT FROM desk.promise_versions AS v
			WHERE v.version = ANY (touched) AND v.sealed_at IS NOT NULL) THEN
		RAISE EXCEPTION 'sealed versions of the promises do not change'
			USING ERRCODE = 'IE522',
			HINT = 'Edit a copy: helpline.draft_promises().';
	END IF;
	RETURN COALESCE(NEW, OLD);
END
$$;
COMMENT ON FUNCTION desk.refuse_sealed_promise() IS
'trigger: promises of a sealed version are not changed, except what people read';

CREATE FUNCTION desk.refuse_unsealing_promises()
RETURNS trigger
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	RAISE EXCEPTION 'sealed versions of the promises do not change'
		USING ERRCODE = 'IE522',
		HINT = 'Edit a copy: helpline.draft_promises().';
END
$$;
COMMENT ON FUNCTION desk.refuse_unsealing_promises() IS
'trigger: a sealed version is neither deleted, nor opened again, nor entered as such';

CREATE TRIGGER refuse_sealed
BEFORE INSERT OR DELETE ON desk.promises
FOR EACH ROW WHEN (NOT ietp.applies_changes())
EXECUTE FUNCTION desk.refuse_sealed_promise();
-- Labels may be corrected at any time.
CREATE TRIGGER refuse_sealed_update
BEFORE UPDATE ON desk.promises
FOR EACH ROW WHEN (NOT ietp.applies_changes()
	AND (OLD.version IS DISTINCT FROM NEW.version
		OR OLD.promise IS DISTINCT FROM NEW.promise
		OR OLD.subject IS DISTINCT FROM NEW.subject
		OR OLD.starts IS DISTINCT FROM NEW.starts
		OR OLD.stops IS DISTINCT FROM NEW.stops
		OR OLD.cancels IS DISTINCT FROM NEW.cancels
		OR OLD.resets IS DISTINCT FROM NEW.resets
		OR OLD.pauses IS DISTINCT FROM NEW.pauses
		OR OLD.resumes IS DISTINCT FROM NEW.resumes
		OR OLD.revives IS DISTINCT FROM NEW.revives
		OR OLD.follows IS DISTINCT FROM NEW.follows))
EXECUTE FUNCTION desk.refuse_sealed_promise();
CREATE TRIGGER refuse_sealed
BEFORE INSERT OR UPDATE OR DELETE ON desk.promise_targets
FOR EACH ROW WHEN (NOT ietp.applies_changes())
EXECUTE FUNCTION desk.refuse_sealed_promise();
CREATE TRIGGER refuse_unsealing
BEFORE DELETE ON desk.promise_versions
FOR EACH ROW WHEN (NOT ietp.applies_changes() AND OLD.sealed_at IS NOT NULL)
EXECUTE FUNCTION desk.refuse_unsealing_promises();
-- It is sealed by an UPDATE, which proves it.
CREATE TRIGGER refuse_sealed_insert
BEFORE INSERT ON desk.promise_versions
FOR EACH ROW WHEN (NOT ietp.applies_changes() AND NEW.sealed_at IS NOT NULL)
EXECUTE FUNCTION desk.refuse_unsealing_promises();
CREATE TRIGGER refuse_unsealing_update
BEFORE UPDATE ON desk.promise_versions
FOR EACH ROW WHEN (NOT ietp.applies_changes() AND OLD.sealed_at IS NOT NULL
	AND (OLD.version IS DISTINCT FROM NEW.version
		OR OLD.valid_from IS DISTINCT FROM NEW.valid_from
		OR OLD.sealed_at IS DISTINCT FROM NEW.sealed_at
		OR OLD.sealed_by IS DISTINCT FROM NEW.sealed_by))
EXECUTE FUNCTION desk.refuse_unsealing_promises();
DO $$
DECLARE
	t text;
	g text;
BEGIN
	FOREACH t IN ARRAY ARRAY['promise_versions', 'promises',
			'promise_targets'] LOOP
		EXECUTE format('CREATE TRIGGER refuse_truncating
			BEFORE TRUNCATE ON desk.%I
			FOR EACH STATEMENT WHEN (NOT ietp.applies_changes())
			EXECUTE FUNCTION desk.refuse_unsealing_promises()', t);
		FOR g IN SELECT tgname FROM pg_trigger
			WHERE tgrelid = format('desk.%I', t)::regclass
			AND NOT tgisinternal
		LOOP
			EXECUTE format('ALTER TABLE desk.%I ENABLE ALWAYS TRIGGER %I', t,
				g);
		END LOOP;
	END LOOP;
END
$$;

-- What is promised at first.

INSERT INTO desk.promise_versions (version, description)
VALUES (1, 'As shipped.');
INSERT INTO desk.promises (version, promise, subject, starts, stops, cancels,
	resets, pauses, resumes, follows, label_en, label_zh_hans, label_zh_hant,
	label_vi)
SELECT 1, v.promise, v.subject, v.starts::text[], v.stops::text[],
	v.cancels::text[], v.resets::text[], v.pauses::text[], v.resumes::text[],
	v.follows, v.en, v.zh_hans, v.zh_hant, v.vi
FROM (VALUES
	('acknowledge', 'case', '{opened}', '{acknowledgement}', '{closed}',
	 '{}', '{}', '{}', NULL,
	 'Acknowledgement', '确认收到', '確認收到', 'Xác nhận đã nhận'),
	('first_response', 'case', '{opened}',
	 '{update_to_worker,worker_informed}', '{closed}', '{}', '{}', '{}',
	 NULL, 'First response', '首次答复', '首次答覆', 'Phản hồi đầu tiên'),
	('next_response', 'case', '{worker_statement}',
	 '{update_to_worker,worker_informed}', '{closed}', '{}', '{}', '{}',
	 NULL, 'Next response', '后续答复', '後續答覆', 'Phản hồi tiếp theo'),
	('update', 'case', '{opened,reopened}',
	 '{acknowledgement,update_to_worker,worker_informed}', '{closed}',
	 '{imported,acknowledgement,update_to_worker,worker_informed,worker_statement}',
	 '{}', '{}', NULL,
	 'Update', '进展告知', '進展告知', 'Cập nhật tiến độ'),
	('feedback', 'case', '{opened}', '{update_to_worker,worker_informed}',
	 '{closed}', '{}', '{}', '{}', 'acknowledge',
	 'Feedback', '反馈', '回饋', 'Phản hồi kết quả'),
	('notification', 'case', '{opened}', '{triaged}', '{}', '{}', '{}', '{}',
	 NULL, 'Programme notified', '通报项目方', '通報計畫方',
	 'Báo cho chương trình'),
	('grave_notification', 'case', '{opened}', '{escalated}', '{closed}',
	 '{}', '{}', '{}', NULL,
	 'Programme notified of a grave case', '重大个案通报项目方',
	 '重大個案通報計畫方', 'Báo cho chương trình vụ việc nghiêm trọng'),
	('factory_contact', 'case', '{factory_consent}', '{factory_contact}',
	 '{factory_consent_withdrawn,closed}', '{}', '{clock:pause}',
	 '{clock:run}', NULL,
	 'Factory contacted', '联系工厂', '聯絡工廠', 'Liên hệ nhà máy'),
	('resolution', 'case', '{opened,clock:run,clock:pause}', '{clock:stop}',
	 '{}', '{}', '{clock:pause}', '{clock:run}', NULL,
	 'Resolution', '解决', '解決', 'Giải quyết'),
	('call_back', 'call', '{call_callback_due,call_voicemail}',
	 '{called_back}', '{}', '{}', '{}', '{}', NULL,
	 'Call back', '回电', '回電', 'Gọi lại'),
	('recommendation_follow_up', 'recommendation', '{recommended}',
	 '{recommendation_verified}', '{}', '{}', '{}', '{}', NULL,
	 'Recommendation followed up', '建议跟进', '建議跟進',
	 'Theo dõi khuyến nghị')
	) AS v (promise, subject, starts, stops, cancels, resets, pauses,
	resumes, follows, en, zh_hans, zh_hant, vi);
-- Who closes a case and reopens it does not escape what was promised.
UPDATE desk.promises SET revives = '{reopened}'
WHERE cancels = '{closed}' AND promise <> 'update';
INSERT INTO desk.promise_targets
	(version, promise, severity, allowance, counts, basis)
SELECT 1, v.promise, v.severity::ietp.severity, v.allowance::interval,
	v.counts, v.basis
FROM (VALUES
	('acknowledge', NULL, '7 days', 'calendar_time',
	 'EU 2019/1937 art. 9(1)(b)'),
	('feedback', NULL, '3 months', 'calendar_time',
	 'EU 2019/1937 art. 9(1)(f)'),
	('update', NULL, '30 days', 'calendar_time', 'after UNGP 31(e)'),
	('notification', 'minor', '48 hours', 'calendar_time',
	 'Anglo American Social Way, default'),
	('notification', 'moderate', '24 hours', 'calendar_time',
	 'Anglo American Social Way, default'),
	('notification', 'serious', '24 hours', 'calendar_time',
	 'Anglo American Social Way, default'),
	('grave_notification', 'critical', '0', 'calendar_time',
	 'Anglo American Social Way, default'),
	('grave_notification', 'zero_tolerance', '0', 'calendar_time',
	 'Anglo American Social Way, default'),
	('first_response', NULL, '5 days', 'working_days',
	 'Qingdao 12345: reply within 5 working days'),
	('next_response', NULL, '5 days', 'working_days',
	 'Qingdao 12345: reply within 5 working days'),
	('factory_contact', NULL, '5 days', 'working_days',
	 'no outside source'),
	('resolution', NULL, '3 months', 'calendar_time', 'no outside source'),
	('call_back', NULL, '10 hours', 'opening_hours', 'no outside source'),
	('recommendation_follow_up', NULL, '30 days', 'calendar_time',
	 'no outside source')) AS v (promise, severity, allowance, counts, basis);
UPDATE desk.promise_versions
SET valid_from = '-infinity', sealed_at = now(), sealed_by = 'ietp_helpline';

-- Few calls wait to be returned, or return another.
CREATE INDEX calls_to_return ON desk.calls (received_at)
WHERE outcome IN ('missed', 'voicemail', 'callback_due');
CREATE INDEX calls_returned ON desk.calls (callback_of)
WHERE callback_of IS NOT NULL;

-- How time counts.  Without SET, so that they become part of the statement:
-- their bodies are bound to what they call.

CREATE FUNCTION desk.promise_time(since timestamptz, allowance interval,
	counts text, calendar text, time_zone text)
RETURNS timestamptz
LANGUAGE sql STABLE CALLED ON NULL INPUT PARALLEL SAFE
RETURN CASE counts
	-- Hours pass as they do, also when clocks go forward or back.
	WHEN 'calendar_time' THEN CASE
		WHEN date_trunc('day', allowance) = interval '0' THEN since + allowance
		ELSE timezone(time_zone, timezone(time_zone, since)
				+ date_trunc('day', allowance))
			+ (allowance - date_trunc('day', allowance)) END
	WHEN 'opening_hours' THEN
		ietp.try_add_working_time(since, allowance, calendar)
	ELSE timezone(time_zone, (ietp.try_add_working_days(
		timezone(time_zone, since)::date, extract(day FROM allowance)::integer,
		calendar) + 1)::timestamp) END;
COMMENT ON FUNCTION desk.promise_time(
	timestamptz, interval, text, text, text) IS
'when an allowance is used up: an instant plus days and months of a time zone and hours, to the end of a working day, or plus time in which a line is open; NULL where it does not open so often';

-- In UTC every day has 24 hours.
CREATE FUNCTION desk.part_of_time(
	since timestamptz, until timestamptz, part double precision)
RETURNS timestamptz
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN timezone('UTC', timezone('UTC', since)
	+ (until - since) * part);
COMMENT ON FUNCTION desk.part_of_time(
	timestamptz, timestamptz, double precision) IS
'an instant between two others';

CREATE FUNCTION desk.warning_time(since timestamptz, allowance interval,
	due_at timestamptz, warn_at integer, counts text, calendar text,
	time_zone text)
RETURNS timestamptz
LANGUAGE sql STABLE CALLED ON NULL INPUT PARALLEL SAFE
RETURN CASE counts
	WHEN 'calendar_time' THEN
		desk.part_of_time(since, due_at, warn_at / 100.0::double precision)
	WHEN 'opening_hours' THEN ietp.try_add_working_time(since,
		allowance * (warn_at / 100.0::double precision), calendar)
	ELSE desk.promise_time(since, ceil(extract(day FROM allowance)
		* warn_at / 100)::integer * interval '1 day', counts, calendar,
		time_zone) END;
COMMENT ON FUNCTION desk.warning_time(timestamptz, interval, timestamptz,
	integer, text, text, text) IS
'when that percentage of an allowance is used up; of working days a whole number';

CREATE FUNCTION desk.promise_elapsed(since timestamptz, until timestamptz,
	counts text, calendar text, time_zone text)
RETURNS interval
LANGUAGE sql STABLE CALLED ON NULL INPUT PARALLEL SAFE
RETURN CASE WHEN until <= since THEN interval '0'
	WHEN counts = 'calendar_time' THEN until - since
	WHEN counts = 'opening_hours' THEN
		ietp.working_time(since, until, calendar)
	-- A working day ends when the next day begins.
	ELSE ietp.working_days(timezone(time_zone, since)::date,
		timezone(time_zone, until - interval '1 microsecond')::date,
		calendar) * interval '1 day' END;
COMMENT ON FUNCTION desk.promise_elapsed(
	timestamptz, timestamptz, text, text, text) IS
'how much of an allowance was used between two instants';

CREATE FUNCTION desk.time_after_pauses(wanted timestamptz, since timestamptz,
	paused_from timestamptz[], paused_until timestamptz[], as_of timestamptz,
	counts text, calendar text, time_zone text)
RETURNS timestamptz
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL SAFE
SET search_path = pg_catalog, ietp, pg_temp
AS $$
DECLARE
	began timestamptz;
	used interval;
BEGIN
	FOR i IN 1 .. cardinality(paused_from) LOOP
		began := GREATEST(paused_from[i], since);
		EXIT WHEN began >= wanted;
		-- One that goes on has lasted until now.
		used := desk.promise_elapsed(began, LEAST(paused_until[i], as_of),
			counts, calendar, time_zone);
		CONTINUE WHEN used = interval '0';
		wanted := CASE counts
			WHEN 'calendar_time' THEN
				timezone('UTC', timezone('UTC', wanted) + used)
			WHEN 'opening_hours' THEN
				desk.promise_time(wanted, used, counts, calendar, time_zone)
			ELSE desk.promise_time(wanted - interval '1 microsecond', used,
				counts, calendar, time_zone) END;
	END LOOP;
	RETURN wanted;
END
$$;
COMMENT ON FUNCTION desk.time_after_pauses(timestamptz, timestamptz,
	timestamptz[], timestamptz[], timestamptz, text, text, text) IS
'a time by which something is due, put off by the pauses that began before it';

-- The runs.

CREATE TYPE desk.promise_run AS (
	case_ref ietp.case_ref, call_ref ietp.call_ref, n integer, promise text,
	version integer, severity ietp.severity, line text, handler text,
	team text, began_at timestamptz, began_by text, counts_from timestamptz,
	ended_at timestamptz, ended_by text, paused_from timestamptz[],
	paused_until timestamptz[], allowance interval, counts text,
	calendar text, basis text, due_at timestamptz, warn_from timestamptz,
	state text);
COMMENT ON TYPE desk.promise_run IS
'a clock from its start to its stop, and what came of it';

CREATE FUNCTION desk.move_signs(wanted text[])
RETURNS TABLE (lifecycle_version integer, from_status text, to_status text,
	sign text)
LANGUAGE sql STABLE STRICT PARALLEL RESTRICTED ROWS 50
SET search_path = pg_catalog, ietp, pg_temp
AS $$
	WITH status AS (
		-- A status that was left by an adoption is one of an earlier version.
		SELECT DISTINCT ON (v.version, s.status) v.version, s.status,
			s.category, s.clock, s.version = v.version AS is_own
		FROM (SELECT DISTINCT o.version FROM desk.statuses AS o
			WHERE o.lifecycle = 'case') AS v
		JOIN desk.statuses AS s ON s.lifecycle = 'case'
			AND s.version <= v.version
		ORDER BY v.version, s.status, s.version DESC
	), move AS (
		SELECT t.version, f.status AS from_status, t.status AS to_status,
			f.category AS left_category, f.clock AS left_clock, t.category,
			t.clock
		FROM status AS t
		JOIN (SELECT s.version, s.status, s.category, s.clock FROM status AS s
			UNION SELECT o.version, '', NULL, NULL FROM status AS o) AS f
			ON f.version = t.version
		WHERE t.is_own
	)
	SELECT m.version, m.from_status, m.to_status, g.sign
	FROM move AS m CROSS JOIN LATERAL (VALUES
		('status:' || m.to_status, true),
		('clock:' || m.clock, m.left_clock IS DISTINCT FROM m.clock),
		('triaged', m.left_category = 'initial'
			AND m.category <> 'initial'),
		('closed', m.left_category IS DISTINCT FROM 'terminal'
			AND m.category = 'terminal'),
		('reopened', m.left_category = 'terminal'
			AND m.category <> 'terminal')) AS g (sign, given)
	WHERE g.given AND g.sign = ANY (wanted)
$$;
COMMENT ON FUNCTION desk.move_signs(text[]) IS
'which of the signs each move of a case gives; from_status is empty for its first status';

CREATE FUNCTION desk.version_periods()
RETURNS TABLE (version integer, valid_from timestamptz,
	valid_until timestamptz)
LANGUAGE sql STABLE STRICT PARALLEL RESTRICTED ROWS 3
SET search_path = pg_catalog, ietp, pg_temp
AS $$
	SELECT v.version, v.valid_from, COALESCE(lead(v.valid_from)
		OVER (ORDER BY v.valid_from), 'infinity')
	FROM desk.promise_versions AS v WHERE v.valid_from IS NOT NULL
$$;
COMMENT ON FUNCTION desk.version_periods() IS
'when each sealed version of the promises counts for what begins';

-- ROWS tells the planner to expect many, for which the joins that follow are
-- made; they do no harm where there are few.
CREATE FUNCTION desk.signs_seen(
	as_of timestamptz, wanted text[], open_only boolean,
	only_cases ietp.case_ref[], only_line text)
RETURNS TABLE (case_ref ietp.case_ref, at timestamptz[], signs integer[],
	changed_at timestamptz[], old_severity ietp.severity[])
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED
ROWS 50000
SET search_path = pg_catalog, ietp, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
SET work_mem = '64MB'
SET enable_nestloop = off
AS $$
#variable_conflict use_column
DECLARE
	-- What is open now is found by an index.
	at_present boolean := as_of >= now();
	wanted_events text[] := ARRAY(SELECT substr(w, 7)
		FROM unnest(wanted) AS w WHERE w LIKE 'event:%');
BEGIN
	RETURN QUERY
	WITH chosen AS NOT MATERIALIZED (
		SELECT c.case_ref, c.opened_at, c.recorded_at, c.first_closed_at,
			c.source
		FROM desk.cases AS c
		WHERE c.duplicate_of IS NULL AND c.opened_at <= as_of
		AND (NOT open_only OR c.closed_at IS NULL
			OR NOT at_present AND c.closed_at > as_of)
		AND (only_cases IS NULL OR c.case_ref = ANY (only_cases))
		AND (only_line IS NULL OR c.line = only_line)
	), wanted_sign AS MATERIALIZED (
		SELECT g.sign, g.id::integer AS id, ietp.try_enum(CASE g.sign
				WHEN 'worker_reached' THEN 'contact_attempt' ELSE g.sign END,
				NULL::ietp.action_kind) AS kind,
			g.sign = 'worker_reached' AS reached
		FROM unnest(wanted) WITH ORDINALITY AS g (sign, id)
	), event AS MATERIALIZED (
		SELECT e.case_ref, e.n, e.lifecycle_version,
			COALESCE(e.from_status, '') AS from_status, e.to_status,
			-- First how a case came, last what became of it.
			e.action, CASE e.n WHEN 1 THEN 2 ELSE (3::bigint << 32) + e.n END
				AS place, CASE
				-- When a case had the status that it came with.
				WHEN e.n = 1 AND c.source IS NULL THEN c.opened_at
				WHEN e.n = 1 THEN
					(e.changes -> 'status_since' ->> 1)::timestamptz
				ELSE GREATEST(e.occurred_at, c.opened_at) END AS at,
			-- The first time; an import tells of it, too.
			CASE WHEN e.changes::text LIKE '%"escalated_at":[null,%'
				THEN GREATEST(c.opened_at,
					(e.changes -> 'escalated_at' ->> 1)::timestamptz)
				END AS escalated_at,
			CASE WHEN e.n > 1 AND e.changes::text LIKE '%"severity":[%'
				THEN e.changes -> 'severity' ->> 0 END AS old_severity
		FROM desk.events AS e
		JOIN chosen AS c ON c.case_ref = e.case_ref
		WHERE (only_cases IS NULL OR e.case_ref = ANY (only_cases))
		AND (e.to_status IS NOT NULL OR e.changes IS NOT NULL
			OR e.action = ANY (wanted_events))
	), seen AS (
		SELECT c.case_ref, w.id, c.opened_at AS at, 0::bigint AS place,
			NULL::text AS old_severity
		FROM chosen AS c, wanted_sign AS w
		WHERE w.sign = 'opened'
		UNION ALL
		SELECT c.case_ref, w.id, c.recorded_at, 1, NULL
		FROM chosen AS c, wanted_sign AS w
		WHERE w.sign = 'imported'
		AND c.source IS NOT NULL AND c.recorded_at <= as_of
		-- Of one that came closed nothing begins.
		AND (c.first_closed_at IS NULL OR c.first_closed_at >= c.recorded_at)
		UNION ALL
		SELECT e.case_ref, w.id, e.at, e.place, NULL
		FROM event AS e
		JOIN desk.move_signs(wanted) AS m
			ON m.lifecycle_version = e.lifecycle_version
			AND m.from_status = e.from_status AND m.to_status = e.to_status
		JOIN wanted_sign AS w ON w.sign = m.sign
		WHERE e.at <= as_of
		UNION ALL
		SELECT e.case_ref, w.id, e.at, e.place, NULL
		FROM event AS e
		JOIN wanted_sign AS w ON w.sign = 'event:' || e.action
		WHERE e.action = ANY (wanted_events) AND e.at <= as_of
		UNION ALL
		SELECT e.case_ref, w.id, e.escalated_at, e.place, NULL
		FROM event AS e, wanted_sign AS w
		WHERE w.sign = 'escalated' AND e.escalated_at <= as_of
		UNION ALL
		SELECT e.case_ref, NULL, e.at, e.place, e.old_severity
		FROM event AS e WHERE e.old_severity IS NOT NULL
		UNION ALL
		SELECT a.case_ref, w.id, GREATEST(a.occurred_at, c.opened_at),
			(2::bigint << 32) + a.n, NULL
		FROM desk.actions AS a
		JOIN wanted_sign AS w ON w.kind = a.kind AND w.reached
			= COALESCE(a.reached, false)
		JOIN chosen AS c ON c.case_ref = a.case_ref
		WHERE a.occurred_at <= as_of
		AND (only_cases IS NULL OR a.case_ref = ANY (only_cases))
		UNION ALL
		SELECT o.case_ref, w.id, GREATEST(o.given_at, c.opened_at),
			(1::bigint << 32) + o.n, NULL
		FROM desk.consents AS o
		JOIN wanted_sign AS w ON w.sign = CASE o.entry WHEN 'withdrawn'
			THEN 'factory_consent_withdrawn' ELSE 'factory_consent' END
		JOIN chosen AS c ON c.case_ref = o.case_ref
		WHERE o.purpose = 'contact_factory' AND o.entry <> 'override_requested'
		AND o.given_at <= as_of
		AND (only_cases IS NULL OR o.case_ref = ANY (only_cases))
	)
	SELECT s.case_ref,
		array_agg(s.at) FILTER (WHERE s.id IS NOT NULL),
		array_agg(s.id) FILTER (WHERE s.id IS NOT NULL),
		array_agg(s.at) FILTER (WHERE s.old_severity IS NOT NULL),
		array_agg(s.old_severity::ietp.severity)
			FILTER (WHERE s.old_severity IS NOT NULL)
	FROM (SELECT o.* FROM seen AS o
		ORDER BY o.case_ref, o.at, o.place) AS s
	GROUP BY s.case_ref;
END
$$;
COMMENT ON FUNCTION desk.signs_seen(timestamptz, text[], boolean,
	ietp.case_ref[], text) IS
'for each case the wanted signs that it gave until as_of, as their places in that list, in the order of time and none before it was opened; and when a severity was changed, and which one';

-- How soon each promise is due, at each line and for each severity.
CREATE FUNCTION desk.chosen_targets()
RETURNS TABLE (version integer, promise text, line text,
	severity ietp.severity, time_zone text, allowance interval, counts text,
	calendar text, warn_at integer, basis text, subject text, starts text[],
	follows text, imported boolean)
LANGUAGE sql STABLE STRICT PARALLEL RESTRICTED ROWS 500
SET search_path = pg_catalog, ietp, pg_temp
AS $$
	SELECT DISTINCT ON (t.version, t.promise, l.line, g.severity)
		t.version, t.promise, l.line, g.severity, l.time_zone, t.allowance,
		t.counts, COALESCE(t.calendar, CASE t.counts
			WHEN 'working_days' THEN l.calendar
			WHEN 'opening_hours' THEN l.opening_calendar END),
		t.warn_at, t.basis, p.subject, p.starts, p.follows,
		p.stops <@ ARRAY(SELECT s.sign FROM desk.signs AS s WHERE s.imported)
	FROM desk.promise_targets AS t
	JOIN desk.promises AS p ON p.version = t.version
		AND p.promise = t.promise
	JOIN desk.lines AS l ON t.country IS NULL OR t.country = l.country
	JOIN (SELECT NULL::ietp.severity AS severity
		UNION ALL SELECT unnest(enum_range(NULL::ietp.severity))) AS g
		ON t.severity IS NULL OR t.severity = g.severity
	ORDER BY t.version, t.promise, l.line, g.severity, t.country, t.severity
$$;
COMMENT ON FUNCTION desk.chosen_targets() IS
'the target that counts for a promise at a line and for a severity, NULL what has none; imported: an import would have told that it was kept';

-- Runs of the clocks of cases, before it is known how soon they are due.
CREATE FUNCTION desk.case_runs(
	as_of timestamptz, open_only boolean, under integer,
	only_cases ietp.case_ref[], only_line text, only_promise text)
RETURNS TABLE (case_ref ietp.case_ref, version integer, promise text,
	severity ietp.severity, line text, handler text, team text,
	imported_at timestamptz, began_at timestamptz, began_by text,
	ended_at timestamptz, ended_by text, kept boolean,
	paused_from timestamptz[], paused_until timestamptz[])
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED
ROWS 100000
SET search_path = pg_catalog, ietp, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
SET enable_mergejoin = off
SET enable_nestloop = off
SET work_mem = '64MB'
AS $$
#variable_conflict use_column
DECLARE
	at_present boolean := as_of >= now();
	-- What a promise follows is needed for it.
	concerned text[] := ARRAY(SELECT DISTINCT p.promise
		FROM desk.promises AS p
		WHERE p.subject = 'case' AND (only_promise IS NULL
			OR only_promise IN (p.promise, (SELECT o.promise
				FROM desk.promises AS o WHERE o.version = p.version
				AND o.follows = p.promise AND o.promise = only_promise))));
	wanted text[] := ARRAY(SELECT DISTINCT s.sign
		FROM desk.promises AS p, unnest(p.starts || p.stops || p.cancels
			|| p.resets || p.pauses || p.resumes || p.revives) AS s (sign)
		WHERE p.promise = ANY (concerned));
BEGIN
	IF wanted = '{}' THEN
		RETURN;
	END IF;
	RETURN QUERY
	WITH chosen AS NOT MATERIALIZED (
		SELECT c.case_ref, c.opened_at, c.recorded_at, c.severity, c.line,
			c.handler, c.team, c.source
		FROM desk.cases AS c
		WHERE c.duplicate_of IS NULL AND c.opened_at <= as_of
		AND (NOT open_only OR c.closed_at IS NULL
			OR NOT at_present AND c.closed_at > as_of)
		AND (only_cases IS NULL OR c.case_ref = ANY (only_cases))
		AND (only_line IS NULL OR c.line = only_line)
	), rule AS MATERIALIZED (
		SELECT p.version, p.promise, row_number() OVER (
				PARTITION BY p.version ORDER BY p.promise) AS id,
			EXISTS (SELECT FROM desk.promises AS o
				WHERE o.version = p.version AND o.follows = p.promise)
				AS is_followed, ARRAY(
				SELECT (s.sign = ANY (p.starts))::integer
					+ (s.sign = ANY (p.stops))::integer * 2
					+ (s.sign = ANY (p.cancels))::integer * 4
					+ (s.sign = ANY (p.resets))::integer * 8
					+ (s.sign = ANY (p.pauses))::integer * 16
					+ (s.sign = ANY (p.resumes))::integer * 32
					+ (s.sign = ANY (p.revives))::integer * 64
				FROM unnest(wanted) WITH ORDINALITY AS s (sign, id)
				ORDER BY s.id) AS effects
		FROM desk.promises AS p
		WHERE p.subject = 'case' AND p.promise = ANY (concerned)
	), ran AS (
		SELECT c.case_ref, m.version, c.severity, c.line, c.handler, c.team,
			CASE WHEN c.source IS NOT NULL THEN c.recorded_at END
				AS imported_at, l.changed_at, l.old_severity,
			ietp.clock_runs(l.at, l.signs, m.effects,
				last_only => open_only) AS run
		FROM desk.signs_seen(as_of, wanted, open_only, only_cases,
			only_line) AS l
		JOIN chosen AS c ON c.case_ref = l.case_ref
		JOIN desk.version_periods() AS v ON c.opened_at >= v.valid_from
			AND c.opened_at < v.valid_until
		JOIN (SELECT p.version, array_agg(p.effects ORDER BY p.id) AS effects
			FROM rule AS p GROUP BY p.version) AS m
			ON m.version = COALESCE(under, v.version)
		OFFSET 0
	)
	SELECT r.case_ref, r.version, p.promise, COALESCE(r.old_severity[
				width_bucket(LEAST((r.run).ended_at, as_of), r.changed_at) + 1],
			r.severity),
		r.line, r.handler, r.team, r.imported_at, (r.run).began_at,
		wanted[(r.run).began_by], (r.run).ended_at,
		wanted[(r.run).ended_by], (r.run).kept, (r.run).paused_from,
		(r.run).paused_until
	FROM ran AS r
	JOIN rule AS p ON p.version = r.version AND p.id = (r.run).rule
	WHERE NOT open_only OR (r.run).ended_at IS NULL OR p.is_followed;
END
$$;
COMMENT ON FUNCTION desk.case_runs(timestamptz, boolean, integer,
	ietp.case_ref[], text, text) IS
'runs of the promises of cases until as_of; open_only: those that have not ended, and those of promises that another follows';

CREATE FUNCTION desk.promise_runs(
	as_of timestamptz, open_only boolean DEFAULT false,
	horizon interval DEFAULT NULL, under integer DEFAULT NULL,
	only_case ietp.case_ref DEFAULT NULL, only_line text DEFAULT NULL,
	only_handler text DEFAULT NULL, only_team text DEFAULT NULL,
	only_promise text DEFAULT NULL)
RETURNS SETOF desk.promise_run
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED
ROWS 100000
SET search_path = pg_catalog, ietp, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
SET enable_mergejoin = off
SET enable_nestloop = off
SET work_mem = '64MB'
AS $$
DECLARE
	only_cases ietp.case_ref[];
BEGIN
	-- Few cases are looked up one by one; of many all tables are read.
	IF num_nonnulls(only_case, only_handler, only_team) > 0
			OR ietp.actor_is('specialist', 'investigator') THEN
		only_cases := ARRAY(SELECT c.case_ref FROM desk.cases AS c
			WHERE (only_case IS NULL OR c.case_ref = only_case)
			AND (only_handler IS NULL OR c.handler = only_handler)
			AND (only_team IS NULL OR c.team = only_team)
			AND (NOT open_only OR c.closed_at IS NULL
				OR c.closed_at > as_of));
	END IF;
	RETURN QUERY
	WITH target AS MATERIALIZED (
		SELECT t.*, desk.promise_time(as_of, horizon, 'calendar_time', NULL,
			t.time_zone) AS due_until
		FROM desk.chosen_targets() AS t
	), run AS MATERIALIZED (
		SELECT t.version, t.promise, t.line, t.time_zone, t.allowance,
			t.counts, t.calendar, t.warn_at, t.basis, t.follows, t.imported,
			t.due_until,
			r.case_ref, NULL::ietp.call_ref AS call_ref,
			NULL::integer AS n, r.severity, r.handler, r.team,
			r.imported_at, r.began_at, r.began_by, r.began_at AS counts_from,
			r.ended_at, r.ended_by, r.kept, r.paused_from, r.paused_until
		FROM desk.case_runs(as_of, open_only, under, only_cases, only_line,
			only_promise) AS r
		JOIN target AS t ON t.version = r.version AND t.promise = r.promise
			AND t.line = r.line AND t.severity = r.severity
		UNION ALL
		SELECT t.version, t.promise, t.line, t.time_zone, t.allowance,
			t.counts, t.calendar, t.warn_at, t.basis, t.follows, t.imported,
			t.due_until,
			NULL, k.call_ref, NULL, NULL, k.handler, k.team,
			CASE WHEN k.source IS NOT NULL THEN k.recorded_at END,
			k.received_at, 'call_' || k.outcome, k.received_at, b.at,
			CASE WHEN b.at IS NOT NULL THEN 'called_back' END,
			b.at IS NOT NULL, NULL, NULL
		FROM desk.calls AS k
		JOIN desk.version_periods() AS v ON k.received_at >= v.valid_from
			AND k.received_at < v.valid_until
		JOIN target AS t ON t.version = COALESCE(under, v.version)
			AND t.line = k.line AND t.severity IS NULL AND t.subject = 'call'
			AND 'call_' || k.outcome = ANY (t.starts)
		CROSS JOIN LATERAL (SELECT min(o.received_at) AS at
			FROM desk.calls AS o WHERE o.callback_of = k.call_ref
			AND o.received_at <= as_of) AS b
		WHERE k.outcome IN ('missed', 'voicemail', 'callback_due')
		AND k.received_at <= as_of AND NOT (open_only AND b.at IS NOT NULL)
		AND (only_case IS NULL OR EXISTS (SELECT FROM desk.case_calls AS j
			WHERE j.case_ref = only_case AND j.call_ref = k.call_ref))
		AND (only_line IS NULL OR k.line = only_line)
		AND (only_handler IS NULL OR k.handler = only_handler)
		AND (only_team IS NULL OR k.team = only_team)
		UNION ALL
		-- Days are those of the line; the time counts from the end of due_on.
		SELECT t.version, t.promise, t.line, t.time_zone, t.allowance,
			t.counts, t.calendar, t.warn_at, t.basis, t.follows, t.imported,
			t.due_until,
			r.case_ref, NULL, r.n, c.severity, c.handler, c.team,
			NULL, r.made_at, 'recommended',
			timezone(t.time_zone, (r.due_on + 1)::timestamp), d.at,
			CASE WHEN d.at IS NOT NULL THEN 'recommendation_verified' END,
			d.at IS NOT NULL, NULL, NULL
		FROM desk.recommendations AS r
		JOIN desk.cases AS c ON c.case_ref = r.case_ref
		JOIN desk.version_periods() AS v ON c.opened_at >= v.valid_from
			AND c.opened_at < v.valid_until
		JOIN target AS t ON t.version = COALESCE(under, v.version)
			AND t.line = c.line AND t.severity = c.severity
			AND t.subject = 'recommendation'
		CROSS JOIN LATERAL (SELECT GREATEST(r.made_at,
			timezone(t.time_zone, r.verified_on::timestamp)) AS day) AS g
		CROSS JOIN LATERAL (SELECT CASE WHEN r.verified_on IS NOT NULL
			AND g.day <= as_of THEN g.day END AS at) AS d
		WHERE c.duplicate_of IS NULL AND r.made_at <= as_of
		AND NOT (open_only AND d.at IS NOT NULL)
		AND (only_case IS NULL OR c.case_ref = only_case)
		AND (only_line IS NULL OR c.line = only_line)
		AND (only_handler IS NULL OR c.handler = only_handler)
		AND (only_team IS NULL OR c.team = only_team)
	), followed AS (
		SELECT r.case_ref, r.version, r.promise, r.began_at,
			LEAST(CASE WHEN r.kept THEN r.ended_at END, desk.promise_time(
				r.began_at, r.allowance, r.counts, r.calendar, r.time_zone))
				AS counts_from
		FROM run AS r
		WHERE r.promise IN (SELECT o.follows FROM desk.promises AS o)
	), clocked AS (
		SELECT r.*, r.counts_from AS since
		FROM run AS r WHERE r.follows IS NULL
		UNION ALL
		SELECT r.*, COALESCE(f.counts_from, r.counts_from)
		FROM run AS r
		LEFT JOIN followed AS f ON f.case_ref = r.case_ref
			AND f.version = r.version AND f.promise = r.follows
			AND f.began_at = r.began_at
		WHERE r.follows IS NOT NULL
	), timed AS (
		SELECT k.*, desk.promise_time(k.since, k.allowance, k.counts,
			k.calendar, k.time_zone) AS unpaused_due
		FROM clocked AS k
		WHERE (only_promise IS NULL OR k.promise = only_promise)
		AND (NOT open_only OR k.ended_at IS NULL)
		OFFSET 0
	), warned AS (
		SELECT k.*, CASE WHEN k.paused_from IS NULL THEN k.unpaused_due
				ELSE desk.time_after_pauses(k.unpaused_due, k.since,
					k.paused_from, k.paused_until, as_of, k.counts,
					k.calendar, k.time_zone) END AS due_at,
			desk.warning_time(k.since, k.allowance, k.unpaused_due,
				k.warn_at, k.counts, k.calendar, k.time_zone)
				AS unpaused_warning
		FROM timed AS k OFFSET 0
	)
	SELECT k.case_ref, k.call_ref, k.n, k.promise, k.version, k.severity,
		k.line, k.handler, k.team, k.began_at, k.began_by, k.since,
		k.ended_at, k.ended_by, k.paused_from, k.paused_until, k.allowance,
		k.counts, k.calendar, k.basis, k.due_at, w.warn_from, e.state
	FROM warned AS k
	CROSS JOIN LATERAL (SELECT CASE WHEN k.paused_from IS NULL
		THEN k.unpaused_warning ELSE desk.time_after_pauses(
			k.unpaused_warning, k.since, k.paused_from, k.paused_until,
			as_of, k.counts, k.calendar, k.time_zone) END AS warn_from) AS w
	CROSS JOIN LATERAL (SELECT CASE
		WHEN k.due_at IS NULL THEN 'unknown'
		WHEN k.kept AND k.ended_at <= k.due_at THEN 'hit'
		-- It may have been kept where the case was before.
		WHEN k.due_at < k.imported_at AND NOT k.imported THEN 'unknown'
		WHEN k.ended_at <= k.due_at THEN 'cancelled'
		WHEN k.ended_at IS NOT NULL THEN 'missed'
		WHEN k.due_at < as_of THEN 'running_late'
		WHEN k.paused_until[cardinality(k.paused_until)] = 'infinity'
			THEN 'paused'
		ELSE 'running' END AS state) AS e
	WHERE horizon IS NULL OR CASE
		WHEN e.state IN ('running', 'running_late', 'paused') THEN
			k.due_at <= k.due_until OR w.warn_from <= as_of
		-- Its calendar does not open often enough.
		ELSE k.due_at IS NULL AND k.calendar IS NOT NULL END;
END
$$;
COMMENT ON FUNCTION desk.promise_runs(timestamptz, boolean, interval,
	integer, ietp.case_ref, text, text, text, text) IS
'every run of every promise until as_of, of what the actor may see; open_only: of open cases those that have not ended; horizon: of these what is late, due until then, due soon, or without a due time since its calendar does not open so often; under: as if that version of the promises were in force';

CREATE FUNCTION desk.check_promise(promise text)
RETURNS void
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL SAFE
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	IF check_promise.promise IS NOT NULL AND NOT EXISTS (
			SELECT FROM desk.promises AS p
			WHERE p.promise = check_promise.promise) THEN
		PERFORM desk.refuse('promise', 'unknown_code',
			'helpline.promises() lists those in force.');
	END IF;
END
$$;
COMMENT ON FUNCTION desk.check_promise(text) IS
'refuses a promise of which no version knows';

CREATE FUNCTION desk.find_promises(wanted integer, otherwise text)
RETURNS integer
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL SAFE
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	IF wanted IS NOT NULL AND NOT EXISTS (
			SELECT FROM desk.promise_versions AS v
			WHERE v.version = wanted) THEN
		RAISE EXCEPTION 'no such version of the promises'
			USING ERRCODE = 'IE521', COLUMN = 'version',
			HINT = 'helpline.promise_versions() lists them.';
	END IF;
	RETURN COALESCE(wanted, (SELECT CASE otherwise
			WHEN 'newest' THEN max(v.version)
			ELSE (array_agg(v.version ORDER BY v.valid_from DESC)
				FILTER (WHERE v.valid_from <= now()))[1] END
		FROM desk.promise_versions AS v));
END
$$;
COMMENT ON FUNCTION desk.find_promises(integer, text) IS
'the wanted version of the promises; where that is NULL the newest or the one in force';

CREATE FUNCTION desk.check_line(line text)
RETURNS void
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM desk.lines AS l
			WHERE l.line = check_line.line) AND line IS NOT NULL THEN
		PERFORM desk.refuse('line', 'unknown_code',
			'helpline.lines() lists them.');
	END IF;
END
$$;
COMMENT ON FUNCTION desk.check_line(text) IS
'refuses a line that there is not; NULL: all of them';

CREATE FUNCTION helpline.due_list(
	as_of timestamptz DEFAULT now(), horizon interval DEFAULT '7 days',
	line text DEFAULT NULL, handler text DEFAULT NULL,
	team text DEFAULT NULL, promise text DEFAULT NULL)
RETURNS TABLE (case_ref ietp.case_ref, call_ref ietp.call_ref, n integer,
	what text, state text, due_soon boolean, due_at timestamptz,
	since timestamptz, severity ietp.severity, of_line text, of_handler text,
	of_team text)
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED
SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	PERFORM desk.enter('due_list');
	IF due_list.as_of IS NULL OR horizon IS NULL THEN
		PERFORM desk.refuse(CASE WHEN horizon IS NULL THEN 'horizon'
			ELSE 'as_of' END, 'missing');
	ELSIF NOT isfinite(due_list.as_of) THEN
		PERFORM desk.refuse('as_of', 'out_of_range', 'An instant.');
	ELSIF horizon < interval '0' OR NOT isfinite(horizon) THEN
		PERFORM desk.refuse('horizon', 'out_of_range',
			'0 or more, and an end.');
	ELSIF due_list.promise IS DISTINCT FROM 'consent' THEN
		PERFORM desk.check_promise(due_list.promise);
	END IF;
	PERFORM desk.check_line(due_list.line);
	RETURN QUERY
	SELECT r.case_ref, r.call_ref, r.n, r.promise, r.state,
		r.warn_from <= due_list.as_of, r.due_at, r.counts_from, r.severity,
		r.line, r.handler, r.team
	FROM desk.promise_runs(due_list.as_of, open_only => true,
		horizon => due_list.horizon, only_line => due_list.line,
		only_handler => due_list.handler, only_team => due_list.team,
		only_promise => due_list.promise) AS r
	UNION ALL
	-- Consent that has run out leaves the case where it was.
	SELECT c.case_ref, NULL, NULL, 'consent', 'running_late', true,
		c.status_since, c.status_since, c.severity, c.line, c.handler, c.team
	FROM (SELECT o.*
		FROM desk.cases AS o
		JOIN desk.statuses AS s ON s.lifecycle = 'case'
			AND s.version = o.lifecycle_version AND s.status = o.status
			AND s.factory_contact
		WHERE o.closed_at IS NULL AND o.duplicate_of IS NULL
		AND o.status_since <= due_list.as_of
		AND (due_list.promise IS NULL OR due_list.promise = 'consent')
		AND (due_list.line IS NULL OR o.line = due_list.line)
		AND (due_list.handler IS NULL OR o.handler = due_list.handler)
		AND (due_list.team IS NULL OR o.team = due_list.team)
		-- Few are in such a status, and of these alone it is asked.
		OFFSET 0) AS c
	WHERE desk.covering_entry(c.case_ref, 'contact_factory', 'factory',
		c.factory) IS NULL
	-- Longest due first; of what is due at once the gravest.
	ORDER BY 7, 9 DESC NULLS LAST, 1, 2, 3, 4;
END
$$;
COMMENT ON FUNCTION helpline.due_list(
	timestamptz, interval, text, text, text, text) IS
'what the actor may see that is late, due until the horizon, or due soon because most of its time is used up: promises of open cases, calls to return, recommendations to follow up, and cases in contact with a factory without consent in force; longest due first';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('specialist', 'due_list'), ('supervisor', 'due_list'),
	('investigator', 'due_list'), ('programme_staff', 'due_list'),
	('auditor', 'due_list');

CREATE FUNCTION desk.sign_label(sign text, language text)
RETURNS text
LANGUAGE sql STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED
SET search_path = pg_catalog, ietp, pg_temp
AS $$
	SELECT COALESCE((
			SELECT desk.label_of(language, g.label_en, g.label_zh_hans,
				g.label_zh_hant, g.label_vi)
			FROM desk.signs AS g WHERE g.sign = sign_label.sign),
		CASE WHEN sign LIKE 'status:%' THEN desk.status_label(
			substr(sign, 8), 2147483647, language) END, (
			SELECT desk.label_of(language, l.label_en, l.label_zh_hans,
				l.label_zh_hant, l.label_vi)
			FROM desk.event_labels AS l
			WHERE l.action = substr(sign_label.sign, 7)), sign)
$$;
COMMENT ON FUNCTION desk.sign_label(text, text) IS
'what a sign is called in a language';

CREATE FUNCTION desk.run_elapsed(run desk.promise_run, until timestamptz,
	time_zone text)
RETURNS interval
LANGUAGE sql STABLE CALLED ON NULL INPUT PARALLEL SAFE
SET search_path = pg_catalog, ietp, pg_temp
AS $$
	SELECT desk.promise_elapsed(run.counts_from, until, run.counts,
			run.calendar, time_zone)
		- COALESCE(sum(desk.promise_elapsed(
			GREATEST(p.since, run.counts_from), LEAST(p.till, until),
			run.counts, run.calendar, time_zone)), interval '0')
	FROM unnest(run.paused_from, run.paused_until) AS p (since, till)
$$;
COMMENT ON FUNCTION desk.run_elapsed(
	desk.promise_run, timestamptz, text) IS
'how much of its time a run has used until then, without its pauses';

CREATE FUNCTION desk.run_steps(
	run desk.promise_run, resets text[], until timestamptz)
RETURNS TABLE (part integer, at timestamptz, word text, sign text,
	clock text)
LANGUAGE sql STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED
SET search_path = pg_catalog, ietp, pg_temp
AS $$
	SELECT * FROM (
		SELECT 1, run.began_at, CASE WHEN run.began_by = ANY (resets)
			THEN 'restarted' ELSE 'started' END, run.began_by, 'run'
		UNION ALL
		SELECT 2, run.counts_from, 'counts', NULL, 'run'
		WHERE run.counts_from > run.began_at
		UNION ALL
		SELECT 3, o.at, 'opening', NULL, 'run'
		FROM (SELECT CASE WHEN run.counts = 'opening_hours'
				AND run.due_at > run.counts_from THEN
			ietp.next_opening(run.counts_from, run.calendar) END AS at) AS o
		WHERE o.at > run.counts_from
		UNION ALL
		SELECT 6, p.since, 'pauses', NULL, 'pause'
		FROM unnest(run.paused_from) AS p (since)
		UNION ALL
		SELECT 6, p.till, 'resumed', NULL, 'run'
		FROM unnest(run.paused_until) AS p (till)
		WHERE p.till < until
		UNION ALL
		SELECT 4, run.warn_from, 'due_soon', NULL, 'run'
		UNION ALL
		SELECT 5, run.due_at, 'due', NULL, 'run' WHERE run.due_at < until
		UNION ALL
		SELECT 7, until, run.state, run.ended_by, CASE
			WHEN run.ended_at IS NOT NULL THEN 'stop'
			WHEN until < run.paused_until[cardinality(run.paused_until)]
			THEN 'pause' ELSE 'run' END
		) AS s (part, at, word, sign, clock)
	WHERE s.at <= until
$$;
COMMENT ON FUNCTION desk.run_steps(
	desk.promise_run, text[], timestamptz) IS
'what happened to a clock in a run, until its end or now';

CREATE FUNCTION helpline.explain_promise(
	case_ref ietp.case_ref, promise text DEFAULT NULL,
	as_of timestamptz DEFAULT now(), version integer DEFAULT NULL,
	language text DEFAULT 'en')
RETURNS TABLE (of_promise text, call_ref ietp.call_ref, n integer,
	at timestamptz, what text, clock text, elapsed interval,
	allowance interval, due_at timestamptz, basis text)
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED
SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	PERFORM desk.enter('explain_promise');
	PERFORM desk.check_label_language(explain_promise.language);
	PERFORM desk.check_promise(explain_promise.promise);
	PERFORM desk.find_promises(explain_promise.version, 'newest');
	IF explain_promise.case_ref IS NULL THEN
		PERFORM desk.refuse('case_ref', 'missing');
	ELSIF explain_promise.as_of IS NULL THEN
		PERFORM desk.refuse('as_of', 'missing');
	ELSIF NOT isfinite(explain_promise.as_of) THEN
		PERFORM desk.refuse('as_of', 'out_of_range', 'An instant.');
	END IF;
	RETURN QUERY
	SELECT r.promise, r.call_ref, r.n, s.at, desk.label_of(
			explain_promise.language, w.label_en, w.label_zh_hans,
			w.label_zh_hant, w.label_vi)
			|| COALESCE(': ' || desk.sign_label(s.sign,
				explain_promise.language), ''),
		s.clock, desk.run_elapsed(r, s.at, l.time_zone), r.allowance,
		r.due_at, r.basis
	FROM desk.promise_runs(explain_promise.as_of,
		under => explain_promise.version,
		only_case => explain_promise.case_ref,
		only_promise => explain_promise.promise) AS r
	JOIN desk.lines AS l ON l.line = r.line
	JOIN desk.promises AS p ON p.version = r.version
		AND p.promise = r.promise
	CROSS JOIN LATERAL desk.run_steps(r, p.resets,
		LEAST(r.ended_at, explain_promise.as_of)) AS s
	JOIN desk.promise_words AS w ON w.word = s.word
	ORDER BY r.promise, r.call_ref, r.n, r.began_at, r.ended_at, s.at,
		s.part;
END
$$;
COMMENT ON FUNCTION helpline.explain_promise(
	ietp.case_ref, text, timestamptz, integer, text) IS
'what the clock of a promise, or of all, did in a case that the actor may see, step by step until as_of; with a version, what it would have done under that one';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('specialist', 'explain_promise'), ('supervisor', 'explain_promise'),
	('investigator', 'explain_promise'),
	('programme_staff', 'explain_promise'), ('auditor', 'explain_promise');

CREATE FUNCTION helpline.promise_results(
	since date, until date, period text DEFAULT 'month',
	line text DEFAULT NULL, as_of timestamptz DEFAULT now(),
	version integer DEFAULT NULL)
RETURNS TABLE (period_began date, promise text, hit bigint, missed bigint,
	running bigint, running_late bigint, cancelled bigint, unknown bigint,
	percent_hit numeric)
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED
SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	PERFORM desk.enter('promise_results');
	PERFORM desk.find_promises(promise_results.version, 'newest');
	IF since IS NULL OR until IS NULL THEN
		PERFORM desk.refuse(CASE WHEN since IS NULL THEN 'since'
			ELSE 'until' END, 'missing');
	ELSIF NOT isfinite(since) OR NOT isfinite(until) OR until < since THEN
		PERFORM desk.refuse('until', 'out_of_range', 'Not before since.');
	ELSIF promise_results.period IS NULL OR promise_results.period
			NOT IN ('month', 'quarter', 'year') THEN
		PERFORM desk.refuse('period', 'unknown_code',
			'One of month, quarter, year.');
	ELSIF promise_results.as_of IS NULL THEN
		PERFORM desk.refuse('as_of', 'missing');
	ELSIF NOT isfinite(promise_results.as_of) THEN
		PERFORM desk.refuse('as_of', 'out_of_range', 'An instant.');
	END IF;
	PERFORM desk.check_line(promise_results.line);
	-- By asking as of one instant after the other who sees no case could find
	-- when something was done in the only one of a period.
	IF NOT ietp.actor_is('supervisor', 'programme_staff', 'auditor') THEN
		as_of := date_trunc('day', as_of, 'UTC');
	END IF;
	RETURN QUERY
	SELECT g.period_began, g.promise, g.hit, g.missed, g.running,
		g.running_late, g.cancelled, g.unknown, round(100 * g.hit::numeric
			/ NULLIF(g.hit + g.missed + g.running_late, 0), 1)
	FROM (
		SELECT date_trunc(promise_results.period, d.day::timestamp)::date
				AS period_began, r.promise,
			count(*) FILTER (WHERE r.state = 'hit') AS hit,
			count(*) FILTER (WHERE r.state = 'missed') AS missed,
			count(*) FILTER (WHERE r.state IN ('running', 'paused'))
				AS running,
			count(*) FILTER (WHERE r.state = 'running_late')
				AS running_late,
			count(*) FILTER (WHERE r.state = 'cancelled') AS cancelled,
			count(*) FILTER (WHERE r.state = 'unknown') AS unknown
		FROM desk.promise_runs(promise_results.as_of,
			under => promise_results.version,
			only_line => promise_results.line) AS r
		JOIN desk.lines AS l ON l.line = r.line
		CROSS JOIN LATERAL (SELECT timezone(l.time_zone, r.due_at)::date
			AS day) AS d
		WHERE d.day >= since AND d.day < until
		GROUP BY 1, 2) AS g
	ORDER BY g.period_began, g.promise;
END
$$;
COMMENT ON FUNCTION helpline.promise_results(
	date, date, text, text, timestamptz, integer) IS
'how many of the promises that fell due from since to the day before until, at the line, were kept in time; with a version, how many would have been under that one';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('supervisor', 'promise_results'), ('programme_staff', 'promise_results'),
	('analyst', 'promise_results'), ('auditor', 'promise_results');

-- Editing: a copy of a version is edited, and sealed when it has no error.

CREATE FUNCTION helpline.promise_versions()
RETURNS TABLE (version integer, valid_from timestamptz, sealed_at timestamptz,
	sealed_by text, description text, in_force boolean)
LANGUAGE plpgsql STABLE STRICT PARALLEL RESTRICTED SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	PERFORM desk.enter('promise_versions');
	RETURN QUERY
	SELECT v.version, v.valid_from, v.sealed_at, v.sealed_by, v.description,
		v.version = desk.find_promises(NULL, 'in_force')
	FROM desk.promise_versions AS v
	ORDER BY v.version;
END
$$;
COMMENT ON FUNCTION helpline.promise_versions() IS
'all versions of the promises, and which is in force for a case opened now';
INSERT INTO desk.kind_functions (kind, function_name)
SELECT k, 'promise_versions' FROM unnest('{specialist,supervisor,investigator,
	programme_staff,analyst,auditor,administrator}'::ietp.role_kind[]) AS k;

CREATE FUNCTION helpline.promises(
	version integer DEFAULT NULL, language text DEFAULT 'en')
RETURNS TABLE (of_version integer, promise text, label text, country text,
	severity ietp.severity, allowance interval, counts text, calendar text,
	warn_at integer, basis text, subject text, starts text[], stops text[],
	cancels text[], resets text[], pauses text[], resumes text[],
	follows text, revives text[])
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED
SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
DECLARE
	the_version integer;
BEGIN
	PERFORM desk.enter('promises');
	PERFORM desk.check_label_language(promises.language);
	the_version := desk.find_promises(promises.version, 'in_force');
	RETURN QUERY
	SELECT p.version, p.promise, COALESCE(desk.label_of(promises.language,
			p.label_en, p.label_zh_hans, p.label_zh_hant, p.label_vi),
			p.promise),
		t.country, t.severity, t.allowance, t.counts, t.calendar, t.warn_at,
		t.basis, p.subject, p.starts, p.stops, p.cancels, p.resets, p.pauses,
		p.resumes, p.follows, p.revives
	FROM desk.promises AS p
	LEFT JOIN desk.promise_targets AS t ON t.version = p.version
		AND t.promise = p.promise
	WHERE p.version = the_version
	ORDER BY p.promise COLLATE "C", t.country COLLATE "C", t.severity;
END
$$;
COMMENT ON FUNCTION helpline.promises(integer, text) IS
'the promises of a version, NULL the one in force, a row for each target';
INSERT INTO desk.kind_functions (kind, function_name)
SELECT k, 'promises' FROM unnest('{specialist,supervisor,investigator,
	programme_staff,analyst,auditor,administrator}'::ietp.role_kind[]) AS k;

CREATE FUNCTION helpline.draft_promises(
	based_on integer DEFAULT NULL, description text DEFAULT NULL,
	OUT version integer)
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	base integer;
BEGIN
	PERFORM desk.enter('draft_promises');
	base := desk.find_promises(based_on, 'newest');
	-- Whoever edits it is waited for, so that half an edit is not copied.
	PERFORM FROM desk.promise_versions AS v WHERE v.version = base FOR SHARE;
	LOOP
		INSERT INTO desk.promise_versions (version, description)
		SELECT max(v.version) + 1, COALESCE(draft_promises.description, '')
		FROM desk.promise_versions AS v
		-- Waits for whoever is making the same version.
		ON CONFLICT DO NOTHING
		RETURNING promise_versions.version INTO draft_promises.version;
		EXIT WHEN FOUND;
	END LOOP;
	-- What is followed comes first.
	INSERT INTO desk.promises
	SELECT (jsonb_populate_record(p, jsonb_build_object('version',
		draft_promises.version))).*
	FROM desk.promises AS p WHERE p.version = base
	ORDER BY p.follows IS NOT NULL;
	INSERT INTO desk.promise_targets
	SELECT (jsonb_populate_record(t, jsonb_build_object('version',
		draft_promises.version))).*
	FROM desk.promise_targets AS t WHERE t.version = base;
END
$$;
COMMENT ON FUNCTION helpline.draft_promises(integer, text) IS
'makes a draft, the next version of the promises, out of the version based_on (NULL: the newest)';
INSERT INTO desk.kind_functions (kind, function_name)
VALUES ('administrator', 'draft_promises');

CREATE FUNCTION helpline.set_promise(
	version integer, promise text, starts text[], stops text[],
	cancels text[] DEFAULT '{}', resets text[] DEFAULT '{}',
	pauses text[] DEFAULT '{}', resumes text[] DEFAULT '{}',
	follows text DEFAULT NULL, subject text DEFAULT 'case',
	labels jsonb DEFAULT NULL, revives text[] DEFAULT '{}')
RETURNS void
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	entry desk.promises;
	known boolean;
BEGIN
	PERFORM desk.enter('set_promise');
	IF set_promise.version IS NULL THEN
		PERFORM desk.refuse('version', 'missing');
	ELSIF set_promise.promise IS NULL THEN
		PERFORM desk.refuse('promise', 'missing');
	ELSIF set_promise.promise !~ '^[a-z][a-z0-9_]{0,62}$'
			OR set_promise.promise = 'consent' THEN
		PERFORM desk.refuse('promise', 'malformed',
			'Up to 63 lower-case letters, digits and underscores, and not consent.');
	ELSIF set_promise.subject IS NULL OR set_promise.subject
			NOT IN ('case', 'call', 'recommendation') THEN
		PERFORM desk.refuse('subject', 'unknown_code',
			'One of case, call, recommendation.');
	ELSIF set_promise.follows IS NOT NULL AND NOT EXISTS (
			SELECT FROM desk.promises AS p
			WHERE p.version = set_promise.version
			AND p.promise = set_promise.follows) THEN
		PERFORM desk.refuse('follows', 'unknown_code',
			'A promise of that version.');
	END IF;
	PERFORM desk.find_promises(set_promise.version, 'newest');
	SELECT * INTO entry FROM desk.promises AS p
	WHERE p.version = set_promise.version
	AND p.promise = set_promise.promise;
	known := FOUND;
	entry := jsonb_populate_record(entry,
		desk.label_columns(labels, for_workers => false));
	entry.version := set_promise.version;
	entry.promise := set_promise.promise;
	entry.subject := set_promise.subject;
	entry.follows := set_promise.follows;
	entry.starts := COALESCE(desk.check_names('starts', starts), '{}');
	entry.stops := COALESCE(desk.check_names('stops', stops), '{}');
	entry.cancels := COALESCE(desk.check_names('cancels', cancels), '{}');
	entry.resets := COALESCE(desk.check_names('resets', resets), '{}');
	entry.pauses := COALESCE(desk.check_names('pauses', pauses), '{}');
	entry.resumes := COALESCE(desk.check_names('resumes', resumes), '{}');
	entry.revives := COALESCE(desk.check_names('revives', revives), '{}');
	-- A row that is there is updated, so that its targets stay.
	IF known THEN
		UPDATE desk.promises AS p
		SET subject = entry.subject, starts = entry.starts,
			stops = entry.stops, cancels = entry.cancels,
			resets = entry.resets, pauses = entry.pauses,
			resumes = entry.resumes, revives = entry.revives,
			follows = entry.follows,
			label_en = entry.label_en, label_zh_hans = entry.label_zh_hans,
			label_zh_hant = entry.label_zh_hant, label_vi = entry.label_vi
		WHERE p.version = entry.version AND p.promise = entry.promise;
	ELSE
		INSERT INTO desk.promises SELECT entry.*;
	END IF;
END
$$;
COMMENT ON FUNCTION helpline.set_promise(integer, text, text[], text[],
	text[], text[], text[], text[], text, text, jsonb, text[]) IS
'enters a promise into a draft, or changes it: by which signs its clock starts, stops, is cancelled, begins anew, pauses, goes on, and goes on after it was cancelled; labels by language, and what is not named stays. Of a sealed version only labels change';
INSERT INTO desk.kind_functions (kind, function_name)
VALUES ('administrator', 'set_promise');

CREATE FUNCTION helpline.drop_promise(version integer, promise text)
RETURNS void
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	PERFORM desk.enter('drop_promise');
	PERFORM desk.find_promises(drop_promise.version, 'newest');
	IF EXISTS (SELECT FROM desk.promises AS p
			WHERE p.version = drop_promise.version
			AND p.follows = drop_promise.promise) THEN
		PERFORM desk.refuse('promise', 'out_of_range',
			'One that no other follows.');
	END IF;
	DELETE FROM desk.promises AS p
	WHERE p.version = drop_promise.version
	AND p.promise = drop_promise.promise;
	IF NOT FOUND THEN
		PERFORM desk.refuse('promise', CASE WHEN drop_promise.promise IS NULL
			THEN 'missing' ELSE 'unknown_code' END,
			'A promise of that version.');
	END IF;
END
$$;
COMMENT ON FUNCTION helpline.drop_promise(integer, text) IS
'takes a promise out of a draft, with its targets';
INSERT INTO desk.kind_functions (kind, function_name)
VALUES ('administrator', 'drop_promise');

CREATE FUNCTION helpline.set_promise_target(
	version integer, promise text, allowance interval,
	country text DEFAULT NULL, severity text DEFAULT NULL,
	counts text DEFAULT 'calendar_time', calendar text DEFAULT NULL,
	warn_at integer DEFAULT 80, basis text DEFAULT 'own rule')
RETURNS void
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	the_severity ietp.severity;
BEGIN
	PERFORM desk.enter('set_promise_target');
	PERFORM desk.find_promises(set_promise_target.version, 'newest');
	the_severity := desk.enum_of('severity', set_promise_target.severity,
		NULL::ietp.severity);
	IF set_promise_target.version IS NULL THEN
		PERFORM desk.refuse('version', 'missing');
	ELSIF set_promise_target.promise IS NULL OR NOT EXISTS (
			SELECT FROM desk.promises AS p
			WHERE p.version = set_promise_target.version
			AND p.promise = set_promise_target.promise) THEN
		PERFORM desk.refuse('promise', 'unknown_code',
			'A promise of that version.');
	ELSIF set_promise_target.country !~ '^[A-Z]{2}$' THEN
		PERFORM desk.refuse('country', 'malformed',
			'Two capital letters after ISO 3166-1.');
	ELSIF set_promise_target.counts IS NULL OR set_promise_target.counts
			NOT IN ('calendar_time', 'working_days', 'opening_hours') THEN
		PERFORM desk.refuse('counts', 'unknown_code',
			'One of calendar_time, working_days, opening_hours.');
	ELSIF set_promise_target.allowance IS NULL THEN
		PERFORM desk.refuse('allowance', 'missing');
	ELSIF set_promise_target.allowance NOT BETWEEN interval '0'
			AND interval '100 years'
			OR set_promise_target.counts = 'working_days' AND (
				set_promise_target.allowance <> extract(day FROM
					set_promise_target.allowance) * interval '1 day'
				OR extract(day FROM set_promise_target.allowance) = 0)
			OR set_promise_target.counts = 'opening_hours'
			AND num_nonnulls(NULLIF(extract(day FROM
					set_promise_target.allowance), 0),
				NULLIF(extract(month FROM set_promise_target.allowance), 0),
				NULLIF(extract(year FROM set_promise_target.allowance), 0))
				> 0 THEN
		PERFORM desk.refuse('allowance', 'out_of_range',
			'0 to 100 years; working days in whole days, opening hours in hours and less.');
	ELSIF set_promise_target.calendar IS NOT NULL
			AND (set_promise_target.counts = 'calendar_time'
			OR NOT EXISTS (SELECT FROM desk.calendars AS k
				WHERE k.calendar = set_promise_target.calendar)) THEN
		PERFORM desk.refuse('calendar', 'unknown_code',
			'One of helpline.calendars(), and none for calendar_time.');
	ELSIF set_promise_target.warn_at IS NULL
			OR set_promise_target.warn_at NOT BETWEEN 1 AND 100 THEN
		PERFORM desk.refuse('warn_at', 'out_of_range', '1 to 100.');
	ELSIF ietp.nonblank(set_promise_target.basis) IS NULL THEN
		PERFORM desk.refuse('basis', 'missing',
			'The law, standard or custom that says so.');
	END IF;
	DELETE FROM desk.promise_targets AS t
	WHERE t.version = set_promise_target.version
	AND t.promise = set_promise_target.promise
	AND t.country IS NOT DISTINCT FROM set_promise_target.country
	AND t.severity IS NOT DISTINCT FROM the_severity;
	INSERT INTO desk.promise_targets (version, promise, country, severity,
		allowance, counts, calendar, warn_at, basis)
	VALUES (set_promise_target.version, set_promise_target.promise,
		set_promise_target.country, the_severity,
		set_promise_target.allowance, set_promise_target.counts,
		set_promise_target.calendar, set_promise_target.warn_at,
		set_promise_target.basis);
END
$$;
COMMENT ON FUNCTION helpline.set_promise_target(integer, text, interval,
	text, text, text, text, integer, text) IS
'enters into a draft how soon a promise is to be kept in a country, for a severity, or, NULL, in all that have no row of their own';
INSERT INTO desk.kind_functions (kind, function_name)
VALUES ('administrator', 'set_promise_target');

CREATE FUNCTION helpline.drop_promise_target(
	version integer, promise text, country text DEFAULT NULL,
	severity text DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	PERFORM desk.enter('drop_promise_target');
	PERFORM desk.find_promises(drop_promise_target.version, 'newest');
	DELETE FROM desk.promise_targets AS t
	WHERE t.version = drop_promise_target.version
	AND t.promise = drop_promise_target.promise
	AND t.country IS NOT DISTINCT FROM drop_promise_target.country
	AND t.severity IS NOT DISTINCT FROM desk.enum_of('severity',
		drop_promise_target.severity, NULL::ietp.severity);
	IF NOT FOUND THEN
		PERFORM desk.refuse('promise', 'unknown_code',
			'A promise of that version that has such a target.');
	END IF;
END
$$;
COMMENT ON FUNCTION helpline.drop_promise_target(
	integer, text, text, text) IS
'takes out of a draft how soon a promise is to be kept in a country, for a severity';
INSERT INTO desk.kind_functions (kind, function_name)
VALUES ('administrator', 'drop_promise_target');

CREATE FUNCTION desk.promise_problems(version integer)
RETURNS TABLE (level text, problem text, promise text, detail text)
LANGUAGE sql STABLE STRICT PARALLEL RESTRICTED
SET search_path = pg_catalog, ietp, pg_temp
AS $$
	WITH promise AS (
		SELECT p.* FROM desk.promises AS p
		WHERE p.version = promise_problems.version
	), used AS (
		SELECT p.promise, p.subject, s.sign
		FROM promise AS p, unnest(p.starts || p.stops || p.cancels
			|| p.resets || p.pauses || p.resumes || p.revives) AS s (sign)
	)
	SELECT DISTINCT 'error', 'unknown_sign', u.promise, u.sign
	FROM used AS u
	WHERE u.subject = 'case' AND NOT EXISTS (SELECT FROM desk.signs AS g
		WHERE g.sign = u.sign AND g.sign !~ '^(call|recommend)')
	AND NOT EXISTS (SELECT FROM desk.statuses AS s
		WHERE s.lifecycle = 'case' AND 'status:' || s.status = u.sign)
	AND NOT EXISTS (SELECT FROM desk.event_labels AS l
		WHERE 'event:' || l.action = u.sign)
	AND NOT EXISTS (SELECT FROM desk.transitions AS t
		WHERE t.lifecycle = 'case' AND 'event:' || t.action = u.sign)
	UNION ALL
	-- Of these the clock has a start and a stop, and nothing else.
	SELECT DISTINCT 'error', 'unknown_sign', p.promise, p.subject
	FROM promise AS p
	WHERE p.subject = 'call' AND NOT (p.starts
			<@ '{call_missed,call_voicemail,call_callback_due}'
			AND p.stops = '{called_back}')
	OR p.subject = 'recommendation' AND NOT (p.starts = '{recommended}'
		AND p.stops = '{recommendation_verified}')
	OR p.subject <> 'case'
		AND p.cancels || p.resets || p.pauses || p.resumes || p.revives
			<> '{}'
	UNION ALL
	SELECT 'error', 'never_starts', p.promise, NULL FROM promise AS p
	WHERE p.starts || p.resets = '{}'
	UNION ALL
	SELECT 'error', 'never_kept', p.promise, NULL FROM promise AS p
	WHERE p.stops = '{}'
	UNION ALL
	SELECT 'error', 'never_resumed', p.promise, NULL FROM promise AS p
	WHERE p.pauses <> '{}' AND p.resumes = '{}'
	UNION ALL
	-- The runs of both begin at the same time, once.
	SELECT 'error', 'cannot_follow', p.promise, p.follows
	FROM promise AS p
	JOIN promise AS o ON o.promise = p.follows
	WHERE p.starts || o.starts || p.resets || o.resets
		<> '{opened,opened}'
	OR p.subject <> 'case' OR o.follows IS NOT NULL OR o.pauses <> '{}'
	UNION ALL
	SELECT 'error', 'no_target', p.promise, NULL FROM promise AS p
	WHERE NOT EXISTS (SELECT FROM desk.promise_targets AS t
		WHERE t.version = p.version AND t.promise = p.promise)
	UNION ALL
	SELECT 'error', 'unknown_calendar', t.promise, t.calendar
	FROM desk.promise_targets AS t
	WHERE t.version = promise_problems.version AND t.calendar IS NOT NULL
	AND NOT EXISTS (SELECT FROM desk.calendars AS k
		WHERE k.calendar = t.calendar)
	UNION ALL
	SELECT DISTINCT 'warning', 'line_without_calendar', t.promise, l.line
	FROM desk.promise_targets AS t
	JOIN desk.lines AS l ON t.country IS NULL OR t.country = l.country
	WHERE t.version = promise_problems.version AND t.calendar IS NULL
	AND CASE t.counts WHEN 'working_days' THEN l.calendar IS NULL
		WHEN 'opening_hours' THEN l.opening_calendar IS NULL END
	UNION ALL
	SELECT 'warning', 'missing_label', p.promise, m.labels
	FROM promise AS p
	CROSS JOIN LATERAL (SELECT array_to_string(ARRAY[
		CASE WHEN p.label_en IS NULL THEN 'en' END,
		CASE WHEN p.label_zh_hans IS NULL THEN 'zh_hans' END,
		CASE WHEN p.label_zh_hant IS NULL THEN 'zh_hant' END,
		CASE WHEN p.label_vi IS NULL THEN 'vi' END], ', ')) AS m (labels)
	WHERE m.labels <> ''
$$;
COMMENT ON FUNCTION desk.promise_problems(integer) IS
'what promise_check() answers, unordered';

CREATE FUNCTION helpline.promise_check(version integer DEFAULT NULL)
RETURNS TABLE (level text, problem text, promise text, detail text)
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED
SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	PERFORM desk.enter('promise_check');
	RETURN QUERY
	SELECT p.* FROM desk.promise_problems(
		desk.find_promises(promise_check.version, 'newest')) AS p
	ORDER BY p.level COLLATE "C", p.problem COLLATE "C",
		p.promise COLLATE "C", p.detail COLLATE "C";
END
$$;
COMMENT ON FUNCTION helpline.promise_check(integer) IS
'what is wrong with a version of the promises, NULL the newest: an error keeps it from being sealed; no row: nothing is';
INSERT INTO desk.kind_functions (kind, function_name)
SELECT k, 'promise_check' FROM unnest('{supervisor,programme_staff,analyst,
	auditor,administrator}'::ietp.role_kind[]) AS k;

-- Whoever seals a version, by whatever statement, has it proved, and cannot
-- make it count for what has begun already.
CREATE FUNCTION desk.prove_promises()
RETURNS trigger
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
DECLARE
	errors bigint;
	summary text;
BEGIN
	SELECT count(*), string_agg(DISTINCT concat_ws(' ', p.problem, p.promise)
		COLLATE "C", ', ')
	INTO errors, summary
	FROM desk.promise_problems(NEW.version) AS p WHERE p.level = 'error';
	IF errors > 0 THEN
		RAISE EXCEPTION 'the promises have % errors', errors
			USING ERRCODE = 'IE523', COLUMN = 'version', DETAIL = summary,
			HINT = 'SELECT * FROM helpline.promise_check().';
	ELSIF NEW.valid_from < statement_timestamp()
			OR NOT isfinite(NEW.valid_from) THEN
		PERFORM desk.refuse('valid_from', 'out_of_range',
			'Not in the past: what has begun keeps its promises.');
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION desk.prove_promises() IS
'trigger: no version with an error is sealed, and none for the past';
CREATE TRIGGER prove_sealed
AFTER UPDATE ON desk.promise_versions
FOR EACH ROW WHEN (OLD.sealed_at IS NULL AND NEW.sealed_at IS NOT NULL
	AND NOT ietp.applies_changes())
EXECUTE FUNCTION desk.prove_promises();
ALTER TABLE desk.promise_versions ENABLE ALWAYS TRIGGER prove_sealed;

CREATE FUNCTION helpline.seal_promises(
	version integer, valid_from timestamptz DEFAULT NULL,
	OUT sealed_at timestamptz, OUT counts_from timestamptz,
	OUT warnings bigint)
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	the_time timestamptz;
BEGIN
	PERFORM desk.enter('seal_promises');
	PERFORM desk.find_promises(seal_promises.version, 'newest');
	IF seal_promises.version IS NULL THEN
		PERFORM desk.refuse('version', 'missing');
	ELSIF current_setting('transaction_isolation') <> 'read committed' THEN
		RAISE EXCEPTION 'promises are sealed at READ COMMITTED alone'
			USING ERRCODE = 'active_sql_transaction';
	ELSIF EXISTS (SELECT FROM desk.promise_versions AS v
			WHERE v.version <> seal_promises.version
			AND v.valid_from = seal_promises.valid_from) THEN
		PERFORM desk.refuse('valid_from', 'out_of_range',
			'Another version counts from then on.');
	END IF;
	-- Whoever edits it is waited for before the clock is read.
	PERFORM FROM desk.promise_versions AS v
	WHERE v.version = seal_promises.version FOR UPDATE;
	-- What begins from now on, and not what began in this transaction before.
	the_time := clock_timestamp();
	UPDATE desk.promise_versions AS v
	SET valid_from = CASE WHEN seal_promises.valid_from < now()
			THEN seal_promises.valid_from
			ELSE GREATEST(seal_promises.valid_from, the_time) END,
		sealed_at = the_time, sealed_by = ietp.actor()
	WHERE v.version = seal_promises.version
	RETURNING v.sealed_at, v.valid_from
	INTO seal_promises.sealed_at, seal_promises.counts_from;
	SELECT count(*) INTO warnings
	FROM desk.promise_problems(seal_promises.version) AS p
	WHERE p.level = 'warning';
END
$$;
COMMENT ON FUNCTION helpline.seal_promises(integer, timestamptz) IS
'seals a draft, which then never changes and counts for what begins from valid_from on, by default now';
INSERT INTO desk.kind_functions (kind, function_name)
VALUES ('administrator', 'seal_promises');
