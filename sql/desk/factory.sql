-- Factories with dated headcounts, and the buyers who buy from them.

CREATE TABLE desk.factories (
	factory text PRIMARY KEY
		CHECK (factory ~ '^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$'),
	country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
	name text,
	contact_phone text CHECK (contact_phone ~ '^\+[1-9][0-9]{6,14}$'),
	member_during datemultirange NOT NULL DEFAULT '{}',
	synthetic boolean NOT NULL DEFAULT false);
COMMENT ON TABLE desk.factories IS
'factories whose workers may call';
COMMENT ON COLUMN desk.factories.factory IS
'code that the programme gave the factory; not its name';
COMMENT ON COLUMN desk.factories.contact_phone IS
'E.164 number of the factory''s management';
COMMENT ON COLUMN desk.factories.member_during IS
'periods of membership in the programme; a multirange cannot overlap itself';

CREATE TABLE desk.headcounts (
	factory text NOT NULL REFERENCES desk.factories,
	as_of date NOT NULL,
	workers integer NOT NULL CHECK (workers >= 0),
	PRIMARY KEY (factory, as_of));
COMMENT ON TABLE desk.headcounts IS
'workers of a factory, in force from that day until the next headcount';

CREATE TABLE desk.awareness (
	factory text NOT NULL REFERENCES desk.factories,
	n integer NOT NULL CHECK (n > 0),
	kind ietp.awareness_kind NOT NULL,
	quantity integer NOT NULL CHECK (quantity > 0),
	done_on date NOT NULL,
	PRIMARY KEY (factory, n));
COMMENT ON TABLE desk.awareness IS
'how workers were told of the helpline: cards handed out, posters hung, people trained';

CREATE TABLE desk.buyers (
	buyer text PRIMARY KEY
		CHECK (buyer ~ '^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$'),
	name text NOT NULL);
COMMENT ON TABLE desk.buyers IS 'brands and retailers of the programme';

CREATE TABLE desk.supplies (
	buyer text NOT NULL REFERENCES desk.buyers,
	factory text NOT NULL REFERENCES desk.factories,
	during datemultirange NOT NULL DEFAULT '{(,)}',
	PRIMARY KEY (buyer, factory));
COMMENT ON TABLE desk.supplies IS 'which buyer buys from which factory, and when';

ALTER TABLE desk.accounts
	ADD FOREIGN KEY (factory) REFERENCES desk.factories,
	ADD FOREIGN KEY (buyer) REFERENCES desk.buyers;

ALTER TABLE desk.factories ENABLE ROW LEVEL SECURITY;
ALTER TABLE desk.factories FORCE ROW LEVEL SECURITY;
ALTER TABLE desk.headcounts ENABLE ROW LEVEL SECURITY;
ALTER TABLE desk.headcounts FORCE ROW LEVEL SECURITY;
ALTER TABLE desk.awareness ENABLE ROW LEVEL SECURITY;
ALTER TABLE desk.awareness FORCE ROW LEVEL SECURITY;
ALTER TABLE desk.buyers ENABLE ROW LEVEL SECURITY;
ALTER TABLE desk.buyers FORCE ROW LEVEL SECURITY;
ALTER TABLE desk.supplies ENABLE ROW LEVEL SECURITY;
ALTER TABLE desk.supplies FORCE ROW LEVEL SECURITY;

-- The helpline's own people read all of it; a factory and a buyer their own.
CREATE POLICY staff ON desk.factories FOR SELECT
USING ((SELECT ietp.actor_is('specialist', 'supervisor', 'investigator',
	'programme_staff', 'analyst', 'auditor', 'administrator')));
CREATE POLICY own ON desk.factories FOR SELECT
USING (factory = (SELECT ietp.actor_factory())
	OR factory IN (SELECT s.factory FROM desk.supplies AS s
		WHERE s.buyer = (SELECT ietp.actor_buyer())
		AND s.during @> current_date));
CREATE POLICY register ON desk.factories
USING ((SELECT ietp.actor_is('programme_staff', 'administrator')))
WITH CHECK ((SELECT ietp.actor_is('programme_staff', 'administrator')));

CREATE POLICY staff ON desk.headcounts FOR SELECT
USING ((SELECT ietp.actor_is('specialist', 'supervisor', 'investigator',
	'programme_staff', 'analyst', 'auditor', 'administrator')));
CREATE POLICY own ON desk.headcounts FOR SELECT
USING (factory = (SELECT ietp.actor_factory()));
CREATE POLICY register ON desk.headcounts
USING ((SELECT ietp.actor_is('programme_staff', 'administrator')))
WITH CHECK ((SELECT ietp.actor_is('programme_staff', 'administrator')));

CREATE POLICY staff ON desk.awareness FOR SELECT
USING ((SELECT ietp.actor_is('specialist', 'supervisor', 'investigator',
	'programme_staff', 'analyst', 'auditor', 'administrator')));
CREATE POLICY own ON desk.awareness FOR SELECT
USING (factory = (SELECT ietp.actor_factory()));
CREATE POLICY register ON desk.awareness
USING ((SELECT ietp.actor_is('programme_staff', 'administrator')))
WITH CHECK ((SELECT ietp.actor_is('programme_staff', 'administrator')));

