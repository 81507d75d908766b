// SPDX-License-Identifier: Apache-2.0
// `freebits exec`: its options; exec_cluster.cpp and exec_core.cpp do the work.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <filesystem>

#include "base/error.hpp"
#include "cli/common/commands.hpp"
#include "cli/common/exec_options.hpp"
#include "cli/common/output_file.hpp"
#include "tb/isa/level.hpp"

namespace freebits::cli {
namespace {

/// A viewer goes by the name.
void check_fst_name(const std::string& file) {
  std::string extension = std::filesystem::path(file).extension();
  std::ranges::transform(extension, extension.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  for (const char* other :
       {".vcd", ".evcd", ".wlf", ".fsdb", ".vpd", ".ghw", ".lxt", ".lxt2", ".vzt"}) {
    if (extension != other) continue;
    throw Error(fmt::format(
        "--trace {}: waveforms are written as FST, not as {}; name it {} (fst2vcd converts it)",
        file, extension.substr(1), std::filesystem::path(file).replace_extension(".fst").string()));
  }
}

int exec(const ExecOptions& options) {
  if (!options.isa.empty() && !isa::parse_level(options.isa)) {
    throw Error(fmt::format("--isa {}: no such level; one of {}", options.isa,
                            fmt::join(isa::kLevelNames, ", ")));
  }
  if (options.max_cycles == 0) throw Error("--max-cycles 0: must be at least 1");
  check_writable(options.json);
  check_writable(options.instructions);
  check_writable(options.signature);
  if (!options.trace.empty()) {
    check_fst_name(options.trace);
    check_writable_regular(options.trace);
  }
  if (!options.timeline.empty()) check_writable_regular(options.timeline);
  if (options.model && !options.target.empty() && options.target != kBareCore) {
    throw Error(
        fmt::format("--model --target {}: the reference model is one hart with ideal "
                    "memory; leave out --target",
                    options.target));
  }
  return options.model || options.target == kBareCore ? exec_core(options) : exec_cluster(options);
}

void define(CLI::App& command, Invocation& invocation) {
  auto options = std::make_shared<ExecOptions>();
  command
      .add_option("ELF", options->elf,
                  "32-bit little-endian RISC-V executable; talks through tohost/fromhost (HTIF)")
      ->required();
  command.add_option("--target", options->target,
                     "a target's name or TOML file (see freebits targets; default flexv), or core: "
                     "one core with ideal memory");
  command.add_option("--cores", options->cores, "1, 2, 4, 8 or 16 cores instead of the target's");
  command.add_option("--isa", options->isa,
                     "ISA level, not above the target's: rv32imc, xpulpv2, xpulpnn, mixed, flexv");
  command.add_flag("--model", options->model,
                   "run on one hart of the reference model instead of the RTL");
  command.add_flag("--check", options->check,
                   "run RTL and model in lock step; the first difference stops the run");
  command
      .add_option("--max-cycles", options->max_cycles,
                  "give up after so many cycles (--model: instructions)")
      ->capture_default_str();
  command.add_option("--trace", options->trace, "write waveforms to this FST file");
  command.add_option("--trace-from", options->trace_from,
                     "first cycle traced, or a symbol: when a core first executes there");
  command.add_option("--trace-to", options->trace_to, "first cycle no longer traced, or a symbol");
  command.add_flag("--profile", options->profile,
                   "print where the cycles of all cores went, by function and source line");
  command.add_option("--timeline", options->timeline,
                     "write functions, stalls and transfers over time to this file, for "
                     "ui.perfetto.dev");
  command.add_option("--gdb", options->gdb,
                     "wait for gdb at this port of 127.0.0.1 (0: any) and run under its control");
  command.add_option("--instructions", options->instructions,
                     "write every retired instruction to this file");
  command.add_option(
      "--signature", options->signature,
      "write the memory from begin_signature to end_signature to this file (riscv-arch-test)");
  command.add_option("--json", options->json,
                     "write the result as JSON to this file (- for standard output)");
  command.add_option(
      "--memory", options->memory,
      "bare core: RAM at BASE:SIZE, repeatable; replaces the default (4 MiB at 0, 8 MiB at "
      "0x1c000000, 16 MiB at 0x80000000, CORE-V's peripherals)");
  command.add_option(
      "--stall-probability", options->stall_probability,
      "bare core: chance per cycle that a bus grant or response is withheld, 0 to 0.95");
  command.add_option("--seed", options->seed, "seed of --stall-probability (default 1)");
  command.add_flag("-v,--verbose", options->verbose, "print where the cycles went");
  command.callback([options, &invocation] { invocation.exit_code = exec(*options); });
}

}  // namespace

const Command& exec_command() {
  static const Command command{.name = "exec",
                               .description = "Run a bare-metal RISC-V ELF on the cluster",
                               .define = define};
  return command;
}

}  // namespace freebits::cli
