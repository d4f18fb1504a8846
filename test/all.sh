#!/bin/bash
#
# Runs all tests on a throw-away server and ends with one line,
# "N passed, N failed, N skipped".
#
#   ./test/all.sh
#   ONLY='core regress' ./test/all.sh    parts: core regress isolation tap
#   IETP_PG=17 ./test/all.sh             another release than the newest
#   IETP_DATA=DIR ./test/all.sh          where the larger data files are
#
# A core test program, a regression or isolation test and an assertion of a
# TAP test count as one each.  A regression test counts as skipped when its
# output has a line that begins with "skipped: ".
set -euo pipefail

# shellcheck source=test/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

parts=${ONLY:-core regress isolation tap}
data_files=(
	wage_claims_south_carolina.csv
	search_dev/docs.tsv
	search_dev/queries.tsv
)
passed=0
failed=0
skipped=0

# Whatever ended the run, the last line tells.  An end before all parts were
# through is a failure of its own.
finish()
{
	local status=$?

	begin_finish
	remove_work
	if ((status && !failed)); then
		failed=1
	fi
	say "$passed passed, $failed failed, $skipped skipped"
	exit "$status"
}

# count STATUS NAME [REASON]: one test's result.  Only what is not well gets a
# line, since the test programs have told the rest.
count()
{
	case $1 in
		ok) passed=$((passed + 1)) ;;
		skip)
			skipped=$((skipped + 1))
			say "skipped: $2${3:+ ($3)}"
			;;
		*)
			failed=$((failed + 1))
			say "FAILED: $2${3:+ ($3)}"
			;;
	esac
}

# Prints the value of a variable of the Makefile.
make_value()
{
	run_make --eval="print-value: ; @echo \$($1)" print-value
}

# Tests with larger data look in IETP_DATA and skip themselves without it.
# The server's user may be unable to read that folder: then it gets a copy.
find_data()
{
	local folder=${IETP_DATA:-$top/../shared/data} file

	unset -v IETP_DATA
	[[ -r $folder ]] || return 0
	IETP_DATA=$(realpath "$folder")
	export IETP_DATA
	for file in "${data_files[@]}"; do
		if [[ -r $folder/$file ]] &&
			! as_server test -r "$IETP_DATA/$file"; then
			copy_data
			return
		fi
	done
}

copy_data()
{
	local folder=$IETP_DATA file

	IETP_DATA=$work/tests-data
	for file in "${data_files[@]}"; do
		[[ -r $folder/$file ]] || continue
		as_server mkdir -p "$IETP_DATA/$(dirname "$file")"
		as_server tee "$IETP_DATA/$file" <"$folder/$file" >/dev/null
	done
}

set_up()
{
	needs+=('/usr/share/perl5/IPC/Run.pm libipc-run-perl'
		'/usr/bin/prove perl' '/usr/include/openssl/evp.h libssl-dev'
		'/usr/share/unicode/auxiliary/WordBreakTest.txt unicode-data')
	ensure_packages
	make_work
	say "$("$bindir/postgres" --version), run by user $server_user"
	build
	install_privately
	find_data
	make_cluster
	library_settings "$work/inst" >"$work/temp.conf"
	start_server
}


# Core unit tests: programs without a server

run_core()
{
	local test tests

	tests=$(make_value CORE_TESTS)
	for test in $tests; do
		if run_make "$test" && as_server "tree/$test"; then
			count ok "$test"
		else
			count failed "$test"
		fi
	done
}


# Regression and isolation tests

run_regress()
{
	run_pg_regress REGRESS ISOLATION= TAP_TESTS=
}

run_isolation()
{
	run_pg_regress ISOLATION REGRESS= TAP_TESTS=
}

