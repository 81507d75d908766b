// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/completion/shells.hpp"

namespace freebits::cli {
namespace {

/// Within '…'.
std::string shell_quoted(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '\'' || c == '\\') result += '\\';
    result += c;
  }
  return result;
}

constexpr const char* kBegin = R"(# fish completion of freebits, made by `freebits completion fish`.
function __fish_freebits_path
    # The command that has been typed so far, such as "bench kernels".
    set -l path
    for word in (commandline -opc)[2..-1]
        switch (string join -- ' ' $path $word)
            case {}
                set -a path $word
        end
    end
    string join -- ' ' $path
end
function __fish_freebits_at
    set -l path (__fish_freebits_path)
    test "$path" = "$argv"
end
complete -c freebits -f
)";

std::string values(const OptionText& option) {
  std::string text = option.file ? " -F" : "";
  if (!option.choices.empty()) {
    text +=
        fmt::format(" -a '{}'", shell_quoted(fmt::format("{}", fmt::join(option.choices, " "))));
  }
  return text;
}

std::string line(const CommandText& command, const std::string& what) {
  return fmt::format("complete -c freebits -n \"__fish_freebits_at '{}'\"{}\n", path_text(command),
                     what);
}

std::string option_line(const CommandText& command, const OptionText& option) {
  std::string text;
  for (const std::string& name : option.names) {
    text += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
  }
  if (!option.value.empty()) text += " -r" + (option.file ? "" : std::string(" -f"));
  return line(command,
              text + values(option) + fmt::format(" -d '{}'", shell_quoted(option.description)));
}

}  // namespace

std::string fish_completion(const CommandText& program) {
  const auto all = all_commands(program);
  std::vector<std::string> paths;
  for (const CommandText* command : all) {
    if (!command->path.empty()) paths.push_back(fmt::format("'{}'", path_text(*command)));
  }
  std::string text = kBegin;
  text.replace(text.find("{}"), 2, fmt::format("{}", fmt::join(paths, " ")));
  for (const CommandText* command : all) {
    for (const CommandText& below : command->commands) {
      text += line(*command, fmt::format(" -a {} -d '{}'", below.path.back(),
                                         shell_quoted(below.description)));
    }
    for (const OptionText& option : command->options) text += option_line(*command, option);
    for (const OptionText& positional : command->positionals) {
      if (const std::string offered = values(positional); !offered.empty()) {
        text += line(*command, offered);
      }
    }
  }
  return text;
}

}  // namespace freebits::cli
