#!/bin/bash
#
# A worker helpline to look at, in one command: installs what is missing,
# builds, starts a PostgreSQL of its own on a unix socket, loads the
# demonstration helpline and prints its half-year snapshot.
#
#   ./quickstart.sh            set up; a second time: show it again
#   ./quickstart.sh stop       stop it and remove its data
#   ./quickstart.sh keep DIR   stop it and move its data to the new folder DIR
#
# Works as root, who installs packages and the extension, and as any user, who
# changes nothing outside a private folder.
set -euo pipefail

# shellcheck source=test/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/test/setup.sh"

# Holds the path of the private folder, for the next run.
record=$top/.quickstart
complete=

usage()
{
	sed -n 's/^#   //p' "${BASH_SOURCE[0]}"
}

# What was not completed goes, whatever ended it.
finish()
{
	local status=$?

	begin_finish
	if [[ -z $complete && -n $work ]]; then
		say "Stopped: removing what was set up."
		remove_work
		rm -f "$record"
	fi
	exit "$status"
}

# One run at a time: the lock is on the checkout's folder itself.
lock_checkout()
{
	exec 9<"$top"
	flock -n 9 || die "another quickstart.sh is at work in $top"
}

run_sql()
{
	as_server "$bindir/psql" -X -q -v ON_ERROR_STOP=1 -P pager=off "$@" \
		</dev/null
}


# The private folder of an earlier run

# Sets "work" to the folder that an earlier run recorded.  The checks keep a
# forged record from pointing us at somebody's files.
find_earlier()
{
	local folder

	[[ -f $record ]] || return 1
	folder=$(<"$record")
	[[ $folder == */ietp_helpline.?????? && -d $folder ]] || return 1
	[[ $(stat -c %U "$folder") == "$server_user" ]] ||
		die "$folder belongs to another user: run this as they did"
	[[ -f $folder/major ]] || return 1
	work=$folder
	use_release "$(<"$work/major")"
}

# An earlier run that was killed left a folder that is not ready.
take_up_earlier()
{
	find_earlier || return 1
	if [[ ! -f $work/ready || ! -x $bindir/postgres ]]; then
		remove_work
		return 1
	fi
	complete=1
	server_runs || start_server
}


# Setting up

set_up()
{
	[[ -w $top ]] || die "cannot write to $top"
	ensure_packages
	make_work
	say "$work" >"$record"
	say "$major" >"$work/major"

	say "Building with $("$bindir/pg_config" --version)"
	build
	install_extension
	say "Starting a server of our own in $work"
	make_cluster
	start_server
	lay_desk
	load_demonstration
	as_server touch ready
	complete=1
}

# root installs for the whole machine; "install -C" leaves alone a file that
# is the same already.  Others install into the private folder.
install_extension()
{
	if ((EUID == 0)); then
		make -s -C "$work/tree" PG_CONFIG="$bindir/pg_config" \
			INSTALL='install -C' install >/dev/null
	else
		install_privately
	fi
	as_server rm -rf tree
}

lay_desk()
{
	say "Laying the desk"
	run_sql -d postgres -c 'CREATE ROLE helpline_owner NOLOGIN' \
		-c "CREATE DATABASE helpline ENCODING 'UTF8' TEMPLATE template0
			LOCALE 'C.UTF-8'"
	run_sql -d helpline -o /dev/null \
		-c 'SET client_min_messages = warning' \
		-c 'CREATE EXTENSION ietp_helpline' \
		-c "CALL ietp.create_desk('helpline_owner')" \
		-c "SELECT * FROM ietp.create_roles('ietp_')"
}

# The function tells its progress by notices, which psql writes to its
# standard error.
load_demonstration()
{
	say "Loading the demonstration helpline"
	run_sql -d helpline -v VERBOSITY=terse -o /dev/null \
		-c 'SET client_min_messages = notice' \
		-c 'SELECT * FROM helpline.load_demonstration()' 2>&1 |
		show_progress
}

# On a terminal the notices share one line; a log gets a line for each.
show_progress()
{
	local line shown=

	while IFS= read -r line; do
		if [[ $line != NOTICE:* ]]; then
			printf '%s%s\n' "$shown" "$line" >&2
		elif [[ -t 1 ]]; then
			printf '\r\033[K  %s' "${line#NOTICE:  }"
			shown=$'\n'
		else
			printf '  %s\n' "${line#NOTICE:  }"
		fi
	done
	[[ -z $shown ]] || printf '\r\033[K'
}


# Showing, stopping, keeping

show()
{
	say
	say "The first half of 2021 at the demonstration helpline:"
	say
	run_sql -d helpline \
		-c 'SELECT * FROM helpline.half_year_snapshot(2021, 1)'
	say "Connect:  $bindir/psql -h $work/sock -U postgres helpline"
	say "Stop:     ./quickstart.sh stop        (removes the data)"
	say "Keep:     ./quickstart.sh keep DIR    (moves the data to DIR)"
}

stop()
{
	find_earlier || die "nothing runs here"
	remove_work
	rm -f "$record"
	say "Stopped and removed."
	if ((EUID == 0)); then
		say "The extension itself stays installed for PostgreSQL $major."
	fi
}

keep()
{
	local target

	target=$(realpath -m -- "$1")
	find_earlier || die "nothing to keep: run ./quickstart.sh first"
	complete=1
	[[ -f $work/ready ]] || die "it is not complete: run ./quickstart.sh"
	check_target "$target"
	if server_runs; then
		as_server "$bindir/pg_ctl" -D "$work/data" -m fast -s stop
	fi
	move_to "$target"
	rm -f "$record"
	explain_kept
}

# Refuses a folder in which the server could not run.
check_target()
{
	[[ ! -e $1 ]] || die "$1 exists already"
	plain_path "$1" 80 ||
		die "$1: at most 80 letters, digits and _ . / + - please"
	as_server test -x "$(dirname "$1")" ||
		die "user $server_user cannot enter $(dirname "$1")"
	[[ -w $(dirname "$1") ]] || die "cannot write to $(dirname "$1")"
}

# The kept cluster is for lasting data: back to fsync, and on disk now.
move_to()
{
	write_settings "$1" 'fsync = on'
	as_server rm -rf tmp ready major initdb.log
	mv -- "$work" "$1"
	work=$1
	as_server "$bindir/initdb" --sync-only -D "$work/data" >/dev/null
}

explain_kept()
{
	local control="$bindir/pg_ctl -D $work/data -l $work/log"

	if ((EUID == 0)); then
		control="${drop_root[*]} $control"
	fi
	say "The helpline is now in $work, and stopped."
	say "Start:    $control start"
	say "Connect:  $bindir/psql -h $work/sock -U postgres helpline"
	say "Stop:     $control stop"
}

main()
{
	clean_environment
	case $#:${1:-} in
		0: | 1:stop | 2:keep) ;;
		1:help | 1:-h | 1:--help) usage; exit ;;
		*) usage >&2; exit 2 ;;
	esac
	lock_checkout
	finish_at_exit
	if (($#)); then
		"$@"
	else
		take_up_earlier || set_up
		show
	fi
}

main "$@"
