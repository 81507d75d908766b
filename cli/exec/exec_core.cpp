// SPDX-License-Identifier: Apache-2.0
// `freebits exec --target core` and `--model`: one core, or one hart of the reference model, with
// ideal memory.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "base/error.hpp"
#include "cli/common/commands.hpp"
#include "cli/common/document.hpp"
#include "cli/common/exec_options.hpp"
#include "cli/common/exec_report.hpp"
#include "cli/common/progress.hpp"
#include "cli/common/signals.hpp"
#include "cli/exec/instruction_log.hpp"
#include "tb/core/fst_file.hpp"
#include "tb/isa/level.hpp"

namespace freebits::cli {
namespace {

/// Where programs usually live: CORE-V (0, its debugger at 0x1a110000, its virtual peripherals at
/// 0x800000, 0x10000000, 0x20000000), PULP L2 (0x1c000000), riscv-tests and most others
/// (0x80000000).
const std::vector<std::string> kDefaultMemory = {
    "0x0:0x400000",        "0x800000:0x1000",   "0x10000000:0x1000",   "0x1a110000:0x4000",
    "0x1c000000:0x800000", "0x20000000:0x1000", "0x80000000:0x1000000"};

std::uint32_t parse_number(const std::string& text, const std::string& whole) {
  std::size_t used = 0;
  unsigned long long value = 0;
  try {
    value = std::stoull(text, &used, 0);
  } catch (const std::exception&) {
    used = 0;
  }
  if (used == 0 || used != text.size() || value > 0xffffffffULL) {
    throw Error(fmt::format(
        "--memory {}: expected BASE:SIZE, two 32-bit numbers such as 0x80000000:0x100000", whole));
  }
  return static_cast<std::uint32_t>(value);
}

tb::SystemMemory make_memory(const std::vector<std::string>& regions) {
  tb::SystemMemory memory;
  for (const std::string& text : regions) {
    const std::size_t colon = text.find(':');
    const std::string size = colon == std::string::npos ? "" : text.substr(colon + 1);
    memory.add_region(parse_number(text.substr(0, colon), text), parse_number(size, text));
  }
  return memory;
}

nlohmann::ordered_json result_document(const ExecOptions& options, isa::Level level,
                                       const tb::RunResult& result,
                                       const std::vector<std::string>& memory, double seconds) {
  const nlohmann::ordered_json target = {
      {"name", options.model ? "model" : kBareCore},
      {"isa", isa::name(level)},
      {"cores", 1},
      {"memory", memory},
      {"memory_latency_cycles", 1},
      {"stall_probability", options.stall_probability.value_or(0)}};
  nlohmann::ordered_json json = document("exec", target, options.seed.value_or(1), seconds);
  add_outcome(json, options, result.outcome, result.message, result.exit_code);
  if (options.model) {
    json["instructions"] = result.instructions;
    json["instructions_per_second"] = per_second(result.instructions, seconds);
    return json;
  }
  json["cycles"] = result.cycles;
  nlohmann::ordered_json core = core_json(result.instructions, result.cycles, result.accounting);
  const tb::Events& e = result.events;
  core["counters"] = {{"compressed", e.compressed},
                      {"loads", e.loads},
                      {"stores", e.stores},
                      {"branches", e.branches},
                      {"taken_branches", e.taken_branches},
                      {"jumps", e.jumps},
                      {"traps", e.traps}};
  json["cores"] = nlohmann::ordered_json::array({core});
  json["checked"] = options.check;
  json["simulated_cycles_per_second"] = per_second(result.cycles, seconds);
  return json;
}

void print_summary(const ExecOptions& options, std::string_view level, const tb::RunResult& result,
                   double seconds) {
  if (options.model) {
    fmt::print(stderr, "{} instructions on the reference model ({}), {:.1f} million/s\n",
               result.instructions, level, per_second(result.instructions, seconds) / 1e6);
    return;
  }
  fmt::print(stderr, "{} cycles, {} instructions, CPI {:.3f} ({}{}), {:.2f} million cycles/s\n",
             result.cycles, result.instructions,
             static_cast<double>(result.cycles) /
                 static_cast<double>(std::max<std::uint64_t>(1, result.instructions)),
             level, options.check ? ", checked against the model" : "",
             per_second(result.cycles, seconds) / 1e6);
  if (options.verbose) print_accounting({&result.accounting, 1}, result.cycles);
}

void check_options(const ExecOptions& options) {
  if (options.cores && *options.cores != 1) {
    throw Error(fmt::format("--cores {}: {} is one core; name a cluster with --target",
                            *options.cores, options.model ? "--model" : "--target core"));
  }
  if (options.model && (options.check || !options.trace.empty() || options.stall_probability)) {
    throw Error(
        "--model: has no RTL to check, trace or stall; drop --model or --check, --trace, "
        "--stall-probability");
  }
  if (!options.trace_from.empty() || !options.trace_to.empty()) {
    throw Error("--trace-from, --trace-to: only on a cluster; drop --target core or these");
  }
  if (options.profile || !options.timeline.empty() || options.gdb) {
    throw Error("--profile, --timeline, --gdb: only on a cluster; drop --target core or these");
  }
  const double stalls = options.stall_probability.value_or(0);
  if (stalls < 0 || stalls > 0.95) {
    throw Error(fmt::format("--stall-probability {}: must be between 0 and 0.95", stalls));
  }
}

}  // namespace

bool fits_bare_core(const tb::Elf& elf) {
  tb::SystemMemory memory = make_memory(kDefaultMemory);
  return std::ranges::all_of(elf.segments, [&memory](const tb::Elf::Segment& segment) {
    return memory.find(segment.address, segment.memory_size) != nullptr;
  });
}

int exec_core(const ExecOptions& options) {
  check_options(options);
  const auto level = options.isa.empty() ? isa::Level::FlexV : *isa::parse_level(options.isa);
  const std::vector<std::string>& regions =
      options.memory.empty() ? kDefaultMemory : options.memory;
  const tb::Elf elf = tb::read_elf(options.elf);
  tb::SystemMemory memory = make_memory(regions);

  tb::RunOptions run;
  run.core.level = level;
  run.core.stall_probability = options.stall_probability.value_or(0);
  run.core.stall_seed = options.seed.value_or(1);
  run.core.trace = options.trace;
  if (!options.trace.empty()) allow_time_to_save();
  run.model = options.model;
  run.check = options.check;
  run.max_cycles = options.max_cycles;
  run.interrupted = &interrupted;
  std::FILE* console = options.console();
  run.console = [console](std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), console);
  };
  std::optional<InstructionLog> log;
  if (!options.instructions.empty()) {
    log.emplace(options.instructions, false);
    run.on_retire = [&log](const isa::Retired& r, std::uint64_t cycle) { log->add(r, cycle); };
  }
  Progress progress(options.model ? "instructions" : "cycles", 0);
  run.on_progress = [&progress](std::uint64_t done) {
    progress.update(done);
    (void)stop_token().requested();  // noticed: what follows is the end
  };

  const auto start = std::chrono::steady_clock::now();
  const tb::RunResult result = tb::run_program(elf, memory, run);
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  flush_console(console);

  if (log) log->finish();
  if (!options.trace.empty()) tb::check_fst(options.trace);
  if (result.outcome == tb::Outcome::Exited) {
    write_signature(options, elf, tb::HostMemoryOf<tb::SystemMemory>(memory));
  }
  if (!options.json.empty()) {
    write_document(result_document(options, level, result, regions, seconds), options.json);
  }
  print_failure(elf, result.outcome, result.message, result.exit_code);
  print_summary(options, isa::name(level), result, seconds);
  return exit_code_of(result.outcome, result.exit_code);
}

}  // namespace freebits::cli
