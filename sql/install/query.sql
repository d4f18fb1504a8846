-- Conditions that documents have to satisfy.

CREATE FUNCTION ietp.query(query text, mode text DEFAULT 'question')
RETURNS tsquery
LANGUAGE c STABLE STRICT PARALLEL RESTRICTED
AS 'MODULE_PATHNAME', 'ietp_query';
COMMENT ON FUNCTION ietp.query(text, text) IS
'condition that a document in ietp.multilingual has to satisfy; mode question, keywords, phrase or web';