# run_pg_regress VARIABLE ARGUMENT...: runs the tests that the Makefile's
# variable names, by make installcheck with the arguments.  A test of which
# the output says nothing has not been reached.
run_pg_regress()
{
	local output=$work/tmp/$1.out test tests
	local -A results=()

	tests=$(make_value "$1")
	[[ -n $tests ]] || return 0
	run_make installcheck "${@:2}" 2>&1 | tee "$output" || true
	read_results "$output"
	for test in $tests; do
		if [[ ${results[$test]:-} == ok ]] && skip_reason "$test"; then
			count skip "$test" "$reason"
		elif [[ -z ${results[$test]:-} ]]; then
			count failed "$test" "not run"
		else
			count "${results[$test]}" "$test"
		fi
	done
	show_differences
}

# Reads pg_regress's report into "results".  Up to release 15 it looks like
# "test NAME ... ok 12 ms", later like "not ok 3 - NAME 12 ms".
read_results()
{
	local line
	local old='^(test| ) +([A-Za-z0-9_-]+) +\.\.\. (ok|FAILED|failed)'
	local new='^(ok|not ok) +[0-9]+ +[-+] ([A-Za-z0-9_-]+) '

	while IFS= read -r line; do
		if [[ $line =~ $old ]]; then
			results[${BASH_REMATCH[2]}]=${BASH_REMATCH[3]}
		elif [[ $line =~ $new ]]; then
			results[${BASH_REMATCH[2]}]=${BASH_REMATCH[1]}
		fi
	done <"$1"
}

# Sets "reason" if the test left one for having been skipped.
skip_reason()
{
	reason=$(sed -n '/^skipped: /{s///p;q}' \
		"$work/tree/results/$1.out" 2>/dev/null) && [[ -n $reason ]]
}

show_differences()
{
	local differences=$work/tree/regression.diffs

	[[ ! -s $differences ]] || cat "$differences"
	as_server rm -f "$differences"
}

# No test of ours may bring down the server; the log knows.
check_server_log()
{
	if grep -E 'terminated by signal|PANIC|TRAP' "$work/log"; then
		count failed "the server" "crashed, see above"
	fi
}


# TAP tests: they start servers of their own, with temp.conf

run_tap()
{
	local file

	for file in "$work"/tree/test/t/*.pl; do
		[[ ! -e $file ]] || run_tap_file "test/t/${file##*/}"
	done
}

run_tap_file()
{
	local output=$work/tmp/tap.out failed_before=$failed
	local status=0

	run_make installcheck REGRESS= ISOLATION= PROVE_TESTS="$1" \
		PROVE_FLAGS=--verbose TEMP_CONFIG="$work/temp.conf" 2>&1 |
		tee "$output" || status=1
	count_assertions "$1" "$output"
	if ((status && failed == failed_before)); then
		count failed "$1" "ended early"
	fi
	((failed == failed_before)) || show_tap_logs
}

# Counts the outer assertions; those of a subtest are indented.
count_assertions()
{
	local line

	while IFS= read -r line; do
		case $line in
			"$1 "*' skipped: '*)
				count skip "$1" "${line#*skipped: }" ;;
			'ok '*'# skip'*)
				count skip "$1" "${line#*# skip }" ;;
			'ok '* | 'not ok '*'# TODO'*)
				count ok "$1" ;;
			'not ok '*)
				count failed "$1" "${line#not ok }" ;;
		esac
	done <"$2"
}

show_tap_logs()
{
	local log

	for log in "$work"/tree/tmp_check/log/*; do
		[[ -f $log ]] || continue
		say "--- the end of ${log##*/}"
		tail -n 30 "$log"
	done
}

main()
{
	local part

	clean_environment
	finish_at_exit
	for part in $parts; do
		[[ " core regress isolation tap " == *" $part "* ]] ||
			die "no part is called $part"
	done
	set_up
	for part in $parts; do
		say "--- $part"
		"run_$part"
	done
	check_server_log
	((passed + failed + skipped)) || die "no test was found"
	((failed == 0))
}

main "$@"
