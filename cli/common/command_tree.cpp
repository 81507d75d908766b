// SPDX-License-Identifier: Apache-2.0
#include "cli/common/command_tree.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "models/builders/family.hpp"
#include "tb/targets/target.hpp"

namespace freebits::cli {
namespace {

std::vector<std::string> split(const std::string& text, const std::string& separator) {
  std::vector<std::string> parts;
  std::size_t at = 0;
  for (std::size_t end = 0; end != std::string::npos; at = end + separator.size()) {
    end = text.find(separator, at);
    parts.push_back(text.substr(at, end - at));
  }
  return parts;
}

std::vector<std::string> networks() {
  std::vector<std::string> names;
  for (const models::NetworkFamily* const family : models::network_families())
    names.emplace_back(family->name);
  return names;
}

/// The list of permitted values in CLI11's name of a type, "TEXT:{a,b}"; empty: there is none.
std::string permitted(const std::string& type) {
  const std::size_t begin = type.find('{'), end = type.find('}', begin);
  if (begin == std::string::npos || end == std::string::npos) return "";
  return type.substr(begin + 1, end - begin - 1);
}

bool has_name(const OptionText& option, const std::string& name) {
  return std::ranges::find(option.names, name) != option.names.end();
}

/// What may be offered for the value.
void add_values(OptionText& option, const std::string& command) {
  if (const std::string list = permitted(option.value); !list.empty()) {
    option.choices = split(list, ",");
  } else if (has_name(option, "--target") || (command == "targets" && has_name(option, "NAME"))) {
    option.choices = tb::shipped_targets();
    option.file = true;
  } else if (has_name(option, "NETWORK")) {
    option.choices = networks();
    option.file = true;
  } else {
    option.file = option.value.starts_with("TEXT");
  }
}

OptionText option_text(const CLI::Option& option, const std::string& command) {
  OptionText text;
  if (option.get_positional()) {
    text.names.push_back(option.get_name(true, false));
  } else {
    for (const std::string& name : option.get_lnames()) text.names.push_back("--" + name);
    for (const std::string& name : option.get_snames()) text.names.push_back("-" + name);
  }
  text.description = option.get_description();
  text.required = option.get_required();
  if (option.get_type_size() == 0) return text;
  text.value = option.get_type_name().empty() ? "TEXT" : option.get_type_name();
  text.standard = option.get_default_str();
  text.many = option.get_expected_max() == CLI::detail::expected_max_vector_size;
  add_values(text, command);
  return text;
}

CommandText command_text(const CLI::App& app, const std::vector<std::string>& path) {
  CommandText text;
  text.path = path;
  text.description = app.get_description();
  for (const CLI::Option* option : app.get_options()) {
    (option->get_positional() ? text.positionals : text.options)
        .push_back(option_text(*option, path.empty() ? "" : path.back()));
  }
  for (const CLI::App* command : app.get_subcommands(nullptr)) {
    std::vector<std::string> below = path;
    below.push_back(command->get_name());
    text.commands.push_back(command_text(*command, below));
  }
  return text;
}

void append(const CommandText& command, std::vector<const CommandText*>& all) {
  all.push_back(&command);
  for (const CommandText& below : command.commands) append(below, all);
}

}  // namespace

CommandText command_tree(const CLI::App& program) { return command_text(program, {}); }

std::vector<const CommandText*> all_commands(const CommandText& program) {
  std::vector<const CommandText*> all;
  append(program, all);
  return all;
}

std::string path_text(const CommandText& command, const std::string& separator) {
  std::string text;
  for (const std::string& word : command.path) text += (text.empty() ? "" : separator) + word;
  return text;
}

}  // namespace freebits::cli
