-- The consent ledger: what a worker has permitted, for which purpose and to
-- whom, and each disclosure with the entry that permits it.  Nothing in it is
-- changed: a withdrawal, as the approval of an emergency override, is a row
-- that refers to an earlier one.
--
-- Each entry updates the row of its case, and whatever needs a consent locks
-- that row first and looks then.  So the one waits for the other, and at
-- REPEATABLE READ the later one fails with 40001: no disclosure commits after
-- the withdrawal has committed.

CREATE TABLE desk.legal_bases (
	legal_basis text PRIMARY KEY
		CHECK (legal_basis ~ '^[a-z][a-z0-9_]{0,62}$'),
	description text NOT NULL);
COMMENT ON TABLE desk.legal_bases IS
'laws that permit a disclosure without consent in an emergency; a programme adds those of its countries';
INSERT INTO desk.legal_bases (legal_basis, description) VALUES
	('cn_pipl_13_4',
	'China, Personal Information Protection Law, article 13(1)(4): emergency, to protect life, health or property'),
	('gdpr_6_1_d',
	'European Union, Regulation 2016/679, article 6(1)(d): vital interests'),
	('vn_pdpl_emergency',
	'Vietnam, Law 91/2025/QH15: emergency; article to be checked by the programme''s lawyers');

CREATE TABLE desk.disclosure_fields (
	field text PRIMARY KEY CHECK (field ~ '^[a-z][a-z0-9_]{0,62}$'),
	identifies boolean NOT NULL,
	label_en text NOT NULL,
	label_zh_hans text NOT NULL,
	label_zh_hant text NOT NULL,
	label_vi text NOT NULL);
COMMENT ON TABLE desk.disclosure_fields IS
'what may leave the helpline; a programme adds to it';
COMMENT ON COLUMN desk.disclosure_fields.identifies IS
'tells who the worker is, alone or with what the factory knows';
INSERT INTO desk.disclosure_fields (field, identifies, label_en,
	label_zh_hans, label_zh_hant, label_vi)
VALUES
	('worker_name', true, 'Name', '姓名', '姓名', 'Họ tên'),
	('worker_number', true, 'Worker number', '工号', '工號', 'Mã số nhân viên'),
	('phone_number', true, 'Phone number', '电话号码', '電話號碼',
	 'Số điện thoại'),
	('department', true, 'Department', '部门', '部門', 'Bộ phận'),
	('position', true, 'Position', '职位', '職位', 'Chức vụ'),
	('photograph', true, 'Photograph', '照片', '照片', 'Ảnh'),
	('topic', false, 'Topic', '主题', '主題', 'Chủ đề'),
	('allegation', false, 'Allegation', '反映的问题', '反映的問題',
	 'Nội dung phản ánh'),
	('dates', false, 'Dates', '日期', '日期', 'Ngày tháng'),
	('amounts', false, 'Amounts of money', '金额', '金額', 'Số tiền'),
	('workers_affected', false, 'Workers affected', '受影响人数',
	 '受影響人數', 'Số người bị ảnh hưởng'),
	('remedy_asked', false, 'Remedy asked for', '要求的补救', '要求的補救',
	 'Biện pháp khắc phục được yêu cầu');

CREATE TABLE desk.consents (
	case_ref ietp.case_ref NOT NULL REFERENCES desk.cases,
	n integer NOT NULL CHECK (n > 0),
	refers_to integer,
	given_at timestamptz NOT NULL DEFAULT pg_catalog.now()
		CHECK (isfinite(given_at)),
	recorded_at timestamptz NOT NULL,
	entry ietp.consent_entry NOT NULL,
	purpose ietp.consent_purpose NOT NULL,
	recipient_kind ietp.recipient_kind NOT NULL,
	method ietp.consent_method,
	identity_disclosed boolean NOT NULL DEFAULT false,
	digest_key uuid NOT NULL DEFAULT pg_catalog.gen_random_uuid(),
	recipient text CHECK (recipient ~ '^[^[:cntrl:]]{1,128}$'
		AND recipient = btrim(recipient)),
	wording_version text
		CHECK (wording_version ~ '^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$'),
	language text REFERENCES desk.languages,
	legal_basis text REFERENCES desk.legal_bases,
	recorded_by text NOT NULL,
	valid_during tstzrange,
	PRIMARY KEY (case_ref, n),
	FOREIGN KEY (case_ref, refers_to) REFERENCES desk.consents,
	-- One withdrawal of a consent, one approval of a request.
	UNIQUE (case_ref, refers_to),
	CONSTRAINT given_before_recorded CHECK (given_at <= recorded_at),
	CONSTRAINT valid_from_when_given CHECK (valid_during IS NULL
		OR COALESCE(lower(valid_during) BETWEEN given_at AND recorded_at,
			false)),
	CONSTRAINT entry_has_its_columns CHECK (CASE entry
		WHEN 'given' THEN
			num_nulls(wording_version, language, method, valid_during) = 0
			AND num_nonnulls(refers_to, legal_basis) = 0
		WHEN 'withdrawn' THEN
			num_nulls(refers_to, method) = 0
			AND num_nonnulls(legal_basis, valid_during) = 0
		WHEN 'override_requested' THEN
			legal_basis IS NOT NULL
			AND num_nonnulls(refers_to, method, valid_during) = 0
		WHEN 'override_approved' THEN
			num_nulls(refers_to, legal_basis, valid_during) = 0
			AND method IS NULL AND NOT upper_inf(valid_during)
			AND isfinite(upper(valid_during)) END),
	CONSTRAINT recipient_is_named CHECK (recipient IS NOT NULL
		OR purpose IN ('statistics', 'story', 'recording', 'call_back')),
	CONSTRAINT purpose_has_its_recipient CHECK (CASE purpose
		WHEN 'contact_factory' THEN recipient_kind = 'factory'
		WHEN 'buyer_insight' THEN recipient_kind = 'buyer'
		ELSE true END),
	CONSTRAINT sharing_identity_discloses_it CHECK (identity_disclosed
		OR purpose <> 'share_identity' OR entry = 'withdrawn'));
COMMENT ON TABLE desk.consents IS
'ledger of what workers have permitted and withdrawn, and of emergency overrides; rows are only added';
COMMENT ON COLUMN desk.consents.refers_to IS
'entry that is withdrawn, or request that is approved';
COMMENT ON COLUMN desk.consents.given_at IS
'when the worker gave or withdrew it; of an override, when it was requested or approved';
COMMENT ON COLUMN desk.consents.digest_key IS
'key of the digest by which the history knows the row; random';
COMMENT ON COLUMN desk.consents.recorded_at IS
'stamped, as recorded_by is';
COMMENT ON COLUMN desk.consents.recipient IS
'code of the factory or buyer, else a name; NULL: no recipient outside';
COMMENT ON COLUMN desk.consents.identity_disclosed IS
'may the recipient learn who the worker is?';
COMMENT ON COLUMN desk.consents.wording_version IS
'version of the text that was read to the worker';
COMMENT ON COLUMN desk.consents.valid_during IS
'what may be disclosed until it is withdrawn; no upper bound: until then';

