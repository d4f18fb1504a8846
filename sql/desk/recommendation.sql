-- Recommendations to factories, so that it does not happen again: made, then
-- answered, then verified - and whether it did happen again.

CREATE TABLE desk.recommendations (
	case_ref ietp.case_ref NOT NULL REFERENCES desk.cases,
	n integer NOT NULL CHECK (n > 0),
	taxonomy integer NOT NULL,
	due_on date NOT NULL CHECK (isfinite(due_on)),
	answered_on date CHECK (isfinite(answered_on)),
	verified_on date CHECK (isfinite(verified_on)),
	made_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
	answer ietp.recommendation_answer,
	verified_through ietp.verified_through,
	digest_key uuid NOT NULL DEFAULT pg_catalog.gen_random_uuid(),
	factory text NOT NULL REFERENCES desk.factories,
	topic text NOT NULL,
	made_by text NOT NULL,
	verified_by text,
	body text NOT NULL CHECK (ietp.nonblank(body) IS NOT NULL),
	PRIMARY KEY (case_ref, n),
	FOREIGN KEY (taxonomy, topic) REFERENCES desk.topics (taxonomy, topic),
	CONSTRAINT verified_after_answered CHECK (verified_on >= answered_on));
COMMENT ON TABLE desk.recommendations IS
'what factories were recommended, answered and did; a step that was recorded stays';
COMMENT ON COLUMN desk.recommendations.topic IS
'issue of the case that should not occur again';
COMMENT ON COLUMN desk.recommendations.due_on IS
'until when it should be followed';
COMMENT ON COLUMN desk.recommendations.made_at IS
'stamped, as are made_by and verified_by';
COMMENT ON COLUMN desk.recommendations.digest_key IS
'key of the digest by which the history knows the row; random';
COMMENT ON COLUMN desk.recommendations.body IS
'words to the factory; must hold nothing that tells of a worker, for the factory and the programme''s staff read it';
CREATE INDEX recommendations_factory ON desk.recommendations (factory);

CREATE FUNCTION desk.stamp_recommendation()
RETURNS trigger
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	IF TG_OP = 'INSERT' THEN
		NEW.made_at := now();
		NEW.made_by := ietp.actor();
	ELSIF OLD.verified_through IS NULL
			AND NEW.verified_through IS NOT NULL THEN
		NEW.verified_by := ietp.actor();
	END IF;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION desk.stamp_recommendation() IS
'trigger: who made a recommendation and when, and who verified it';

CREATE TRIGGER append_only
BEFORE DELETE ON desk.recommendations
FOR EACH ROW WHEN (NOT ietp.applies_changes())
EXECUTE FUNCTION desk.refuse_rewriting();
CREATE TRIGGER append_only_truncate
BEFORE TRUNCATE ON desk.recommendations
FOR EACH STATEMENT WHEN (NOT ietp.applies_changes())
EXECUTE FUNCTION desk.refuse_rewriting();
CREATE TRIGGER zz_stamp
BEFORE INSERT OR UPDATE ON desk.recommendations
FOR EACH ROW WHEN (NOT ietp.applies_changes())
EXECUTE FUNCTION desk.stamp_recommendation();
CREATE TRIGGER zz_steps
AFTER INSERT OR UPDATE ON desk.recommendations
FOR EACH ROW WHEN (NOT ietp.applies_changes())
EXECUTE FUNCTION desk.enforce_steps('{answer,answered_on}',
	'{verified_on,verified_through,verified_by}');
ALTER TABLE desk.recommendations ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE desk.recommendations ENABLE ALWAYS TRIGGER append_only_truncate;
ALTER TABLE desk.recommendations ENABLE ALWAYS TRIGGER zz_stamp;
ALTER TABLE desk.recommendations ENABLE ALWAYS TRIGGER zz_steps;
CREATE TRIGGER zz_record
AFTER INSERT ON desk.recommendations
REFERENCING NEW TABLE AS added FOR EACH STATEMENT
EXECUTE FUNCTION ietp.record_rows('recommended', 'n', 'topic',
	'due_on');
