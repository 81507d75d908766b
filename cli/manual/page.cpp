// SPDX-License-Identifier: Apache-2.0
#include "cli/manual/page.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/common/version.hpp"

namespace freebits::cli {
namespace {

/// As text that is not a request: hyphens that can be copied, no leading dot or quote.
std::string plain(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '\\') {
      result += "\\e";
    } else if (c == '-') {
      result += "\\-";
    } else {
      if ((c == '.' || c == '\'') && result.empty()) result += "\\&";
      result += c;
    }
  }
  return result;
}

std::string bold(const std::string& text) { return "\\fB" + plain(text) + "\\fR"; }
std::string italic(const std::string& text) { return "\\fI" + plain(text) + "\\fR"; }

/// "TEXT:{a,b}", "UINT:INT in [1 - 256]": what a reader needs of it.
std::string value_of(const OptionText& option) {
  if (option.value.starts_with("TEXT:{")) return fmt::format("{}", fmt::join(option.choices, "|"));
  return option.value.substr(0, option.value.find(':'));
}

std::string synopsis(const CommandText& command) {
  std::string text = bold("freebits");
  for (const std::string& word : command.path) text += " " + bold(word);
  for (const OptionText& p : command.positionals) {
    const std::string name = italic(p.names.front()) + (p.many ? " ..." : "");
    text += p.required ? " " + name : " [" + name + "]";
  }
  if (!command.commands.empty()) text += " " + italic("COMMAND");
  return text + " [" + italic("OPTION") + "]...\n";
}

std::string entry(const OptionText& option, bool positional) {
  std::string tag;
  for (const std::string& name : option.names) {
    tag += tag.empty() ? "" : ", ";
    tag += positional ? italic(name) : bold(name);
  }
  if (!positional && !option.value.empty()) {
    tag += " " + italic(value_of(option)) + (option.many ? " ..." : "");
  }
  std::string text = option.description;
  if (positional && !option.choices.empty() && !option.file) {
    text += fmt::format(" ({})", fmt::join(option.choices, ", "));
  }
  if (!option.standard.empty()) text += fmt::format(" (default: {})", option.standard);
  if (option.required && !positional) text += " (required)";
  return fmt::format(".TP\n{}\n{}\n", tag, plain(text));
}

std::string section(const std::string& title, const std::vector<OptionText>& options,
                    bool positional) {
  if (options.empty()) return "";
  std::string text = fmt::format(".SH {}\n", title);
  for (const OptionText& option : options) text += entry(option, positional);
  return text;
}

std::string reference(const CommandText& command) {
  return fmt::format(".BR {} (1)", plain(page_name(command)));
}

std::string commands_of(const CommandText& command) {
  if (command.commands.empty()) return "";
  std::string text = ".SH COMMANDS\n";
  for (const CommandText& below : command.commands) {
    text += fmt::format(".TP\n{}\n{}\n", reference(below), plain(below.description));
  }
  return text;
}

constexpr const char* kExitStatus = R"(.SH EXIT STATUS
.TP
.B 0
Success.
.TP
.B 1
The work was done and the answer is no: a program failed, a result differs.
.TP
.B 2
Bad usage or input; one line on standard error says what would be right.
.TP
.B 3
Interrupted; the same command continues where that is possible.
)";

std::string see_also(const CommandText& program, const CommandText& command) {
  std::string text = ".SH SEE ALSO\n";
  std::vector<std::string> pages;
  for (const CommandText* other : all_commands(program)) {
    if (other != &command && other->path.size() <= 1) pages.push_back(reference(*other));
  }
  return text + fmt::format("{}\n", fmt::join(pages, ",\n"));
}

}  // namespace

std::string page_name(const CommandText& command) {
  return command.path.empty() ? "freebits" : "freebits-" + path_text(command, "-");
}

std::string manual_page(const CommandText& program, const CommandText& command) {
  const std::string name = page_name(command);
  std::string text = fmt::format(".TH \"{}\" 1 \"{}\" \"freebits {}\" \"freebits manual\"\n", name,
                                 kDate, kVersion);
  text += fmt::format(".SH NAME\n{} \\- {}\n", plain(name), plain(command.description));
  text += ".SH SYNOPSIS\n" + synopsis(command);
  text += commands_of(command);
  text += section("ARGUMENTS", command.positionals, true);
  text += section("OPTIONS", command.options, false);
  return text + kExitStatus + see_also(program, command);
}

}  // namespace freebits::cli