CREATE TABLE desk.disclosures (
	case_ref ietp.case_ref NOT NULL REFERENCES desk.cases,
	n integer NOT NULL CHECK (n > 0),
	consent_n integer NOT NULL,
	occurred_at timestamptz NOT NULL DEFAULT pg_catalog.now()
		CHECK (isfinite(occurred_at)),
	recorded_at timestamptz NOT NULL,
	purpose ietp.consent_purpose NOT NULL,
	recipient_kind ietp.recipient_kind NOT NULL,
	digest_key uuid NOT NULL DEFAULT pg_catalog.gen_random_uuid(),
	recipient text,
	fields text[] NOT NULL CHECK (cardinality(fields) > 0),
	recorded_by text NOT NULL,
	PRIMARY KEY (case_ref, n),
	FOREIGN KEY (case_ref, consent_n) REFERENCES desk.consents,
	CONSTRAINT occurred_before_recorded CHECK (occurred_at <= recorded_at));
COMMENT ON TABLE desk.disclosures IS
'what was told to whom outside, each with the entry of the consent ledger that permits it; rows are only added';
COMMENT ON COLUMN desk.disclosures.digest_key IS
'key of the digest by which the history knows the row; random';
COMMENT ON COLUMN desk.disclosures.fields IS
'codes of desk.disclosure_fields: what was told, not its content';

CREATE TRIGGER append_only
BEFORE UPDATE OR DELETE ON desk.consents
FOR EACH ROW WHEN (NOT ietp.applies_changes())
EXECUTE FUNCTION desk.refuse_rewriting();
CREATE TRIGGER append_only_truncate
BEFORE TRUNCATE ON desk.consents
FOR EACH STATEMENT WHEN (NOT ietp.applies_changes())
EXECUTE FUNCTION desk.refuse_rewriting();
ALTER TABLE desk.consents ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE desk.consents ENABLE ALWAYS TRIGGER append_only_truncate;
CREATE TRIGGER append_only
BEFORE UPDATE OR DELETE ON desk.disclosures
FOR EACH ROW WHEN (NOT ietp.applies_changes())
EXECUTE FUNCTION desk.refuse_rewriting();
CREATE TRIGGER append_only_truncate
BEFORE TRUNCATE ON desk.disclosures
FOR EACH STATEMENT WHEN (NOT ietp.applies_changes())
EXECUTE FUNCTION desk.refuse_rewriting();
ALTER TABLE desk.disclosures ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE desk.disclosures ENABLE ALWAYS TRIGGER append_only_truncate;

ALTER TABLE desk.consents ENABLE ROW LEVEL SECURITY;
ALTER TABLE desk.consents FORCE ROW LEVEL SECURITY;
CREATE POLICY reading ON desk.consents FOR SELECT
USING ((SELECT ietp.actor_is('supervisor', 'administrator',
		'programme_staff', 'analyst', 'auditor'))
	OR (SELECT ietp.actor_is('specialist', 'investigator'))
	AND EXISTS (SELECT FROM desk.cases AS c
		WHERE c.case_ref = consents.case_ref));
CREATE POLICY adding ON desk.consents FOR INSERT
WITH CHECK ((SELECT ietp.actor_is('supervisor', 'administrator'))
	OR (SELECT ietp.actor_is('specialist', 'investigator'))
	AND EXISTS (SELECT FROM desk.cases AS c
		WHERE c.case_ref = consents.case_ref));

ALTER TABLE desk.disclosures ENABLE ROW LEVEL SECURITY;
ALTER TABLE desk.disclosures FORCE ROW LEVEL SECURITY;
CREATE POLICY reading ON desk.disclosures FOR SELECT
USING ((SELECT ietp.actor_is('supervisor', 'administrator',
		'programme_staff', 'analyst', 'auditor'))
	OR (SELECT ietp.actor_is('specialist', 'investigator'))
	AND EXISTS (SELECT FROM desk.cases AS c
		WHERE c.case_ref = disclosures.case_ref));
CREATE POLICY adding ON desk.disclosures FOR INSERT
WITH CHECK ((SELECT ietp.actor_is('supervisor', 'administrator'))
	OR (SELECT ietp.actor_is('specialist', 'investigator'))
	AND EXISTS (SELECT FROM desk.cases AS c
		WHERE c.case_ref = disclosures.case_ref));

-- What is in force

-- These read by the snapshot of the statement that calls them.  Callers in
-- plpgsql that are VOLATILE take a new one for each statement: at READ
-- COMMITTED they see what was committed while they waited for the case.
CREATE FUNCTION desk.in_force(the_entry desk.consents)
RETURNS boolean
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED
SET search_path = pg_catalog, ietp, pg_temp
SET enable_seqscan = off
AS $$
BEGIN
	RETURN the_entry.entry IN ('given', 'override_approved')
		AND the_entry.valid_during @> clock_timestamp()
		AND NOT EXISTS (SELECT FROM desk.consents AS w
			WHERE w.case_ref = the_entry.case_ref
			AND w.refers_to = the_entry.n);
END
$$;
COMMENT ON FUNCTION desk.in_force(desk.consents) IS
'does the entry permit anything right now? Only a consent or an approved override does, in its time and not withdrawn';

CREATE FUNCTION desk.covering_entry(
	case_ref ietp.case_ref, purpose ietp.consent_purpose,
	recipient_kind ietp.recipient_kind DEFAULT NULL,
	recipient text DEFAULT NULL, identity_disclosed boolean DEFAULT false)
RETURNS integer
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED
SET search_path = pg_catalog, ietp, pg_temp
SET enable_seqscan = off
AS $$
BEGIN
	RETURN (
		SELECT c.n FROM desk.consents AS c
		WHERE c.case_ref = covering_entry.case_ref
		AND c.purpose = covering_entry.purpose
		AND (covering_entry.recipient_kind IS NULL
			OR c.recipient_kind = covering_entry.recipient_kind
			AND c.recipient IS NOT DISTINCT FROM covering_entry.recipient)
		AND (c.identity_disclosed OR NOT covering_entry.identity_disclosed)
		AND desk.in_force(c)
		-- What the worker permitted comes before an override.
		ORDER BY c.entry, c.n DESC LIMIT 1);
END
$$;
COMMENT ON FUNCTION desk.covering_entry(ietp.case_ref, ietp.consent_purpose,
	ietp.recipient_kind, text, boolean) IS
'number of the entry in force for the purpose and recipient, NULL where there is none; recipient_kind NULL: for any recipient';

CREATE FUNCTION desk.consent_in_force(
	the_case desk.cases, purpose ietp.consent_purpose)
RETURNS integer
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	IF purpose <> 'contact_factory' THEN
		RETURN desk.covering_entry(the_case.case_ref, purpose);
	END IF;
	-- A case without a factory has none that might be contacted: every such
	-- consent names one.
	RETURN desk.covering_entry(the_case.case_ref, purpose, 'factory',
		the_case.factory);
