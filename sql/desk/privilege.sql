-- Last module.  Only those whom ietp.grant_role() gives EXECUTE call anything
-- of the counter, and nobody but the owner anything of the desk, even if
-- somebody grants USAGE on its schema.  No default privileges for the owner:
-- they would outlive the desk.
REVOKE ALL ON ALL ROUTINES IN SCHEMA desk, helpline FROM PUBLIC;
