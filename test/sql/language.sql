-- The language of short notes.

SELECT n.note, ietp.language_of(n.note)
FROM (VALUES ('老板拖欠工资三个月'), ('老闆拖欠工資三個月'), ('加班到十一'),
	('工'), ('Công ty nợ lương công nhân 3 tháng'), ('lương'),
	('cong ty no luong cong nhan 3 thang'), ('nghi ngang'),
	('The factory has not paid us since May'), ('no pay for 3 months'),
	('unpaid wages'), ('Foxconn Technology 欠薪'),
	('công nhân hỏi về 社保'),
	('The worker complained about 加班费 and 社保 deductions'),
	('給料が払われない'), ('월급을 못 받았어요'), ('ไม่ได้รับค่าจ้าง'),
	('ບໍ່ໄດ້ຮັບຄ່າຈ້າງ'), ('មិនបានទទួលប្រាក់ឈ្នួល')) AS n (note);

-- Too little, or nothing that we know.
SELECT n.note, ietp.language_of(n.note)
FROM (VALUES (''), ('138-0013-8000'), ('A-123'), ('luong'), ('overtime'),
	('нам не платят'), ('Die Firma zahlt keinen Lohn'),
	('El jefe no nos ha pagado en tres meses'),
	('lao ban tuo qian gong zi san ge yue'), (NULL)) AS n (note);

-- Decomposed letters, full width, capitals.
SELECT ietp.language_of(normalize('Công ty nợ lương', NFD)) AS decomposed,
	ietp.language_of('ｃｏｎｇ　ｔｙ　ｎｏ　ｌｕｏｎｇ') AS full_width,
	ietp.language_of('CÔNG TY NỢ LƯƠNG') AS capitals;

-- Some characters are written in one script alone, and few in both; both are
-- there in equal number: no telling.  No character is of both.
SELECT ietp.language_of('资') AS simplified, ietp.language_of('資') AS traditional,
	ietp.language_of('资資') AS as_many, ietp.language_of('资资資') AS more,
	ietp.language_of('工里面只') AS of_both;
SELECT ietp.language_of(chr(c)) AS language, count(*) > 2000 AS many
FROM generate_series(19968, 40959) AS c
GROUP BY 1 ORDER BY 1;

-- Read up to 8,192 bytes, of a stored and compressed value too.
CREATE TEMP TABLE note AS
SELECT repeat('工人', 1300) || repeat('người lao động ', 100000) AS body;
SELECT ietp.language_of(body), ietp.language_of(substr(body, 2601)) FROM note;
