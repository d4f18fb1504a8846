-- Remedies: promised, then delivered, then verified, each step by somebody
-- and at a time of its own.

CREATE TABLE desk.remedy_types (
	remedy_type text PRIMARY KEY CHECK (remedy_type ~ '^[a-z][a-z0-9_]*$'),
	label_en text NOT NULL,
	label_zh_hans text NOT NULL,
	label_zh_hant text NOT NULL,
	label_vi text NOT NULL);
COMMENT ON TABLE desk.remedy_types IS
'what a worker may get; a programme may add types and correct labels. The code none says that there is no remedy, and no guard counts it as one';

INSERT INTO desk.remedy_types
	(remedy_type, label_en, label_zh_hans, label_zh_hant, label_vi)
VALUES
	('information', 'Information', '提供信息', '提供資訊',
	 'Cung cấp thông tin'),
	('wages_paid', 'Wages paid', '支付工资', '支付工資', 'Trả lương'),
	('wage_correction', 'Wage calculation corrected', '更正工资计算',
	 '更正工資計算', 'Điều chỉnh cách tính lương'),
	('contract_release', 'Release from the contract', '同意解除合同',
	 '同意解除合約', 'Cho thôi việc theo nguyện vọng'),
	('reinstatement', 'Reinstatement', '恢复工作', '恢復工作',
	 'Nhận trở lại làm việc'),
	('compensation', 'Compensation', '赔偿', '賠償', 'Bồi thường'),
	('insurance_claim', 'Medical or insurance claim', '医疗或保险理赔',
	 '醫療或保險理賠', 'Giải quyết chế độ y tế, bảo hiểm'),
	('apology', 'Apology', '道歉', '道歉', 'Xin lỗi'),
	('documents_returned', 'Documents returned', '归还证件', '歸還證件',
	 'Trả lại giấy tờ'),
	('fee_refund', 'Fees refunded', '退还费用', '退還費用', 'Hoàn trả phí'),
	('leave_granted', 'Leave granted', '准假', '准假', 'Cho nghỉ phép'),
	('hazard_fixed', 'Hazard removed', '消除隐患', '消除隱患',
	 'Khắc phục mối nguy hiểm'),
	('policy_change', 'Policy or procedure changed', '修改制度或流程',
	 '修改制度或流程', 'Thay đổi chính sách, quy trình'),
	('training', 'Training', '培训', '培訓', 'Đào tạo'),
	('discipline_of_perpetrator', 'Perpetrator disciplined', '处分责任人',
	 '處分責任人', 'Kỷ luật người vi phạm'),
	('child_labour_remediation', 'Child labour remediation', '童工补救',
	 '童工補救', 'Khắc phục lao động trẻ em'),
	('mediation_agreement', 'Agreement through mediation', '调解协议',
	 '調解協議', 'Thỏa thuận hòa giải'),
	('referral', 'Referral', '转介', '轉介', 'Chuyển tuyến'),
	('none', 'None', '无', '無', 'Không có');

CREATE TABLE desk.remedies (
	case_ref ietp.case_ref NOT NULL REFERENCES desk.cases,
	n integer NOT NULL CHECK (n > 0),
	cycle integer NOT NULL,
	due_on date CHECK (isfinite(due_on)),
	delivered_on date CHECK (isfinite(delivered_on)),
	promised_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
	verified_at timestamptz,
	verified_through ietp.verified_through,
	remedy_type text NOT NULL REFERENCES desk.remedy_types,
	promised_by_party text NOT NULL DEFAULT 'factory'
		CHECK (promised_by_party IN ('factory', 'authority', 'other')),
	amount numeric CHECK (amount >= 0 AND amount < 1e15),
	currency text CHECK (currency ~ '^[A-Z]{3}$'),
	recorded_by text NOT NULL,
	delivered_recorded_by text,
	verified_by text,
	PRIMARY KEY (case_ref, n),
	CONSTRAINT amount_has_currency
		CHECK ((amount IS NULL) = (currency IS NULL)));
COMMENT ON TABLE desk.remedies IS
'what a worker was promised, had and confirmed; a step that was recorded stays';
COMMENT ON COLUMN desk.remedies.cycle IS
'cycle of the case in which the remedy was promised; stamped, as are the accounts of who recorded each step and the time of the verification';
COMMENT ON COLUMN desk.remedies.due_on IS
'until when it was promised; NULL where no day was named';
COMMENT ON COLUMN desk.remedies.amount IS
'money promised, in currency (ISO 4217); NULL where it is none';

