# ietp_helpline/Makefile

EXTENSION = ietp_helpline
MODULE_big = ietp_helpline
PGFILEDESC = "ietp_helpline - worker helpline"
EXTVERSION = $(shell sed -n "s/^default_version *= *'\(.*\)'/\1/p" \
	$(EXTENSION).control)

CORE_OBJS = \
	src/core/bm25.o \
	src/core/calendar.o \
	src/core/callers.o \
	src/core/clock.o \
	src/core/compound.o \
	src/core/concurrency.o \
	src/core/confidence.o \
	src/core/contacts.o \
	src/core/csv.o \
	src/core/distribution.o \
	src/core/erlang.o \
	src/core/field.o \
	src/core/histogram.o \
	src/core/language.o \
	src/core/merkle.o \
	src/core/order.o \
	src/core/plain.o \
	src/core/ref.o \
	src/core/sum.o \
	src/core/survival.o \
	src/core/tone.o

OBJS = \
	$(CORE_OBJS) \
	src/actor.o \
	src/bm25.o \
	src/cache.o \
	src/calendar.o \
	src/callers.o \
	src/case.o \
	src/clock.o \
	src/collection.o \
	src/concurrency.o \
	src/condition.o \
	src/contacts.o \
	src/csv.o \
	src/desk.o \
	src/dictionary.o \
	src/dwell.o \
	src/elements.o \
	src/forms.o \
	src/guard.o \
	src/headline.o \
	src/histogram.o \
	src/history.o \
	src/ietp_helpline.o \
	src/intake.o \
	src/judge.o \
	src/keys.o \
	src/language.o \
	src/ledger.o \
	src/lexemes.o \
	src/lifecycle.o \
	src/occurrence.o \
	src/parser.o \
	src/percentiles.o \
	src/query.o \
	src/rate.o \
	src/ratio.o \
	src/record.o \
	src/ref.o \
	src/result.o \
	src/seal.o \
	src/search.o \
	src/service.o \
	src/staffing.o \
	src/state.o \
	src/stem.o \
	src/survival.o \
	src/text.o \
	src/thesaurus.o \
	src/token.o \
	src/tokens.o \
	src/verify.o \
	src/vocabulary.o \
	src/web.o

# The toolbox: joined in this order into the install script.
INSTALL_MODULES = \
	sql/install/ietp_helpline.sql \
	sql/install/ref.sql \
	sql/install/vocabulary.sql \
	sql/install/collation.sql \
	sql/install/actor.sql \
	sql/install/intake.sql \
	sql/install/csv.sql \
	sql/install/keys.sql \
	sql/install/state.sql \
	sql/install/ratio.sql \
	sql/install/service.sql \
	sql/install/rate.sql \
	sql/install/staffing.sql \
	sql/install/percentiles.sql \
	sql/install/histogram.sql \
	sql/install/survival.sql \
	sql/install/concurrency.sql \
	sql/install/callers.sql \
	sql/install/contacts.sql \
	sql/install/calendar.sql \
	sql/install/dwell.sql \
	sql/install/clock.sql \
	sql/install/parser.sql \
	sql/install/dictionary.sql \
	sql/install/configuration.sql \
	sql/install/search.sql \
	sql/install/query.sql \
	sql/install/bm25.sql \
	sql/install/language.sql \
	sql/install/lifecycle.sql \
	sql/install/desk.sql \
	sql/install/ledger.sql \
	sql/install/seal.sql \
	sql/install/roles.sql

# The desk and the counter: joined in this order into the text that
# ietp.desk_script() returns and ietp.create_desk() executes.
DESK_MODULES = \
	sql/desk/account.sql \
	sql/desk/calendar.sql \
	sql/desk/line.sql \
	sql/desk/taxonomy.sql \
	sql/desk/factory.sql \
	sql/desk/call.sql \
	sql/desk/lifecycle.sql \
	sql/desk/case.sql \
	sql/desk/ledger.sql \
	sql/desk/history.sql \
	sql/desk/consent.sql \
	sql/desk/action.sql \
	sql/desk/remedy.sql \
	sql/desk/recommendation.sql \
	sql/desk/promise.sql \
	sql/desk/link.sql \
	sql/desk/transition.sql \
	sql/desk/draft.sql \
	sql/desk/check.sql \
	sql/desk/replay.sql \
	sql/desk/intake.sql \
	sql/desk/csv.sql \
	sql/desk/report.sql \
	sql/desk/dwell.sql \
	sql/desk/thesaurus.sql \
	sql/desk/search.sql \
	sql/desk/correction.sql \
	sql/desk/demonstration.sql \
	sql/desk/privilege.sql

