--
-- Rates and percentages as reports print them.
--
\pset null '(null)'
\set SHOW_CONTEXT never

--
-- Published figures
--
-- The lines 12333 of Ningxia, second and third quarter of 2020:
-- https://hrss.nx.gov.cn/zmhd/12333zx/zxdt/202010/t20201023_2265779.html
SELECT what, q2, q3, ietp.year_on_year(q3, q2, 2) AS change, printed,
	ietp.year_on_year(q3, q2, scale(printed)) = printed AS as_printed
FROM (VALUES (1, 'answered by agents', 89255, 85582, -4.1),
	(2, 'self-service', 153219, 154917, 1.11),
	(3, 'abandoned', 11735, 23352, 98.99),
	(4, 'offered', 89255 + 153219 + 11735, 85582 + 154917 + 23352, 3.79))
	AS t (n, what, q2, q3, printed)
ORDER BY n;
SELECT ietp.percent(89255 + 153219, 254209, 2) AS q2,
	ietp.percent(85582 + 154917, 263851, 2) AS q3,
	ietp.percent(85582 + 154917, 263851, 2)
	- ietp.percent(89255 + 153219, 254209, 2) AS points;
SELECT what, services, ietp.percent(services, sum(services) OVER (), 2) AS share,
	printed, ietp.percent(services, 99567, 2) = printed AS as_printed
FROM (VALUES (1, 'guidance', 34667, 34.82), (2, 'information', 29972, 30.10),
	(3, 'policy', 29016, 29.14), (4, 'others', 2290, 2.30),
	(5, 'complaints', 3622, 3.64)) AS t (n, what, services, printed)
ORDER BY n;

-- Changes on the year before that helplines printed as whole numbers: Unseen
-- of 2018, 2022 and 2023, and LifeLine of New Zealand.  One is cut, not
-- rounded: 11,700 contacts may themselves be rounded.
SELECT what, ietp.year_on_year(now, before, 2) AS change, printed,
	ietp.year_on_year(now, before) = printed AS as_printed
FROM (VALUES (1, 'Unseen 2018, victims', 7121, 4886, 46),
	(2, 'Unseen 2023, contacts', 11700, 7315 + 2464, 19),
	(3, 'Unseen 2023, victims in care', 918, 708, 30),
	(4, 'Unseen 2023, labour abuse', 516, 464, 11),
	(5, 'Unseen 2023, criminal exploitation', 385, 317, 21),
	(6, 'LifeLine, September', 14565, 10725, 36))
	AS t (n, what, now, before, printed)
ORDER BY n;

-- Shares that follow from counts in print: Amader Kotha to June 2018, the
-- child helpline 111 of Vietnam in the first quarter of 2021, CHI in 2023, the
-- national hotline of the USA in 2014, DIFE of Bangladesh, Unseen in 2020, and
-- IETP in the first half of 2021.
SELECT what, ietp.percent(part, whole, scale(share)) AS percent,
	ietp.percent(part, whole, scale(share)) = share AS agrees
FROM (VALUES
	(1, 'Amader Kotha, compensation and wage', 3819, 19582, 19.50),
	(2, 'Amader Kotha, benefits', 2793, 19582, 14.26),
	(3, 'Amader Kotha, termination', 2021, 19582, 10.32),
	(4, 'Amader Kotha, fire outside', 1942, 19582, 9.92),
	(5, 'Amader Kotha, verbal abuse', 1742, 19582, 8.90),
	(6, 'Amader Kotha, factories', 756, 912, 82.9),
	(7, 'Amader Kotha, substantive', 19582, 233028, 8.40),
	(8, 'Amader Kotha, substantive before', 2218, 25256, 8.78),
	(9, '111, filed', 7270, 77920, 9.33),
	(10, '111, counselled in depth', 2476, 77920, 3.18),
	(11, '111, interventions', 280, 77920, 0.36),
	(12, 'CHI, counselling contacts', 2302244, 6368322, 36.15),
	(13, 'hotline, signals', 5042, 21431 + 1482 + 1149, 20.95),
	(14, 'DIFE, resolved', 459, 2387, 19.2),
	(15, 'DIFE, irrelevant', 197, 815, 24.2),
	(16, 'DIFE, garment', 383, 815, 47.0),
	(17, 'Unseen 2020, labour', 578, 1742, 33.2),
	(18, 'IETP, escalated', 25, 753, 3.32)) AS t (n, what, part, whole, share)
ORDER BY n;

--
-- Rounding
--
-- Half goes away from zero, whatever the sign.
SELECT part, ietp.percent(part, 1000), ietp.percent(part, -1000),
	ietp.percent(part, 1000, 1) AS one_digit
FROM (VALUES (455), (-455), (454), (456), (445), (5), (-5), (4), (0)) AS t (part);
-- Once: a quotient that is rounded before would give 46.
SELECT ietp.percent(part, whole), round(100 * part / whole) AS twice_rounded
FROM (VALUES (454999999999999999999999999999999999,
	1000000000000000000000000000000000000)) AS t (part, whole);
