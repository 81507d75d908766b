// SPDX-License-Identifier: Apache-2.0
#include "cli/exec/trace_window.hpp"

#include <fmt/format.h>

#include <cctype>

#include "base/error.hpp"

namespace freebits::cli {
namespace {

std::uint64_t cycle_of(const char* option, const std::string& text, std::uint64_t from,
                       const tb::Elf& elf, const tb::Target& target,
                       const tb::ClusterRunOptions& run) {
  if (std::isdigit(static_cast<unsigned char>(text.front())) != 0) {
    std::size_t used = 0;
    std::uint64_t cycle = 0;
    try {
      cycle = std::stoull(text, &used, 0);
    } catch (const std::exception&) {
      used = 0;
    }
    if (used != text.size()) {
      throw Error(fmt::format("{} {}: expected a cycle number or a symbol", option, text));
    }
    return cycle;
  }
  const auto address = elf.symbol(text);
  if (!address) {
    throw Error(fmt::format("{} {}: {} has no such symbol; name a function or a cycle number",
                            option, text, elf.path.string()));
  }
  const auto cycle = tb::first_cycle_at(elf, target, *address, from, run);
  if (run.interrupted != nullptr && *run.interrupted) return from;  // the caller looks, too
  if (!cycle) {
    throw Error(fmt::format(
        "{} {}: no core executes the instruction at {:#010x} {}; name another symbol or a cycle "
        "number",
        option, text, *address, from == 0 ? "in this run" : fmt::format("after cycle {}", from)));
  }
  return *cycle;
}

}  // namespace

TraceWindow trace_window(const ExecOptions& options, const tb::Elf& elf, const tb::Target& target,
                         const tb::ClusterRunOptions& run) {
  TraceWindow window;
  if (!options.trace_from.empty()) {
    window.from = cycle_of("--trace-from", options.trace_from, 0, elf, target, run);
  }
  if (!options.trace_to.empty()) {
    window.to = cycle_of("--trace-to", options.trace_to, window.from + 1, elf, target, run);
    if (window.to <= window.from) {
      throw Error(fmt::format("--trace-to {}: lies before --trace-from (cycle {})",
                              options.trace_to, window.from));
    }
  }
  return window;
}

}  // namespace freebits::cli