ALTER TABLE desk.recommendations ENABLE ALWAYS TRIGGER zz_record;
CREATE TRIGGER zz_record_step
AFTER UPDATE ON desk.recommendations
REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT
EXECUTE FUNCTION ietp.record_rows('recommendation_changed',
	'n', 'answer', 'verified_through', 'answer>recommendation_answered',
	'verified_through>recommendation_verified');
ALTER TABLE desk.recommendations ENABLE ALWAYS TRIGGER zz_record_step;

-- Words, but none of a worker: analysts and administrators have no use for
-- them, and an auditor is given the rest of the row.
ALTER TABLE desk.recommendations ENABLE ROW LEVEL SECURITY;
ALTER TABLE desk.recommendations FORCE ROW LEVEL SECURITY;
CREATE POLICY reading ON desk.recommendations FOR SELECT
USING ((SELECT ietp.actor_is('supervisor', 'programme_staff', 'auditor'))
	OR (SELECT ietp.actor_is('specialist', 'investigator'))
	AND EXISTS (SELECT FROM desk.cases AS c
		WHERE c.case_ref = recommendations.case_ref));
CREATE POLICY adding ON desk.recommendations FOR INSERT
WITH CHECK ((SELECT ietp.actor_is('supervisor'))
	OR (SELECT ietp.actor_is('specialist', 'investigator'))
	AND EXISTS (SELECT FROM desk.cases AS c
		WHERE c.case_ref = recommendations.case_ref));
CREATE POLICY stepping ON desk.recommendations FOR UPDATE
USING ((SELECT ietp.actor_is('supervisor'))
	OR (SELECT ietp.actor_is('specialist', 'investigator'))
	AND EXISTS (SELECT FROM desk.cases AS c
		WHERE c.case_ref = recommendations.case_ref))
WITH CHECK ((SELECT ietp.actor_is('supervisor'))
	OR (SELECT ietp.actor_is('specialist', 'investigator'))
	AND EXISTS (SELECT FROM desk.cases AS c
		WHERE c.case_ref = recommendations.case_ref));

CREATE FUNCTION helpline.recommend(
	case_ref ietp.case_ref, topic text, body text, due_on date,
	retry_key uuid DEFAULT NULL, OUT n integer, OUT repeated boolean)
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	earlier desk.retries;
	the_case desk.cases;
	version integer;
BEGIN
	PERFORM desk.enter('recommend');
	earlier := desk.claim_retry(retry_key, 'recommend',
		hash_record_extended(ROW(recommend.case_ref, recommend.topic,
			recommend.body, recommend.due_on), 0));
	repeated := earlier.retry_key IS NOT NULL;
	IF repeated THEN
		n := earlier.n;
		RETURN;
	END IF;
	-- What the factory should learn is often clear at the end alone.
	the_case := desk.lock_case(recommend.case_ref, must_be_open => false);
	SELECT max(i.taxonomy) INTO version FROM desk.case_issues AS i
	WHERE i.case_ref = the_case.case_ref AND i.topic = recommend.topic;
	IF recommend.topic IS NULL THEN
		PERFORM desk.refuse('topic', 'missing');
	ELSIF version IS NULL THEN
		PERFORM desk.refuse('topic', 'unknown_code',
			'One of the issues of the case.');
	ELSIF the_case.factory IS NULL THEN
		PERFORM desk.refuse('factory', 'missing', 'The case names none.');
	ELSIF ietp.nonblank(recommend.body) IS NULL THEN
		PERFORM desk.refuse('body', 'missing');
	ELSIF recommend.due_on IS NULL THEN
		PERFORM desk.refuse('due_on', 'missing');
	ELSIF NOT isfinite(recommend.due_on)
			OR recommend.due_on < desk.local_day(the_case.line, now()) THEN
		PERFORM desk.refuse('due_on', 'out_of_range', 'Not before today.');
	END IF;
	INSERT INTO desk.recommendations
		(case_ref, n, factory, taxonomy, topic, body, due_on)
	SELECT the_case.case_ref, COALESCE(max(r.n), 0) + 1, the_case.factory,
		version, recommend.topic, recommend.body, recommend.due_on
	FROM desk.recommendations AS r WHERE r.case_ref = the_case.case_ref
	RETURNING recommendations.n INTO recommend.n;
	PERFORM desk.settle_retry(retry_key, case_ref => the_case.case_ref,
		n => recommend.n);