END
$$;
COMMENT ON FUNCTION desk.consent_in_force(
	desk.cases, ietp.consent_purpose) IS
'number of the entry in force for the purpose - for contact_factory with the case''s own factory, else with any recipient - or NULL';

-- VOLATILE, as the judge of cases calls it with the snapshot of an UPDATE that
-- may have waited.
CREATE FUNCTION desk.has_consent(case_ref ietp.case_ref, purpose text)
RETURNS boolean
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
SET search_path = pg_catalog, ietp, pg_temp
SET enable_seqscan = off
AS $$
DECLARE
	the_case desk.cases;
BEGIN
	SELECT * INTO the_case FROM desk.cases AS c
	WHERE c.case_ref = has_consent.case_ref;
	RETURN desk.consent_in_force(the_case,
		ietp.try_enum(purpose, NULL::ietp.consent_purpose)) IS NOT NULL;
END
$$;
COMMENT ON FUNCTION desk.has_consent(ietp.case_ref, text) IS
'guard of transitions: is a consent or an override for the purpose in force? false for what is no purpose';

CREATE FUNCTION desk.consent_used(
	case_ref ietp.case_ref, purpose text, factory text)
RETURNS integer
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
SET search_path = pg_catalog, ietp, pg_temp
SET enable_seqscan = off
AS $$
DECLARE
	the_case desk.cases;
BEGIN
	-- As it will be, not as the table has it.
	the_case.case_ref := consent_used.case_ref;
	the_case.factory := consent_used.factory;
	RETURN desk.consent_in_force(the_case,
		ietp.try_enum(purpose, NULL::ietp.consent_purpose));
END
$$;
COMMENT ON FUNCTION desk.consent_used(ietp.case_ref, text, text) IS
'number of the entry in force that a move of the case, with this factory, uses; NULL where there is none';

CREATE FUNCTION desk.refuse_without_consent(
	purpose ietp.consent_purpose, column_name text)
RETURNS void
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL SAFE
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	RAISE EXCEPTION 'the worker has not permitted to %', CASE purpose
			WHEN 'contact_factory' THEN 'contact the factory'
			WHEN 'share_identity' THEN 'share the identity'
			WHEN 'refer' THEN 'refer the case'
			WHEN 'buyer_insight' THEN 'inform the buyer'
			WHEN 'statistics' THEN 'use the case for statistics'
			WHEN 'story' THEN 'tell the story'
			WHEN 'recording' THEN 'record'
			WHEN 'call_back' THEN 'call back' END
		USING ERRCODE = 'IE203', COLUMN = column_name,
		HINT = 'Ask, then helpline.record_consent() for the purpose and recipient.';
END
$$;
COMMENT ON FUNCTION desk.refuse_without_consent(
	ietp.consent_purpose, text) IS
'raises the error for what needs a consent that is not in force';

CREATE FUNCTION desk.purpose_of(purpose text)
RETURNS ietp.consent_purpose
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL SAFE
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	IF purpose IS NULL THEN
		PERFORM desk.refuse('purpose', 'missing');
	END IF;
	RETURN desk.enum_of('purpose', purpose, NULL::ietp.consent_purpose);
END
$$;
COMMENT ON FUNCTION desk.purpose_of(text) IS
'the purpose of a consent; refuses what is none';

CREATE FUNCTION desk.require_consent(the_case desk.cases, purpose text)
RETURNS void
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED
SET search_path = pg_catalog, ietp, pg_temp
AS $$
DECLARE
	the_purpose ietp.consent_purpose := desk.purpose_of(purpose);
BEGIN
	IF desk.consent_in_force(the_case, the_purpose) IS NULL THEN
		PERFORM desk.refuse_without_consent(the_purpose, 'kind');
	END IF;
END
$$;
COMMENT ON FUNCTION desk.require_consent(desk.cases, text) IS
'fails unless a consent or an override for the purpose is in force; the caller has locked the case';

CREATE FUNCTION desk.identifies(fields text[])
RETURNS boolean
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	IF fields IS NULL OR cardinality(fields) = 0 THEN
		PERFORM desk.refuse('fields', 'missing', 'What is told.');
	ELSIF EXISTS (SELECT FROM unnest(fields) AS u (field)
			LEFT JOIN desk.disclosure_fields AS d ON d.field = u.field
			WHERE d.field IS NULL) THEN
		PERFORM desk.refuse('fields', 'unknown_code', 'Some of '
			|| (SELECT string_agg(d.field, ', ' ORDER BY d.field COLLATE "C")
				FROM desk.disclosure_fields AS d) || '.');
	END IF;
	RETURN EXISTS (SELECT FROM desk.disclosure_fields AS d
		WHERE d.field = ANY (fields) AND d.identifies);
END
$$;
COMMENT ON FUNCTION desk.identifies(text[]) IS
'does one of the fields tell who the worker is? Refuses unknown fields';

-- Whoever asks a worker for permission names the buyer.
CREATE POLICY consent ON desk.buyers FOR SELECT
USING ((SELECT ietp.actor_is('specialist', 'investigator')));

CREATE FUNCTION desk.check_recipient(
	recipient_kind ietp.recipient_kind, recipient text)
RETURNS void
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	IF recipient_kind = 'factory' AND NOT EXISTS (
			SELECT FROM desk.factories AS f WHERE f.factory = recipient) THEN
		PERFORM desk.refuse('recipient', 'unknown_code',
			'The code of a factory.');
	ELSIF recipient_kind = 'buyer' AND NOT EXISTS (
			SELECT FROM desk.buyers AS b WHERE b.buyer = recipient) THEN
		PERFORM desk.refuse('recipient', 'unknown_code',
			'The code of a buyer.');
	ELSIF recipient !~ '^[^[:cntrl:]]{1,128}$'
			OR btrim(recipient) <> recipient THEN
		PERFORM desk.refuse('recipient', 'malformed',
			'1 to 128 characters, no blanks around them.');
	END IF;
END
$$;
COMMENT ON FUNCTION desk.check_recipient(ietp.recipient_kind, text) IS
'refuses factories and buyers that are not known, and names that are none';

CREATE FUNCTION desk.check_legal_basis(legal_basis text)
RETURNS void
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	IF legal_basis IS NULL THEN
		PERFORM desk.refuse('legal_basis', 'missing');
	ELSIF NOT EXISTS (SELECT FROM desk.legal_bases AS b
			WHERE b.legal_basis = check_legal_basis.legal_basis) THEN
		PERFORM desk.refuse('legal_basis', 'unknown_code', 'One of '
			|| (SELECT string_agg(b.legal_basis, ', '
					ORDER BY b.legal_basis COLLATE "C")
				FROM desk.legal_bases AS b) || '.');
	END IF;
END
$$;
COMMENT ON FUNCTION desk.check_legal_basis(text) IS
'refuses what is no row of desk.legal_bases';

