-- The judge of status columns, and what its callers ask it.

CREATE FUNCTION ietp.applies_changes()
RETURNS boolean
LANGUAGE c VOLATILE STRICT PARALLEL RESTRICTED
AS 'MODULE_PATHNAME', 'ietp_applies_changes';
COMMENT ON FUNCTION ietp.applies_changes() IS
'is this a worker of logical replication, whose publisher has judged already?';

CREATE FUNCTION ietp.enforce_lifecycle()
RETURNS trigger
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ietp_enforce_lifecycle';
COMMENT ON FUNCTION ietp.enforce_lifecycle() IS
'AFTER ROW trigger: lets a status column move by the rules of a lifecycle alone; arguments: lifecycle, status column and, where rows keep their version, the column of that';

CREATE FUNCTION ietp.next_actions(
	table_row anyelement, lifecycle text, status_column text,
	version_column text DEFAULT NULL,
	OUT action text, OUT to_status text, OUT reason text,
	OUT allowed boolean, OUT why_not text[], OUT hints text[])
RETURNS SETOF record
LANGUAGE c VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE ROWS 20
AS 'MODULE_PATHNAME', 'ietp_next_actions';
COMMENT ON FUNCTION ietp.next_actions(anyelement, text, text, text) IS
'every transition that leaves the row''s status, whether the actor may make it now, and if not, everything that is missing';

CREATE FUNCTION ietp.transition_target(
	lifecycle text, version integer, status text, action text, reason text)
RETURNS text
LANGUAGE c STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED
AS 'MODULE_PATHNAME', 'ietp_transition_target';
COMMENT ON FUNCTION ietp.transition_target(text, integer, text, text, text) IS
'status to which an action leads from a status, whatever its guards say; NULL: nowhere';

CREATE FUNCTION ietp.stamp_case()
RETURNS trigger
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ietp_stamp_case';
COMMENT ON FUNCTION ietp.stamp_case() IS
'BEFORE ROW trigger of desk.cases: stamps since when, by whom and in which cycle a case has its status, and when it was closed';
REVOKE EXECUTE ON FUNCTION ietp.stamp_case() FROM PUBLIC;
-- They ask guards about whatever key a row names, as the desk's owner.
REVOKE EXECUTE ON FUNCTION ietp.enforce_lifecycle() FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION ietp.next_actions(anyelement, text, text, text)
FROM PUBLIC;
