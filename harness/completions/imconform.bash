# SPDX-License-Identifier: MIT
#
# Completion for bash: what can stand next is asked of the program itself (imconform --complete).

_imconform() {
  local line=${COMP_LINE:0:COMP_POINT} words word kept='' text rest path mark
  read -ra words <<<"$line"
  case $line in *[[:space:]]) words+=('') ;; esac
  word=${words[${#words[@]} - 1]}
  # bash puts the answer behind the last of these marks, not in place of the whole word
  for mark in : =; do
    if [[ $COMP_WORDBREAKS == *"$mark"* && ${word%"${word##*"$mark"}"} == "$kept"* ]]; then
      kept=${word%"${word##*"$mark"}"}
    fi
  done
  COMPREPLY=()
  while IFS=$'\t' read -r text rest; do
    case $text in
    :files | :folders)
      compopt -o filenames 2>/dev/null
      [ "$text" = :files ] && mark=-f || mark=-d
      while IFS= read -r path; do
        path=$rest$path
        COMPREPLY+=("${path#"$kept"}")
      done < <(compgen "$mark" -- "${word#"$rest"}")
      ;;
    *) COMPREPLY+=("${text#"$kept"}") ;;
    esac
  done < <("${words[0]}" --complete "${words[@]:1}" 2>/dev/null)
  case ${COMPREPLY[0]-} in *:) compopt -o nospace 2>/dev/null ;; esac
}
complete -F _imconform imconform