-- The arguments that say to whom, as three functions take them.
CREATE FUNCTION desk.recipient_of(
	the_case desk.cases, purpose ietp.consent_purpose,
	INOUT recipient_kind ietp.recipient_kind, INOUT recipient text)
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	IF recipient_kind IS NULL THEN
		recipient_kind := CASE
			WHEN purpose IN ('contact_factory', 'share_identity')
				THEN 'factory'
			WHEN purpose = 'buyer_insight' THEN 'buyer'
			WHEN purpose <> 'refer' THEN 'programme' END;
	END IF;
	IF recipient_kind = 'factory' THEN
		recipient := COALESCE(recipient, the_case.factory);
	END IF;
	IF recipient_kind IS NULL THEN
		PERFORM desk.refuse('recipient_kind', 'missing', 'One of '
			|| array_to_string(enum_range(recipient_kind), ', ') || '.');
	ELSIF purpose = 'contact_factory' AND recipient_kind <> 'factory' THEN
		PERFORM desk.refuse('recipient_kind', 'out_of_range',
			'factory, for this purpose.');
	ELSIF purpose = 'buyer_insight' AND recipient_kind <> 'buyer' THEN
		PERFORM desk.refuse('recipient_kind', 'out_of_range',
			'buyer, for this purpose.');
	ELSIF recipient IS NULL AND (recipient_kind IN ('factory', 'buyer')
			OR purpose IN ('share_identity', 'refer')) THEN
		PERFORM desk.refuse('recipient', 'missing',
			'To whom; a case that has a factory gives that one.');
	END IF;
	PERFORM desk.check_recipient(recipient_kind, recipient);
END
$$;
COMMENT ON FUNCTION desk.recipient_of(desk.cases, ietp.consent_purpose,
	ietp.recipient_kind, text) IS
'completes kind and recipient: NULL means the case''s factory for contact_factory and share_identity, a buyer for buyer_insight, the programme where no recipient is needed; refuses what does not fit the purpose';

-- The judges, on every path

-- The first part, before: locks the case, so that entries of one case are made
-- one after the other, and stamps.  The second part, after, sees the row as
-- every other trigger left it.
CREATE FUNCTION desk.stamp_consent()
RETURNS trigger
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
SET enable_seqscan = off
AS $$
DECLARE
	earlier desk.consents;
BEGIN
	PERFORM desk.lock_case(NEW.case_ref, must_be_open => false);
	IF NEW.n IS NULL THEN
		SELECT COALESCE(max(c.n), 0) + 1 INTO NEW.n
		FROM desk.consents AS c WHERE c.case_ref = NEW.case_ref;
	END IF;
	NEW.recorded_at := clock_timestamp();
	NEW.recorded_by := ietp.actor();
	IF NEW.refers_to IS NOT NULL THEN
		SELECT * INTO earlier FROM desk.consents AS c
		WHERE c.case_ref = NEW.case_ref AND c.n = NEW.refers_to;
		NEW.purpose := COALESCE(NEW.purpose, earlier.purpose);
		NEW.recipient_kind := COALESCE(NEW.recipient_kind,
			earlier.recipient_kind);
		NEW.recipient := COALESCE(NEW.recipient, earlier.recipient);
		IF NEW.entry = 'override_approved' THEN
			NEW.legal_basis := COALESCE(NEW.legal_basis, earlier.legal_basis);
		END IF;
	END IF;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION desk.stamp_consent() IS
'trigger: locks the case, says when and by whom an entry was recorded, numbers it where n is NULL, and takes over what it does not say from the entry that it refers to';

CREATE FUNCTION desk.judge_second_entry(
	later desk.consents, earlier desk.consents)
RETURNS void
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	IF (later.purpose, later.recipient_kind, later.recipient)
			IS DISTINCT FROM (earlier.purpose, earlier.recipient_kind,
				earlier.recipient)
			OR (later.entry = 'withdrawn'
				AND earlier.entry IN ('given', 'override_approved')
				OR later.entry = 'override_approved'
				AND earlier.entry = 'override_requested'
				AND earlier.identity_disclosed = later.identity_disclosed
				AND earlier.legal_basis = later.legal_basis) IS NOT TRUE THEN
		RAISE EXCEPTION 'the entry does not follow the one that it refers to'
			USING ERRCODE = 'IE227', COLUMN = 'refers_to',
			HINT = 'A consent or approved override is withdrawn, a request for an override approved, each as it was.';
	ELSIF later.entry = 'withdrawn' THEN
		RETURN;
	ELSIF ietp.actor_may_be(earlier.recorded_by) THEN
		RAISE EXCEPTION 'an override needs a second person'
			USING ERRCODE = 'IE217', COLUMN = 'refers_to',
			HINT = 'Somebody else than who requested it approves it.';
	ELSIF clock_timestamp() > earlier.recorded_at + interval '24 hours' THEN
		RAISE EXCEPTION 'the request for an override is older than 24 hours'
			USING ERRCODE = 'IE219', COLUMN = 'refers_to',
			HINT = 'Request it again: request_override().';
	ELSIF lower(later.valid_during) < now()
			OR upper(later.valid_during)
				> lower(later.valid_during) + interval '72 hours' THEN
		PERFORM desk.refuse('valid_during', 'out_of_range',
			'From now on, and for 72 hours at most.');
	END IF;
END
$$;
COMMENT ON FUNCTION desk.judge_second_entry(desk.consents, desk.consents) IS
'fails unless a withdrawal or approval, the first argument, may follow the earlier entry';

CREATE FUNCTION desk.status_without_consent(the_case desk.cases)
RETURNS text
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	IF desk.consent_in_force(the_case, 'contact_factory') IS NULL THEN
		RETURN ietp.transition_target('case', the_case.lifecycle_version,
			the_case.status, 'consent_withdrawn', NULL);
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION desk.status_without_consent(desk.cases) IS
'status to which the case goes back when its factory may no longer be contacted; NULL where it may, or the case is in no contact';

-- The judge of cases may refuse, as for a duplicate, or by guards that a
-- programme added.  Then the case stays where it is, but the withdrawal
-- stands: class IE is every refusal of ours.
CREATE FUNCTION desk.move_back(case_ref ietp.case_ref, next_status text)
RETURNS void
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	UPDATE desk.cases AS c SET status = next_status, status_reason = NULL
	WHERE c.case_ref = move_back.case_ref AND next_status IS NOT NULL;
EXCEPTION WHEN SQLSTATE 'IE000' THEN
	NULL;
END
$$;
COMMENT ON FUNCTION desk.move_back(ietp.case_ref, text) IS
'moves a case whose factory may no longer be contacted, if its rules let it; next_status NULL moves nothing';

CREATE FUNCTION desk.judge_consent()
RETURNS trigger
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
SET enable_seqscan = off
AS $$
DECLARE
	earlier desk.consents;