END
$$;
COMMENT ON FUNCTION helpline.recommend(
	ietp.case_ref, text, text, date, uuid) IS
'records what the case''s factory was recommended about one of its issues, open or closed, until when; body must hold nothing that tells of a worker';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('specialist', 'recommend'), ('supervisor', 'recommend'),
	('investigator', 'recommend');

CREATE FUNCTION desk.get_recommendation(case_ref ietp.case_ref, n integer)
RETURNS desk.recommendations
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED
SET search_path = pg_catalog, ietp, pg_temp
AS $$
DECLARE
	found_row desk.recommendations;
BEGIN
	SELECT * INTO found_row FROM desk.recommendations AS r
	WHERE r.case_ref = get_recommendation.case_ref
	AND r.n = get_recommendation.n;
	IF n IS NULL THEN
		PERFORM desk.refuse('n', 'missing');
	ELSIF NOT FOUND THEN
		PERFORM desk.refuse('n', 'out_of_range',
			'helpline.case_recommendations() lists them.');
	END IF;
	RETURN found_row;
END
$$;
COMMENT ON FUNCTION desk.get_recommendation(ietp.case_ref, integer) IS
'a recommendation; refuses a number that the case does not have';

CREATE FUNCTION helpline.answer_recommendation(
	case_ref ietp.case_ref, n integer, answer text,
	answered_on date DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	the_case desk.cases;
	entry desk.recommendations;
	the_answer ietp.recommendation_answer;
	today date;
BEGIN
	PERFORM desk.enter('answer_recommendation');
	the_case := desk.lock_case(answer_recommendation.case_ref,
		must_be_open => false);
	entry := desk.get_recommendation(the_case.case_ref,
		answer_recommendation.n);
	the_answer := desk.enum_of('answer', answer_recommendation.answer,
		NULL::ietp.recommendation_answer);
	IF the_answer IS NULL THEN
		PERFORM desk.refuse('answer', 'missing');
	END IF;
	today := desk.day_done('answered_on', answer_recommendation.answered_on,
		the_case.line, desk.local_day(the_case.line, entry.made_at));
	-- An answer that is there is replaced by nothing, so that the trigger
	-- refuses even the same one.
	UPDATE desk.recommendations AS r
	SET answer = CASE WHEN r.answer IS NULL THEN the_answer END,
		answered_on = COALESCE(r.answered_on, today)
	WHERE r.case_ref = entry.case_ref AND r.n = entry.n;
END
$$;
COMMENT ON FUNCTION helpline.answer_recommendation(
	ietp.case_ref, integer, text, date) IS
'records the factory''s answer: accepted, partly_accepted or refused; answered_on NULL is today at the line';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('specialist', 'answer_recommendation'),
	('supervisor', 'answer_recommendation'),
	('investigator', 'answer_recommendation');

CREATE FUNCTION helpline.verify_recommendation(
	case_ref ietp.case_ref, n integer, verified_through text,
	verified_on date DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	the_case desk.cases;
	entry desk.recommendations;
	through ietp.verified_through;
	today date;
BEGIN
	PERFORM desk.enter('verify_recommendation');
	the_case := desk.lock_case(verify_recommendation.case_ref,
		must_be_open => false);
	entry := desk.get_recommendation(the_case.case_ref,
		verify_recommendation.n);
	through := desk.enum_of('verified_through',
		verify_recommendation.verified_through,
		NULL::ietp.verified_through);
	IF through IS NULL THEN
		PERFORM desk.refuse('verified_through', 'missing');
	END IF;
	today := desk.day_done('verified_on', verify_recommendation.verified_on,
		the_case.line, entry.answered_on);
	UPDATE desk.recommendations AS r
	SET verified_through = through, verified_on = today, verified_by = NULL
	WHERE r.case_ref = entry.case_ref AND r.n = entry.n;
END
$$;
COMMENT ON FUNCTION helpline.verify_recommendation(
	ietp.case_ref, integer, text, date) IS
'records that an answered recommendation was found to be followed; verified_on NULL is today at the line';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('specialist', 'verify_recommendation'),
	('supervisor', 'verify_recommendation'),
	('investigator', 'verify_recommendation');

CREATE FUNCTION helpline.case_recommendations(case_ref ietp.case_ref)
RETURNS TABLE (n integer, factory text, topic text, body text,
	made_at timestamptz, made_by text, due_on date,
	answer ietp.recommendation_answer, answered_on date, verified_on date,
	verified_through ietp.verified_through, verified_by text)
LANGUAGE plpgsql STABLE STRICT PARALLEL RESTRICTED SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	PERFORM desk.enter('case_recommendations');
	RETURN QUERY
	SELECT r.n, r.factory, r.topic, r.body, r.made_at, r.made_by, r.due_on,
		r.answer, r.answered_on, r.verified_on, r.verified_through,
		r.verified_by
	FROM desk.recommendations AS r
	WHERE r.case_ref = case_recommendations.case_ref
	ORDER BY r.n;
END
$$;
COMMENT ON FUNCTION helpline.case_recommendations(ietp.case_ref) IS
'the recommendations of a case that the actor may see, with their words';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('specialist', 'case_recommendations'),
	('supervisor', 'case_recommendations'),
	('investigator', 'case_recommendations'),
	('programme_staff', 'case_recommendations');

CREATE FUNCTION helpline.recommendations(
	factory text DEFAULT NULL, open_only boolean DEFAULT false)
RETURNS TABLE (case_ref ietp.case_ref, n integer, to_factory text,
	topic text, made_on date, due_on date, overdue boolean,
	answer ietp.recommendation_answer, answered_on date, verified_on date,
	recurrences bigint, last_recurrence_on date)
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED
SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	PERFORM desk.enter('recommendations');
	IF recommendations.factory IS NOT NULL THEN
		PERFORM desk.check_factory(recommendations.factory);
	END IF;
	RETURN QUERY
	WITH made AS (
		SELECT r.* FROM desk.recommendations AS r
		WHERE (recommendations.factory IS NULL
			OR r.factory = recommendations.factory)
		AND (open_only IS NOT TRUE OR r.verified_on IS NULL)
	), recurrence AS (
		-- An issue of a call that is in two cases is one issue.
		SELECT m.case_ref, m.n, max(c.opened_on) AS on_day
		FROM made AS m
		JOIN desk.cases AS c ON c.factory = m.factory
			AND c.opened_at > m.made_at AND c.duplicate_of IS NULL
		JOIN desk.case_issues AS i ON i.case_ref = c.case_ref
			AND i.topic = m.topic
		GROUP BY m.case_ref, m.n, COALESCE(i.call_ref::text || '/' || i.call_n,
			i.case_ref::text || '/' || i.n)
		UNION ALL
		-- Issues of which nobody has made a case yet.
		SELECT m.case_ref, m.n, i.raised_on
		FROM made AS m
		JOIN desk.calls AS k ON k.factory = m.factory
			AND k.received_at > m.made_at
		JOIN desk.issues AS i ON i.call_ref = k.call_ref
			AND i.topic = m.topic
		WHERE NOT EXISTS (SELECT FROM desk.case_issues AS o
			WHERE o.call_ref = i.call_ref AND o.call_n = i.n)
	), counted AS (
		SELECT e.case_ref, e.n, count(*) AS recurrences,
			max(e.on_day) AS last_on
		FROM recurrence AS e GROUP BY e.case_ref, e.n
	)
	SELECT m.case_ref, m.n, m.factory, m.topic,
		desk.local_day(c.line, m.made_at), m.due_on,
		m.verified_on IS NULL AND m.due_on < desk.local_day(c.line, now()),
		m.answer, m.answered_on, m.verified_on,
		COALESCE(o.recurrences, 0), o.last_on
	FROM made AS m
	JOIN desk.cases AS c ON c.case_ref = m.case_ref
	LEFT JOIN counted AS o ON o.case_ref = m.case_ref AND o.n = m.n
	ORDER BY m.due_on, m.case_ref, m.n;
END
$$;
COMMENT ON FUNCTION helpline.recommendations(text, boolean) IS
'recommendations to a factory, or to all, that the actor may see; open_only: not verified yet. Recurrences are issues of the same topic at that factory since, as far as the actor sees them: in other cases, and in calls of which no case was made';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('specialist', 'recommendations'), ('supervisor', 'recommendations'),
	('investigator', 'recommendations'),
	('programme_staff', 'recommendations'), ('auditor', 'recommendations');
