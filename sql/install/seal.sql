-- Sealing, verifying and proving the ledger.  An auditor or administrator may,
-- and whoever is superuser; each function looks.  They run statements as the
-- desk's owner: the path keeps operators of the caller's out of these.

CREATE FUNCTION ietp.seal_ledger()
RETURNS text
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, ietp, pg_temp
AS 'MODULE_PATHNAME', 'ietp_seal_ledger';
COMMENT ON FUNCTION ietp.seal_ledger() IS
'seals the heads of all cases: one line with the root of their Merkle tree, to print, mail or keep elsewhere';

CREATE FUNCTION ietp.verify_ledger(
	case_ref ietp.case_ref DEFAULT NULL, seal text DEFAULT NULL,
	OUT found_in ietp.case_ref, OUT n integer, OUT finding text,
	OUT detail text)
RETURNS SETOF record
LANGUAGE c STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED ROWS 10
SET search_path = pg_catalog, ietp, pg_temp
AS 'MODULE_PATHNAME', 'ietp_verify_ledger';
COMMENT ON FUNCTION ietp.verify_ledger(ietp.case_ref, text) IS
'whatever in the history of a case, or of all, and in the rows that it tells of, is not as it was written; no row: nothing. With a seal, also what was cut off, computed anew or rolled back since';

CREATE FUNCTION ietp.ledger_proof(case_ref ietp.case_ref, seal text)
RETURNS text
LANGUAGE c STABLE STRICT PARALLEL RESTRICTED
SET search_path = pg_catalog, ietp, pg_temp
AS 'MODULE_PATHNAME', 'ietp_ledger_proof';
COMMENT ON FUNCTION ietp.ledger_proof(ietp.case_ref, text) IS
'history of a case up to a seal, with what the program check_proof needs to see that the seal covers it';