BEGIN
	PERFORM desk.lock_case(NEW.case_ref, must_be_open => false);
	IF NEW.recorded_by <> ietp.actor() THEN
		RAISE EXCEPTION 'recorded_by must name who records the entry'
			USING ERRCODE = 'IE226', COLUMN = 'recorded_by';
	ELSIF NEW.entry IN ('given', 'override_requested') THEN
		PERFORM desk.check_recipient(NEW.recipient_kind, NEW.recipient);
		-- In replica mode no foreign key is looked at.
		IF NEW.legal_basis IS NOT NULL THEN
			PERFORM desk.check_legal_basis(NEW.legal_basis);
		END IF;
	ELSE
		SELECT * INTO earlier FROM desk.consents AS c
		WHERE c.case_ref = NEW.case_ref AND c.n = NEW.refers_to;
		PERFORM desk.judge_second_entry(NEW, earlier);
	END IF;
	UPDATE desk.cases AS c SET consent_n = GREATEST(c.consent_n, NEW.n)
	WHERE c.case_ref = NEW.case_ref;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION desk.judge_consent() IS
'trigger: refuses entries that may not be made, and marks the case';

CREATE FUNCTION desk.move_back_withdrawn()
RETURNS trigger
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
SET enable_seqscan = off
AS $$
DECLARE
	the_case desk.cases;
BEGIN
	IF ietp.applies_changes() THEN
		RETURN NULL;
	END IF;
	FOR the_case IN
		SELECT c.* FROM desk.cases AS c WHERE c.case_ref IN (
			SELECT a.case_ref FROM added AS a
			WHERE a.entry = 'withdrawn' AND a.purpose = 'contact_factory')
	LOOP
		PERFORM desk.move_back(the_case.case_ref,
			desk.status_without_consent(the_case));
	END LOOP;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION desk.move_back_withdrawn() IS
'trigger: moves a case back when a withdrawal left no consent to contact its factory';

CREATE TRIGGER zz_stamp
BEFORE INSERT ON desk.consents
FOR EACH ROW WHEN (NOT ietp.applies_changes())
EXECUTE FUNCTION desk.stamp_consent();
ALTER TABLE desk.consents ENABLE ALWAYS TRIGGER zz_stamp;
CREATE TRIGGER zz_judge
AFTER INSERT ON desk.consents
FOR EACH ROW WHEN (NOT ietp.applies_changes())
EXECUTE FUNCTION desk.judge_consent();
ALTER TABLE desk.consents ENABLE ALWAYS TRIGGER zz_judge;
CREATE TRIGGER zz_record
AFTER INSERT ON desk.consents
REFERENCING NEW TABLE AS added FOR EACH STATEMENT
EXECUTE FUNCTION ietp.record_rows('consent_given', 'n', 'entry',
	'purpose', 'recipient_kind', 'identity_disclosed', 'refers_to',
	'legal_basis', 'entry=withdrawn>consent_withdrawn',
	'entry=override_requested>override_requested',
	'entry=override_approved>override_approved');
ALTER TABLE desk.consents ENABLE ALWAYS TRIGGER zz_record;
-- After the withdrawal is in the history: the case goes back because of it.
CREATE TRIGGER zzz_move_back
AFTER INSERT ON desk.consents
REFERENCING NEW TABLE AS added FOR EACH STATEMENT
EXECUTE FUNCTION desk.move_back_withdrawn();
ALTER TABLE desk.consents ENABLE ALWAYS TRIGGER zzz_move_back;

CREATE FUNCTION desk.stamp_disclosure()
RETURNS trigger
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
SET enable_seqscan = off
AS $$
BEGIN
	PERFORM desk.lock_case(NEW.case_ref, must_be_open => false);
	IF NEW.n IS NULL THEN
		SELECT COALESCE(max(d.n), 0) + 1 INTO NEW.n
		FROM desk.disclosures AS d WHERE d.case_ref = NEW.case_ref;
	END IF;
	NEW.recorded_at := clock_timestamp();
	NEW.recorded_by := ietp.actor();
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION desk.stamp_disclosure() IS
'trigger: locks the case, says when and by whom a disclosure was recorded, and numbers it where n is NULL';

CREATE FUNCTION desk.judge_disclosure()
RETURNS trigger
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
SET enable_seqscan = off
AS $$
DECLARE
	used desk.consents;
	lacking text;
BEGIN
	PERFORM desk.lock_case(NEW.case_ref, must_be_open => false);
	SELECT * INTO used FROM desk.consents AS c
	WHERE c.case_ref = NEW.case_ref AND c.n = NEW.consent_n;
	lacking := CASE
		WHEN NOT FOUND THEN 'there is no such consent'
		WHEN desk.in_force(used) IS NOT TRUE THEN
			'the consent is not in force'
		WHEN used.purpose <> NEW.purpose THEN
			'the consent is for another purpose'
		WHEN (used.recipient_kind, used.recipient)
				IS DISTINCT FROM (NEW.recipient_kind, NEW.recipient) THEN
			'the consent is for another recipient'
		WHEN desk.identifies(NEW.fields) AND NOT used.identity_disclosed THEN
			'the consent does not permit to tell who the worker is'
		-- What happens in this transaction happens now, though now() may be
		-- a little before a consent for which it waited.
		WHEN NEW.occurred_at < now()
				AND NOT used.valid_during @> NEW.occurred_at THEN
			'the consent was not yet in force' END;
	IF lacking IS NOT NULL THEN
		RAISE EXCEPTION '%', lacking
			USING ERRCODE = 'IE203', COLUMN = 'consent_n',
			HINT = 'Ask, then helpline.record_consent() for the purpose and recipient.';
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION desk.judge_disclosure() IS
'trigger: refuses disclosures that the entry of the ledger which they name does not permit right now';

CREATE TRIGGER zz_stamp
BEFORE INSERT ON desk.disclosures
FOR EACH ROW WHEN (NOT ietp.applies_changes())
EXECUTE FUNCTION desk.stamp_disclosure();
ALTER TABLE desk.disclosures ENABLE ALWAYS TRIGGER zz_stamp;
CREATE TRIGGER zz_judge
AFTER INSERT ON desk.disclosures
FOR EACH ROW WHEN (NOT ietp.applies_changes())
EXECUTE FUNCTION desk.judge_disclosure();
ALTER TABLE desk.disclosures ENABLE ALWAYS TRIGGER zz_judge;
CREATE TRIGGER zz_record
AFTER INSERT ON desk.disclosures
REFERENCING NEW TABLE AS added FOR EACH STATEMENT
EXECUTE FUNCTION ietp.record_rows('disclosed', 'n', 'purpose',
	'recipient_kind', 'fields');
ALTER TABLE desk.disclosures ENABLE ALWAYS TRIGGER zz_record;

-- The counter

CREATE FUNCTION helpline.record_consent(
	case_ref ietp.case_ref, purpose text, recipient_kind text DEFAULT NULL,
	recipient text DEFAULT NULL, identity_disclosed boolean DEFAULT false,
	wording_version text DEFAULT NULL, language text DEFAULT NULL,
	method text DEFAULT 'spoken', given_at timestamptz DEFAULT now(),
	valid_until timestamptz DEFAULT NULL, retry_key uuid DEFAULT NULL,
	OUT n integer, OUT repeated boolean)
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	earlier desk.retries;
	the_case desk.cases;
	the_purpose ietp.consent_purpose;
	the_method ietp.consent_method;
	the_language text;
	receiver record;