-- For all tables whose rows are completed step by step.  The arguments are
-- the columns of each step: a step is recorded whole, after the one before it
-- and in a statement of its own, and then stays.  AFTER ROW, so that it sees
-- what any other trigger has made of the row.
CREATE FUNCTION desk.enforce_steps()
RETURNS trigger
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
DECLARE
	before jsonb := CASE WHEN TG_OP = 'UPDATE' THEN to_jsonb(OLD) END;
	after jsonb := to_jsonb(NEW);
	-- Of an INSERT those that a step may set and that are set.
	changed text[] := ARRAY(SELECT a.key FROM jsonb_each(after) AS a
		WHERE CASE WHEN TG_OP = 'UPDATE' THEN a.value <> before -> a.key
			ELSE a.value <> 'null' AND EXISTS (
				SELECT FROM unnest(TG_ARGV) AS s (step)
				WHERE a.key = ANY (s.step::text[])) END
		ORDER BY a.key);
	step text[];
BEGIN
	IF changed = '{}' THEN
		RETURN NULL;
	END IF;
	IF TG_OP = 'UPDATE' THEN
		-- Nothing but the first step that was not made yet may be made.
		SELECT s.step::text[] INTO step
		FROM unnest(TG_ARGV) WITH ORDINALITY AS s (step, place)
		WHERE before -> ((s.step::text[])[1]) = 'null'
		ORDER BY s.place LIMIT 1;
		IF changed = ARRAY(SELECT c FROM unnest(step) AS c ORDER BY c) THEN
			RETURN NULL;
		END IF;
	END IF;
	RAISE EXCEPTION 'step of a row of "%" is out of order, or recorded already',
		TG_TABLE_NAME
		USING ERRCODE = 'IE227',
		HINT = 'Each step is recorded once, after the one before it, and stays.';
END
$$;
COMMENT ON FUNCTION desk.enforce_steps() IS
'trigger: a row is completed step by step; arguments: arrays of the columns of each step';

CREATE FUNCTION desk.stamp_remedy()
RETURNS trigger
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	IF TG_OP = 'INSERT' THEN
		-- Written, not only read: whoever resolves the case meanwhile waits,
		-- and then sees this remedy or, with an older snapshot, fails.
		UPDATE desk.cases AS c SET consent_n = c.consent_n
		WHERE c.case_ref = NEW.case_ref RETURNING c.cycle INTO NEW.cycle;
		NEW.promised_at := now();
		NEW.recorded_by := ietp.actor();
	ELSIF OLD.delivered_on IS NULL AND NEW.delivered_on IS NOT NULL THEN
		NEW.delivered_recorded_by := ietp.actor();
	ELSIF OLD.verified_through IS NULL
			AND NEW.verified_through IS NOT NULL THEN
		NEW.verified_at := now();
		NEW.verified_by := ietp.actor();
	END IF;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION desk.stamp_remedy() IS
'trigger: in which cycle a remedy was promised, and who recorded each step';

CREATE TRIGGER append_only
BEFORE DELETE ON desk.remedies
FOR EACH ROW WHEN (NOT ietp.applies_changes())
EXECUTE FUNCTION desk.refuse_rewriting();
CREATE TRIGGER append_only_truncate
BEFORE TRUNCATE ON desk.remedies
FOR EACH STATEMENT WHEN (NOT ietp.applies_changes())
EXECUTE FUNCTION desk.refuse_rewriting();
CREATE TRIGGER zz_stamp
BEFORE INSERT OR UPDATE ON desk.remedies
FOR EACH ROW WHEN (NOT ietp.applies_changes())
EXECUTE FUNCTION desk.stamp_remedy();
CREATE TRIGGER zz_steps
AFTER INSERT OR UPDATE ON desk.remedies
FOR EACH ROW WHEN (NOT ietp.applies_changes())
EXECUTE FUNCTION desk.enforce_steps('{delivered_on,delivered_recorded_by}',
	'{verified_at,verified_through,verified_by}');
