-- How cases hang together: retaliation with what the worker suffers for, a
-- matter that came back with the earlier case, and duplicates with the case
-- that counts instead.

CREATE TABLE desk.case_links (
	case_ref ietp.case_ref NOT NULL REFERENCES desk.cases,
	n integer NOT NULL CHECK (n > 0),
	other_case ietp.case_ref NOT NULL REFERENCES desk.cases,
	linked_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
	link ietp.case_link NOT NULL,
	linked_by text NOT NULL,
	PRIMARY KEY (case_ref, n),
	UNIQUE (case_ref, other_case, link),
	CONSTRAINT no_link_to_itself CHECK (case_ref <> other_case));
COMMENT ON TABLE desk.case_links IS
'cases that hang together: what case_ref is to the earlier other_case; rows are only added';
CREATE INDEX case_links_other ON desk.case_links (other_case);

CREATE TRIGGER append_only
BEFORE UPDATE OR DELETE ON desk.case_links
FOR EACH ROW WHEN (NOT ietp.applies_changes())
EXECUTE FUNCTION desk.refuse_rewriting();
CREATE TRIGGER append_only_truncate
BEFORE TRUNCATE ON desk.case_links
FOR EACH STATEMENT WHEN (NOT ietp.applies_changes())
EXECUTE FUNCTION desk.refuse_rewriting();
ALTER TABLE desk.case_links ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE desk.case_links ENABLE ALWAYS TRIGGER append_only_truncate;
CREATE TRIGGER zz_record
AFTER INSERT ON desk.case_links
REFERENCING NEW TABLE AS added FOR EACH STATEMENT
EXECUTE FUNCTION ietp.record_rows('linked', 'n', 'link', 'other_case');
ALTER TABLE desk.case_links ENABLE ALWAYS TRIGGER zz_record;

ALTER TABLE desk.case_links ENABLE ROW LEVEL SECURITY;
ALTER TABLE desk.case_links FORCE ROW LEVEL SECURITY;
CREATE POLICY reading ON desk.case_links FOR SELECT
USING ((SELECT ietp.actor_is('supervisor', 'administrator',
		'programme_staff', 'analyst', 'auditor'))
	OR (SELECT ietp.actor_is('specialist', 'investigator'))
	AND EXISTS (SELECT FROM desk.cases AS c
		WHERE c.case_ref = case_links.case_ref));
CREATE POLICY adding ON desk.case_links FOR INSERT
WITH CHECK ((SELECT ietp.actor_is('supervisor', 'administrator'))
	OR (SELECT ietp.actor_is('specialist', 'investigator'))
	AND EXISTS (SELECT FROM desk.cases AS c
		WHERE c.case_ref = case_links.case_ref));

CREATE FUNCTION helpline.link_cases(
	case_ref ietp.case_ref, other_case ietp.case_ref, link text,
	OUT repeated boolean)
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	the_case desk.cases;
	other desk.cases;
	the_link ietp.case_link;
BEGIN
	PERFORM desk.enter('link_cases');
	-- In one order, whichever is linked to which.
	PERFORM FROM desk.cases AS c
	WHERE c.case_ref IN (link_cases.case_ref, link_cases.other_case)
	ORDER BY c.case_ref FOR UPDATE;
	the_case := desk.lock_case(link_cases.case_ref);
	the_link := desk.enum_of('link', link_cases.link, NULL::ietp.case_link);
	IF link_cases.other_case IS NULL THEN
		PERFORM desk.refuse('other_case', 'missing');
	ELSIF the_link IS NULL THEN
		PERFORM desk.refuse('link', 'missing');
	END IF;
	SELECT * INTO other FROM desk.cases AS c
	WHERE c.case_ref = link_cases.other_case;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'case not found'
			USING ERRCODE = 'IE201', COLUMN = 'other_case',
			HINT = 'No such case, or not one of the actor''s.';
	ELSIF other.case_ref = the_case.case_ref THEN
		RAISE EXCEPTION 'a case is not linked to itself'
			USING ERRCODE = 'IE228', COLUMN = 'other_case';
	ELSIF the_link <> 'related' AND other.opened_at > the_case.opened_at THEN
		RAISE EXCEPTION 'the other case was opened later'
			USING ERRCODE = 'IE228', COLUMN = 'other_case',
			HINT = 'Link the later case to the earlier one.';
	END IF;
	repeated := EXISTS (SELECT FROM desk.case_links AS o
		WHERE o.case_ref = the_case.case_ref
		AND o.other_case = other.case_ref AND o.link = the_link);
	IF NOT repeated THEN
		INSERT INTO desk.case_links
			(case_ref, n, other_case, link, linked_by)
		SELECT the_case.case_ref, COALESCE(max(o.n), 0) + 1,
			other.case_ref, the_link, ietp.actor()
		FROM desk.case_links AS o WHERE o.case_ref = the_case.case_ref;
	END IF;
