// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/completion/shells.hpp"

namespace freebits::cli {
namespace {

/// `name` may be followed by a command: the words before it, and its own.
constexpr const char* kBegin = R"(# bash completion of freebits, made by `freebits completion bash`.
_freebits() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} path= options= values= files= i
  if [[ $current == '=' ]]; then current=; fi
  if [[ $previous == '=' ]]; then previous=${COMP_WORDS[COMP_CWORD-2]}; fi
  for ((i = 1; i < COMP_CWORD; ++i)); do
    case "$path ${COMP_WORDS[i]}" in
)";

constexpr const char* kOptions = R"(    esac
  done
  case "$path" in
)";

constexpr const char* kValues = R"(  esac
  case "$path $previous" in
)";

/// What follows an option belongs to it; otherwise an option or a positional argument may come.
constexpr const char* kEnd = R"(    *)
      if [[ $current == -* ]]; then
        files= values=$options
      fi ;;
  esac
  COMPREPLY=($(compgen -W "$values" -- "$current"))
  if [[ -n $files ]]; then
    compopt -o filenames 2>/dev/null
    mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$current")
  fi
}
complete -F _freebits freebits
)";

std::string path_of(const CommandText& command) {
  return command.path.empty() ? "" : " " + path_text(command);
}

std::string offer(const std::vector<std::string>& values, bool file) {
  return fmt::format("values='{}' files={}", fmt::join(values, " "), file ? "yes" : "");
}

std::string options_of(const CommandText& command) {
  std::string text = fmt::format("    '{}')\n      options='", path_of(command));
  for (const OptionText& option : command.options) {
    text += fmt::format("{} ", fmt::join(option.names, " "));
  }
  text += "'\n      ";
  std::vector<std::string> values;
  bool file = false;
  for (const CommandText& below : command.commands) values.push_back(below.path.back());
  for (const OptionText& positional : command.positionals) {
    values.insert(values.end(), positional.choices.begin(), positional.choices.end());
    file = file || positional.file;
  }
  return text + offer(values, file) + " ;;\n";
}

std::string values_of(const CommandText& command) {
  std::string text;
  for (const OptionText& option : command.options) {
    if (option.value.empty()) continue;
    std::string patterns;
    for (const std::string& name : option.names) {
      patterns += fmt::format("{}'{} {}'", patterns.empty() ? "" : "|", path_of(command), name);
    }
    text += fmt::format("    {}) {} ;;\n", patterns, offer(option.choices, option.file));
  }
  return text;
}

}  // namespace

std::string bash_completion(const CommandText& program) {
  const auto all = all_commands(program);
  std::string text = kBegin;
  for (const CommandText* command : all) {
    if (command->path.empty()) continue;
    text += fmt::format("      '{0}') path='{0}' ;;\n", path_of(*command));
  }
  text += kOptions;
  for (const CommandText* command : all) text += options_of(*command);
  text += kValues;
  for (const CommandText* command : all) text += values_of(*command);
  return text + kEnd;
}

}  // namespace freebits::cli
