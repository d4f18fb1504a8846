-- Who is acting.  All of these answer from outside any SECURITY DEFINER
-- function.  They are PARALLEL RESTRICTED because a work token lives in the
-- memory of one process.

CREATE FUNCTION ietp.actor()
RETURNS text
LANGUAGE c STABLE STRICT PARALLEL RESTRICTED
AS 'MODULE_PATHNAME', 'ietp_actor';
COMMENT ON FUNCTION ietp.actor() IS
'who is acting: the account of the work token, else the role set by SET ROLE, else the login';

CREATE FUNCTION ietp.actor_is(VARIADIC kinds text[])
RETURNS boolean
LANGUAGE c STABLE STRICT PARALLEL RESTRICTED
AS 'MODULE_PATHNAME', 'ietp_actor_is';
COMMENT ON FUNCTION ietp.actor_is(text[]) IS
'has the actor one of these kinds of role?';

CREATE FUNCTION ietp.actor_kinds()
RETURNS text[]
LANGUAGE c STABLE STRICT PARALLEL RESTRICTED
AS 'MODULE_PATHNAME', 'ietp_actor_kinds';
COMMENT ON FUNCTION ietp.actor_kinds() IS
'the kinds of role that the actor has, in the order of ietp.role_kind';

CREATE FUNCTION ietp.actor_team()
RETURNS text
LANGUAGE c STABLE STRICT PARALLEL RESTRICTED
AS 'MODULE_PATHNAME', 'ietp_actor_team';
COMMENT ON FUNCTION ietp.actor_team() IS
'team of the actor''s account, or NULL';

CREATE FUNCTION ietp.actor_factory()
RETURNS text
LANGUAGE c STABLE STRICT PARALLEL RESTRICTED
AS 'MODULE_PATHNAME', 'ietp_actor_factory';
COMMENT ON FUNCTION ietp.actor_factory() IS
'factory that the actor''s account speaks for, or NULL';

CREATE FUNCTION ietp.actor_buyer()
RETURNS text
LANGUAGE c STABLE STRICT PARALLEL RESTRICTED
AS 'MODULE_PATHNAME', 'ietp_actor_buyer';
COMMENT ON FUNCTION ietp.actor_buyer() IS
'buyer that the actor''s account speaks for, or NULL';

CREATE FUNCTION ietp.actor_may_be(name text)
RETURNS boolean
LANGUAGE c STABLE STRICT PARALLEL RESTRICTED
AS 'MODULE_PATHNAME', 'ietp_actor_may_be';
COMMENT ON FUNCTION ietp.actor_may_be(text) IS
'is the person of this name the actor, or one whom the actor''s login can become by SET ROLE? Then it is no second person';

CREATE FUNCTION ietp.begin_work(token text)
RETURNS text
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ietp_begin_work';
COMMENT ON FUNCTION ietp.begin_work(text) IS
'makes the account of a signed token the actor until the end of the transaction';
REVOKE EXECUTE ON FUNCTION ietp.begin_work(text) FROM PUBLIC;
