-- Factories: membership, headcounts, awareness, buyers and who sees which.
-- All in a transaction that is rolled back.
SET datestyle = ISO;
SET search_path = public, ietp;
BEGIN;

-- The outcome of a statement: SQLSTATE, column and message of its error.
CREATE FUNCTION pg_temp.attempt(statement text)
RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	state text;
	col text;
	message text;
	detail text;
BEGIN
	EXECUTE statement;
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE,
		col = COLUMN_NAME, message = MESSAGE_TEXT,
		detail = PG_EXCEPTION_DETAIL;
	RETURN concat_ws(' | ', state, NULLIF(col, ''), message,
		NULLIF(detail, ''));
END
$$;

-- Membership: a new period replaces what was known from its first day on.
SELECT helpline.set_factory('TF-1', 'QF') AS never_a_member;
SELECT helpline.set_factory('TF-1', 'QF', 'First Toys', '+86 755 1234 5678',
	member_from => '2015-03-01') AS open_ended;
SELECT helpline.set_factory('TF-1', 'QF') AS nothing_new;
SELECT helpline.set_factory('TF-1', 'QF', member_from => '2015-03-01',
	member_until => '2016-12-31') AS now_it_ends;
SELECT helpline.set_factory('TF-1', 'QF', member_from => '2018-01-01')
	AS rejoined;
SELECT helpline.set_factory('TF-1', 'QF', member_from => '2018-06-01',
	member_until => '2018-06-30') AS inside_the_second;
SELECT helpline.set_factory('TF-1', 'QF', member_from => '2018-07-01',
	member_until => '2018-07-01') AS one_day_next_to_it;
SELECT helpline.set_factory('TF-1', 'QF', member_from => '2016-06-01',
	member_until => '2016-06-15') AS everything_after_is_gone;
SELECT helpline.set_factory('TF-1', 'QF', member_from => '2014-01-01',
	member_until => '2014-01-31') AS from_before_the_first;

-- A name and a number are kept when none is given.
SELECT country, name, contact_phone FROM desk.factories WHERE factory = 'TF-1';
SELECT helpline.set_factory('TF-1', 'QG', 'New Name') AS moved;
SELECT country, name, contact_phone FROM desk.factories WHERE factory = 'TF-1';
SELECT synthetic FROM desk.factories WHERE factory = 'TF-1';

-- Headcounts: one for each day, the last word counts.
SELECT helpline.set_headcount('TF-1', '2015-01-01', 100) IS NOT NULL AS done;
SELECT helpline.set_headcount('TF-1', '2016-01-01', 0) IS NOT NULL AS done;
SELECT helpline.set_headcount('TF-1', '2015-01-01', 120) IS NOT NULL AS done;
SELECT as_of, workers FROM desk.headcounts WHERE factory = 'TF-1' ORDER BY 1;

-- Awareness is numbered within the factory.
SELECT helpline.set_factory('TF-2', 'QF') IS NOT NULL AS done;
SELECT helpline.record_awareness('TF-1', 'cards', 500, '2021-04-01');
SELECT helpline.record_awareness('TF-2', 'posters', 3, '2021-04-02');
SELECT helpline.record_awareness('TF-1', 'TRAINING', 40, '2021-04-01');
SELECT factory, n, kind, quantity, done_on FROM desk.awareness
WHERE factory IN ('TF-1', 'TF-2') ORDER BY 1, 2;

-- Buyers
SELECT helpline.set_buyer('TB-1', 'A Brand') IS NOT NULL AS done;
SELECT helpline.set_buyer('TB-1', 'The Brand') IS NOT NULL AS done;
SELECT helpline.set_buyer('TB-2', 'Other Brand') IS NOT NULL AS done;
SELECT helpline.set_supply('TB-1', 'TF-1') IS NOT NULL AS done;
SELECT helpline.set_supply('TB-1', 'TF-2', '2020-01-01', '2020-12-31')
	IS NOT NULL AS done;
SELECT helpline.set_supply('TB-2', 'TF-2', buys_from => '2020-01-01')
	IS NOT NULL AS done;
SELECT b.buyer, b.name, s.factory, s.during
FROM desk.buyers AS b JOIN desk.supplies AS s USING (buyer)
WHERE b.buyer IN ('TB-1', 'TB-2') ORDER BY 1, 3;

