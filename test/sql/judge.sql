-- The judge on any table: every way to write a row is judged or refused.
\set VERBOSITY terse
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SELECT current_database() AS database \gset
CREATE DATABASE regress_judge TEMPLATE template0 ENCODING 'UTF8';
\c regress_judge
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE EXTENSION ietp_helpline;
CREATE ROLE regress_judge_owner NOLOGIN;
CALL ietp.create_desk('regress_judge_owner');
-- Some of the rules below are meant to be bad.
ALTER TABLE desk.lifecycles DISABLE TRIGGER prove_sealed;

-- No sealed version, no move.
CREATE TABLE parcels (
	id integer PRIMARY KEY,
	status text,
	weight integer,
	mover text,
	since timestamptz,
	reason text,
	lost_as integer);
CREATE TRIGGER judge AFTER INSERT OR UPDATE ON parcels
FOR EACH ROW EXECUTE FUNCTION ietp.enforce_lifecycle('parcel', 'status');
ALTER TABLE parcels ENABLE ALWAYS TRIGGER judge;
INSERT INTO parcels VALUES (1, 'new');

INSERT INTO desk.lifecycles (lifecycle, version) VALUES ('parcel', 1);
INSERT INTO desk.statuses (lifecycle, version, status, category) VALUES
	('parcel', 1, 'new', 'initial'),
	('parcel', 1, 'on the road', 'active'),
	('parcel', 1, 'đã giao/送达', 'terminal');
INSERT INTO desk.transitions (lifecycle, version, from_status, action,
	to_status, required_columns)
VALUES
	('parcel', 1, 'new', 'send', 'on the road', '{weight}'),
	('parcel', 1, 'on the road', 'deliver', 'đã giao/送达', NULL);
-- A draft judges nothing.
INSERT INTO parcels VALUES (1, 'new');
UPDATE desk.lifecycles SET sealed_at = now(), sealed_by = 'test'
WHERE lifecycle = 'parcel';

-- INSERT, COPY
INSERT INTO parcels VALUES (1, 'new', NULL), (2, 'new', 5), (3, 'new', 5);
INSERT INTO parcels VALUES (4, 'on the road', 5);
INSERT INTO parcels VALUES (4, 'unheard of');
INSERT INTO parcels VALUES (4, NULL);
COPY parcels (id, status, weight) FROM stdin;
4	new	7
5	đã giao/送达	7
\.
COPY parcels (id, status, weight) FROM stdin;
4	new	7
\.
-- UPDATE
UPDATE parcels SET status = 'on the road';
UPDATE parcels SET status = 'on the road' WHERE id = 2;
UPDATE parcels SET status = 'đã giao/送达' WHERE id = 2;
UPDATE parcels SET status = 'on the road' WHERE id = 2;
UPDATE parcels SET status = 'new' WHERE id = 2;
UPDATE parcels SET status = 'unheard of' WHERE id = 3;
UPDATE parcels SET status = NULL WHERE id = 3;
UPDATE parcels SET weight = 6 WHERE id = 2;
-- MERGE
MERGE INTO parcels AS p USING (VALUES (3)) AS v (id) ON p.id = v.id
WHEN MATCHED THEN UPDATE SET status = 'đã giao/送达';
MERGE INTO parcels AS p USING (VALUES (9)) AS v (id) ON p.id = v.id
WHEN NOT MATCHED THEN INSERT (id, status) VALUES (v.id, 'đã giao/送达');
MERGE INTO parcels AS p USING (VALUES (3)) AS v (id) ON p.id = v.id
WHEN MATCHED THEN UPDATE SET status = 'on the road';
-- ON CONFLICT
INSERT INTO parcels VALUES (3, 'new') ON CONFLICT (id)
DO UPDATE SET status = excluded.status;
INSERT INTO parcels VALUES (3, 'new') ON CONFLICT DO NOTHING;
INSERT INTO parcels VALUES (3, 'new') ON CONFLICT (id)
DO UPDATE SET status = 'đã giao/送达';
-- A view, a rule, a CTE
CREATE VIEW parcel_view AS SELECT id, status, weight FROM parcels;
UPDATE parcel_view SET status = 'đã giao/送达' WHERE id = 4;
INSERT INTO parcel_view VALUES (10, 'on the road', 1);
CREATE TABLE doorbell (id integer);
CREATE RULE ring AS ON INSERT TO doorbell DO ALSO
UPDATE parcels SET status = 'đã giao/送达' WHERE id = NEW.id;
INSERT INTO doorbell VALUES (4);
WITH moved AS (UPDATE parcels SET status = 'đã giao/送达' WHERE id = 4
	RETURNING id) SELECT * FROM moved;
