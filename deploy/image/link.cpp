// SPDX-License-Identifier: Apache-2.0
// The program of a network: the runtime's objects and the kernels it needs, linked.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

#include "base/child_process.hpp"
#include "base/data_folder.hpp"
#include "base/error.hpp"
#include "base/temporary_folder.hpp"
#include "deploy/image/program.hpp"
#include "deploy/kernels/kernel.hpp"
#include "tb/cluster_numbers.hpp"

namespace freebits::profiler {
namespace {

namespace fs = std::filesystem;
namespace n = tb::cluster_numbers;
using models::KernelLayer;

constexpr std::uint32_t kMostKernelBytes = 256 << 10;

/// The linker that this program was built with, or the one of the same name in PATH.
std::string linker() {
  const fs::path known = FREEBITS_LLD;
  std::error_code error;
  if (fs::exists(known, error)) return known.string();
  const std::string name = known.filename().string();
  if (const auto found = find_program(name)) return found->string();
  throw Error(
      fmt::format("{} is not in PATH; a network's program is linked with it (Debian package "
                  "lld-19)",
                  name));
}

std::string first_line(const fs::path& file) {
  std::string line;
  std::getline(std::ifstream(file) >> std::ws, line);
  return line;
}

}  // namespace

tb::Elf link_network_program(isa::Level level, const std::vector<KernelLayer>& layers) {
  const TemporaryFolder folder("freebits-link");
  const fs::path elf = folder.path() / "network.elf", log = folder.path() / "log";
  const fs::path software = software_folder();
  const fs::path objects = software / "objects" / fmt::format("network_{}", isa::name(level));
  const fs::path script = data_folder() / "sw/runtime/cluster.ld";
  std::vector<std::string> command = {
      linker(),           "-m", "elf32lriscv",   "--nmagic", "--gc-sections",
      "--fatal-warnings", "-T", script.string(), "-o",       elf.string()};
  std::set<std::string> symbols;
  for (const KernelLayer& layer : layers) symbols.insert(kernel(layer.kind).symbol(layer));
  for (const std::string& kernel : symbols) command.insert(command.end(), {"-u", kernel});
  for (const char* object : {"network.c.o", "cluster_start.S.o", "cluster.c.o"})
    command.push_back((objects / object).string());
  command.push_back(
      (software / "kernels" / fmt::format("libkernels_{}.a", isa::name(level))).string());
  command.push_back((software / "runtime" / "libfreebits.a").string());
  if (ChildProcess(command, log).wait() != 0) {
    throw Error(fmt::format("linking the network's program with {} failed: {}", command.front(),
                            first_line(log)));
  }
  return tb::read_elf(elf);
}

models::Machine machine_of(const tb::Target& target, const tb::Elf& program) {
  const std::uint32_t stacks = target.geometry.cores * program.required_symbol("STACK_SIZE");
  const std::uint32_t l1_begin = program.required_symbol("__l1_end");
  if (l1_begin - n::L1Base + stacks >= target.geometry.l1_bytes) {
    throw Error(
        fmt::format("target {}: {} bytes of L1 do not hold the stacks of {} cores ({} "
                    "bytes); expected a larger L1",
                    target.name, target.geometry.l1_bytes, target.geometry.cores, stacks));
  }
  const std::uint32_t l2_begin = program.required_symbol("__image_end");
  if (l2_begin - n::L2Base >= target.l2.bytes) {
    throw Error(fmt::format("target {}: {} bytes of L2, the program alone takes {}", target.name,
                            target.l2.bytes, l2_begin - n::L2Base));
  }
  models::Machine m;
  m.level = static_cast<unsigned>(target.level);
  m.cores = target.geometry.cores;
  m.l1_begin = l1_begin;
  m.l1_end = n::L1Base + target.geometry.l1_bytes - stacks;
  m.l2_begin = l2_begin;
  m.l2_end = n::L2Base + target.l2.bytes;
  m.l3_begin = n::L3Base;
  m.l3_end = n::L3Base + target.l3.bytes;
  m.l3_bytes_per_cycle = target.l3.bytes_per_cycle;
  m.l3_latency = target.l3.latency;
  m.l3_burst_bytes = target.l3.burst_bytes;
  m.l3_burst_setup = target.l3.burst_setup;
  return m;
}

models::Machine machine_before_linking(const tb::Target& target) {
  // Built without kernels (sw/programs), which have nothing in L1.
  const fs::path program =
      software_folder() / fmt::format("network_{}.elf", isa::name(target.level));
  models::Machine m = machine_of(target, tb::read_elf(program));
  m.l2_begin += std::min(kMostKernelBytes, m.l2_end - m.l2_begin);
  return m;
}

}  // namespace freebits::profiler