-- Each error
SELECT v.call, pg_temp.attempt('SELECT helpline.' || v.call)
FROM (VALUES
	($$set_factory(NULL, 'QF')$$),
	($$set_factory(' TF-3', 'QF')$$),
	($$set_factory(E'TF-3\n', 'QF')$$),
	($$set_factory('TF/3', 'QF')$$),
	($$set_factory('TF-3', NULL)$$),
	($$set_factory('TF-3', 'qf')$$),
	($$set_factory('TF-3', 'QF', contact_phone => '0755 1234')$$),
	($$set_factory('TF-3', 'QF', member_from => '-infinity')$$),
	($$set_factory('TF-3', 'QF', member_from => '2020-01-02',
		member_until => '2020-01-01')$$),
	($$set_factory('TF-3', 'QF', member_from => '2020-01-02',
		member_until => 'infinity')$$),
	($$set_factory('TF-3', 'QF', member_until => '2020-01-01')$$),
	($$set_headcount(NULL, '2020-01-01', 1)$$),
	($$set_headcount('TF-3', '2020-01-01', 1)$$),
	($$set_headcount('TF-1', NULL, 1)$$),
	($$set_headcount('TF-1', 'infinity', 1)$$),
	($$set_headcount('TF-1', '2020-01-01', NULL)$$),
	($$set_headcount('TF-1', '2020-01-01', -1)$$),
	($$record_awareness('TF-3', 'cards', 1, '2020-01-01')$$),
	($$record_awareness('TF-1', NULL, 1, '2020-01-01')$$),
	($$record_awareness('TF-1', 'leaflets', 1, '2020-01-01')$$),
	($$record_awareness('TF-1', 'cards', NULL, '2020-01-01')$$),
	($$record_awareness('TF-1', 'cards', 0, '2020-01-01')$$),
	($$record_awareness('TF-1', 'cards', 1, NULL)$$),
	($$record_awareness('TF-1', 'cards', 1, '-infinity')$$),
	($$set_buyer(NULL, 'x')$$),
	($$set_buyer('TB 3', 'x')$$),
	($$set_buyer('TB-3', NULL)$$),
	($$set_buyer('TB-3', '  ')$$),
	($$set_supply('TB-3', 'TF-1')$$),
	($$set_supply(NULL, 'TF-1')$$),
	($$set_supply('TB-1', 'TF-3')$$),
	($$set_supply('TB-1', NULL)$$),
	($$set_supply('TB-1', 'TF-1', '2020-01-02', '2020-01-01')$$),
	($$set_supply('TB-1', 'TF-1', 'infinity')$$),
	($$set_supply('TB-1', 'TF-1', NULL, 'infinity')$$)
) AS v (call);
SELECT count(*) FROM desk.factories WHERE factory = 'TF-3';

-- Who sees which: a factory its own, a buyer those it buys from today.
CREATE ROLE regress_factory NOLOGIN;
CREATE ROLE regress_buyer NOLOGIN;
CREATE ROLE regress_former_buyer NOLOGIN;
CREATE ROLE regress_staff NOLOGIN;
SELECT ietp.grant_role('factory', 'regress_factory') > 0 AS granted;
SELECT ietp.grant_role('buyer', 'regress_buyer') > 0 AS granted;
SELECT ietp.grant_role('buyer', 'regress_former_buyer') > 0 AS granted;
SELECT ietp.grant_role('programme_staff', 'regress_staff') > 0 AS granted;
SELECT helpline.set_buyer('TB-3', 'Past Brand') IS NOT NULL AS done;
SELECT helpline.set_supply('TB-3', 'TF-1', '2010-01-01', '2019-12-31')
	IS NOT NULL AS done;
SELECT helpline.set_supply('TB-3', 'TF-2',
	buys_from => (now() + interval '1000 days')::date) IS NOT NULL AS done;
SAVEPOINT accounts;
SET LOCAL ROLE regress_factory;
SELECT count(*) AS without_account FROM helpline.my_factories();
RESET ROLE;
SELECT helpline.set_account('regress_factory', 'factory', factory => 'TF-2')
	IS NOT NULL AS done;
SELECT helpline.set_account('regress_buyer', 'buyer', buyer => 'TB-1')
	IS NOT NULL AS done;
SELECT helpline.set_account('regress_former_buyer', 'buyer', buyer => 'TB-3')
	IS NOT NULL AS done;