ALTER TABLE desk.remedies ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE desk.remedies ENABLE ALWAYS TRIGGER append_only_truncate;
ALTER TABLE desk.remedies ENABLE ALWAYS TRIGGER zz_stamp;
ALTER TABLE desk.remedies ENABLE ALWAYS TRIGGER zz_steps;
CREATE TRIGGER zz_record
AFTER INSERT ON desk.remedies
REFERENCING NEW TABLE AS added FOR EACH STATEMENT
EXECUTE FUNCTION ietp.record_rows('remedy_promised', 'n', 'remedy_type',
	'promised_by_party', 'amount', 'currency', 'due_on');
ALTER TABLE desk.remedies ENABLE ALWAYS TRIGGER zz_record;
CREATE TRIGGER zz_record_step
AFTER UPDATE ON desk.remedies
REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT
EXECUTE FUNCTION ietp.record_rows('remedy_changed', 'n',
	'delivered_on', 'verified_through', 'delivered_on>remedy_delivered',
	'verified_through>remedy_verified');
ALTER TABLE desk.remedies ENABLE ALWAYS TRIGGER zz_record_step;

ALTER TABLE desk.remedies ENABLE ROW LEVEL SECURITY;
ALTER TABLE desk.remedies FORCE ROW LEVEL SECURITY;
CREATE POLICY reading ON desk.remedies FOR SELECT
USING ((SELECT ietp.actor_is('supervisor', 'administrator',
		'programme_staff', 'analyst', 'auditor'))
	OR (SELECT ietp.actor_is('specialist', 'investigator'))
	AND EXISTS (SELECT FROM desk.cases AS c
		WHERE c.case_ref = remedies.case_ref));
CREATE POLICY adding ON desk.remedies FOR INSERT
WITH CHECK ((SELECT ietp.actor_is('supervisor', 'administrator'))
	OR (SELECT ietp.actor_is('specialist', 'investigator'))
	AND EXISTS (SELECT FROM desk.cases AS c
		WHERE c.case_ref = remedies.case_ref));
CREATE POLICY stepping ON desk.remedies FOR UPDATE
USING ((SELECT ietp.actor_is('supervisor', 'administrator'))
	OR (SELECT ietp.actor_is('specialist', 'investigator'))
	AND EXISTS (SELECT FROM desk.cases AS c
		WHERE c.case_ref = remedies.case_ref))
WITH CHECK ((SELECT ietp.actor_is('supervisor', 'administrator'))
	OR (SELECT ietp.actor_is('specialist', 'investigator'))
	AND EXISTS (SELECT FROM desk.cases AS c
		WHERE c.case_ref = remedies.case_ref));

-- A day on which something was done: the line's today by default.
CREATE FUNCTION desk.day_done(
	column_name text, given date, line text, not_before date DEFAULT NULL)
RETURNS date
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED
SET search_path = pg_catalog, ietp, pg_temp
AS $$
DECLARE
	today date := desk.local_day(line, now());
BEGIN
	IF given NOT BETWEEN COALESCE(not_before, '1900-01-01') AND today THEN
		PERFORM desk.refuse(column_name, 'out_of_range',
			'Not after today, and not before the step before it.');
	END IF;
	RETURN COALESCE(given, today);
END
$$;
COMMENT ON FUNCTION desk.day_done(text, date, text, date) IS
'the day, or today at the line where it is NULL; refuses days to come and days too early';

CREATE FUNCTION helpline.promise_remedy(
	case_ref ietp.case_ref, remedy_type text,
	promised_by text DEFAULT 'factory', amount numeric DEFAULT NULL,
	currency text DEFAULT NULL, due_on date DEFAULT NULL,
	retry_key uuid DEFAULT NULL, OUT n integer, OUT repeated boolean)
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	earlier desk.retries;
	the_case desk.cases;
