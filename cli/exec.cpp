// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <chrono>
#include <fstream>
#include <optional>

#include "commands.hpp"
#include "document.hpp"
#include "freebits/isa/decode.hpp"
#include "freebits/isa/disassemble.hpp"
#include "freebits/tb/elf.hpp"
#include "freebits/tb/error.hpp"
#include "freebits/tb/runner.hpp"
#include "progress.hpp"

namespace freebits::cli {
namespace {

/// Where programs usually live: CORE-V (0, its debugger at 0x1a110000, its virtual peripherals at
/// 0x800000, 0x10000000, 0x20000000), PULP L2 (0x1c000000), riscv-tests and most others
/// (0x80000000).
const std::vector<std::string> kDefaultMemory = {
    "0x0:0x400000",        "0x800000:0x1000",   "0x10000000:0x1000",   "0x1a110000:0x4000",
    "0x1c000000:0x800000", "0x20000000:0x1000", "0x80000000:0x1000000"};

struct ExecOptions {
  std::string elf;
  std::string isa = "flexv";
  bool model = false;
  bool check = false;
  bool verbose = false;
  std::uint64_t max_cycles = 1'000'000'000;
  std::string trace, instructions, json, signature;
  std::vector<std::string> memory;
  double stall_probability = 0;
  std::uint64_t seed = 1;
};

std::uint32_t parse_number(const std::string& text, const std::string& whole) {
  std::size_t used = 0;
  unsigned long long value = 0;
  try {
    value = std::stoull(text, &used, 0);
  } catch (const std::exception&) {
    used = 0;
  }
  if (used == 0 || used != text.size() || value > 0xffffffffULL) {
    throw tb::Error(fmt::format(
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

/// One line per retired instruction; written through a temporary name so that a killed run leaves
/// no half file behind.
class InstructionLog {
 public:
  explicit InstructionLog(const std::string& file)
      : file_(file), temporary_(file + ".part"), out_(temporary_) {
    if (!out_) throw tb::Error(fmt::format("{}: cannot be written", file));
    out_ << "#   cycle        pc      insn  instruction\n";
  }

  void operator()(const isa::Retired& r, std::uint64_t cycle) {
    line_.clear();
    fmt::format_to(std::back_inserter(line_), "{:>9}  {:08x}  {:>8}  {:<36}", cycle, r.pc,
                   fmt::format("{:0{}x}", r.insn, 2 * isa::insn_length(r.insn)),
                   isa::disassemble(r.insn, r.pc));
    if (r.rd != 0)
      fmt::format_to(std::back_inserter(line_), " {}={:08x}", isa::register_name(r.rd), r.rd_value);
    if (r.rd2 != 0)
      fmt::format_to(std::back_inserter(line_), " {}={:08x}", isa::register_name(r.rd2),
                     r.rd2_value);
    if (r.mem_rmask != 0)
      fmt::format_to(std::back_inserter(line_), " [{:08x}]->{:08x}", r.mem_addr, r.mem_rdata);
    if (r.mem_wmask != 0)
      fmt::format_to(std::back_inserter(line_), " [{:08x}]<-{:08x}", r.mem_addr, r.mem_wdata);
    if (r.trap) fmt::format_to(std::back_inserter(line_), " trap->{:08x}", r.next_pc);
    line_.push_back('\n');
    out_.write(line_.data(), static_cast<std::streamsize>(line_.size()));
  }

  void finish() {
    out_.close();
    if (!out_) throw tb::Error(fmt::format("{}: writing failed; is the disk full?", file_));
    std::filesystem::rename(temporary_, file_);
  }

 private:
  std::string file_, temporary_;
  std::ofstream out_;
  std::string line_;
};

/// The words between begin_signature and end_signature, one a line in hexadecimal: what
/// riscv-arch-test compares.
void write_signature(const tb::Elf& elf, const tb::SystemMemory& memory, const std::string& file) {
  const auto begin = elf.symbol("begin_signature");
  const auto end = elf.symbol("end_signature");
  if (!begin || !end || *end < *begin) {
    throw tb::Error(
        fmt::format("{}: no symbols begin_signature and end_signature; leave out --signature",
                    elf.path.string()));
  }
  std::string text;
  for (std::uint32_t at = *begin; at < *end; at += 4)
    text += fmt::format("{:08x}\n", memory.read_word(at));
  write_file(text, file);
}

nlohmann::ordered_json result_document(const ExecOptions& options, const tb::RunResult& result,
                                       const std::vector<std::string>& memory, double seconds) {
  nlohmann::ordered_json target = {{"name", options.model ? "model" : "core"},
                                   {"isa", options.isa},
                                   {"cores", 1},
                                   {"memory", memory},
                                   {"memory_latency_cycles", 1},
                                   {"stall_probability", options.stall_probability}};
  nlohmann::ordered_json json = document("exec", target, options.seed, seconds);
  json["elf"] = options.elf;
  json["outcome"] = result.outcome == tb::Outcome::Exited ? "exited" : "failed";
  json["message"] = result.message;
  json["exit_code"] = result.outcome == tb::Outcome::Exited
                          ? nlohmann::ordered_json(result.exit_code)
                          : nlohmann::ordered_json(nullptr);
  if (options.model) {
    json["instructions"] = result.instructions;
    json["instructions_per_second"] =
        seconds > 0 ? static_cast<double>(result.instructions) / seconds : 0.0;
    return json;
  }
  json["cycles"] = result.cycles;
  nlohmann::ordered_json accounting;
  for (std::size_t i = 0; i < tb::kActivityNames.size(); ++i) {
    accounting[std::string(tb::kActivityNames[i])] = result.accounting[i];
  }
  const tb::Events& e = result.events;
  json["cores"] = {{{"instructions", result.instructions},
                    {"cycles", result.cycles},
                    {"cpi", result.instructions != 0 ? static_cast<double>(result.cycles) /
                                                           static_cast<double>(result.instructions)
                                                     : 0.0},
                    {"accounting", accounting},
                    {"counters",
                     {{"compressed", e.compressed},
                      {"loads", e.loads},
                      {"stores", e.stores},
                      {"branches", e.branches},
                      {"taken_branches", e.taken_branches},
                      {"jumps", e.jumps},
                      {"traps", e.traps}}}}};
  json["checked"] = options.check;
  json["simulated_cycles_per_second"] =
      seconds > 0 ? static_cast<double>(result.cycles) / seconds : 0.0;
  return json;
}

void print_summary(const ExecOptions& options, const tb::RunResult& result, double seconds) {
  if (options.model) {
    fmt::print(stderr, "{} instructions on the reference model ({}), {:.1f} million/s\n",
               result.instructions, options.isa,
               static_cast<double>(result.instructions) / 1e6 / std::max(seconds, 1e-9));
    return;
  }
  fmt::print(stderr, "{} cycles, {} instructions, CPI {:.3f} ({}{}), {:.2f} million cycles/s\n",
             result.cycles, result.instructions,
             static_cast<double>(result.cycles) /
                 static_cast<double>(std::max<std::uint64_t>(1, result.instructions)),
             options.isa, options.check ? ", checked against the model" : "",
             static_cast<double>(result.cycles) / 1e6 / std::max(seconds, 1e-9));
  if (!options.verbose) return;
  for (std::size_t i = 0; i < tb::kActivityNames.size(); ++i) {
    fmt::print(stderr, "  {:<14}{:>12} cycles {:>6.2f} %\n", tb::kActivityNames[i],
               result.accounting[i],
               100.0 * static_cast<double>(result.accounting[i]) /
                   static_cast<double>(std::max<std::uint64_t>(1, result.cycles)));
  }
}

int exit_code_of(const tb::RunResult& result) {
  switch (result.outcome) {
    case tb::Outcome::Exited:
      return result.exit_code == 0 ? kSuccess : kFailed;
    case tb::Outcome::Interrupted:
      return kInterrupted;
    default:
      return kFailed;
  }
}

int exec(const ExecOptions& options) {
  const auto level = isa::parse_level(options.isa);
  if (!level) {
    throw tb::Error(fmt::format("--isa {}: no such level; one of {}", options.isa,
                                fmt::join(isa::kLevelNames, ", ")));
  }
  if (options.model &&
      (options.check || !options.trace.empty() || options.stall_probability != 0)) {
    throw tb::Error(
        "--model: has no RTL to check, trace or stall; drop --model or --check, --trace, "
        "--stall-probability");
  }
  if (options.stall_probability < 0 || options.stall_probability > 0.95) {
    throw tb::Error(fmt::format("--stall-probability {}: must be between 0 and 0.95",
                                options.stall_probability));
  }
  check_writable(options.json);
  check_writable(options.trace);
  check_writable(options.instructions);
  check_writable(options.signature);
  const std::vector<std::string>& regions =
      options.memory.empty() ? kDefaultMemory : options.memory;
  const tb::Elf elf = tb::read_elf(options.elf);
  tb::SystemMemory memory = make_memory(regions);

  tb::RunOptions run;
  run.core.level = *level;
  run.core.stall_probability = options.stall_probability;
  run.core.stall_seed = options.seed;
  run.core.trace = options.trace;
  run.model = options.model;
  run.check = options.check;
  run.max_cycles = options.max_cycles;
  run.interrupted = &interrupted;
  // With --json - the document owns standard output.
  std::FILE* console = options.json == "-" ? stderr : stdout;
  run.console = [console](std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), console);
  };
  std::optional<InstructionLog> log;
  if (!options.instructions.empty()) {
    log.emplace(options.instructions);
    run.on_retire = [&log](const isa::Retired& r, std::uint64_t cycle) { (*log)(r, cycle); };
  }
  Progress progress(options.model ? "instructions" : "cycles", 0);
  run.on_progress = [&progress](std::uint64_t done) { progress.update(done); };

  const auto start = std::chrono::steady_clock::now();
  const tb::RunResult result = tb::run_program(elf, memory, run);
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  std::fflush(console);

  if (log) log->finish();
  if (!options.signature.empty() && result.outcome == tb::Outcome::Exited)
    write_signature(elf, memory, options.signature);
  if (!options.json.empty())
    write_document(result_document(options, result, regions, seconds), options.json);
  if (result.outcome != tb::Outcome::Exited) {
    fmt::print(stderr, "freebits exec: {}: {}\n", options.elf, result.message);
  } else if (result.exit_code != 0) {
    fmt::print(stderr, "freebits exec: {}: program exited with code {}\n", options.elf,
               result.exit_code);
  }
  print_summary(options, result, seconds);
  return exit_code_of(result);
}

}  // namespace

void add_exec(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<ExecOptions>();
  CLI::App* command = app.add_subcommand("exec", "Run a bare-metal RISC-V ELF on the core");
  command
      ->add_option("ELF", options->elf,
                   "32-bit little-endian RISC-V executable; talks through tohost/fromhost (HTIF)")
      ->required();
  command->add_option("--isa", options->isa, "ISA level: rv32imc, xpulpv2, xpulpnn, mixed, flexv")
      ->capture_default_str();
  command->add_flag("--model", options->model, "run on the reference model instead of the RTL");
  command->add_flag("--check", options->check,
                    "run RTL and model in lock step; the first difference stops the run");
  command
      ->add_option("--max-cycles", options->max_cycles,
                   "give up after so many cycles (--model: instructions)")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  command->add_option("--trace", options->trace, "write waveforms to this FST file");
  command->add_option("--instructions", options->instructions,
                      "write every retired instruction to this file");
  command->add_option(
      "--signature", options->signature,
      "write the memory from begin_signature to end_signature to this file (riscv-arch-test)");
  command->add_option("--json", options->json,
                      "write the result as JSON to this file (- for standard output)");
  command->add_option("--memory", options->memory,
                      "RAM at BASE:SIZE, repeatable; replaces the default (4 MiB at 0, 8 MiB at "
                      "0x1c000000, 16 MiB at 0x80000000, CORE-V's peripherals)");
  command
      ->add_option("--stall-probability", options->stall_probability,
                   "chance per cycle that a bus grant or response is withheld, 0 to 0.95")
      ->capture_default_str();
  command->add_option("--seed", options->seed, "seed of --stall-probability")
      ->capture_default_str();
  command->add_flag("-v,--verbose", options->verbose, "print where the cycles went");
  command->callback([options, &exit_code] { exit_code = exec(*options); });
}

}  // namespace freebits::cli
