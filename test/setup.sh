# shellcheck shell=bash
#
# What quickstart.sh and test/all.sh share: the packages, a private folder, a
# build and a throw-away server in it.  Sourced by them, not run.
#
# Nothing here touches a PostgreSQL cluster that is not ours.  What we start
# listens on a unix socket inside a folder that only its owner may enter.

# The releases we build for, newest first.  IETP_PG=17 asks for one of them.
releases=${IETP_PG:-18 17 15}

# What we need besides PostgreSQL: a file, and the package that brings it.
# What counts is that the file is there, however it came.
needs=(
	'/usr/bin/make make'
	'/usr/bin/gcc gcc'
	'/usr/include/stdio.h libc6-dev'
	'/usr/include/unicode/utypes.h libicu-dev'
)

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
major=
bindir=
work=
no_cluster=

if ((EUID == 0)); then
	# PostgreSQL refuses to run as root; Debian's packages bring this user.
	server_user=postgres
	drop_root=(setpriv --reuid=postgres --regid=postgres --init-groups)
else
	server_user=$(id -un)
	drop_root=()
fi

say()
{
	printf '%s\n' "$*"
}

die()
{
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

# The caller's settings must not choose another server, other flags of make,
# another language of messages or files that others cannot read.  LANG is set
# too, since PostgreSQL's Perl modules delete LC_ALL.
clean_environment()
{
	unset -v "${!PG@}" "${!LC_@}" LANGUAGE
	unset -v MAKEFLAGS MFLAGS MAKELEVEL DESTDIR CDPATH
	export LC_ALL=C.UTF-8 LANG=C.UTF-8
	umask 022
}

# Calls "finish", which the caller defines, at the end, however it comes.  A
# signal may end us while a function's output goes to a file; "finish" gets
# the true outputs back from descriptors 7 and 8.
finish_at_exit()
{
	exec 7>&1 8>&2
	trap finish EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 141' PIPE
	trap 'exit 143' TERM
}

# Begins "finish": no signal and no failing command shall cut it short.
begin_finish()
{
	set +e
	trap '' HUP INT PIPE TERM
	exec >&7 2>&8
	forget_no_cluster
}


# Packages

# Sets the release: the newest one installed, else the one apt offers.
choose_release()
{
	local release

	for release in $releases; do
		if [[ -x /usr/lib/postgresql/$release/bin/postgres ]]; then
			use_release "$release"
			return
		fi
	done
	for release in $releases; do
		if has_candidate "postgresql-$release"; then
			use_release "$release"
			return
		fi
	done
	use_release "$(release_of_suite)"
}

use_release()
{
	major=$1
	bindir=/usr/lib/postgresql/$major/bin
}

has_candidate()
{
	[[ $(apt-cache policy "$1" 2>/dev/null) == *'Candidate: '[0-9]* ]]
}

# What the Debian suite brings, for as long as apt has no lists to ask.
release_of_suite()
{
	local codename

	codename=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
	case ${IETP_PG:-}/$codename in
		[0-9]*) say "$IETP_PG" ;;
		/bookworm) say 15 ;;
		/trixie) say 17 ;;
		*) say 18 ;;
	esac
}

# Prints the packages that lack.
missing_packages()
{
	local need

	if ! same_release || ! id -u "$server_user" >/dev/null 2>&1; then
		say "postgresql-$major"
		say "postgresql-client-$major"
		say "postgresql-server-dev-$major"
	fi
	for need in "${needs[@]}"; do
		[[ -e ${need% *} ]] || say "${need#* }"
	done
}