DATA_built = sql/$(EXTENSION)--$(EXTVERSION).sql
# ":=": PGXS takes a variable that is defined, but empty, for a task.
DATA := $(wildcard sql/updates/*.sql)
DOCS := $(wildcard doc/*.md doc/*.sh)

# pg_regress looks for expected/ in its output folder first, and that is the
# top folder; so inputs live in test/ and results in expected/.
REGRESS = install ref vocabulary collation language hostile taxonomy intake csv \
	ratio service rate staffing percentiles histogram survival \
	concurrency callers contacts clock keys \
	desk guard roles \
	actor account calendar line factory call case lifecycle judge transition \
	consent action remedy recommendation promise link draft check replay \
	ledger history \
	import_session \
	import_file report dwell \
	parser dictionary configuration query headline bm25 \
	thesaurus search correction demonstration
REGRESS_OPTS = --inputdir=test
ISOLATION := $(patsubst test/specs/%.spec,%,$(wildcard test/specs/*.spec))
ISOLATION_OPTS = --inputdir=test --outputdir=.
TAP_TESTS = 1
PROVE_TESTS = test/t/*.pl

# The server's headers count as system headers, so that -Wextra speaks of our
# code alone.
PG_CPPFLAGS = -isystem $(shell $(PG_CONFIG) --includedir-server) \
	-I$(CURDIR)/src
PG_CFLAGS = -Wall -Wextra -fvisibility=hidden

# ICU, the release that is installed.
ICU_LIBS = -licui18n -licuuc
SHLIB_LINK += $(ICU_LIBS)

# No JIT bitcode: our functions are calls into the library, nothing that
# inlining would help, and a build needs no clang.
override with_llvm = no

PG_CONFIG ?= pg_config
PGXS := $(shell $(PG_CONFIG) --pgxs)
EXTRA_CLEAN = $(CORE_TESTS) $(FUZZERS) src/bin/check_proof

include $(PGXS)

# Debian builds the server with gcc, and clang lacks some of gcc's flags.
ifneq (,$(findstring clang,$(CC)))
override CFLAGS := $(filter-out -fexcess-precision=standard \
	-Wno-format-truncation -Wno-stringop-truncation \
	-Wimplicit-fallthrough=3 -Wcast-function-type, $(CFLAGS))
endif

# The desk's modules become the body of one SQL function.  Neither of the two
# dollar quotes may occur in them.
sql/$(EXTENSION)--$(EXTVERSION).sql: $(INSTALL_MODULES) $(DESK_MODULES)
	@! grep -n '\$$desk_script\$$\|\$$desk_text\$$' $(DESK_MODULES)
	{ cat $(INSTALL_MODULES) && \
	echo 'CREATE FUNCTION ietp.desk_script()' && \
	echo 'RETURNS text' && \
	echo 'LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE' && \
	echo 'SET search_path = pg_catalog, pg_temp' && \
	echo 'AS $$desk_script$$SELECT $$desk_text$$' && \
	cat $(DESK_MODULES) && \
	echo '$$desk_text$$::pg_catalog.text$$desk_script$$;' && \
	echo 'COMMENT ON FUNCTION ietp.desk_script() IS' && \
	echo "'text of the statements that lay the desk and the counter';"; \
	} > $@.tmp && mv $@.tmp $@

$(OBJS): $(wildcard src/*.h src/core/*.h)

# Core unit tests and fuzzers are plain programs: no server, no headers of it.
CORE_TESTS = $(patsubst %.c,%,$(wildcard test/core/*_test.c))
FUZZERS = $(patsubst %.c,%,$(wildcard test/fuzz/*_fuzz.c))

# Estimators need functions of libm, and what makes trees of hashes has SHA-256
# from libcrypto.
CORE_LIBS = -lm
test/core/confidence_test test/fuzz/confidence_fuzz: \
	CORE_LIBS = src/core/distribution.c -lm
# What sorts has that from order.c.
$(patsubst %,test/core/%_test,callers concurrency contacts) \
$(patsubst %,test/fuzz/%_fuzz,callers concurrency contacts): \
	CORE_LIBS = src/core/order.c
test/core/merkle_test test/fuzz/merkle_fuzz: CORE_LIBS = -lcrypto

test/core/%_test: test/core/%_test.c test/core/check.h src/core/%.c src/core/%.h
	$(CC) -std=c99 -g -O1 -Wall -Wextra -Werror -Isrc/core -o $@ $< \
		src/core/$*.c $(CORE_LIBS)

core-check: $(CORE_TESTS)
	@for t in $(CORE_TESTS); do $$t || exit 1; done

test/fuzz/%_fuzz: test/fuzz/%_fuzz.c src/core/%.c src/core/%.h
	clang -g -O1 -fsanitize=fuzzer,address,undefined \
		-fno-sanitize-recover=undefined -Isrc/core -o $@ $< src/core/$*.c \
		$(CORE_LIBS)

# The tokenizer and its lexemes need no server either, but ICU.
TOKENIZER = $(patsubst %,src/%,tokens.c lexemes.c forms.c text.c \
	core/compound.c core/plain.c core/tone.c)
test/fuzz/tokens_fuzz: test/fuzz/tokens_fuzz.c $(TOKENIZER) \
		$(wildcard src/*.h src/core/*.h)
	clang -g -O1 -fsanitize=fuzzer,address,undefined \
		-fno-sanitize-recover=undefined -Isrc -o $@ $< $(TOKENIZER) \
		$(ICU_LIBS)

# Checks a proof of the ledger without any server.
check_proof: src/bin/check_proof

src/bin/check_proof: src/bin/check_proof.c src/core/merkle.c \
		src/core/merkle.h src/core/ref.c src/core/ref.h
	$(CC) -std=c99 -g -O2 -Wall -Wextra -Werror -Isrc/core -o $@ $< \
		src/core/merkle.c src/core/ref.c -lcrypto

# PostgreSQL's own indentation flags, with the types named in typedefs.list.
INDENT = pg_bsd_indent -bad -bap -bbb -bc -bl -cli1 -cp33 -cdb -nce -d0 \
	-di12 -nfc1 -i4 -l79 -lp -lpl -nip -npro -sac -tpg -ts4 -Utypedefs.list
C_FILES = $(wildcard src/*.c src/*.h src/core/*.c src/core/*.h src/bin/*.c \
	test/core/*.c test/core/*.h test/fuzz/*.c test/t/*.c \
	test/bench/*.c)

pgindent:
	@for f in $(C_FILES); do \
		$(INDENT) $$f $$f.new && \
		{ cmp -s $$f $$f.new || { mv $$f.new $$f; echo "changed $$f"; }; }; \
		rm -f $$f.new $$f.BAK; \
	done

.PHONY: core-check check_proof pgindent
