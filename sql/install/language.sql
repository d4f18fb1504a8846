-- The language of what somebody typed.

CREATE FUNCTION ietp.language_of(document text)
RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'ietp_language_of';
COMMENT ON FUNCTION ietp.language_of(text) IS
'language of a short note, in which most of its letters are: zh-Hans, zh-Hant, zh where no character tells the script, vi with or without marks, en, ja, ko, th, lo, km; NULL where undecided';