# Are server, tools and headers there and of the same minor release?  A
# library built with newer headers may call what an older server lacks.
same_release()
{
	local headers=/usr/include/postgresql/$major/server/pg_config.h
	local server tools

	[[ -x $bindir/postgres && -x $bindir/pg_config && -e $headers ]] ||
		return 1
	server=$("$bindir/postgres" --version)
	server=${server#*') '}
	tools=$("$bindir/pg_config" --version)
	tools=${tools#* }
	[[ ${server%% *} == "${tools%% *}" ]] &&
		grep -q "^#define PG_VERSION \"${server%% *}[ \"]" "$headers"
}

# Installs what lacks, or says what to install and ends.
ensure_packages()
{
	local missing

	choose_release
	mapfile -t missing < <(missing_packages)
	((${#missing[@]})) || return 0
	type -P apt-get >/dev/null ||
		die "needs apt (Debian) to install: ${missing[*]}"
	((EUID == 0)) || ask_for_packages "${missing[@]}"

	has_candidate "${missing[0]}" || update_lists
	choose_release
	mapfile -t missing < <(missing_packages)
	install_packages "${missing[@]}"
	mapfile -t missing < <(missing_packages)
	((${#missing[@]} == 0)) ||
		die "still missing, or not of one release: ${missing[*]}"
}

ask_for_packages()
{
	local line="apt-get install --no-install-recommends $*"

	has_candidate "$1" || line="apt-get update && $line"
	say "Some packages are missing. Install them as root, then try again:"
	say
	say "    $line"
	say
	exit 1
}

# The many lines of apt and dpkg are shown only if they fail.
quietly()
{
	local output

	output=$(DEBIAN_FRONTEND=noninteractive "$@" 2>&1 </dev/null \
		7>&- 8>&- 9>&-) ||
		{ tail -n 20 <<<"$output" >&2; return 1; }
}

# Another apt at work, as right after a machine's start, is waited for.
apt=(apt-get -y -qq -o DPkg::Lock::Timeout=300)

update_lists()
{
	say "apt-get update"
	quietly "${apt[@]}" update || die "apt-get update failed"
}

# The lists may be older than the archive, which then has other files: so
# once more with new lists.
install_packages()
{
	local install=(install --no-install-recommends "$@")
	local fetch=("${apt[@]}" --download-only "${install[@]}")

	say "apt-get ${install[*]}"
	say "(takes a minute or two; once dpkg has begun, Ctrl-C waits for it)"
	want_no_cluster
	to_its_end dpkg --configure -a
	quietly "${fetch[@]}" || { update_lists && quietly "${fetch[@]}"; } ||
		die "could not fetch the packages"
	to_its_end "${apt[@]}" "${install[@]}" ||
		die "could not install the packages"
	forget_no_cluster
}

# Ctrl-C has to wait while dpkg works: half-installed packages would trouble
# the machine's next apt.  In a session of its own dpkg does not hear of it.
to_its_end()
{
	quietly setsid --wait "$@"
}

# Debian's packages create and start a cluster "main" at their first
# installation.  Nobody asked us for a running server, so for this time we
# tell them not to; pg_createcluster makes one at any time.
want_no_cluster()
{
	local folder=/etc/postgresql-common/createcluster.d

	mkdir -p "$folder"
	no_cluster=$folder/ietp_helpline.conf
	say 'create_main_cluster = false' >"$no_cluster"
}

forget_no_cluster()
{
	[[ -n $no_cluster ]] || return 0
	rm -f "$no_cluster"
	rmdir --ignore-fail-on-non-empty "${no_cluster%/*}" || true
	no_cluster=
}


# The private folder

# Sets "work" to a new folder that belongs to the server's user.  Candidates
# are tried, since a system may have a temporary folder that others cannot
# enter or from which nothing may be executed.  /var/tmp comes first: it
# outlives a restart of the machine.
make_work()
{
	local parent

	for parent in "${TMPDIR:-/var/tmp}" /var/tmp /tmp /var/lib/postgresql \
		"${HOME:-/tmp}"; do
		plain_path "$parent" 50 || continue
		work=$(mktemp -d "$parent/ietp_helpline.XXXXXX" 2>/dev/null) ||
			continue
		if ((EUID == 0)); then
			chown "$server_user:" "$work"
		fi
		if work_is_usable; then
			as_server mkdir -m 700 sock tmp
			return
		fi
		rm -f "$work/try"
		rmdir "$work"
	done
	work=
	die "no temporary folder that user $server_user can use; set TMPDIR"
}

# make and PostgreSQL's settings stumble over spaces and quotes, and the path
# of a unix socket, of which $1 is the beginning, must stay below 107 bytes.
plain_path()
{
	[[ $1 =~ ^/[A-Za-z0-9_./+-]*$ ]] && ((${#1} <= $2))
}

work_is_usable()
{
	# shellcheck disable=SC2016	# the inner shell expands $0
	as_server sh -c 'cp /bin/true "$0/try" && "$0/try" && rm "$0/try"' \
		"$work" 2>/dev/null
}

# Runs a command as the server's user, in the private folder: the current one
# may be closed to that user.  A server must not inherit our outputs, for
# which a pipe might wait, nor quickstart.sh's lock, descriptor 9.
as_server()
{
	(
		cd "$work" || exit
		exec "${drop_root[@]}" env HOME="$work" USER="$server_user" \
			LOGNAME="$server_user" TMPDIR="$work/tmp" \
			PGHOST="$work/sock" PGUSER=postgres "$@" 7>&- 8>&- 9>&-
	)
}

# Removes the private folder with all servers in it.  It is the server's user
# who removes, never root: a wrong path could not do much harm.
remove_work()
{
	local data

	[[ -n $work && -d $work ]] || return 0
	as_server find "$work" -name postmaster.pid -printf '%h\n' |
		while read -r data; do
			as_server "$bindir/pg_ctl" -D "$data" -m immediate -t 20 \
				-s stop </dev/null || true
		done
	as_server rm -rf "$work" 2>/dev/null || true
	[[ ! -d $work ]] || rmdir "$work"
	work=
}


# Build

# Copies the checkout, without what git and make keep in it.  We build in the
# copy, so that the checkout may be read-only or belong to someone else and
# gets no file of another owner.
copy_tree()
{
	as_server mkdir tree
	tar -C "$top" --exclude=./.git --exclude=./.quickstart \
		--exclude='*.o' --exclude='*.bc' --exclude='*.so' \
		--exclude='./sql/ietp_helpline--*.sql' \
		--exclude='./test/core/*_test' --exclude=./src/bin/check_proof --exclude='./test/fuzz/*_fuzz' \
		--exclude=./results --exclude=./output_iso --exclude=./log \
		--exclude='./tmp_check*' --exclude='./regression.*' \
		--exclude=./build -cf - . |
		as_server tar -C tree -xf -
}

# Runs make in the copy.
run_make()
{
	as_server make -s -C "$work/tree" PG_CONFIG="$bindir/pg_config" "$@"
}

build()
{
	copy_tree
	run_make -j"$(nproc)" all
}

install_privately()
{
	run_make install DESTDIR="$work/inst" >/dev/null
}

# Prints the settings with which a server finds an extension that was
# installed with DESTDIR = $1.  extension_destdir is Debian's own; PostgreSQL
# 18 has settings of its own in its place.
library_settings()
{
	local share lib

	if ((major < 18)); then
		say "extension_destdir = '$1'"
		return
	fi
	share=$("$bindir/pg_config" --sharedir)
	lib=$("$bindir/pg_config" --pkglibdir)
	say "extension_control_path = '$1$share:\$system'"
	say "dynamic_library_path = '$1$lib:\$libdir'"
}


# Server

# Makes a cluster whose further settings stand in data/own.conf.  Only the
# server's user may enter the folder of the socket, so trust is enough.
make_cluster()
{
	as_server "$bindir/initdb" -D data -U postgres -A trust -E UTF8 \
		--locale=C.UTF-8 --no-sync >"$work/initdb.log" 2>&1 ||
		{ cat "$work/initdb.log" >&2; die "initdb failed"; }
	as_server sh -c "echo \"include 'own.conf'\" >>data/postgresql.conf"
	write_settings "$work" 'fsync = off'
}

# Writes data/own.conf for a cluster that lives, or is to live, in folder $1;
# further arguments are lines of settings.
write_settings()
{
	local folder=$1

	shift
	{
		say "listen_addresses = ''"
		say "unix_socket_directories = '$folder/sock'"
		if [[ -d $work/inst ]]; then
			library_settings "$folder/inst"
		fi
		printf '%s\n' "$@"
	} | as_server tee data/own.conf >/dev/null
}

start_server()
{
	as_server "$bindir/pg_ctl" -D "$work/data" -l "$work/log" -t 120 -s \
		start </dev/null || { tail "$work/log" >&2; die "no server"; }
}

server_runs()
{
	as_server "$bindir/pg_ctl" -D "$work/data" status >/dev/null 2>&1
}