END
$$;
COMMENT ON FUNCTION helpline.link_cases(
	ietp.case_ref, ietp.case_ref, text) IS
'links an open case to another: as retaliation for it, as its follow_up, or as related; the first two to an earlier case alone';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('specialist', 'link_cases'), ('supervisor', 'link_cases'),
	('investigator', 'link_cases');

CREATE FUNCTION helpline.case_links(case_ref ietp.case_ref)
RETURNS TABLE (other_case ietp.case_ref, link ietp.case_link,
	direction text, linked_by text, linked_at timestamptz)
LANGUAGE plpgsql STABLE STRICT PARALLEL RESTRICTED SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	PERFORM desk.enter('case_links');
	RETURN QUERY
	SELECT l.other_case, l.link, 'to', l.linked_by, l.linked_at
	FROM desk.case_links AS l
	WHERE l.case_ref = case_links.case_ref
	UNION ALL
	SELECT l.case_ref, l.link, 'from', l.linked_by, l.linked_at
	FROM desk.case_links AS l
	WHERE l.other_case = case_links.case_ref
	ORDER BY 5, 3, 2, 1;
END
$$;
COMMENT ON FUNCTION helpline.case_links(ietp.case_ref) IS
'links of a case: to another one, which is the earlier, and from others, as far as the actor sees the case that the link is of';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('specialist', 'case_links'), ('supervisor', 'case_links'),
	('investigator', 'case_links'), ('programme_staff', 'case_links'),
	('auditor', 'case_links');

-- A record guard; see action.sql.
CREATE FUNCTION desk.retaliation_linked(case_ref ietp.case_ref)
RETURNS boolean
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
SET search_path = pg_catalog, ietp, pg_temp
SET enable_seqscan = off
AS $$
BEGIN
	RETURN NOT EXISTS (SELECT FROM desk.case_issues AS i
			WHERE i.case_ref = retaliation_linked.case_ref
			AND split_part(i.topic, '.', 1) = 'retaliation')
		OR EXISTS (SELECT FROM desk.case_links AS l
			WHERE l.case_ref = retaliation_linked.case_ref
			AND l.link = 'retaliation')
		OR desk.acted(case_ref, 'no_origin_found', '-infinity');
END
$$;
COMMENT ON FUNCTION desk.retaliation_linked(ietp.case_ref) IS
'guard: a complaint of retaliation is linked to its origin, or none was found';

-- A duplicate points at the case that counts, never at another duplicate:
-- else nobody could say which one counts, nor undo one without the others.
-- Whoever marks a case may not see all that point at it.  So the pairs stand
-- here once more, where the statement of anybody who may mark finds them; the
-- rows hold nothing else, and no function of the counter shows them.
CREATE TABLE desk.duplicates (
	case_ref ietp.case_ref PRIMARY KEY REFERENCES desk.cases,
	duplicate_of ietp.case_ref NOT NULL REFERENCES desk.cases);
COMMENT ON TABLE desk.duplicates IS
'cases that have a duplicate_of, kept by the trigger zz_record of desk.cases';
CREATE INDEX duplicates_duplicate_of ON desk.duplicates (duplicate_of);
ALTER TABLE desk.duplicates ENABLE ROW LEVEL SECURITY;
ALTER TABLE desk.duplicates FORCE ROW LEVEL SECURITY;
CREATE POLICY everybody ON desk.duplicates
USING ((SELECT ietp.actor_is('specialist', 'supervisor', 'investigator',
	'administrator')))
