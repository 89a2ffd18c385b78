# SPDX-License-Identifier: Apache-2.0
# bash completion of platen(1). Verbs and options are read from its help.
_platen()
{
	local word=${COMP_WORDS[COMP_CWORD]} verb=${COMP_WORDS[1]} before=${COMP_WORDS[COMP_CWORD - 1]}

	case $before in
	--ca | --config | --socket | --output | -o)
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
		return
		;;
	--key)
		mapfile -t COMPREPLY < <(compgen -W "$(platen printers --json 2>/dev/null | grep -o '"key":[[:space:]]*"[^"]*"' | cut -d'"' -f4)" -- "$word")
		return
		;;
	esac
	if [[ $verb == ews && $COMP_CWORD == 2 ]]; then
		mapfile -t COMPREPLY < <(compgen -W 'list allow deny end' -- "$word")
		return
	elif [[ $verb == ews && $COMP_CWORD == 3 && $before != list ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(platen ews list --json 2>/dev/null | grep -o '"id":[[:space:]]*"[^"]*"' | cut -d'"' -f4)" -- "$word")
		return
	fi
	if ((COMP_CWORD == 1)); then
		mapfile -t COMPREPLY < <(compgen -W "$(platen --help | sed -n 's/^  platen \([a-z]*\).*/\1/p') --help --version" -- "$word")
	else
		mapfile -t COMPREPLY < <(compgen -W "$(platen --help | sed -n "s/^  platen $verb //p" | grep -o -- '--[a-z-]*') --socket --config" -- "$word")
	fi
}
complete -F _platen platen
