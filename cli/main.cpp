// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <csignal>
#include <exception>

#include "commands.hpp"
#include "complain.hpp"
#include "finite_numbers.hpp"
#include "freebits/files/printable.hpp"
#include "freebits/tb/error.hpp"
#include "version.hpp"

namespace freebits::cli {

std::atomic<bool> interrupted = false;

}  // namespace freebits::cli

namespace {

void on_signal(int) { freebits::cli::interrupted = true; }

/// CLI11 does not name a command it does not know.
void check_command(const CLI::App& app, int argc, char** argv) {
  if (argc < 2 || argv[1][0] == '-') return;
  std::string known;
  for (const CLI::App* command : app.get_subcommands(nullptr)) {
    if (command->get_name() == argv[1]) return;
    known += (known.empty() ? "" : ", ") + command->get_name();
  }
  throw freebits::tb::Error(fmt::format("no command '{}'; one of {}", argv[1], known));
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
  if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
  fmt::print(stderr, "freebits: {}; see freebits --help\n",
             freebits::files::printable(error.what()));
  return freebits::cli::kBadInput;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace freebits::cli;
  std::signal(SIGINT, on_signal);
  std::signal(SIGTERM, on_signal);

  CLI::App app(
      "freebits: mixed-precision neural networks, measured on the RTL of a RISC-V cluster");
  app.name("freebits");
  app.set_version_flag("--version", fmt::format("freebits {} ({}), rtl {}, sw {}", kVersion,
                                                kGitHash, kRtlHash, kSwHash));
  app.require_subcommand(1);
  int exit_code = kSuccess;
  add_exec(app, exit_code);
  CLI::App* bench = app.add_subcommand("bench", "Measure speed");
  bench->require_subcommand(1);
  add_bench_kernels(*bench, exit_code);
  add_bench_simulation(*bench, exit_code);
  add_bench_training(*bench, exit_code);
  add_train(app, exit_code);
  add_run(app, exit_code);
  add_profile(app, exit_code);
  add_search(app, exit_code, command_line(argc, argv));
  add_report(app, exit_code);
  add_targets(app, exit_code);
  expect_finite_numbers(app);
  try {
    check_command(app, argc, argv);
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return report(app, error);
  } catch (const std::exception& error) {
    return complain(error);
  }
  return exit_code;
}
