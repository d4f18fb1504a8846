-- Orders for lists of names and words, from ICU.  In each of them two texts are
-- equal only when their bytes are, so they serve unique indexes too.

CREATE COLLATION ietp.pinyin (provider = icu, locale = 'zh-u-co-pinyin');
COMMENT ON COLLATION ietp.pinyin IS
'Chinese characters by their pinyin, as in mainland China; for lists of names';

CREATE COLLATION ietp.stroke (provider = icu, locale = 'zh-Hant-u-co-stroke');
COMMENT ON COLLATION ietp.stroke IS
'Chinese characters by the number of their strokes, as in Taiwan and Hong Kong; for lists of names';

CREATE COLLATION ietp.vietnamese (provider = icu, locale = 'vi');
COMMENT ON COLLATION ietp.vietnamese IS
'the alphabet of Vietnamese, a ă â b c d đ e ê and so on, and its order of tones, level, grave, hook, tilde, acute, dot below; for lists of names';