BEGIN
	PERFORM desk.enter('promise_remedy');
	earlier := desk.claim_retry(retry_key, 'promise_remedy',
		hash_record_extended(ROW(promise_remedy.case_ref,
			promise_remedy.remedy_type, promise_remedy.promised_by,
			promise_remedy.amount, promise_remedy.currency,
			promise_remedy.due_on), 0));
	repeated := earlier.retry_key IS NOT NULL;
	IF repeated THEN
		n := earlier.n;
		RETURN;
	END IF;
	the_case := desk.lock_case(promise_remedy.case_ref);
	IF promise_remedy.remedy_type IS NULL THEN
		PERFORM desk.refuse('remedy_type', 'missing');
	ELSIF NOT EXISTS (SELECT FROM desk.remedy_types AS t
			WHERE t.remedy_type = promise_remedy.remedy_type) THEN
		PERFORM desk.refuse('remedy_type', 'unknown_code', 'One of '
			|| (SELECT string_agg(t.remedy_type, ', ' ORDER BY t.remedy_type)
				FROM desk.remedy_types AS t) || '.');
	ELSIF promised_by IS NULL THEN
		PERFORM desk.refuse('promised_by', 'missing');
	ELSIF promised_by NOT IN ('factory', 'authority', 'other') THEN
		PERFORM desk.refuse('promised_by', 'unknown_code',
			'One of factory, authority, other.');
	ELSIF promise_remedy.currency !~ '^[A-Z]{3}$' THEN
		PERFORM desk.refuse('currency', 'malformed',
			'Three capital letters after ISO 4217.');
	ELSIF promise_remedy.amount IS NOT NULL
			AND promise_remedy.currency IS NULL THEN
		PERFORM desk.refuse('currency', 'missing');
	ELSIF promise_remedy.amount IS NULL
			AND promise_remedy.currency IS NOT NULL THEN
		PERFORM desk.refuse('amount', 'missing');
	ELSIF NOT isfinite(promise_remedy.due_on) THEN
		PERFORM desk.refuse('due_on', 'out_of_range', 'A day.');
	END IF;
	PERFORM desk.check_amount('amount', promise_remedy.amount);
	INSERT INTO desk.remedies (case_ref, n, remedy_type, promised_by_party,
		amount, currency, due_on)
	SELECT the_case.case_ref, COALESCE(max(r.n), 0) + 1,
		promise_remedy.remedy_type, promised_by, promise_remedy.amount,
		promise_remedy.currency, promise_remedy.due_on
	FROM desk.remedies AS r WHERE r.case_ref = the_case.case_ref
	RETURNING remedies.n INTO promise_remedy.n;
	PERFORM desk.settle_retry(retry_key, case_ref => the_case.case_ref,
		n => promise_remedy.n);
END
$$;
COMMENT ON FUNCTION helpline.promise_remedy(
	ietp.case_ref, text, text, numeric, text, date, uuid) IS
'records that a remedy was promised by the factory, an authority or another; returns its number within the case';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('specialist', 'promise_remedy'), ('supervisor', 'promise_remedy'),
	('investigator', 'promise_remedy');

CREATE FUNCTION desk.check_remedy(case_ref ietp.case_ref, n integer)
RETURNS void
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	IF n IS NULL THEN
		PERFORM desk.refuse('n', 'missing');
	ELSIF NOT EXISTS (SELECT FROM desk.remedies AS r
			WHERE r.case_ref = check_remedy.case_ref
			AND r.n = check_remedy.n) THEN
		PERFORM desk.refuse('n', 'out_of_range',
			'helpline.case_remedies() lists the remedies.');
	END IF;
END
$$;
COMMENT ON FUNCTION desk.check_remedy(ietp.case_ref, integer) IS
'refuses the number of a remedy that the case does not have';

