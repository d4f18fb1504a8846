\echo Use "CREATE EXTENSION ietp_helpline" to load this file. \quit

SET LOCAL search_path = pg_catalog, pg_temp;

-- Text search, folding and case references rest on Unicode; a Chinese note
-- cannot even be stored in most other encodings.
DO $$
BEGIN
	IF pg_catalog.getdatabaseencoding() <> 'UTF8' THEN
		RAISE EXCEPTION 'ietp_helpline needs a database encoded in UTF8'
			USING ERRCODE = 'feature_not_supported',
			HINT = 'CREATE DATABASE ... ENCODING ''UTF8'' TEMPLATE template0.';
	END IF;
END
$$;

-- Plain CREATE: a schema of this name that somebody planted beforehand stops
-- the installation.
CREATE SCHEMA ietp;
COMMENT ON SCHEMA ietp IS
'toolbox of the worker helpline: types, operators and functions for any table';
GRANT USAGE ON SCHEMA ietp TO PUBLIC;
