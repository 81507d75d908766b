// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/completion/shells.hpp"

namespace freebits::cli {
namespace {

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size()) {
    text.replace(at, what.size(), by);
  }
  return text;
}

/// Within '…'.
std::string shell_quoted(const std::string& text) { return replaced(text, "'", "'\\''"); }

/// Within [ ] or before a colon of _arguments.
std::string escaped(std::string text) {
  for (const char* special : {"\\", "[", "]", ":"}) {
    text = replaced(std::move(text), special, std::string("\\") + special);
  }
  return shell_quoted(text);
}

/// _arguments' action for a value.
std::string action(const OptionText& option) {
  if (option.choices.empty()) return option.file ? "_files" : " ";
  const std::string values = shell_quoted(fmt::format("{}", fmt::join(option.choices, " ")));
  if (!option.file) return fmt::format("({})", values);
  return fmt::format("{{_alternative \"values\\:value\\:({})\" \"files\\:file\\:_files\"}}",
                     values);
}

std::string function_name(const CommandText& command) {
  std::string name = "_freebits";
  for (const std::string& word : command.path) name += "_" + word;
  return name;
}

std::string option_line(const OptionText& option) {
  std::string text;
  for (const std::string& name : option.names) {
    text += fmt::format(" \\\n    '{}{}[{}]", option.many ? "*" : "", name,
                        escaped(option.description));
    if (!option.value.empty()) text += fmt::format(":value:{}", action(option));
    text += "'";
  }
  return text;
}

std::string commands_of(const CommandText& command) {
  std::string text =
      " \\\n    '1: :->command' '*:: :->rest'\n  case $state in\n    command)\n"
      "      local -a commands=(\n";
  for (const CommandText& below : command.commands) {
    text += fmt::format("        '{}:{}'\n", below.path.back(), shell_quoted(below.description));
  }
  text +=
      "      )\n      _describe -t commands command commands ;;\n    rest)\n"
      "      case $words[1] in\n";
  for (const CommandText& below : command.commands) {
    text += fmt::format("        {}) {} ;;\n", below.path.back(), function_name(below));
  }
  return text + "      esac ;;\n  esac\n}\n\n";
}

std::string function(const CommandText& command) {
  std::string text = fmt::format("{}() {{\n", function_name(command));
  if (!command.commands.empty()) text += "  local state line\n";
  text += fmt::format("  _arguments {}-S", command.commands.empty() ? "" : "-C ");
  for (const OptionText& option : command.options) text += option_line(option);
  if (!command.commands.empty()) return text + commands_of(command);
  for (const OptionText& positional : command.positionals) {
    text += fmt::format(" \\\n    '{}:{}:{}'",
                        positional.many       ? "*"
                        : positional.required ? ""
                                              : ":",
                        escaped(positional.names.front()), action(positional));
  }
  return text + "\n}\n\n";
}

}  // namespace

std::string zsh_completion(const CommandText& program) {
  std::string text =
      "#compdef freebits\n# zsh completion of freebits, made by `freebits completion "
      "zsh`.\n\n";
  for (const CommandText* command : all_commands(program)) text += function(*command);
  return text +
         "if [[ $funcstack[1] == _freebits ]]; then\n  _freebits \"$@\"\nelse\n"
         "  compdef _freebits freebits\nfi\n";
}

}  // namespace freebits::cli