-- Another trigger that edits the row
CREATE FUNCTION forge() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	NEW.status := 'đã giao/送达';
	RETURN NEW;
END
$$;
CREATE TRIGGER zzz_forge BEFORE UPDATE ON parcels
FOR EACH ROW EXECUTE FUNCTION forge();
UPDATE parcels SET weight = 9 WHERE id = 4;
DROP TRIGGER zzz_forge ON parcels;
CREATE FUNCTION forge_after() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	UPDATE parcels SET status = 'đã giao/送达'
	WHERE id = NEW.id AND status <> 'đã giao/送达';
	RETURN NULL;
END
$$;
CREATE TRIGGER forge_after AFTER UPDATE ON parcels
FOR EACH ROW EXECUTE FUNCTION forge_after();
UPDATE parcels SET weight = 9 WHERE id = 4;
DROP TRIGGER forge_after ON parcels;
-- Replica mode
SET session_replication_role = replica;
UPDATE parcels SET status = 'đã giao/送达' WHERE id = 4;
INSERT INTO parcels VALUES (11, 'on the road');
RESET session_replication_role;
-- What was refused has left no trace.
SELECT id, status, weight FROM parcels ORDER BY id;

-- Protocol
CREATE FUNCTION misuse(definition text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE 'CREATE TRIGGER misused ' || definition;
	BEGIN
		INSERT INTO misused VALUES (2, 'new', 1);
		UPDATE misused SET status = 'on the road';
		DELETE FROM misused;
		TRUNCATE misused;
		RAISE EXCEPTION 'not refused' USING ERRCODE = 'raise_exception';
	EXCEPTION WHEN OTHERS THEN
		EXECUTE 'DROP TRIGGER misused ON misused';
		RETURN SQLSTATE || ' ' || SQLERRM;
	END;
END
$$;
CREATE TABLE misused (id integer, status text, version integer);
SELECT misuse(d) FROM (VALUES
	('BEFORE INSERT OR UPDATE ON misused FOR EACH ROW EXECUTE FUNCTION ietp.enforce_lifecycle(''parcel'', ''status'')'),
	('AFTER INSERT OR UPDATE ON misused FOR EACH STATEMENT EXECUTE FUNCTION ietp.enforce_lifecycle(''parcel'', ''status'')'),
	('AFTER INSERT OR UPDATE ON misused FOR EACH ROW EXECUTE FUNCTION ietp.enforce_lifecycle()'),
	('AFTER INSERT OR UPDATE ON misused FOR EACH ROW EXECUTE FUNCTION ietp.enforce_lifecycle(''parcel'')'),
	('AFTER INSERT OR UPDATE ON misused FOR EACH ROW EXECUTE FUNCTION ietp.enforce_lifecycle(''parcel'', ''status'', ''version'', ''more'')'),
	('AFTER INSERT ON misused FOR EACH ROW EXECUTE FUNCTION ietp.enforce_lifecycle(''parcel'', ''status'')'),
	('AFTER UPDATE ON misused FOR EACH ROW EXECUTE FUNCTION ietp.enforce_lifecycle(''parcel'', ''status'')'),
	('AFTER DELETE ON misused FOR EACH ROW EXECUTE FUNCTION ietp.enforce_lifecycle(''parcel'', ''status'')'),
	('AFTER TRUNCATE ON misused FOR EACH STATEMENT EXECUTE FUNCTION ietp.enforce_lifecycle(''parcel'', ''status'')'),
	('AFTER INSERT OR UPDATE ON misused FOR EACH ROW WHEN (NEW.id > 1) EXECUTE FUNCTION ietp.enforce_lifecycle(''parcel'', ''status'')'),
	('AFTER INSERT OR UPDATE OF status ON misused FOR EACH ROW EXECUTE FUNCTION ietp.enforce_lifecycle(''parcel'', ''status'')'),
	('AFTER INSERT OR UPDATE ON misused FOR EACH ROW EXECUTE FUNCTION ietp.enforce_lifecycle(''parcel'', ''state'')'),
	('AFTER INSERT OR UPDATE ON misused FOR EACH ROW EXECUTE FUNCTION ietp.enforce_lifecycle(''no_such'', ''status'')'),
	('AFTER INSERT OR UPDATE ON misused FOR EACH ROW EXECUTE FUNCTION ietp.enforce_lifecycle(''parcel'', ''status'', ''revision'')')
	) AS v (d);
CREATE CONSTRAINT TRIGGER misused AFTER INSERT OR UPDATE ON misused
DEFERRABLE FOR EACH ROW
EXECUTE FUNCTION ietp.enforce_lifecycle('parcel', 'status');
INSERT INTO misused VALUES (1, 'new', 1);
SELECT ietp.enforce_lifecycle();
DROP TABLE misused;

-- Partitions: judged, also when the row moves to another one.
CREATE TABLE shelf (id integer, status text, weight integer, bin integer)
PARTITION BY LIST (bin);
CREATE TABLE shelf_1 PARTITION OF shelf FOR VALUES IN (1);
-- Its columns stand in another order.
CREATE TABLE shelf_2 (bin integer, gone integer, weight integer, status text,
	id integer);
ALTER TABLE shelf_2 DROP COLUMN gone;
ALTER TABLE shelf ATTACH PARTITION shelf_2 FOR VALUES IN (2);
CREATE TRIGGER judge AFTER INSERT OR UPDATE ON shelf
FOR EACH ROW EXECUTE FUNCTION ietp.enforce_lifecycle('parcel', 'status');
INSERT INTO shelf VALUES (1, 'new', 1, 1);
DROP TRIGGER judge ON shelf;
CREATE TRIGGER judge AFTER INSERT OR UPDATE OR DELETE ON shelf
FOR EACH ROW EXECUTE FUNCTION ietp.enforce_lifecycle('parcel', 'status');
INSERT INTO shelf VALUES (1, 'new', 1, 1), (2, 'new', 1, 1), (3, 'new', 1, 2);
UPDATE shelf SET status = 'đã giao/送达' WHERE id = 1;
UPDATE shelf_1 SET status = 'đã giao/送达' WHERE id = 1;
INSERT INTO shelf_2 (id, status, bin) VALUES (4, 'on the road', 2);
-- same status, other bin
UPDATE shelf SET bin = 2 WHERE id = 1;
-- a legal move, and other bin
UPDATE shelf SET bin = 1, status = 'on the road' WHERE id IN (1, 3);
-- back to the beginning by way of another bin
UPDATE shelf SET bin = 2, status = 'new' WHERE id = 1;
UPDATE shelf SET bin = 2, status = 'unheard of' WHERE id = 1;
UPDATE shelf SET bin = 2 WHERE id = 1;
-- several rows, legal and not, and an INSERT in the same statement
UPDATE shelf SET bin = 3 - bin, status = 'đã giao/送达' WHERE id IN (1, 2);
WITH moved AS (UPDATE shelf SET bin = 1, status = 'đã giao/送达'
	WHERE id = 1 RETURNING id)
INSERT INTO shelf SELECT 5, 'new', 1, 2 FROM moved;
WITH moved AS (UPDATE shelf SET bin = 2 WHERE id = 1 RETURNING id)
INSERT INTO shelf SELECT 6, 'on the road', 1, 2 FROM moved;
-- within a transaction, so that the versions have combined command ids
BEGIN;
INSERT INTO shelf VALUES (7, 'new', 1, 1);
UPDATE shelf SET bin = 2, status = 'on the road' WHERE id = 7;
SAVEPOINT s;
UPDATE shelf SET bin = 1, status = 'new' WHERE id = 7;
ROLLBACK TO s;
INSERT INTO shelf VALUES (8, 'new', 1, 1);
DELETE FROM shelf WHERE id = 8;
INSERT INTO shelf VALUES (8, 'new', 1, 2);
COMMIT;
SELECT tableoid::regclass, id, status FROM shelf ORDER BY id;

-- A row that leaves and does not arrive, and another that is created in the
-- same command; and a trigger that writes in between
CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NEW.id = 3 THEN
		RETURN NULL;
	END IF;
	RETURN NEW;
END
$$;
INSERT INTO desk.lifecycles (lifecycle, version, key_column)
VALUES ('box', 1, 'id');
INSERT INTO desk.statuses (lifecycle, version, status, category)
SELECT 'box', 1, status, category FROM desk.statuses
WHERE lifecycle = 'parcel';
INSERT INTO desk.transitions (lifecycle, version, from_status, action,
	to_status)
SELECT 'box', 1, from_status, action, to_status FROM desk.transitions
WHERE lifecycle = 'parcel';
UPDATE desk.lifecycles SET sealed_at = now(), sealed_by = 'test'
WHERE lifecycle = 'box';
DROP TRIGGER judge ON shelf;
CREATE TRIGGER judge AFTER INSERT OR UPDATE OR DELETE ON shelf
FOR EACH ROW EXECUTE FUNCTION ietp.enforce_lifecycle('box', 'status');
CREATE TRIGGER swallow BEFORE INSERT ON shelf_2
FOR EACH ROW EXECUTE FUNCTION swallow();
WITH moved AS (UPDATE shelf SET bin = 2 WHERE id = 3 RETURNING id)
INSERT INTO shelf SELECT 9, 'đã giao/送达', 1, 2 FROM (SELECT 1) AS o;
DROP TRIGGER swallow ON shelf_2;
CREATE FUNCTION interfere() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF OLD.id <> 8 THEN
		DELETE FROM shelf WHERE id = 8;
	END IF;
	RETURN NULL;
END
$$;
CREATE TRIGGER a_interfere AFTER DELETE ON shelf
FOR EACH ROW EXECUTE FUNCTION interfere();
CREATE TRIGGER z_interfere AFTER DELETE ON shelf
FOR EACH ROW EXECUTE FUNCTION interfere();
UPDATE shelf SET bin = 3 - bin, status = 'new' WHERE id = 1;
DROP FUNCTION interfere CASCADE;
SELECT id, status FROM shelf ORDER BY id;

-- Many rows in one statement: each is judged, also after others were allowed.
CREATE TABLE boxes (id integer, status text, filler text);
CREATE TRIGGER judge AFTER INSERT OR UPDATE ON boxes
FOR EACH ROW EXECUTE FUNCTION ietp.enforce_lifecycle('box', 'status');
INSERT INTO boxes SELECT i, 'new', repeat('x', i) FROM generate_series(1, 9) AS i;
UPDATE boxes SET status = 'on the road' WHERE id = 9;
UPDATE boxes SET status = 'đã giao/送达';
UPDATE boxes SET status = CASE WHEN id < 8 THEN 'on the road'
	ELSE 'đã giao/送达' END;
UPDATE boxes SET status = CASE WHEN id < 8 THEN 'on the road'
	WHEN id = 8 THEN 'new' ELSE 'đã giao/送达' END;
UPDATE boxes SET status = CASE WHEN id < 7 THEN 'đã giao/送达' ELSE 'new' END
WHERE id < 8;
UPDATE boxes SET status = CASE id WHEN 5 THEN NULL WHEN 7 THEN 'unheard of'
	ELSE 'đã giao/送达' END WHERE id < 8;
UPDATE boxes SET status = repeat('x', 3000) WHERE id < 8;
UPDATE boxes SET status = 'đã giao/送达' WHERE id < 8;
SELECT status, count(*) FROM boxes GROUP BY 1 ORDER BY 1;
-- The rules change while the statement runs.
CREATE FUNCTION change_rules() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO desk.lifecycles (lifecycle, version) VALUES ('box', 2);
	INSERT INTO desk.statuses (lifecycle, version, status, category)
	SELECT 'box', 2, status, category FROM desk.statuses
	WHERE lifecycle = 'box' AND version = 1;
	UPDATE desk.lifecycles SET sealed_at = now(), sealed_by = 'test'
	WHERE lifecycle = 'box' AND version = 2;
	RETURN NULL;
END
$$;
INSERT INTO boxes SELECT i, 'new' FROM generate_series(11, 14) AS i;
CREATE TRIGGER a_change AFTER UPDATE ON boxes FOR EACH ROW WHEN (NEW.id = 13)
EXECUTE FUNCTION change_rules();
UPDATE boxes SET status = 'on the road' WHERE id < 13 AND id > 10;
UPDATE boxes SET status = 'on the road' WHERE id > 12;
SELECT id, status FROM boxes WHERE id > 10 ORDER BY id;
DROP TABLE boxes;
DROP FUNCTION change_rules;

-- The partition key is the status itself.
CREATE TABLE by_status (id integer, status text, weight integer)
PARTITION BY LIST (status);
CREATE TABLE by_status_1 PARTITION OF by_status FOR VALUES IN ('new');
CREATE TABLE by_status_2 PARTITION OF by_status DEFAULT;
CREATE TRIGGER judge AFTER INSERT OR UPDATE OR DELETE ON by_status
FOR EACH ROW EXECUTE FUNCTION ietp.enforce_lifecycle('parcel', 'status');
INSERT INTO by_status VALUES (1, 'new', 1), (2, 'new', NULL);
UPDATE by_status SET status = 'on the road';
UPDATE by_status SET status = 'on the road' WHERE id = 1;
UPDATE by_status SET status = 'new' WHERE id = 1;
UPDATE by_status SET status = 'đã giao/送达' WHERE id = 1;
SELECT tableoid::regclass, id, status FROM by_status ORDER BY id;

-- A status that is an enum or a varchar
CREATE TYPE parcel_status AS ENUM ('new', 'on the road', 'đã giao/送达', 'lost');
CREATE TABLE enums (id integer, status parcel_status, weight integer);
CREATE TRIGGER judge AFTER INSERT OR UPDATE ON enums
FOR EACH ROW EXECUTE FUNCTION ietp.enforce_lifecycle('parcel', 'status');
INSERT INTO enums VALUES (1, 'new', 1);
INSERT INTO enums VALUES (2, 'lost', 1);
UPDATE enums SET status = 'on the road';
UPDATE enums SET status = 'lost';
ALTER TABLE enums ALTER status TYPE varchar(20);
UPDATE enums SET status = 'new';
UPDATE enums SET status = 'đã giao/送达';

-- Every guard, and everything that is missing at once.
CREATE TABLE weighings (id integer);
ALTER TABLE weighings OWNER TO regress_judge_owner;
CREATE FUNCTION desk.weighed(id integer) RETURNS boolean LANGUAGE sql AS
'SELECT EXISTS (SELECT FROM public.weighings AS w WHERE w.id = weighed.id)';
CREATE FUNCTION desk.has_consent(id integer, purpose text) RETURNS boolean
LANGUAGE sql AS $$SELECT id % 2 = 0 AND purpose = 'story'$$;
CREATE FUNCTION desk.not_the_owners(id integer) RETURNS boolean
LANGUAGE sql AS 'SELECT true';
ALTER FUNCTION desk.weighed OWNER TO regress_judge_owner;
ALTER FUNCTION desk.has_consent(integer, text) OWNER TO regress_judge_owner;
INSERT INTO desk.guards VALUES ('weighed', 'Put it on the scales.'),
	('not_the_owners', 'Never.');
INSERT INTO desk.lifecycles (lifecycle, version, key_column, actor_column,
	since_column, reason_column, halt_column, final_except)
VALUES ('parcel', 2, 'id', 'mover', 'since', 'reason', 'lost_as',
	'{lost_as}');
INSERT INTO desk.statuses (lifecycle, version, status, category)
SELECT lifecycle, 2, status, category FROM desk.statuses
WHERE lifecycle = 'parcel';
INSERT INTO desk.statuses (lifecycle, version, status, category) VALUES
	('parcel', 2, 'lost', 'terminal'), ('parcel', 2, 'found', 'active');
INSERT INTO desk.transitions (lifecycle, version, from_status, action,
	to_status, roles, required_columns, consent, records, reason, four_eyes,
	allowed_within, when_column, when_values)
VALUES
	('parcel', 2, 'new', 'send', 'on the road', '{supervisor}',
	'{weight,since}', 'story', '{weighed}', NULL, true, '1 hour', NULL, NULL),
	('parcel', 2, 'on the road', 'deliver', 'đã giao/送达', NULL, NULL, NULL,
	NULL, NULL, false, NULL, 'weight', '{1,2}'),
	('parcel', 2, 'on the road', 'deliver', 'đã giao/送达', NULL, NULL, NULL,
	NULL, NULL, true, NULL, 'weight', '{3}'),
	('parcel', 2, '*', 'lose', 'lost', NULL, '{lost_as}', NULL, NULL, 'theft',
	false, NULL, NULL, NULL),
	('parcel', 2, '*', 'lose', 'lost', NULL, NULL, NULL, NULL, 'fire', false,
	NULL, NULL, NULL),
	('parcel', 2, 'found', 'lose', 'lost', NULL, NULL, NULL, NULL, '*', false,
	NULL, NULL, NULL),
	('parcel', 2, 'lost', 'find', 'found', NULL, NULL, NULL, NULL, NULL,
	false, '1 day', NULL, NULL),
	('parcel', 2, 'found', 'send', 'on the road', NULL, NULL, NULL,
	'{not_the_owners}', NULL, false, NULL, NULL, NULL),
	('parcel', 2, NULL, 'find', 'found', '{auditor}', NULL, NULL, NULL, NULL,
	false, NULL, NULL, NULL);
UPDATE desk.lifecycles SET sealed_at = now(), sealed_by = 'test'
WHERE lifecycle = 'parcel' AND version = 2;
CREATE ROLE regress_clerk;
GRANT ALL ON parcels TO regress_clerk;
TRUNCATE parcels;
\set VERBOSITY default
-- The column of who moved tells the truth.
INSERT INTO parcels (id, status, mover) VALUES (1, 'new', 'somebody else');
INSERT INTO parcels (id, status, mover, lost_as)
SELECT i, 'new', ietp.actor(), CASE WHEN i = 9 THEN 1 END FROM generate_series(1, 9) AS i;
UPDATE parcels SET mover = 'somebody else' WHERE id = 1;
GRANT EXECUTE ON FUNCTION ietp.next_actions TO regress_clerk;
SET ROLE regress_clerk;
SELECT action, to_status, reason, allowed, why_not
FROM ietp.next_actions((SELECT p FROM parcels AS p WHERE id = 1), 'parcel',
	'status');
RESET ROLE;
SELECT action, to_status, reason, allowed, why_not, hints
FROM ietp.next_actions((SELECT p FROM parcels AS p WHERE id = 1), 'parcel',
	'status');
UPDATE parcels SET status = 'on the road' WHERE id = 1;
SET ROLE regress_clerk;
UPDATE parcels SET status = 'on the road', mover = 'regress_clerk' WHERE id = 1;
-- nobody creates what only an auditor may
INSERT INTO parcels (id, status, mover) VALUES (10, 'found', 'regress_clerk');
RESET ROLE;
INSERT INTO parcels (id, status, mover) VALUES (10, 'found', ietp.actor());
-- One thing after the other is mended.
INSERT INTO weighings VALUES (2);
UPDATE parcels SET weight = 1, since = now() - interval '61 minutes'
WHERE id = 2;
\set VERBOSITY terse
UPDATE parcels SET status = 'on the road', mover = ietp.actor() WHERE id = 2;
UPDATE parcels SET since = now() - interval '59 minutes' WHERE id = 2;
UPDATE parcels SET status = 'on the road', mover = ietp.actor() WHERE id = 2;
SET ROLE regress_clerk;
UPDATE parcels SET status = 'on the road', mover = ietp.actor() WHERE id = 2;
RESET ROLE;
SELECT ietp.grant_role('supervisor', 'regress_clerk') > 0 AS granted;
SET ROLE regress_clerk;
UPDATE parcels SET status = 'on the road', mover = ietp.actor() WHERE id = 2;
-- when_column: none for a weight of 4, four eyes for 3
UPDATE parcels SET weight = 4 WHERE id = 2;
UPDATE parcels SET status = 'đã giao/送达' WHERE id = 2;
UPDATE parcels SET weight = 3 WHERE id = 2;
UPDATE parcels SET status = 'đã giao/送达' WHERE id = 2;
RESET ROLE;
UPDATE parcels SET status = 'đã giao/送达', mover = ietp.actor() WHERE id = 2;
-- What has ended stays as it is, but for what may change.
UPDATE parcels SET weight = 1 WHERE id = 2;
UPDATE parcels SET lost_as = 1 WHERE id = 2;
-- Reasons; while halted, only what asks for the halt
UPDATE parcels SET status = 'lost' WHERE id = 3;
UPDATE parcels SET status = 'lost', reason = 'boredom' WHERE id = 3;
UPDATE parcels SET status = 'lost', reason = 'theft' WHERE id = 3;
UPDATE parcels SET lost_as = 7 WHERE id IN (3, 4);
UPDATE parcels SET status = 'lost', reason = 'fire' WHERE id = 4;
UPDATE parcels SET status = 'lost', reason = 'theft' WHERE id = 3;
-- "*" is no way from a terminal status; a row of its own takes its place.
UPDATE parcels SET status = 'lost', reason = 'fire' WHERE id = 2;
UPDATE parcels SET lost_as = NULL WHERE id = 3;
UPDATE parcels SET since = now() WHERE id = 3;
UPDATE parcels SET status = 'found', since = now() WHERE id = 3;
UPDATE parcels SET status = 'lost', reason = 'fire', since = now()
WHERE id = 5;
UPDATE parcels SET status = 'found' WHERE id = 5;
UPDATE parcels SET status = 'lost', reason = 'boredom' WHERE id = 5;
UPDATE parcels SET status = 'found' WHERE id = 5;
-- A guard that is not the owner's is not asked.
UPDATE parcels SET status = 'on the road' WHERE id = 5;
SELECT id, status, reason FROM parcels ORDER BY id;

-- next_actions: NULLs, a status that is none, no row
SELECT count(*) FROM ietp.next_actions(NULL::parcels, 'parcel', 'status');
SELECT count(*) FROM ietp.next_actions((SELECT p FROM parcels AS p
	WHERE id = 1), NULL, 'status');
SELECT count(*) FROM ietp.next_actions((SELECT p FROM parcels AS p
	WHERE id = 1), 'parcel', 'nothing');
SELECT count(*) FROM ietp.next_actions(1, 'parcel', 'status');
SELECT count(*) FROM ietp.next_actions(ROW(1)::doorbell, 'parcel', 'id');

-- Rows that keep their version
CREATE TABLE letters (id integer, status text, weight integer,
	version integer, mover text, reason text, since timestamptz,
	lost_as integer);
CREATE TRIGGER judge AFTER INSERT OR UPDATE ON letters FOR EACH ROW
EXECUTE FUNCTION ietp.enforce_lifecycle('parcel', 'status', 'version');
GRANT ALL ON letters TO regress_clerk;
INSERT INTO letters VALUES (1, 'new', 1, NULL), (2, 'new', 1, 1);
INSERT INTO letters VALUES (1, 'new', 1, 3);
INSERT INTO letters VALUES (1, 'new', 1, 1), (2, 'new', 1, 1);
UPDATE letters SET status = 'on the road' WHERE id = 1;
UPDATE letters SET version = 2, status = 'lost', reason = 'fire' WHERE id = 1;
INSERT INTO desk.lifecycles (lifecycle, version) VALUES ('parcel', 3);
UPDATE letters SET version = 3 WHERE id = 1;
INSERT INTO desk.statuses (lifecycle, version, status, category) VALUES
	('parcel', 3, 'new', 'initial'), ('parcel', 3, 'gone', 'active');
INSERT INTO desk.lifecycle_maps VALUES ('parcel', 3, 1, 'on the road', 'gone');
UPDATE desk.lifecycles SET sealed_at = now(), sealed_by = 'test'
WHERE lifecycle = 'parcel' AND version = 3;
UPDATE letters SET version = 3 WHERE id = 1;
UPDATE letters SET version = 3, status = 'new' WHERE id = 1;
UPDATE letters SET version = 3, status = 'gone' WHERE id = 1;
UPDATE letters SET version = 3, status = 'gone' WHERE id = 2;
SELECT ietp.revoke_role('supervisor', 'regress_clerk') > 0 AS revoked;
SET ROLE regress_clerk;
UPDATE letters SET version = 3 WHERE id = 2;
RESET ROLE;
UPDATE letters SET version = 3 WHERE id = 2;
UPDATE letters SET version = NULL WHERE id = 2;
SELECT id, status, version FROM letters ORDER BY id;

-- Where rows keep no version, the newest one judges; a row that it left with
-- a status of an earlier version moves on by the map.
UPDATE parcels SET weight = 2 WHERE id = 10;
INSERT INTO parcels (id, status) VALUES (11, 'new');
UPDATE parcels SET status = 'gone' WHERE id = 10;
INSERT INTO desk.lifecycles (lifecycle, version) VALUES ('parcel', 4);
INSERT INTO desk.statuses (lifecycle, version, status, category) VALUES
	('parcel', 4, 'new', 'initial'), ('parcel', 4, 'gone', 'active');
INSERT INTO desk.lifecycle_maps VALUES ('parcel', 4, 2, 'found', 'gone');
UPDATE desk.lifecycles SET sealed_at = now(), sealed_by = 'test'
WHERE lifecycle = 'parcel' AND version = 4;
UPDATE parcels SET status = 'new' WHERE id = 10;
UPDATE parcels SET status = 'gone' WHERE id = 10;
UPDATE parcels SET status = 'new' WHERE id = 10;

-- Errors name what is configured, and no value of a row.
DO $$
BEGIN
	UPDATE parcels SET status = 'Wang Xiaoming 13800138000' WHERE id = 6;
EXCEPTION WHEN OTHERS THEN
	DECLARE
		detail text;
		hint text;
		context text;
	BEGIN
		GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL,
			hint = PG_EXCEPTION_HINT;
		IF concat(SQLERRM, detail, hint) ~* 'wang|1380' THEN
			RAISE EXCEPTION 'a value of the row was told';
		END IF;
	END;
END
$$;

-- Columns that C code reads have their types.
CREATE TABLE mistyped (id integer, status text, version numeric, mover text,
	reason text, lost_as integer, since text);
CREATE TRIGGER judge AFTER INSERT OR UPDATE ON mistyped FOR EACH ROW
EXECUTE FUNCTION ietp.enforce_lifecycle('parcel', 'status', 'version');
INSERT INTO mistyped (id, status, version) VALUES (1, 'new', 2);
ALTER TABLE mistyped ALTER version TYPE integer;
INSERT INTO mistyped (id, status, version, mover)
VALUES (1, 'new', 2, ietp.actor());
UPDATE mistyped SET status = 'lost', reason = 'fire';
UPDATE mistyped SET status = 'found';

-- Low roles do not attach the judge to tables of their own, for it asks
-- guards as the owner of the desk.
SET ROLE regress_clerk;
CREATE TEMP TABLE own (id integer, status text);
CREATE TRIGGER judge AFTER INSERT OR UPDATE ON own FOR EACH ROW
EXECUTE FUNCTION ietp.enforce_lifecycle('parcel', 'status');
RESET ROLE;

\c :database
DROP DATABASE regress_judge;
DROP ROLE regress_judge_owner, regress_clerk;
