-- The ledger: the history of every case as a chain of events, and the seals
-- over all of them.  Events are written by the triggers of desk.cases alone.

CREATE TABLE desk.incarnations (
	incarnation integer PRIMARY KEY CHECK (incarnation > 0),
	system_identifier bigint NOT NULL,
	began_at timestamptz NOT NULL DEFAULT pg_catalog.now());
COMMENT ON TABLE desk.incarnations IS
'clusters that the desk has lived in, one after the other; transaction ids compare within one alone';
COMMENT ON COLUMN desk.incarnations.system_identifier IS
'as pg_control_system() tells it';
CREATE TRIGGER append_only
BEFORE UPDATE OR DELETE ON desk.incarnations
FOR EACH ROW WHEN (NOT ietp.applies_changes())
EXECUTE FUNCTION desk.refuse_rewriting();
CREATE TRIGGER append_only_truncate
BEFORE TRUNCATE ON desk.incarnations
FOR EACH STATEMENT WHEN (NOT ietp.applies_changes())
EXECUTE FUNCTION desk.refuse_rewriting();
CREATE TRIGGER invalidate_cache
AFTER INSERT OR UPDATE OR DELETE ON desk.incarnations
FOR EACH ROW EXECUTE FUNCTION ietp.invalidate_cache();
ALTER TABLE desk.incarnations ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE desk.incarnations ENABLE ALWAYS TRIGGER append_only_truncate;
ALTER TABLE desk.incarnations ENABLE ALWAYS TRIGGER invalidate_cache;

CREATE FUNCTION desk.begin_incarnation(cluster bigint)
RETURNS integer
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
SET search_path = pg_catalog, ietp, pg_temp
AS $$
DECLARE
	last desk.incarnations;
BEGIN
	-- Of two first writers the second waits, and finds the row of the first.
	LOCK TABLE desk.incarnations IN SHARE ROW EXCLUSIVE MODE;
	SELECT * INTO last FROM desk.incarnations AS i
	ORDER BY i.incarnation DESC LIMIT 1;
	IF last.system_identifier = cluster THEN
		RETURN last.incarnation;
	END IF;
	INSERT INTO desk.incarnations (incarnation, system_identifier)
	VALUES (COALESCE(last.incarnation, 0) + 1, cluster)
	-- At REPEATABLE READ the second does not see that row, and fails here.
	ON CONFLICT DO NOTHING;
	RETURN COALESCE(last.incarnation, 0) + 1;
END
$$;
COMMENT ON FUNCTION desk.begin_incarnation(bigint) IS
'number of the cluster, which is entered when it is not the last one known';

-- No foreign key: a case that has a history is never deleted, and a key would
-- cost every event a look-up of the row whose trigger writes it.  No CHECK
-- either: nothing but that trigger writes here.
CREATE TABLE desk.events (
	case_ref ietp.case_ref NOT NULL,
	occurred_at timestamptz NOT NULL,
	recorded_at timestamptz NOT NULL,
	xid xid8 NOT NULL,
	n integer NOT NULL,
	incarnation integer NOT NULL,
	lifecycle_version integer NOT NULL,
	consent_n integer,
	action text NOT NULL,
	from_status text,
	to_status text,
	actor text NOT NULL,
	database_role text NOT NULL,
	changes json,
	records json,
	hash bytea NOT NULL,
	PRIMARY KEY (case_ref, n));
COMMENT ON TABLE desk.events IS
'history of a case without narrative: what was done, when and by whom, each event with the hash of the one before it';
COMMENT ON COLUMN desk.events.occurred_at IS
'when the transaction began, but not before the event before it';
COMMENT ON COLUMN desk.events.recorded_at IS
'when the statement began that recorded it';
COMMENT ON COLUMN desk.events.xid IS
'transaction that wrote it; compares within an incarnation alone';
COMMENT ON COLUMN desk.events.n IS 'counted within the case, without a gap';
COMMENT ON COLUMN desk.events.incarnation IS
'cluster in which it was written, of desk.incarnations';
COMMENT ON COLUMN desk.events.consent_n IS
'entry of the consent ledger that it used; NULL where none was needed';
COMMENT ON COLUMN desk.events.action IS
'action of the lifecycle, for moves; else what was done';
COMMENT ON COLUMN desk.events.database_role IS
'role that was logged in; actor is who acted';
COMMENT ON COLUMN desk.events.changes IS
'{"column": [old, new]} of the case; null instead of values that are not kept here';
COMMENT ON COLUMN desk.events.records IS
'{"table": [rows]}: what was written beside the case, with a digest of each row';
COMMENT ON COLUMN desk.events.hash IS
'SHA-256 of the hash before it and of all other columns';
-- In the order in which integrations follow.
CREATE INDEX events_xid ON desk.events (incarnation, xid, case_ref, n);
CREATE TRIGGER guard
BEFORE INSERT OR UPDATE OR DELETE ON desk.events
FOR EACH ROW EXECUTE FUNCTION ietp.guard_ledger();
CREATE TRIGGER guard_truncate
BEFORE TRUNCATE ON desk.events
FOR EACH STATEMENT EXECUTE FUNCTION ietp.guard_ledger();
ALTER TABLE desk.events ENABLE ALWAYS TRIGGER guard;
ALTER TABLE desk.events ENABLE ALWAYS TRIGGER guard_truncate;

ALTER TABLE desk.events ENABLE ROW LEVEL SECURITY;
ALTER TABLE desk.events FORCE ROW LEVEL SECURITY;
CREATE POLICY reading ON desk.events FOR SELECT
USING ((SELECT ietp.actor_is('supervisor', 'programme_staff', 'analyst',
		'auditor'))
	OR EXISTS (SELECT FROM desk.cases AS c
		WHERE c.case_ref = events.case_ref)
	AND (SELECT ietp.actor_is('specialist', 'investigator',
		'administrator')));

CREATE FUNCTION desk.write_steps(cases ietp.case_ref[])
RETURNS bigint
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
SET search_path = pg_catalog, ietp, pg_temp
SET enable_seqscan = off
AS $$
DECLARE
	written bigint;
BEGIN
	UPDATE desk.cases AS c SET event_n = c.event_n
	WHERE c.case_ref = ANY (cases);
	GET DIAGNOSTICS written = ROW_COUNT;
	RETURN written;
END
$$;
COMMENT ON FUNCTION desk.write_steps(ietp.case_ref[]) IS
'writes the rows of the cases, so that their triggers make events of the steps that ietp.record_rows() keeps; how many cases there are';

CREATE TABLE desk.seals (
	seal integer PRIMARY KEY CHECK (seal > 0),
	sealed_at timestamptz NOT NULL,
	sealed_by text NOT NULL,
	line text NOT NULL);
COMMENT ON TABLE desk.seals IS
'seals that ietp.seal_ledger() has made; what proves something is the copy of the line that is kept elsewhere';
CREATE TRIGGER append_only
BEFORE UPDATE OR DELETE ON desk.seals
FOR EACH ROW WHEN (NOT ietp.applies_changes())
EXECUTE FUNCTION desk.refuse_rewriting();
CREATE TRIGGER append_only_truncate
BEFORE TRUNCATE ON desk.seals
FOR EACH STATEMENT WHEN (NOT ietp.applies_changes())
EXECUTE FUNCTION desk.refuse_rewriting();
ALTER TABLE desk.seals ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE desk.seals ENABLE ALWAYS TRIGGER append_only_truncate;