BEGIN
	PERFORM desk.enter('record_consent');
	earlier := desk.claim_retry(retry_key, 'record_consent',
		hash_record_extended(ROW(record_consent.case_ref,
			record_consent.purpose, record_consent.recipient_kind,
			record_consent.recipient, record_consent.identity_disclosed,
			record_consent.wording_version, record_consent.language,
			record_consent.method, valid_until), 0));
	repeated := earlier.retry_key IS NOT NULL;
	IF repeated THEN
		n := earlier.n;
		RETURN;
	END IF;
	the_case := desk.lock_case(record_consent.case_ref,
		must_be_open => false);
	the_purpose := desk.purpose_of(record_consent.purpose);
	the_method := desk.enum_of('method', record_consent.method,
		NULL::ietp.consent_method);
	the_language := COALESCE(record_consent.language, the_case.language);
	-- Nothing is assumed of what the worker did not say.
	IF record_consent.recipient_kind IS NULL
			AND the_purpose IN ('share_identity', 'refer',
				'buyer_insight') THEN
		PERFORM desk.refuse('recipient_kind', 'missing',
			'To whom the worker permits it.');
	ELSIF record_consent.wording_version IS NULL THEN
		PERFORM desk.refuse('wording_version', 'missing',
			'Version of the text that was read to the worker.');
	ELSIF ietp.try_code(record_consent.wording_version)
			IS DISTINCT FROM record_consent.wording_version THEN
		PERFORM desk.refuse('wording_version', 'malformed');
	ELSIF the_language IS NULL THEN
		PERFORM desk.refuse('language', 'missing',
			'In which the worker was asked.');
	ELSIF NOT EXISTS (SELECT FROM desk.languages AS l
			WHERE l.language = the_language) THEN
		PERFORM desk.refuse('language', 'unknown_code');
	ELSIF the_method IS NULL THEN
		PERFORM desk.refuse('method', 'missing');
	ELSIF record_consent.given_at IS NULL THEN
		PERFORM desk.refuse('given_at', 'missing');
	ELSIF NOT isfinite(record_consent.given_at)
			OR record_consent.given_at > clock_timestamp() THEN
		PERFORM desk.refuse('given_at', 'out_of_range',
			'Not in the future.');
	ELSIF valid_until <= record_consent.given_at THEN
		PERFORM desk.refuse('valid_until', 'out_of_range',
			'After given_at.');
	END IF;
	receiver := desk.recipient_of(the_case, the_purpose,
		desk.enum_of('recipient_kind', record_consent.recipient_kind,
			NULL::ietp.recipient_kind), record_consent.recipient);
	INSERT INTO desk.consents AS c (case_ref, entry, purpose, recipient_kind,
		recipient, identity_disclosed, wording_version, language, method,
		given_at, valid_during)
	VALUES (the_case.case_ref, 'given', the_purpose, receiver.recipient_kind,
		receiver.recipient, the_purpose = 'share_identity'
			OR COALESCE(record_consent.identity_disclosed, false),
		record_consent.wording_version, the_language, the_method,
		record_consent.given_at,
		tstzrange(record_consent.given_at, valid_until))
	RETURNING c.n INTO record_consent.n;
	PERFORM desk.settle_retry(retry_key, case_ref => the_case.case_ref,
		n => record_consent.n);
END
$$;
COMMENT ON FUNCTION helpline.record_consent(ietp.case_ref, text, text, text,
	boolean, text, text, text, timestamptz, timestamptz, uuid) IS
'enters what the worker has permitted, for one purpose and recipient; NULL: language of the case, its factory for contact_factory, no end; identity_disclosed NULL means no';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('specialist', 'record_consent'), ('supervisor', 'record_consent'),
	('investigator', 'record_consent');

CREATE FUNCTION helpline.withdraw_consent(
	case_ref ietp.case_ref, purpose text, recipient text DEFAULT NULL,
	method text DEFAULT 'spoken', retry_key uuid DEFAULT NULL,
	OUT withdrawn integer, OUT status text, OUT repeated boolean)
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	earlier desk.retries;
	the_case desk.cases;
	the_purpose ietp.consent_purpose;
	the_method ietp.consent_method;
BEGIN
	PERFORM desk.enter('withdraw_consent');
	earlier := desk.claim_retry(retry_key, 'withdraw_consent',
		hash_record_extended(ROW(withdraw_consent.case_ref,
			withdraw_consent.purpose, withdraw_consent.recipient,
			withdraw_consent.method), 0));
	repeated := earlier.retry_key IS NOT NULL;
	the_case := desk.lock_case(withdraw_consent.case_ref,
		must_be_open => false);
	status := the_case.status;
	IF repeated THEN
		withdrawn := earlier.n;
		RETURN;
	END IF;
	the_purpose := desk.purpose_of(withdraw_consent.purpose);
	the_method := desk.enum_of('method', withdraw_consent.method,
		NULL::ietp.consent_method);
	IF the_method IS NULL THEN
		PERFORM desk.refuse('method', 'missing');
	ELSIF withdraw_consent.recipient IS NOT NULL AND NOT EXISTS (
			SELECT FROM desk.consents AS c
			WHERE c.case_ref = the_case.case_ref AND c.purpose = the_purpose
			AND c.recipient = withdraw_consent.recipient) THEN
		PERFORM desk.refuse('recipient', 'unknown_code',
			'One of the case''s consents; NULL: towards everybody.');
	END IF;
	INSERT INTO desk.consents (case_ref, entry, refers_to, method)
	SELECT c.case_ref, 'withdrawn', c.n, the_method
	FROM desk.consents AS c
	WHERE c.case_ref = the_case.case_ref AND c.purpose = the_purpose
	AND (withdraw_consent.recipient IS NULL
		OR c.recipient = withdraw_consent.recipient)
	AND desk.in_force(c)
	ORDER BY c.n;
	GET DIAGNOSTICS withdrawn = ROW_COUNT;
	IF withdrawn = 0 AND the_purpose = 'contact_factory' THEN
		-- It may have run out before.
		PERFORM desk.move_back(the_case.case_ref,
			desk.status_without_consent(the_case))
		WHERE EXISTS (SELECT FROM desk.consents AS c
			WHERE c.case_ref = the_case.case_ref
			AND c.purpose = 'contact_factory');
	END IF;
	SELECT c.status INTO STRICT status FROM desk.cases AS c
	WHERE c.case_ref = the_case.case_ref;
	PERFORM desk.settle_retry(retry_key, case_ref => the_case.case_ref,
		n => withdrawn);
END
$$;
COMMENT ON FUNCTION helpline.withdraw_consent(
	ietp.case_ref, text, text, text, uuid) IS