CREATE POLICY staff ON desk.buyers FOR SELECT
USING ((SELECT ietp.actor_is('supervisor', 'programme_staff', 'analyst',
	'auditor', 'administrator')));
CREATE POLICY own ON desk.buyers FOR SELECT
USING (buyer = (SELECT ietp.actor_buyer()));
CREATE POLICY register ON desk.buyers
USING ((SELECT ietp.actor_is('programme_staff', 'administrator')))
WITH CHECK ((SELECT ietp.actor_is('programme_staff', 'administrator')));

CREATE POLICY staff ON desk.supplies FOR SELECT
USING ((SELECT ietp.actor_is('supervisor', 'programme_staff', 'analyst',
	'auditor', 'administrator')));
CREATE POLICY own ON desk.supplies FOR SELECT
USING (buyer = (SELECT ietp.actor_buyer()));
CREATE POLICY register ON desk.supplies
USING ((SELECT ietp.actor_is('programme_staff', 'administrator')))
WITH CHECK ((SELECT ietp.actor_is('programme_staff', 'administrator')));

CREATE FUNCTION desk.check_factory(factory text)
RETURNS void
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	IF factory IS NULL THEN
		PERFORM desk.refuse('factory', 'missing');
	ELSIF NOT EXISTS (SELECT FROM desk.factories AS f
			WHERE f.factory = check_factory.factory) THEN
		PERFORM desk.refuse('factory', 'unknown_code',
			'Enter the factory with helpline.set_factory first.');
	END IF;
END
$$;
COMMENT ON FUNCTION desk.check_factory(text) IS
'refuses a code that no factory has';

CREATE FUNCTION helpline.set_factory(
	factory text, country text, name text DEFAULT NULL,
	contact_phone text DEFAULT NULL,
	member_from date DEFAULT NULL, member_until date DEFAULT NULL)
RETURNS datemultirange
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
DECLARE
	phone text := ietp.try_phone(contact_phone);
	member datemultirange;
BEGIN
	PERFORM desk.enter('set_factory');
	IF factory IS NULL OR ietp.try_code(factory) IS DISTINCT FROM factory THEN
		PERFORM desk.refuse('factory', 'malformed');
	ELSIF country IS NULL OR country !~ '^[A-Z]{2}$' THEN
		PERFORM desk.refuse('country', 'malformed',
			'Two capital letters after ISO 3166-1.');
	ELSIF contact_phone IS NOT NULL AND phone IS NULL THEN
		PERFORM desk.refuse('contact_phone', 'malformed',
			'With the country code, as in E.164.');
	ELSIF NOT isfinite(member_from) THEN
		PERFORM desk.refuse('member_from', 'out_of_range', 'A day.');
	ELSIF member_until < member_from OR NOT isfinite(member_until)
			OR member_until IS NOT NULL AND member_from IS NULL THEN
		PERFORM desk.refuse('member_until', 'out_of_range',
			'On or after member_from.');
	END IF;
	INSERT INTO desk.factories AS f
		(factory, country, name, contact_phone, member_during)
	VALUES (factory, country, name, phone, CASE
		WHEN member_from IS NULL THEN '{}'::datemultirange
		ELSE datemultirange(daterange(member_from, member_until, '[]')) END)
	ON CONFLICT ON CONSTRAINT factories_pkey DO UPDATE
	SET country = excluded.country,
		name = COALESCE(excluded.name, f.name),
		contact_phone = COALESCE(excluded.contact_phone, f.contact_phone),
		-- A new period replaces the time from its first day on.
		member_during = CASE WHEN member_from IS NULL THEN f.member_during
			ELSE f.member_during
				- datemultirange(daterange(member_from, NULL))
				+ excluded.member_during END
	RETURNING f.member_during INTO member;
	RETURN member;
END
$$;
COMMENT ON FUNCTION helpline.set_factory(
	text, text, text, text, date, date) IS
'enters or changes a factory; a membership period replaces what was known from its first day on; returns all periods';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('programme_staff', 'set_factory'), ('administrator', 'set_factory');

CREATE FUNCTION helpline.set_headcount(
	factory text, as_of date, workers integer)
RETURNS void
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	PERFORM desk.enter('set_headcount');
	PERFORM desk.check_factory(factory);
	IF as_of IS NULL THEN
		PERFORM desk.refuse('as_of', 'missing');
	ELSIF NOT isfinite(as_of) THEN
		PERFORM desk.refuse('as_of', 'out_of_range', 'A day.');
	ELSIF workers IS NULL THEN
		PERFORM desk.refuse('workers', 'missing');
	ELSIF workers < 0 THEN
		PERFORM desk.refuse('workers', 'out_of_range', '0 or more.');
	END IF;
	INSERT INTO desk.headcounts (factory, as_of, workers)
	VALUES (factory, as_of, workers)
	ON CONFLICT ON CONSTRAINT headcounts_pkey DO UPDATE
	SET workers = excluded.workers;
