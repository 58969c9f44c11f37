#compdef imconform
# SPDX-License-Identifier: MIT
#
# Completion for zsh: what can stand next is asked of the program itself (imconform --complete).

local -a before begun whole
local text rest

before=(${(Q)words[1,CURRENT-1]})
for text rest in "${(@ps:\t:)${(f)"$(_call_program names ${(q)before[1]} --complete ${(q)before[2,-1]} ${(q)PREFIX:-''})"}}"; do
  case $text in
    (:files | :folders)
      compset -P ${(b)rest}
      [[ $text == :files ]] && _files || _files -/
      ;;
    (*:) begun+=("${text//:/\\:}:$rest") ;;
    (*) whole+=("${text//:/\\:}:$rest") ;;
  esac
done
(( $#whole )) && _describe -t values imconform whole
(( $#begun )) && _describe -t formats format begun -S ''
