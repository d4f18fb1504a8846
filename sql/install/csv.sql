-- Records of comma-separated values (RFC 4180), split one by one.

CREATE FUNCTION ietp.csv_fields(line text, delimiter text DEFAULT ',')
RETURNS text[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_csv_fields';
COMMENT ON FUNCTION ietp.csv_fields(text, text) IS
'the fields of a record of comma-separated values, an empty one without quotes as NULL; NULL where the line is no record';

CREATE FUNCTION ietp.csv_open(line text, delimiter text DEFAULT ',')
RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_csv_open';
COMMENT ON FUNCTION ietp.csv_open(text, text) IS
'does the line end inside quotes, so that its record goes on in the next line?';