END
$$;
COMMENT ON FUNCTION helpline.set_headcount(text, date, integer) IS
'enters how many workers a factory has from a day on';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('programme_staff', 'set_headcount'), ('administrator', 'set_headcount');

CREATE FUNCTION helpline.record_awareness(
	factory text, kind text, quantity integer, done_on date)
RETURNS integer
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
DECLARE
	the_kind ietp.awareness_kind;
	next_n integer;
BEGIN
	PERFORM desk.enter('record_awareness');
	PERFORM desk.check_factory(factory);
	the_kind := desk.enum_of('kind', kind, NULL::ietp.awareness_kind);
	IF the_kind IS NULL THEN
		PERFORM desk.refuse('kind', 'missing');
	ELSIF quantity IS NULL OR quantity < 1 THEN
		PERFORM desk.refuse('quantity', 'out_of_range', '1 or more.');
	ELSIF done_on IS NULL THEN
		PERFORM desk.refuse('done_on', 'missing');
	ELSIF NOT isfinite(done_on) THEN
		PERFORM desk.refuse('done_on', 'out_of_range', 'A day.');
	END IF;
	PERFORM FROM desk.factories AS f
	WHERE f.factory = record_awareness.factory FOR UPDATE;
	SELECT COALESCE(max(a.n), 0) + 1 INTO next_n FROM desk.awareness AS a
	WHERE a.factory = record_awareness.factory;
	INSERT INTO desk.awareness (factory, n, kind, quantity, done_on)
	VALUES (factory, next_n, the_kind, quantity, done_on)
	ON CONFLICT DO NOTHING;
	RETURN next_n;
END
$$;
COMMENT ON FUNCTION helpline.record_awareness(text, text, integer, date) IS
'records that workers were told of the helpline; returns the number of the record within the factory';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('programme_staff', 'record_awareness'),
	('administrator', 'record_awareness');

CREATE FUNCTION helpline.set_buyer(buyer text, name text)
RETURNS void
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	PERFORM desk.enter('set_buyer');
	IF buyer IS NULL OR ietp.try_code(buyer) IS DISTINCT FROM buyer THEN
		PERFORM desk.refuse('buyer', 'malformed');
	ELSIF ietp.nonblank(name) IS NULL THEN
		PERFORM desk.refuse('name', 'missing');
	END IF;
	INSERT INTO desk.buyers (buyer, name) VALUES (buyer, name)
	ON CONFLICT ON CONSTRAINT buyers_pkey DO UPDATE SET name = excluded.name;
END
$$;
COMMENT ON FUNCTION helpline.set_buyer(text, text) IS
'enters or changes a buyer';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('programme_staff', 'set_buyer'), ('administrator', 'set_buyer');

CREATE FUNCTION helpline.set_supply(
	buyer text, factory text,
	buys_from date DEFAULT NULL, buys_until date DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	PERFORM desk.enter('set_supply');
	PERFORM desk.check_factory(factory);
	IF NOT EXISTS (SELECT FROM desk.buyers AS b
			WHERE b.buyer = set_supply.buyer) THEN
		PERFORM desk.refuse('buyer', 'unknown_code',
			'Enter the buyer with helpline.set_buyer first.');
	ELSIF NOT isfinite(buys_from) THEN
		PERFORM desk.refuse('buys_from', 'out_of_range', 'A day, or NULL.');
	ELSIF buys_until < buys_from OR NOT isfinite(buys_until) THEN
		PERFORM desk.refuse('buys_until', 'out_of_range',
			'On or after buys_from.');
	END IF;
	INSERT INTO desk.supplies AS s (buyer, factory, during)
	VALUES (buyer, factory,
		datemultirange(daterange(buys_from, buys_until, '[]')))
	ON CONFLICT ON CONSTRAINT supplies_pkey DO UPDATE
	-- A new period replaces the time from its first day on.
	SET during = s.during - datemultirange(daterange(buys_from, NULL))
		+ excluded.during;
END
$$;
COMMENT ON FUNCTION helpline.set_supply(text, text, date, date) IS
'enters that a buyer buys from a factory, and when; NULL means without limit; the period replaces what was known from its first day on';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('programme_staff', 'set_supply'), ('administrator', 'set_supply');

CREATE FUNCTION helpline.my_factories()
RETURNS TABLE (factory text, country text, name text,
	member_during datemultirange)
LANGUAGE plpgsql STABLE STRICT PARALLEL RESTRICTED SECURITY DEFINER
SET search_path = pg_catalog, ietp, pg_temp
AS $$
BEGIN
	PERFORM desk.enter('my_factories');
	RETURN QUERY
	SELECT f.factory, f.country, f.name, f.member_during
	FROM desk.factories AS f
	WHERE f.factory = ietp.actor_factory()
	OR f.factory IN (SELECT s.factory FROM desk.supplies AS s
		WHERE s.buyer = ietp.actor_buyer() AND s.during @> current_date)
	ORDER BY f.factory;
END
$$;
COMMENT ON FUNCTION helpline.my_factories() IS
'the factory that the actor speaks for, or those that the actor''s company buys from today';
INSERT INTO desk.kind_functions (kind, function_name) VALUES
	('factory', 'my_factories'), ('buyer', 'my_factories');