CREATE FUNCTION helpline.deliver_remedy(
	case_ref ietp.case_ref, n integer, delivered_on date DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	the_case desk.cases;
BEGIN
	PERFORM desk.enter('deliver_remedy');
	the_case := desk.lock_case(deliver_remedy.case_ref);
	PERFORM desk.check_remedy(the_case.case_ref, deliver_remedy.n);
	-- One that is delivered already is found, so that the trigger tells.
	UPDATE desk.remedies AS r
	SET delivered_on = desk.day_done('delivered_on',
			deliver_remedy.delivered_on, the_case.line),
		delivered_recorded_by = NULL
	WHERE r.case_ref = the_case.case_ref AND r.n = deliver_remedy.n;
END
$$;
COMMENT ON FUNCTION helpline.deliver_remedy(ietp.case_ref, integer, date) IS
'records that the worker had a remedy; delivered_on NULL is today at the line';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('specialist', 'deliver_remedy'), ('supervisor', 'deliver_remedy'),
	('investigator', 'deliver_remedy');

CREATE FUNCTION helpline.verify_remedy(
	case_ref ietp.case_ref, n integer, verified_through text)
RETURNS void
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	the_case desk.cases;
	through ietp.verified_through;
BEGIN
	PERFORM desk.enter('verify_remedy');
	the_case := desk.lock_case(verify_remedy.case_ref);
	PERFORM desk.check_remedy(the_case.case_ref, verify_remedy.n);
	through := desk.enum_of('verified_through',
		verify_remedy.verified_through, NULL::ietp.verified_through);
	IF through IS NULL THEN
		PERFORM desk.refuse('verified_through', 'missing');
	END IF;
	UPDATE desk.remedies AS r
	SET verified_through = through, verified_at = NULL
	WHERE r.case_ref = the_case.case_ref AND r.n = verify_remedy.n;
END
$$;
COMMENT ON FUNCTION helpline.verify_remedy(ietp.case_ref, integer, text) IS
'records that a delivery was verified through the worker, evidence or a site visit';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('specialist', 'verify_remedy'), ('supervisor', 'verify_remedy'),
	('investigator', 'verify_remedy');

CREATE FUNCTION helpline.case_remedies(case_ref ietp.case_ref)
RETURNS TABLE (n integer, cycle integer, remedy_type text, promised_by text,
	promised_at timestamptz, due_on date, amount numeric, currency text,
	delivered_on date, verified_at timestamptz,
	verified_through ietp.verified_through, recorded_by text,
	delivered_recorded_by text, verified_by text)
LANGUAGE plpgsql STABLE STRICT PARALLEL RESTRICTED SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	PERFORM desk.enter('case_remedies');
	RETURN QUERY
	SELECT r.n, r.cycle, r.remedy_type, r.promised_by_party, r.promised_at,
		r.due_on, r.amount, r.currency, r.delivered_on, r.verified_at,
		r.verified_through, r.recorded_by, r.delivered_recorded_by,
		r.verified_by
	FROM desk.remedies AS r
	WHERE r.case_ref = case_remedies.case_ref
	ORDER BY r.n;
END
$$;
COMMENT ON FUNCTION helpline.case_remedies(ietp.case_ref) IS
'the remedies of a case that the actor may see, with who recorded each step';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('specialist', 'case_remedies'), ('supervisor', 'case_remedies'),
	('investigator', 'case_remedies'),
	('programme_staff', 'case_remedies'), ('auditor', 'case_remedies');

-- Record guards; see action.sql.  A remedy counts for the cycle in which it was
-- promised: that of an earlier one was not enough.

CREATE FUNCTION desk.remedy_promised(case_ref ietp.case_ref)
RETURNS boolean
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
SET search_path = pg_catalog, ietp, pg_temp
SET enable_seqscan = off
AS $$
BEGIN
	RETURN EXISTS (SELECT FROM desk.remedies AS r
		JOIN desk.cases AS c ON c.case_ref = r.case_ref AND c.cycle = r.cycle
		WHERE r.case_ref = remedy_promised.case_ref
		AND r.remedy_type <> 'none');
END
$$;
COMMENT ON FUNCTION desk.remedy_promised(ietp.case_ref) IS
'guard: a remedy was promised in this cycle';

CREATE FUNCTION desk.remedy_delivered(case_ref ietp.case_ref)
RETURNS boolean
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
SET search_path = pg_catalog, ietp, pg_temp
SET enable_seqscan = off
AS $$
BEGIN
	RETURN (SELECT COALESCE(bool_and(r.delivered_on IS NOT NULL), false)
		FROM desk.remedies AS r
		JOIN desk.cases AS c ON c.case_ref = r.case_ref AND c.cycle = r.cycle
		WHERE r.case_ref = remedy_delivered.case_ref
		AND r.remedy_type <> 'none');
END
$$;
COMMENT ON FUNCTION desk.remedy_delivered(ietp.case_ref) IS
'guard: a remedy was promised in this cycle, and each was delivered';

CREATE FUNCTION desk.remedy_verified(case_ref ietp.case_ref)
RETURNS boolean
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
SET search_path = pg_catalog, ietp, pg_temp
SET enable_seqscan = off
AS $$
BEGIN
	RETURN (SELECT COALESCE(bool_and(r.verified_at IS NOT NULL), false)
		FROM desk.remedies AS r
		JOIN desk.cases AS c ON c.case_ref = r.case_ref AND c.cycle = r.cycle
		WHERE r.case_ref = remedy_verified.case_ref
		AND r.remedy_type <> 'none');
END
$$;
COMMENT ON FUNCTION desk.remedy_verified(ietp.case_ref) IS
'guard: a remedy was promised in this cycle, and the delivery of each was verified';
