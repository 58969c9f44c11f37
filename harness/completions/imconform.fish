# SPDX-License-Identifier: MIT
#
# Completion for fish: what can stand next is asked of the program itself (imconform --complete).

function __imconform_complete
    set -l words (commandline -opc)
    set -l word (commandline -ct)
    for line in ($words[1] --complete $words[2..-1] "$word" 2>/dev/null)
        set -l part (string split -m 1 \t -- $line)
        switch $part[1]
            case :files :folders
                set -l rest (string sub -s (math (string length -- "$part[2]") + 1) -- "$word")
                if test $part[1] = :files
                    printf '%s\n' $part[2](__fish_complete_path "$rest")
                else
                    printf '%s\n' $part[2](__fish_complete_directories "$rest")
                end
            case '*'
                echo $line
        end
    end
end
complete -c imconform -f -a '(__imconform_complete)'
