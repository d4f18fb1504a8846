-- Ranking by BM25, and what a score is made of.

-- The planner does not count what it takes to read long vectors, and so scans
-- whole tables where an index would take a third of the time.  Without an
-- index such a plan would look so costly that it were compiled.
CREATE FUNCTION ietp.bm25(
	collection text, query text, mode text DEFAULT 'question',
	most integer DEFAULT 10, total bigint DEFAULT NULL,
	mean_length double precision DEFAULT NULL)
RETURNS TABLE (key text, score double precision)
LANGUAGE c STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED
SET enable_seqscan = off
SET jit = off
AS 'MODULE_PATHNAME', 'ietp_bm25';
COMMENT ON FUNCTION ietp.bm25(
	text, text, text, integer, bigint, double precision) IS
'best documents for a query, by BM25; collection is a SELECT of key, vector and, if there is one, length';

CREATE FUNCTION ietp.search_explain(
	collection text, query text, mode text DEFAULT 'question')
RETURNS TABLE (term text, class text, retrieves boolean, documents bigint,
	idf double precision, weight double precision)
LANGUAGE c STABLE CALLED ON NULL INPUT PARALLEL RESTRICTED
AS 'MODULE_PATHNAME', 'ietp_search_explain';
COMMENT ON FUNCTION ietp.search_explain(text, text, text) IS
'terms by which ietp.bm25() scores documents for a query: class, whether a term finds documents by itself, number of documents that have it, inverse document frequency and weight';