-- Against whole numbers alone: half of the divisor is added, and the rest cut.
SELECT count(*) AS quotients, bool_and(ietp.percent(part, whole, digits)
	= sign(part) * sign(whole) * div(200 * abs(part) * power
	+ abs(whole), 2 * abs(whole)) / power) AS equal
FROM (SELECT (n * 7919 % 20011 - 10000)::numeric AS part,
		(n * 104729 % 5003 - 2501)::numeric AS whole,
		n % 5 AS digits, (ARRAY[1, 10, 100, 1000, 10000])[n % 5 + 1]::numeric
		AS power
	FROM generate_series(1, 20000) AS n) AS t
WHERE whole <> 0;
SELECT count(*) AS ties, bool_and(ietp.percent(n, 200)
	= div(n + sign(n::numeric), 2)) AS away_from_zero
FROM generate_series(-99, 99, 2) AS n;
SELECT ietp.percent(1, 3, 100), ietp.percent(2, 3, 30),
	scale(ietp.percent(1, 4, 5)) AS scale;

-- Nothing to divide by, NULL, NaN, infinity.
SELECT ietp.percent(1, 0), ietp.percent(0, 0), ietp.percent(NULL, 1),
	ietp.percent(1, 1, NULL), ietp.year_on_year(5, 0),
	ietp.year_on_year(0, 0), ietp.year_on_year(0, 5);
SELECT ietp.percent('NaN', 1), ietp.percent(1, 'NaN'),
	ietp.percent('Infinity', -1), ietp.percent(1, 'Infinity'),
	ietp.percent('Infinity', 'Infinity');
SELECT ietp.year_on_year(1.5, 0.7, 3), ietp.year_on_year(50, 100, 1);
\set VERBOSITY sqlstate
SELECT ietp.percent(1, 3, -1);
SELECT ietp.percent(1, 3, 101);
\set VERBOSITY default
SELECT ietp.percent(1, 3, 2000);

--
-- Rates
--
-- Calls of the first half of 2021 among 1.5 million workers: half a year of
-- work for each, and 1,000 workers for a year.
SELECT events, exposure, round(rate::numeric, 6) AS rate,
	round(lower::numeric, 6) AS lower, round(upper::numeric, 6) AS upper
FROM ietp.poisson_rate(753, 1500000 * 6 / 12.0);
-- Garwood's limits as tables print them.
SELECT t.events, round(r.lower::numeric, 3) AS lower,
	round(r.upper::numeric, 3) AS upper,
	round(r.lower::numeric, 3) = t.lower AND round(r.upper::numeric, 3) = t.upper
	AS as_printed
FROM (VALUES (0, 0.000, 3.689), (1, 0.025, 5.572), (2, 0.242, 7.225),
	(3, 0.619, 8.767), (5, 1.623, 11.668), (10, 4.795, 18.390),
	(20, 12.217, 30.888)) AS t (events, lower, upper)
CROSS JOIN LATERAL ietp.poisson_rate(t.events, 1, 1) AS r;
-- By what defines them: so few events at the upper limit, and so many at the
-- lower, have a probability of 2.5 % each, or half of what is left.
SELECT r.events, c AS confidence,
	round((SELECT sum(exp(-upper::numeric) * upper::numeric ^ i / factorial(i))
		FROM generate_series(0, r.events) AS i), 12) AS at_most,
	round(1 - (SELECT sum(exp(-lower::numeric) * lower::numeric ^ i
		/ factorial(i)) FROM generate_series(0, r.events - 1) AS i), 12)
		AS at_least
FROM (VALUES (1, 0.95), (25, 0.95), (40, 0.95), (25, 0.9), (25, 0.5))
	AS t (k, c)
CROSS JOIN LATERAL ietp.poisson_rate(k, 1, 1, c) AS r;
-- Unit and exposure scale all three.
SELECT a.rate * 250 = b.rate AS rate, a.lower * 250 = b.lower AS lower,
	a.upper * 250 = b.upper AS upper
FROM ietp.poisson_rate(9, 4, 1) AS a, ietp.poisson_rate(9, 4, 250) AS b;
-- No exposure, no rate; NULL.
SELECT ietp.poisson_rate(0, 0), ietp.poisson_rate(3, 0),
	ietp.poisson_rate(NULL, 1), ietp.poisson_rate(1, NULL);
-- The largest numbers are no slower.
SELECT events, (lower / rate)::numeric(12, 10), (upper / rate)::numeric(12, 10)
FROM ietp.poisson_rate(9223372036854775807, 1, 1)
UNION ALL
SELECT events, (lower / rate)::numeric(12, 10), (upper / rate)::numeric(12, 10)
FROM ietp.poisson_rate(1000000, 1, 1);
\set VERBOSITY sqlstate
SELECT ietp.poisson_rate(-1, 1);
SELECT ietp.poisson_rate(1, -1);
SELECT ietp.poisson_rate(1, 'NaN');
SELECT ietp.poisson_rate(1, 'Infinity');
SELECT ietp.poisson_rate(1, 1, 0);
SELECT ietp.poisson_rate(1, 1, 'NaN');
SELECT ietp.poisson_rate(1, 1, 1000, 1);
SELECT ietp.poisson_rate(1, 1, 1000, 'NaN');
\set VERBOSITY default
SELECT ietp.poisson_rate(-1, 1);