WITH CHECK ((SELECT ietp.actor_is('specialist', 'supervisor', 'investigator',
	'administrator')));

-- Called by ietp.record_case() when duplicate_of has changed: a trigger's
-- condition would cost every UPDATE of a case its compilation.
CREATE FUNCTION desk.keep_duplicates(case_ref ietp.case_ref)
RETURNS boolean
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
SET search_path = pg_catalog, ietp, pg_temp
AS $$
DECLARE
	the_case desk.cases;
BEGIN
	SELECT * INTO STRICT the_case FROM desk.cases AS c
	WHERE c.case_ref = keep_duplicates.case_ref;
	DELETE FROM desk.duplicates AS d WHERE d.case_ref = the_case.case_ref;
	IF the_case.duplicate_of IS NULL THEN
		RETURN false;
	END IF;
	-- Written, not only locked: of two transactions that would make a chain
	-- together, the second waits here, and sees the first or, where it has an
	-- older snapshot, fails.
	UPDATE desk.cases AS c SET consent_n = c.consent_n
	WHERE c.case_ref = the_case.duplicate_of;
	IF EXISTS (SELECT FROM desk.duplicates AS d
			WHERE d.case_ref = the_case.duplicate_of) THEN
		RAISE EXCEPTION 'the other case is a duplicate itself'
			USING ERRCODE = 'IE228', COLUMN = 'duplicate_of',
			HINT = 'Name the case that the other one is a duplicate of.';
	ELSIF EXISTS (SELECT FROM desk.duplicates AS d
			WHERE d.duplicate_of = the_case.case_ref) THEN
		RAISE EXCEPTION 'other cases are duplicates of the case'
			USING ERRCODE = 'IE228', COLUMN = 'case_ref',
			HINT = 'First let them point at the other case, or unmark them.';
	END IF;
	INSERT INTO desk.duplicates (case_ref, duplicate_of)
	VALUES (the_case.case_ref, the_case.duplicate_of);
	RETURN true;
END
$$;
COMMENT ON FUNCTION desk.keep_duplicates(ietp.case_ref) IS
'enters the case among the duplicates, or takes it out; no case is a duplicate of a duplicate';

CREATE FUNCTION helpline.mark_duplicate(
	case_ref ietp.case_ref, duplicate_of ietp.case_ref,
	OUT repeated boolean)
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	the_case desk.cases;
	pointing text;
BEGIN
	PERFORM desk.enter('mark_duplicate');
	IF mark_duplicate.duplicate_of IS NULL THEN
		PERFORM desk.refuse('duplicate_of', 'missing');
	END IF;
	-- Always in the same order, so that two that mark each other's case do
	-- not wait for one another.
	PERFORM FROM desk.cases AS c
	WHERE c.case_ref IN (mark_duplicate.case_ref,
		mark_duplicate.duplicate_of)
	ORDER BY c.case_ref FOR UPDATE;
	the_case := desk.lock_case(mark_duplicate.case_ref,
		must_be_open => false);
	IF NOT EXISTS (SELECT FROM desk.cases AS c
			WHERE c.case_ref = mark_duplicate.duplicate_of) THEN
		RAISE EXCEPTION 'case not found'
			USING ERRCODE = 'IE201', COLUMN = 'duplicate_of',
			HINT = 'No such case, or not one of the actor''s.';
	ELSIF mark_duplicate.duplicate_of = the_case.case_ref THEN
		RAISE EXCEPTION 'a case is no duplicate of itself'
			USING ERRCODE = 'IE228', COLUMN = 'duplicate_of';
	END IF;
	repeated := the_case.duplicate_of IS NOT DISTINCT FROM
		mark_duplicate.duplicate_of;
	IF repeated THEN
		RETURN;
	END IF;
	SELECT string_agg(c.case_ref::text, ', ' ORDER BY c.case_ref)
	INTO pointing FROM desk.duplicates AS d
	JOIN desk.cases AS c ON c.case_ref = d.case_ref
	WHERE d.duplicate_of = the_case.case_ref;
	IF pointing IS NOT NULL THEN
		RAISE EXCEPTION 'other cases are duplicates of the case'
			USING ERRCODE = 'IE228', COLUMN = 'case_ref',
			HINT = 'First let these point at the other case, or unmark them: '
				|| pointing || '.';
	END IF;
	UPDATE desk.cases AS c SET duplicate_of = mark_duplicate.duplicate_of
	WHERE c.case_ref = the_case.case_ref;