SET LOCAL ROLE regress_factory;
SELECT factory, country, name, member_during FROM helpline.my_factories();
SELECT pg_temp.attempt('SELECT helpline.set_headcount(''TF-2'', ''2020-01-01'', 1)');
SELECT pg_temp.attempt('SELECT * FROM desk.factories');
RESET ROLE;
SET LOCAL ROLE regress_buyer;
SELECT factory, country, name FROM helpline.my_factories();
RESET ROLE;
SET LOCAL ROLE regress_former_buyer;
SELECT count(*) AS former_or_future FROM helpline.my_factories();
RESET ROLE;
SET LOCAL ROLE regress_staff;
SELECT pg_temp.attempt('SELECT helpline.my_factories()');
SELECT helpline.set_headcount('TF-2', '2020-01-01', 7) IS NOT NULL AS done;
RESET ROLE;

-- An account that is no longer active sees nothing.
SELECT helpline.set_account('regress_factory', 'factory', factory => 'TF-2',
	active => false) IS NOT NULL AS done;
SET LOCAL ROLE regress_factory;
SELECT pg_temp.attempt('SELECT helpline.my_factories()');
RESET ROLE;
ROLLBACK TO accounts;

-- desk.mean_workers() against a slow count, day by day, over the periods and
-- headcounts as this test knows them.
CREATE TEMP TABLE known_member (factory text, first_day date, last_day date);
CREATE TEMP TABLE known_count (factory text, day date, workers integer);
INSERT INTO known_member
SELECT format('TM-%s', i), date '2018-01-01' + i * 47 % 900,
	CASE WHEN i % 4 > 0 THEN date '2018-01-01' + i * 47 % 900 + i * 31 END
FROM generate_series(1, 24) AS i;
INSERT INTO known_count
SELECT format('TM-%s', i), date '2017-11-15' + j * 211 + i * 5,
	100 * i + j * j
FROM generate_series(1, 24) AS i, generate_series(0, 5) AS j
WHERE i % 7 > 0;
-- One headcount on the very first day of a month, one on the last.
INSERT INTO known_count VALUES
	('TM-1', '2018-09-01', 5000), ('TM-2', '2018-09-30', 7000);
SELECT count(helpline.set_factory(factory,
	CASE WHEN right(factory, 1) IN ('0', '5') THEN 'QN' ELSE 'QM' END,
	member_from => first_day, member_until => last_day)) AS factories
FROM known_member;
SELECT count(*) AS headcounts
FROM known_count AS k, helpline.set_headcount(k.factory, k.day, k.workers);
-- Two of them left and came back.
SELECT count(helpline.set_factory(factory, 'QM',
	member_from => last_day + 40, member_until => last_day + 400)) AS rejoined
FROM known_member WHERE factory IN ('TM-2', 'TM-3');
INSERT INTO known_member
SELECT factory, last_day + 40, last_day + 400
FROM known_member WHERE factory IN ('TM-2', 'TM-3');

CREATE TEMP TABLE mean_workers AS
SELECT h.since, c.country, desk.mean_workers(h.since,
		(h.since + interval '6 months')::date, c.country) AS got,
	-- NULL, not 0, where there is no headcount at all
	(SELECT sum(by_day.workers)::numeric / 6
		FROM (
			SELECT (SELECT k.workers FROM known_count AS k
				WHERE k.factory = m.factory AND k.day <= d.day
				ORDER BY k.day DESC LIMIT 1) AS workers
			FROM generate_series(h.since,
				h.since + interval '6 months' - interval '1 day',
				interval '1 day') AS d (day),
				known_member AS m
			JOIN desk.factories AS f USING (factory)
			WHERE extract(day FROM d.day) = 1
			AND d.day >= m.first_day
			AND (m.last_day IS NULL OR d.day <= m.last_day)
			AND f.country = c.country
		) AS by_day) AS expected
FROM (VALUES (date '2017-07-01'), ('2018-01-01'), ('2018-07-01'),
	('2019-01-01'), ('2019-07-01'), ('2020-01-01'), ('2023-07-01')) AS h (since),
	(VALUES ('QM'), ('QN')) AS c (country);
SELECT country, since, round(got, 3) AS got FROM mean_workers ORDER BY 1, 2;
SELECT count(*) AS compared, count(got) AS not_null,
	count(*) FILTER (WHERE round(got, 6) IS DISTINCT FROM round(expected, 6))
		AS different
FROM mean_workers;
-- Without a country it is the sum of the countries.
SELECT round(desk.mean_workers('2019-01-01', '2019-07-01', NULL)
	- sum(desk.mean_workers('2019-01-01', '2019-07-01', c.country)), 6)
	AS difference, sum(desk.mean_workers('2019-01-01', '2019-07-01', c.country))
	> 10000 AS is_much
FROM (SELECT DISTINCT country FROM desk.factories) AS c;

ROLLBACK;
