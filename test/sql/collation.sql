-- Orders of lists.  What is expected was written by hand: pinyin and strokes
-- of frequent surnames, and the alphabet as schools teach it.

-- An array in the order of a collation.
CREATE FUNCTION pg_temp.sorted_by(collation_name text, items text[])
RETURNS text[]
LANGUAGE plpgsql STABLE STRICT
AS $$
DECLARE
	sorted text[];
BEGIN
	EXECUTE format('SELECT array_agg(i ORDER BY i COLLATE ietp.%I) '
		'FROM unnest($1) AS i', collation_name)
	INTO sorted USING items;
	RETURN sorted;
END
$$;

-- What is out of its place if the items are given in order.  Sorting begins
-- from the reverse, so that nothing is right by staying where it was.
CREATE FUNCTION pg_temp.misplaced(collation_name text, items text[])
RETURNS TABLE (expected text, found text)
LANGUAGE sql STABLE STRICT
AS $$
	SELECT u.expected, u.found
	FROM unnest(items, pg_temp.sorted_by(collation_name,
		(SELECT array_agg(i ORDER BY n DESC)
		FROM unnest(items) WITH ORDINALITY AS r (i, n))))
		AS u (expected, found)
	WHERE u.expected IS DISTINCT FROM u.found;
$$;

-- chen huang li lin liu wang wu yang zhang zhao zhou
SELECT * FROM pg_temp.misplaced('pinyin',
	'{陈,黄,李,林,刘,王,吴,杨,张,赵,周}');
-- The same with a tone only: ma1 ma2 ma3 ma4.  Names of several characters.
SELECT * FROM pg_temp.misplaced('pinyin', '{妈,麻,马,骂}');
SELECT * FROM pg_temp.misplaced('pinyin', '{陈伟,陈小红,李明,李娜,王芳}');
-- 2 4 5 7 8 11 12 14 15 strokes, and 17.
SELECT * FROM pg_temp.misplaced('stroke', '{丁,王,田,李,林,張,黃,趙,劉,謝}');
-- The two orders differ, and a wrong order is found.
SELECT pg_temp.sorted_by('pinyin', '{王,丁,李}') AS pinyin,
	pg_temp.sorted_by('stroke', '{王,丁,李}') AS stroke;
SELECT * FROM pg_temp.misplaced('stroke', '{丁,李,王}');

-- The alphabet, then the tones: level grave hook tilde acute dot below.
SELECT * FROM pg_temp.misplaced('vietnamese',
	'{a,ă,â,b,c,d,đ,e,ê,g,h,i,k,l,m,n,o,ô,ơ,p,q,r,s,t,u,ư,v,x,y}');
SELECT * FROM pg_temp.misplaced('vietnamese', '{ma,mà,mả,mã,má,mạ}');
SELECT * FROM pg_temp.misplaced('vietnamese', '{lương,lường,lưỡng,lượng}');
-- A letter weighs more than a tone before it, and a tone more than a capital.
SELECT * FROM pg_temp.misplaced('vietnamese', '{bà,bạ,ban,bàn,băn}');
SELECT * FROM pg_temp.misplaced('vietnamese', '{an,An,ân,Ân,bình,Bình}');
SELECT * FROM pg_temp.misplaced('vietnamese', '{Dung,Dũng,Đức,Em,Hà,Hạnh}');

-- In no order two different texts are the same.
SELECT c.collname, c.collprovider, c.collisdeterministic
FROM pg_collation AS c
WHERE c.collnamespace = 'ietp'::regnamespace
ORDER BY c.collname COLLATE "C";
SELECT count(*) FROM unnest(ARRAY['hòa', 'hoà', E'ho\u0300a']) AS w
GROUP BY w COLLATE ietp.vietnamese;

-- They serve indexes and constraints.
CREATE TEMP TABLE listed (name text COLLATE ietp.pinyin PRIMARY KEY);
INSERT INTO listed VALUES ('王'), ('李'), ('陈');
SET enable_seqscan = off;
SET enable_bitmapscan = off;
EXPLAIN (COSTS OFF) SELECT name FROM listed ORDER BY name;
SELECT name FROM listed ORDER BY name;
SELECT name FROM listed WHERE name > '陈' ORDER BY name;
RESET enable_seqscan;
RESET enable_bitmapscan;

-- The version of ICU's rules is kept, so that the server tells when it is
-- another one.
SELECT count(*) AS outdated FROM pg_collation AS c
WHERE c.collnamespace = 'ietp'::regnamespace
AND c.collversion IS DISTINCT FROM pg_collation_actual_version(c.oid);