'withdraws what is in force for a purpose, overrides too; recipient NULL: towards everybody. Returns how many entries and the status of the case, which goes back when its factory may no longer be contacted';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('specialist', 'withdraw_consent'), ('supervisor', 'withdraw_consent'),
	('investigator', 'withdraw_consent');

CREATE FUNCTION helpline.request_override(
	case_ref ietp.case_ref, purpose text, legal_basis text, reason text,
	recipient_kind text DEFAULT NULL, recipient text DEFAULT NULL,
	identity_disclosed boolean DEFAULT false, retry_key uuid DEFAULT NULL,
	OUT n integer, OUT repeated boolean)
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	earlier desk.retries;
	the_case desk.cases;
	the_purpose ietp.consent_purpose;
	receiver record;
BEGIN
	PERFORM desk.enter('request_override');
	earlier := desk.claim_retry(retry_key, 'request_override',
		hash_record_extended(ROW(request_override.case_ref,
			request_override.purpose, request_override.legal_basis, reason,
			request_override.recipient_kind, request_override.recipient,
			request_override.identity_disclosed), 0));
	repeated := earlier.retry_key IS NOT NULL;
	IF repeated THEN
		n := earlier.n;
		RETURN;
	END IF;
	the_case := desk.lock_case(request_override.case_ref,
		must_be_open => false);
	the_purpose := desk.purpose_of(request_override.purpose);
	PERFORM desk.check_legal_basis(request_override.legal_basis);
	IF ietp.nonblank(reason) IS NULL THEN
		PERFORM desk.refuse('reason', 'missing',
			'Why it cannot wait for the worker.');
	END IF;
	receiver := desk.recipient_of(the_case, the_purpose,
		desk.enum_of('recipient_kind', request_override.recipient_kind,
			NULL::ietp.recipient_kind), request_override.recipient);
	INSERT INTO desk.consents AS c (case_ref, entry, purpose, recipient_kind,
		recipient, identity_disclosed, legal_basis)
	VALUES (the_case.case_ref, 'override_requested', the_purpose,
		receiver.recipient_kind, receiver.recipient,
		the_purpose = 'share_identity'
			OR COALESCE(request_override.identity_disclosed, false),
		request_override.legal_basis)
	RETURNING c.n INTO request_override.n;
	PERFORM desk.write_note(the_case.case_ref, 'reason', reason);
	PERFORM desk.settle_retry(retry_key, case_ref => the_case.case_ref,
		n => request_override.n);
END
$$;
COMMENT ON FUNCTION helpline.request_override(ietp.case_ref, text, text, text,
	text, text, boolean, uuid) IS
'asks a second person to permit in an emergency what the worker cannot be asked for; the reason is kept as a note';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('specialist', 'request_override'), ('supervisor', 'request_override'),
	('investigator', 'request_override');

CREATE FUNCTION helpline.approve_override(
	case_ref ietp.case_ref, n integer, hours integer DEFAULT 24,
	OUT approved_n integer, OUT expires_at timestamptz)
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	the_case desk.cases;
	request desk.consents;
BEGIN
	PERFORM desk.enter('approve_override');
	the_case := desk.lock_case(approve_override.case_ref,
		must_be_open => false);
	IF approve_override.n IS NULL THEN
		PERFORM desk.refuse('n', 'missing');
	ELSIF hours IS NULL OR hours NOT BETWEEN 1 AND 72 THEN
		PERFORM desk.refuse('hours', 'out_of_range', '1 to 72.');
	END IF;
	SELECT * INTO request FROM desk.consents AS c
	WHERE c.case_ref = the_case.case_ref AND c.n = approve_override.n
	AND c.entry = 'override_requested';
	IF NOT FOUND THEN
		PERFORM desk.refuse('n', 'unknown_code',
			'The n that request_override() returned.');
	ELSIF EXISTS (SELECT FROM desk.consents AS c
			WHERE c.case_ref = the_case.case_ref
			AND c.refers_to = request.n) THEN
		RAISE EXCEPTION 'the override is approved already'
			USING ERRCODE = 'IE227', COLUMN = 'n',
			HINT = 'When it has expired, request another.';
	END IF;
	INSERT INTO desk.consents AS c (case_ref, entry, refers_to,
		identity_disclosed, valid_during)
	VALUES (the_case.case_ref, 'override_approved', request.n,
		request.identity_disclosed,
		tstzrange(now(), now() + make_interval(hours => hours)))
	RETURNING c.n, upper(c.valid_during) INTO approved_n, expires_at;
END
$$;
COMMENT ON FUNCTION helpline.approve_override(
	ietp.case_ref, integer, integer) IS
'permits an override that somebody else requested at most 24 hours ago, for 1 to 72 hours';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('supervisor', 'approve_override'), ('investigator', 'approve_override');

CREATE FUNCTION helpline.disclose(
	case_ref ietp.case_ref, purpose text, fields text[],
	recipient_kind text DEFAULT NULL, recipient text DEFAULT NULL,
	occurred_at timestamptz DEFAULT now(), retry_key uuid DEFAULT NULL,
	OUT n integer, OUT consent_n integer, OUT repeated boolean)
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	earlier desk.retries;
	the_case desk.cases;
	the_purpose ietp.consent_purpose;
	receiver record;
	identity boolean;
BEGIN
	PERFORM desk.enter('disclose');
	earlier := desk.claim_retry(retry_key, 'disclose',
		hash_record_extended(ROW(disclose.case_ref, disclose.purpose,
			disclose.fields, disclose.recipient_kind,
			disclose.recipient), 0));
	repeated := earlier.retry_key IS NOT NULL;
	the_case := desk.lock_case(disclose.case_ref, must_be_open => false);
	IF repeated THEN
		SELECT d.n, d.consent_n INTO STRICT disclose.n, disclose.consent_n
		FROM desk.disclosures AS d
		WHERE d.case_ref = the_case.case_ref AND d.n = earlier.n;
		RETURN;
	END IF;
	the_purpose := desk.purpose_of(disclose.purpose);
	identity := desk.identifies(disclose.fields);
	receiver := desk.recipient_of(the_case, the_purpose,
		desk.enum_of('recipient_kind', disclose.recipient_kind,
			NULL::ietp.recipient_kind), disclose.recipient);
	IF disclose.occurred_at IS NULL THEN
		PERFORM desk.refuse('occurred_at', 'missing');
	ELSIF NOT isfinite(disclose.occurred_at)
			OR disclose.occurred_at > clock_timestamp() THEN
		PERFORM desk.refuse('occurred_at', 'out_of_range',
			'Not in the future.');
	END IF;
	consent_n := desk.covering_entry(the_case.case_ref, the_purpose,
		receiver.recipient_kind, receiver.recipient, identity);
	IF consent_n IS NULL AND identity AND desk.covering_entry(
			the_case.case_ref, the_purpose, receiver.recipient_kind,
			receiver.recipient) IS NOT NULL THEN
		RAISE EXCEPTION 'the worker has not permitted to tell who they are'
			USING ERRCODE = 'IE203', COLUMN = 'fields',
			HINT = 'Ask, then helpline.record_consent(identity_disclosed => true).';
	ELSIF consent_n IS NULL THEN
		PERFORM desk.refuse_without_consent(the_purpose, 'purpose');
	END IF;
	-- ON CONFLICT: at REPEATABLE READ a disclosure that came meanwhile is then
	-- a serialization failure.
	INSERT INTO desk.disclosures AS d (case_ref, purpose, recipient_kind,
		recipient, consent_n, fields, occurred_at)
	VALUES (the_case.case_ref, the_purpose, receiver.recipient_kind,
		receiver.recipient, disclose.consent_n, disclose.fields,
		disclose.occurred_at)
	ON CONFLICT DO NOTHING
	RETURNING d.n INTO disclose.n;
	PERFORM desk.settle_retry(retry_key, case_ref => the_case.case_ref,
		n => disclose.n);
