// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <sstream>
#include <string>

#include "base/error.hpp"
#include "base/printable.hpp"
#include "base/stop.hpp"
#include "cli/common/commands.hpp"
#include "cli/common/complain.hpp"
#include "cli/common/finite_numbers.hpp"
#include "cli/common/signals.hpp"
#include "cli/common/standard_output.hpp"
#include "cli/common/version.hpp"
#include "tb/geometry/geometry_builds.hpp"

namespace {

/// CLI11 does not name a command it does not know.
void check_command(const CLI::App& app, int argc, char** argv) {
  if (argc < 2 || argv[1][0] == '-') return;
  std::string known;
  for (const CLI::App* command : app.get_subcommands(nullptr)) {
    if (command->get_name() == argv[1]) return;
    known += (known.empty() ? "" : ", ") + command->get_name();
  }
  throw freebits::Error(fmt::format("no command '{}'; one of {}", argv[1], known));
}

/// As it was typed, or could have been.
std::string command_line(int argc, char** argv) {
  std::string text = "freebits";
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const bool plain = !word.empty() && word.find_first_of(" \t'\"$&|;<>()*?[]\\") == word.npos;
    text += plain ? " " + word : fmt::format(" '{}'", word);
  }
  return text;
}

/// The usage error on one line, with the option that was meant where CLI11 knows it.
int report(const CLI::App& app, const CLI::ParseError& error) {
  if (error.get_exit_code() == 0) {  // --help, --version
    std::ostringstream text;
    app.exit(error, text, text);
    const std::string all = text.str();
    std::fwrite(all.data(), 1, all.size(), stdout);
    return freebits::cli::kSuccess;
  }
  fmt::print(stderr, "freebits: {}; see freebits --help\n", freebits::printable(error.what()));
  return freebits::cli::kBadInput;
}

int run_program(int argc, char** argv) {
  using namespace freebits::cli;
  freebits::tb::interrupt_geometry_builds_with(interrupted);

  CLI::App app(
      "freebits: mixed-precision neural networks, measured on the RTL of a RISC-V cluster");
  app.name("freebits");
  app.set_version_flag("--version", fmt::format("freebits {} ({}), rtl {}, sw {}", kVersion,
                                                kGitHash, kRtlHash, kSwHash));
  app.require_subcommand(1);
  Invocation invocation{.command_line = command_line(argc, argv)};
  for (const Command* const command : commands()) add_command(app, *command, invocation);
  expect_finite_numbers(app);
  try {
    check_command(app, argc, argv);
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return report(app, error);
  } catch (const freebits::Interrupted&) {
    std::fputs("freebits: interrupted\n", stderr);
    return kInterrupted;
  } catch (const std::exception& error) {
    if (output_has_failed()) return kSuccess;  // checked_output() says so
    return complain(error);
  }
  return invocation.exit_code;
}

}  // namespace

int main(int argc, char** argv) {
  freebits::cli::keep_standard_streams();
  freebits::cli::catch_signals();
  return freebits::cli::checked_output(run_program(argc, argv));
}
