// Each script asks `stracelake complete -- WORD...`, the last word being the one to complete, and gets a
// line `word<TAB>description` for each possible word, and `:files` when files are possible too.

const bash = `# Completion of stracelake for bash (3.2 or later).
_stracelake() {
  local line current=\${COMP_WORDS[COMP_CWORD]}
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == :files ]]; then
      compopt -o filenames 2>/dev/null
      while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$current")
    else
      COMPREPLY+=("\${line%%$'\\t'*}")
    fi
  done < <(stracelake complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _stracelake stracelake
`;

const zsh = `#compdef stracelake
# Completion of stracelake for zsh.
_stracelake() {
  local line with_files=0
  local -a items
  for line in "\${(@f)$(stracelake complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    if [[ $line == :files ]]; then
      with_files=1
    elif [[ -n $line ]]; then
      items+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
    fi
  done
  (( \${#items} )) && _describe stracelake items
  (( with_files )) && _files
}
if [[ $funcstack[1] == _stracelake ]]; then
  _stracelake
else
  compdef _stracelake stracelake
fi
`;

const fish = `# Completion of stracelake for fish.
function __stracelake_complete
    set -l words (commandline -opc)
    set -e words[1]
    set -l current (commandline -ct)
    for line in (stracelake complete -- $words "$current" 2>/dev/null)
        if test "$line" = ":files"
            __fish_complete_path "$current"
        else
            echo $line
        end
    end
end
complete -c stracelake -f -a '(__stracelake_complete)'
`;

/** Scripts by shell. */
export const completionScripts = { bash, zsh, fish };