END
$$;
COMMENT ON FUNCTION helpline.disclose(ietp.case_ref, text, text[], text, text,
	timestamptz, uuid) IS
'records what is told to whom, and returns the entry of the consent ledger that permits it; fails where none does. NULL: the case''s factory for contact_factory and share_identity';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('specialist', 'disclose'), ('supervisor', 'disclose'),
	('investigator', 'disclose');

CREATE FUNCTION helpline.case_consents(case_ref ietp.case_ref)
RETURNS TABLE (n integer, entry ietp.consent_entry,
	purpose ietp.consent_purpose, recipient_kind ietp.recipient_kind,
	recipient text, identity_disclosed boolean, in_force boolean,
	valid_during tstzrange, withdrawn_at timestamptz, refers_to integer,
	wording_version text, language text, method ietp.consent_method,
	legal_basis text, given_at timestamptz, recorded_at timestamptz,
	recorded_by text)
LANGUAGE plpgsql STABLE STRICT PARALLEL RESTRICTED SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	PERFORM desk.enter('case_consents');
	RETURN QUERY
	SELECT c.n, c.entry, c.purpose, c.recipient_kind, c.recipient,
		c.identity_disclosed, desk.in_force(c), c.valid_during, w.given_at,
		c.refers_to, c.wording_version, c.language, c.method, c.legal_basis,
		c.given_at, c.recorded_at, c.recorded_by
	FROM desk.consents AS c
	LEFT JOIN desk.consents AS w ON w.case_ref = c.case_ref
		AND w.refers_to = c.n AND w.entry = 'withdrawn'
	WHERE c.case_ref = case_consents.case_ref
	ORDER BY c.n;
END
$$;
COMMENT ON FUNCTION helpline.case_consents(ietp.case_ref) IS
'the consent ledger of a case, and what of it permits something right now';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('specialist', 'case_consents'), ('supervisor', 'case_consents'),
	('investigator', 'case_consents'), ('programme_staff', 'case_consents'),
	('auditor', 'case_consents');

CREATE FUNCTION helpline.case_disclosures(case_ref ietp.case_ref)
RETURNS TABLE (n integer, purpose ietp.consent_purpose,
	recipient_kind ietp.recipient_kind, recipient text, fields text[],
	consent_n integer, under_override boolean, occurred_at timestamptz,
	recorded_at timestamptz, recorded_by text)
LANGUAGE plpgsql STABLE STRICT PARALLEL RESTRICTED SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	PERFORM desk.enter('case_disclosures');
	RETURN QUERY
	SELECT d.n, d.purpose, d.recipient_kind, d.recipient, d.fields,
		d.consent_n, c.entry = 'override_approved', d.occurred_at,
		d.recorded_at, d.recorded_by
	FROM desk.disclosures AS d
	JOIN desk.consents AS c ON c.case_ref = d.case_ref AND c.n = d.consent_n
	WHERE d.case_ref = case_disclosures.case_ref
	ORDER BY d.n;
END
$$;
COMMENT ON FUNCTION helpline.case_disclosures(ietp.case_ref) IS
'what of a case was told to whom, and by which entry of the consent ledger';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('specialist', 'case_disclosures'), ('supervisor', 'case_disclosures'),
	('investigator', 'case_disclosures'),
	('programme_staff', 'case_disclosures'), ('auditor', 'case_disclosures');

CREATE FUNCTION helpline.consent_report(since date, until date)
RETURNS TABLE (purpose ietp.consent_purpose, given bigint, withdrawn bigint,
	overrides_requested bigint, overrides_approved bigint,
	disclosures bigint, disclosures_under_override bigint)
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED
SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
BEGIN
	PERFORM desk.enter('consent_report');
	IF since IS NULL THEN
		PERFORM desk.refuse('since', 'missing');
	ELSIF until IS NULL THEN
		PERFORM desk.refuse('until', 'missing');
	ELSIF NOT isfinite(since) THEN
		PERFORM desk.refuse('since', 'out_of_range', 'A day.');
	ELSIF NOT isfinite(until) OR until <= since THEN
		PERFORM desk.refuse('until', 'out_of_range', 'A day after since.');
	END IF;
	RETURN QUERY
	WITH happened AS (
		SELECT k.case_ref, k.given_at AS at, k.purpose, k.entry,
			NULL::ietp.consent_entry AS disclosed_under
		FROM desk.consents AS k
		UNION ALL
		SELECT d.case_ref, d.occurred_at, d.purpose, NULL, k.entry
		FROM desk.disclosures AS d
		JOIN desk.consents AS k
			ON k.case_ref = d.case_ref AND k.n = d.consent_n
	), counted AS (
		SELECT h.purpose, h.entry, h.disclosed_under
		FROM happened AS h
		JOIN desk.cases AS c ON c.case_ref = h.case_ref
		-- A day that is not the line's own can be one off at most.
		WHERE c.duplicate_of IS NULL
		AND h.at >= since - interval '2 days'
		AND h.at < until + interval '2 days'
		AND desk.local_day(c.line, h.at) >= since
		AND desk.local_day(c.line, h.at) < until
	)
	SELECT p.purpose, count(*) FILTER (WHERE x.entry = 'given'),
		count(*) FILTER (WHERE x.entry = 'withdrawn'),
		count(*) FILTER (WHERE x.entry = 'override_requested'),
		count(*) FILTER (WHERE x.entry = 'override_approved'),
		count(x.disclosed_under), count(*) FILTER (
			WHERE x.disclosed_under = 'override_approved')
	FROM unnest(enum_range(NULL::ietp.consent_purpose)) AS p (purpose)
	LEFT JOIN counted AS x ON x.purpose = p.purpose
	GROUP BY p.purpose
	ORDER BY p.purpose;
END
$$;
COMMENT ON FUNCTION helpline.consent_report(date, date) IS
'entries of the consent ledger and disclosures per purpose, from since to the day before until, in the time zones of the lines; without duplicates of cases';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('supervisor', 'consent_report'), ('programme_staff', 'consent_report'),
	('analyst', 'consent_report'), ('auditor', 'consent_report'),
	('administrator', 'consent_report');