END
$$;
COMMENT ON FUNCTION helpline.mark_duplicate(ietp.case_ref, ietp.case_ref) IS
'says that another case, which is no duplicate itself, counts instead of this one, open or closed; again with another case it points there';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('specialist', 'mark_duplicate'), ('supervisor', 'mark_duplicate'),
	('investigator', 'mark_duplicate');

CREATE FUNCTION helpline.unmark_duplicate(
	case_ref ietp.case_ref, OUT repeated boolean)
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	the_case desk.cases;
	target text;
BEGIN
	PERFORM desk.enter('unmark_duplicate');
	the_case := desk.lock_case(unmark_duplicate.case_ref,
		must_be_open => false);
	repeated := the_case.duplicate_of IS NULL;
	IF repeated THEN
		RETURN;
	END IF;
	target := ietp.transition_target('case', the_case.lifecycle_version,
		the_case.status, 'reopen', 'not_a_duplicate');
	-- One that was closed as a duplicate is open again: nothing else was
	-- decided about it.  Where it is too late for that, or the rules have no
	-- such reason, it stays closed, and counts.
	IF the_case.closing_reason = 'duplicate' AND target IS NOT NULL THEN
		BEGIN
			UPDATE desk.cases AS c
			SET duplicate_of = NULL, status = target,
				status_reason = 'not_a_duplicate'
			WHERE c.case_ref = the_case.case_ref;
			RETURN;
		EXCEPTION WHEN SQLSTATE 'IE000' THEN
			NULL;
		END;
	END IF;
	UPDATE desk.cases AS c SET duplicate_of = NULL
	WHERE c.case_ref = the_case.case_ref;
END
$$;
COMMENT ON FUNCTION helpline.unmark_duplicate(ietp.case_ref) IS
'undoes mark_duplicate(): the case counts again, and is open again where it was closed as a duplicate, unless it is too late to reopen it';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('specialist', 'unmark_duplicate'), ('supervisor', 'unmark_duplicate'),
	('investigator', 'unmark_duplicate');

CREATE FUNCTION helpline.open_linked_case(
	case_ref ietp.case_ref, retry_key uuid DEFAULT NULL,
	OUT new_case ietp.case_ref, OUT repeated boolean)
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	earlier desk.retries;
	the_case desk.cases;
BEGIN
	PERFORM desk.enter('open_linked_case');
	earlier := desk.claim_retry(retry_key, 'open_linked_case',
		hash_record_extended(ROW(open_linked_case.case_ref), 0));
	repeated := earlier.retry_key IS NOT NULL;
	IF repeated THEN
		new_case := earlier.case_ref;
		RETURN;
	END IF;
	the_case := desk.lock_case(open_linked_case.case_ref,
		must_be_open => false);
	IF the_case.closed_at IS NULL THEN
		RAISE EXCEPTION 'case is open'
			USING ERRCODE = 'IE228', COLUMN = 'case_ref',
			HINT = 'Go on with it. A closed case is reopened within its grace window, and followed up by a new one afterwards.';
	END IF;
	new_case := desk.add_case(the_case);
	INSERT INTO desk.case_issues (case_ref, n, taxonomy, topic)
	SELECT new_case, row_number() OVER (ORDER BY min(i.n)), i.taxonomy,
		i.topic
	FROM desk.case_issues AS i WHERE i.case_ref = the_case.case_ref
	GROUP BY i.taxonomy, i.topic;
	INSERT INTO desk.case_links (case_ref, n, other_case, link, linked_by)
	VALUES (new_case, 1, the_case.case_ref, 'follow_up', ietp.actor());
	PERFORM desk.settle_retry(retry_key, case_ref => new_case);
END
$$;
COMMENT ON FUNCTION helpline.open_linked_case(ietp.case_ref, uuid) IS
'opens a new case for the matter of a closed one that came back, as when it is too late to reopen it, with its facts and issues, linked to it as follow_up';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('specialist', 'open_linked_case'), ('supervisor', 'open_linked_case');
