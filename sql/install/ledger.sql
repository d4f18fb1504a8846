-- The history of cases: who writes it, and that nobody else does.

CREATE FUNCTION ietp.record_case()
RETURNS trigger
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ietp_record_case';
COMMENT ON FUNCTION ietp.record_case() IS
'AFTER ROW trigger of desk.cases: writes the event of each change, once it is the one that stamp_case() has stamped';
REVOKE EXECUTE ON FUNCTION ietp.record_case() FROM PUBLIC;

CREATE FUNCTION ietp.record_rows()
RETURNS trigger
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ietp_record_rows';
COMMENT ON FUNCTION ietp.record_rows() IS
'AFTER STATEMENT trigger with transition tables: makes an event of the rows of each case that a statement wrote; arguments: action, key column, columns that are told, and "column>action" or "column=value>action"';
REVOKE EXECUTE ON FUNCTION ietp.record_rows() FROM PUBLIC;

CREATE FUNCTION ietp.guard_ledger()
RETURNS trigger
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ietp_guard_ledger';
COMMENT ON FUNCTION ietp.guard_ledger() IS
'BEFORE trigger: refuses whatever SQL would write, except what logical replication brings';
REVOKE EXECUTE ON FUNCTION ietp.guard_ledger() FROM PUBLIC;

CREATE FUNCTION ietp.incarnation()
RETURNS integer
LANGUAGE c STABLE STRICT PARALLEL RESTRICTED
AS 'MODULE_PATHNAME', 'ietp_incarnation';
COMMENT ON FUNCTION ietp.incarnation() IS
'number of the cluster that the desk lives in, counted from its first; NULL where nothing was written in this one yet';

CREATE FUNCTION ietp.flush_changes()
RETURNS void
LANGUAGE c STABLE STRICT PARALLEL RESTRICTED
AS 'MODULE_PATHNAME', 'ietp_flush_changes';
COMMENT ON FUNCTION ietp.flush_changes() IS
'puts on disk whatever is committed now, also what was with synchronous_commit = off; on a standby nothing is to do';
REVOKE EXECUTE ON FUNCTION ietp.flush_changes() FROM PUBLIC;
